"""Readers of queries and of what stands in FROM."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from schemabot.facts.expression import (
    CommonTable,
    FunctionRef,
    Join,
    Node,
    Opaque,
    Query,
    QueryRef,
    Source,
    TableRef,
    Target,
)
from schemabot.facts.names import TypeName
from schemabot.facts.read.nodes import window
from schemabot.facts.read.tree import Json, items, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span

if TYPE_CHECKING:
    from schemabot.facts.read.build import Builder

_OPERATORS: dict[str, Literal["", "union", "intersect", "except"]] = {
    "SETOP_UNION": "union",
    "SETOP_INTERSECT": "intersect",
    "SETOP_EXCEPT": "except",
}
_JOINS: dict[str, Literal["inner", "left", "right", "full"]] = {
    "JOIN_INNER": "inner",
    "JOIN_LEFT": "left",
    "JOIN_RIGHT": "right",
    "JOIN_FULL": "full",
}


def select(b: Builder, node: Json) -> Query:
    """SELECT, VALUES, TABLE and set operations."""
    if node.get("op", "SETOP_NONE") != "SETOP_NONE":
        return _set_operation(b, node)
    with_ = common_tables(b, node)
    sources = tuple([b.build(source) for source in node.get("fromClause", ())])
    where = b.build(node["whereClause"]) if "whereClause" in node else None
    others = _others(b, node)
    if "valuesLists" in node:
        rows = tuple([b.many(items(row)) for row in node["valuesLists"]])
        return Query(
            verb="values",
            with_=with_,
            values=rows,
            others=others,
            ordered="sortClause" in node,
            limited="limitCount" in node,
        )
    return Query(
        with_=with_,
        targets=targets(b, node.get("targetList")),
        sources=sources,
        where=where,
        others=others,
        into=b.sql.relation(node["intoClause"]["rel"]) if "intoClause" in node else None,
        distinct="distinctClause" in node,
        ordered="sortClause" in node,
        limited="limitCount" in node,
        grouped="groupClause" in node,
    )


def _set_operation(b: Builder, node: Json) -> Query:
    """`a union b union c` leans to the left: arms of the same operator are read in a loop."""
    operator, every = node["op"], node.get("all")
    arms = [node["rarg"]]
    left = node["larg"]
    while (
        left.get("op") == operator
        and left.get("all") == every
        and not _has_own_clauses(left)
        and not b.is_built(left)
    ):
        arms.append(left["rarg"])
        left = left["larg"]
    arms.append(left)
    return Query(
        with_=common_tables(b, node),
        operator=_OPERATORS[operator],
        arms=tuple([b.build_fields("SelectStmt", arm) for arm in reversed(arms)]),
        others=_others(b, node),
        distinct=not every,
        ordered="sortClause" in node,
        limited="limitCount" in node,
    )


def _has_own_clauses(node: Json) -> bool:
    return any(field in node for field in ("sortClause", "limitCount", "limitOffset", "withClause"))


def _others(b: Builder, node: Json) -> tuple[Node, ...]:
    """GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET, DISTINCT ON and WINDOW expressions."""
    found: list[Node] = []
    if "distinctClause" in node:  # plain DISTINCT is a list of one empty node
        found += b.many([item for item in node["distinctClause"] if item])
    found += b.many(node.get("groupClause"))
    if "havingClause" in node:
        found.append(b.build(node["havingClause"]))
    for definition in node.get("windowClause", ()):
        found += window(b, definition["WindowDef"])
    found += [b.build(item["SortBy"]["node"]) for item in node.get("sortClause", ())]
    found += [b.build(node[field]) for field in ("limitCount", "limitOffset") if field in node]
    return tuple(found)


def targets(b: Builder, nodes: list[Json] | None) -> tuple[Target, ...]:
    """A select list or RETURNING."""
    return tuple(
        [
            Target(b.build(node["ResTarget"]["val"]), node["ResTarget"].get("name"))
            for node in nodes or ()
            if "val" in node["ResTarget"]
        ]
    )


def returning(b: Builder, node: Json) -> tuple[Target, ...]:
    """The targets of RETURNING."""
    return targets(b, node["returningClause"].get("exprs")) if "returningClause" in node else ()


def common_tables(b: Builder, node: Json) -> tuple[CommonTable, ...]:
    """The WITH queries."""
    if "withClause" not in node:
        return ()
    recursive = "recursive" in node["withClause"]
    ctes = [cte["CommonTableExpr"] for cte in node["withClause"]["ctes"]]
    return tuple(
        [
            CommonTable(
                cte["ctename"], b.build(cte["ctequery"]), strings(cte.get("aliascolnames")), recursive
            )
            for cte in ctes
        ]
    )


# -- statements that change data --------------------------------------------------------------------------


def insert(b: Builder, node: Json) -> Query:
    """INSERT: `values` are VALUES' rows, any other query is the one source; `others` are ON CONFLICT's."""
    sources: tuple[Source, ...] = ()
    values: tuple[tuple[Node, ...], ...] = ()
    with_ = common_tables(b, node)
    if "selectStmt" in node:
        query: Query = b.build(node["selectStmt"])
        if query.verb == "values" and not query.others and not query.with_:
            values = query.values
        else:
            sources = (QueryRef(query),)
    conflict = node.get("onConflictClause", {})
    others: list[Node] = []
    if "infer" in conflict:
        infer = conflict["infer"]
        others += [
            b.build(item["IndexElem"]["expr"])
            for item in infer.get("indexElems", ())
            if "expr" in item["IndexElem"]
        ]
        others += [b.build(infer["whereClause"])] if "whereClause" in infer else []
    others += assigned(b, conflict.get("targetList"))
    others += [b.build(conflict["whereClause"])] if "whereClause" in conflict else []
    return Query(
        verb="insert",
        with_=with_,
        targets=returning(b, node),
        sources=sources,
        values=values,
        others=tuple(others),
        into=b.sql.relation(node["relation"]),
    )


def update(b: Builder, node: Json) -> Query:
    """UPDATE: the table is the first source, FROM follows; `values` is one row, what the columns become."""
    return Query(
        verb="update",
        with_=common_tables(b, node),
        targets=returning(b, node),
        sources=(table(b, node["relation"]), *[b.build(source) for source in node.get("fromClause", ())]),
        where=b.build(node["whereClause"]) if "whereClause" in node else None,
        values=(assigned(b, node.get("targetList")),),
        into=b.sql.relation(node["relation"]),
    )


def delete(b: Builder, node: Json) -> Query:
    """DELETE: the table is the first source, USING follows."""
    return Query(
        verb="delete",
        with_=common_tables(b, node),
        targets=returning(b, node),
        sources=(table(b, node["relation"]), *[b.build(source) for source in node.get("usingClause", ())]),
        where=b.build(node["whereClause"]) if "whereClause" in node else None,
        into=b.sql.relation(node["relation"]),
    )


def merge(b: Builder, node: Json) -> Query:
    """MERGE: a join of table and source is the one source; `others` are what the WHEN clauses hold."""
    others: list[Node] = []
    for when in (item["MergeWhenClause"] for item in node.get("mergeWhenClauses", ())):
        others += [b.build(when["condition"])] if "condition" in when else []
        others += assigned(b, when.get("targetList"))
        others += b.many(when.get("values"))
    on = b.build(node["joinCondition"])
    join = Join("inner", table(b, node["relation"]), b.build(node["sourceRelation"]), on)
    return Query(
        verb="merge",
        with_=common_tables(b, node),
        targets=returning(b, node),
        sources=(join,),
        others=tuple(others),
        into=b.sql.relation(node["relation"]),
    )


def assigned(b: Builder, nodes: list[Json] | None) -> tuple[Node, ...]:
    """What the columns of SET become; `(a, b) = (1, 2)` gives each its own, `= (select ...)` the query."""
    found: list[Node] = []
    for node in nodes or ():
        value = node["ResTarget"].get("val")
        if value is None:
            continue
        if "MultiAssignRef" in value:
            multi = value["MultiAssignRef"]
            source = multi["source"]
            if "RowExpr" in source and len(source["RowExpr"].get("args", ())) == multi["ncolumns"]:
                value = source["RowExpr"]["args"][multi["colno"] - 1]
            else:
                value = source
        found.append(b.build(value))
    return tuple(found)


# -- FROM ----------------------------------------------------------------------------------------------


def table(b: Builder, node: Json) -> TableRef:
    name = b.sql.relation(node)
    if "alias" in node:
        return TableRef(name, node["alias"]["aliasname"], strings(node["alias"].get("colnames")))
    return TableRef(name)


def sub_select(b: Builder, node: Json) -> QueryRef:
    alias = node.get("alias", {})
    return QueryRef(
        b.build(node["subquery"]),
        alias.get("aliasname"),
        strings(alias.get("colnames")),
        "lateral" in node,
    )


def function_call(b: Builder, node: Json) -> FunctionRef:
    alias = node.get("alias", {})
    columns = strings(alias.get("colnames"))
    definitions = [item["ColumnDef"] for item in node.get("coldeflist", ())]
    if definitions:
        columns = tuple([definition["colname"] for definition in definitions])
    return FunctionRef(
        tuple([b.build(items(call)[0]) for call in node["functions"]]),
        alias.get("aliasname"),
        columns,
        tuple([type_name(definition["typeName"], b.sql) for definition in definitions]),
        "lateral" in node,
        "ordinality" in node,
    )


def join(b: Builder, node: Json) -> Join:
    """A join; chains lean to the left and are read in a loop."""
    links = [node]
    while "JoinExpr" in node["larg"] and not b.is_built(node["larg"]["JoinExpr"]):
        node = node["larg"]["JoinExpr"]
        links.append(node)
    b.deepen(len(links))
    built: Source = b.build(node["larg"])
    for link in reversed(links):
        built = _joined(b, built, link)
    b.deepen(-len(links))
    assert isinstance(built, Join)
    return built


def _joined(b: Builder, left: Source, node: Json) -> Join:
    kind = _JOINS.get(node["jointype"], "inner")
    on = b.build(node["quals"]) if "quals" in node else None
    using = strings(node.get("usingClause"))
    natural = "isNatural" in node
    is_cross = kind == "inner" and on is None and not using and not natural
    alias = node.get("alias") or node.get("join_using_alias") or {}
    return Join(
        "cross" if is_cross else kind, left, b.build(node["rarg"]), on, using, natural, alias.get("aliasname")
    )


def sample(b: Builder, node: Json) -> Source:
    """TABLESAMPLE changes which rows come, not what they are."""
    source: Source = b.build(node["relation"])
    return source


def table_function(b: Builder, node: Json) -> FunctionRef:
    """XMLTABLE and JSON_TABLE: an opaque call with the columns and their types."""
    alias = node.get("alias", {})
    columns: list[Json] = []
    todo = list(reversed(node.get("columns", ())))
    while todo:  # NESTED PATH puts its columns between the others
        column = next(iter(todo.pop().values()))
        if "columns" in column:
            todo += reversed(column["columns"])
        else:
            columns.append(column)
    call = b.opaque("RangeTableFunc", {k: v for k, v in node.items() if k not in ("alias", "columns")})
    inner = b.opaque("columns", {"columns": node.get("columns", [])})
    names = [column.get("name") or column.get("colname", "") for column in columns]
    renamed = strings(alias.get("colnames"))
    return FunctionRef(
        (Opaque(call.kind, (*call.children, *inner.children)),),
        alias.get("aliasname"),
        (*renamed, *names[len(renamed) :]),
        tuple([_table_column(column, b) for column in columns]),
        "lateral" in node,
    )


def _table_column(column: Json, b: Builder) -> TypeName:
    if "typeName" in column:
        return type_name(column["typeName"], b.sql)
    return TypeName(("int4",), (), 0, Span(0, 0))  # FOR ORDINALITY


def return_value(b: Builder, node: Json) -> Query:
    """RETURN expression of a SQL-standard function body: a query of one value."""
    value = (Target(b.build(node["returnval"])),) if "returnval" in node else ()
    return Query(targets=value)


def call_statement(b: Builder, node: Json) -> Query:
    """CALL: a query of one call."""
    return Query(targets=(Target(b.build_fields("FuncCall", node["funccall"])),))


QUERIES: dict[str, Callable[[Builder, Json], object]] = {
    "SelectStmt": select,
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "MergeStmt": merge,
    "RangeVar": table,
    "RangeSubselect": sub_select,
    "RangeFunction": function_call,
    "JoinExpr": join,
    "RangeTableSample": sample,
    "RangeTableFunc": table_function,
    "JsonTable": table_function,
    "ReturnStmt": return_value,
    "CallStmt": call_statement,
}
