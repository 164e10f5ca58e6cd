"""CREATE TABLE in all its forms, CREATE FOREIGN TABLE, CREATE TABLE AS, SELECT INTO, materialized views.

A CreateTable fact's span is the table's name.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from schemabot.facts.model import (
    AnyFact,
    ColumnDef,
    ConstraintDef,
    CreateTable,
    CreateView,
    LikeTable,
    Partitioning,
    Unanalysed,
)
from schemabot.facts.names import Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.columns import column_def
from schemabot.facts.read.constraints import table_constraint
from schemabot.facts.read.partitions import bound_text, partition_bound, partition_element
from schemabot.facts.read.scan import GAP
from schemabot.facts.read.tree import (
    Json,
    constant,
    foreign_options,
    options,
    storage_options,
    strings,
)
from schemabot.text import Span

# parsenodes.h, TableLikeOption: the bits of LIKE ... INCLUDING.
_LIKE = {
    1 << 0: "comments",
    1 << 1: "compression",
    1 << 2: "constraints",
    1 << 3: "defaults",
    1 << 4: "generated",
    1 << 5: "identity",
    1 << 6: "indexes",
    1 << 7: "statistics",
    1 << 8: "storage",
}
_STRATEGIES: dict[str, Literal["range", "list", "hash"]] = {
    "PARTITION_STRATEGY_RANGE": "range",
    "PARTITION_STRATEGY_LIST": "list",
    "PARTITION_STRATEGY_HASH": "hash",
}
_ON_COMMIT: dict[str, Literal["", "preserve", "delete", "drop"]] = {
    "ONCOMMIT_PRESERVE_ROWS": "preserve",
    "ONCOMMIT_DELETE_ROWS": "delete",
    "ONCOMMIT_DROP": "drop",
}
_WITH_DATA = re.compile(rf"\bwith{GAP}(?:no{GAP})?data{GAP}$", re.IGNORECASE)


def create_table(node: Json, b: Builder, outer: Json | None = None) -> list[AnyFact]:
    """CREATE TABLE; `outer` is the node around it of CREATE FOREIGN TABLE."""
    sql = b.sql
    server = None if outer is None else outer["servername"]
    relation = node["relation"]
    name = sql.relation(relation)
    columns: list[ColumnDef] = []
    constraints: list[ConstraintDef] = []
    likes: list[LikeTable] = []
    for element in node.get("tableElts", ()):
        if "ColumnDef" in element:
            columns.append(column_def(element["ColumnDef"], b))
        elif "Constraint" in element:
            fields = element["Constraint"]
            start = fields.get("location", 0)
            constraints.append(table_constraint(fields, sql.trimmed(start, sql.item_end(start)).end, b))
        elif "TableLikeClause" in element:
            likes.append(_like(element["TableLikeClause"], len(columns), b))
    parents = tuple([sql.relation(parent["RangeVar"]) for parent in node.get("inhRelations", ())])
    is_partition = "partbound" in node
    return [
        CreateTable(
            span=name.span,
            name=name,
            columns=tuple(columns),
            constraints=tuple(constraints),
            likes=tuple(likes),
            inherits=() if is_partition else parents,
            partition_of=parents[0] if is_partition else None,
            partition_bound=partition_bound(node["partbound"]) if is_partition else (),
            bound_text=bound_text(node["partbound"], b) if is_partition else "",
            partition_by=_partitioning(node["partspec"], b) if "partspec" in node else None,
            of_type=_of_type(node["ofTypename"], b) if "ofTypename" in node else None,
            if_not_exists="if_not_exists" in node,
            temporary=relation.get("relpersistence") == "t",
            on_commit=_ON_COMMIT.get(node.get("oncommit", ""), ""),
            unlogged=relation.get("relpersistence") == "u",
            foreign=server is not None,
            server=None if server is None else sql.name_at(sql.after(name.span.end, "server"), (server,)),
            access_method=sql.name_at(sql.after(name.span.end, "using"), (node["accessMethod"],))
            if "accessMethod" in node
            else None,
            options=storage_options(node.get("options")),
            foreign_options=foreign_options(outer.get("options")) if outer is not None else (),
        )
    ]


def create_foreign_table(node: Json, b: Builder) -> list[AnyFact]:
    return create_table(node["base"], b, node)


def _like(node: Json, position: int, b: Builder) -> LikeTable:
    bits = node.get("options", 0)
    including = tuple([word for bit, word in _LIKE.items() if bits & bit])
    return LikeTable(b.sql.relation(node["relation"]), including, position)


def _partitioning(node: Json, b: Builder) -> Partitioning:
    params = node.get("partParams", ())
    return Partitioning(
        _STRATEGIES.get(node.get("strategy", ""), "range"),
        tuple([param["PartitionElem"].get("name") for param in params]),
        tuple([partition_element(param["PartitionElem"], b) for param in params]),
    )


def _of_type(node: Json, b: Builder) -> Name:
    return Name(strings(node["names"]), b.sql.name_span(node.get("location", 0)))


# -- tables and materialized views made of a query -------------------------------------------------------


def create_table_as(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    into = node["into"]
    relation = into["rel"]
    name = sql.relation(relation)
    query = node["query"]
    if "ExecuteStmt" in query:
        reason = "what a prepared statement returns is not followed"
        return [Unanalysed(span=name.span, reason=reason, names=(name.parts,))]
    span = sql.rest(sql.after(name.span.end, "as"))
    without = _WITH_DATA.search(sql.text, span.start, span.end)
    text = b.query_text(query, sql.trimmed(span.start, without.start()) if without else span)
    columns = strings(into.get("colNames"))
    if node.get("objtype") == "OBJECT_MATVIEW":
        return [
            CreateView(
                span=name.span,
                name=name,
                query=text,
                columns=columns,
                options=view_options(into.get("options")),
                materialized=True,
                if_not_exists="if_not_exists" in node,
            )
        ]
    return [
        CreateTable(
            span=name.span,
            name=name,
            query=text,
            query_columns=columns,
            if_not_exists="if_not_exists" in node,
            temporary=relation.get("relpersistence") == "t",
            on_commit=_ON_COMMIT.get(into.get("onCommit", ""), ""),
            options=storage_options(into.get("options")),
            access_method=sql.name_at(sql.after(name.span.end, "using"), (into["accessMethod"],))
            if "accessMethod" in into
            else None,
            unlogged=relation.get("relpersistence") == "u",
        )
    ]


def into_clause(select: Json) -> Json | None:
    """The INTO of a SELECT: in a set operation it stands in the leftmost arm."""
    while "larg" in select:
        select = select["larg"]
    found: Json | None = select.get("intoClause")
    return found


def select_into(node: Json, into: Json, b: Builder) -> list[AnyFact]:
    """SELECT ... INTO: the query's text is the whole statement, its `into` names the table."""
    relation = into["rel"]
    name = b.sql.relation(relation)
    whole = Span(b.sql.start, b.sql.rest(b.sql.start).end)
    return [
        CreateTable(
            span=name.span,
            name=name,
            query=b.query_text({"SelectStmt": node}, whole),
            temporary=relation.get("relpersistence") == "t",
            unlogged=relation.get("relpersistence") == "u",
        )
    ]


def view_options(nodes: list[Any] | None) -> tuple[tuple[str, str], ...]:
    """WITH options, lower-case; an option without a value is true."""
    return tuple(
        [
            (name.lower(), constant(fields["arg"]).lower() if "arg" in fields else "true")
            for name, fields in options(nodes)
        ]
    )
