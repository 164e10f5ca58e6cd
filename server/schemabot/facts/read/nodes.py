"""Readers of expression nodes, one for each kind of libpg_query's that has a type in `expression`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from schemabot.facts.expression import (
    Between,
    Call,
    Case,
    Cast,
    Column,
    Constant,
    InList,
    Items,
    Logical,
    Node,
    Opaque,
    Operator,
    Parameter,
    SubQuery,
    Test,
)
from schemabot.facts.read.tree import Json, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span

if TYPE_CHECKING:
    from schemabot.facts.read.build import Builder

_BOOLEAN_TESTS = {
    "IS_TRUE": "true",
    "IS_NOT_TRUE": "not true",
    "IS_FALSE": "false",
    "IS_NOT_FALSE": "not false",
    "IS_UNKNOWN": "unknown",
    "IS_NOT_UNKNOWN": "not unknown",
}
_LOGICAL = {"AND_EXPR": "and", "OR_EXPR": "or", "NOT_EXPR": "not"}
_SUBQUERIES = {
    "EXISTS_SUBLINK": "exists",
    "ALL_SUBLINK": "all",
    "ANY_SUBLINK": "any",
    "EXPR_SUBLINK": "scalar",
    "ARRAY_SUBLINK": "array",
}


def constant(b: Builder, node: Json) -> Constant:
    if "sval" in node:
        return Constant("string", node["sval"].get("sval", ""))
    if "ival" in node:
        return Constant("number", str(node["ival"].get("ival", 0)))
    if "boolval" in node:
        return Constant("boolean", "true" if node["boolval"].get("boolval") else "false")
    if "fval" in node:
        return Constant("number", node["fval"].get("fval", "0"))
    if "bsval" in node:
        return Constant("bit", node["bsval"].get("bsval", ""))
    return Constant("null", "")


def column(b: Builder, node: Json) -> Column:
    fields = node["fields"]
    at = node.get("location", 0)
    span = b.sql.name_span(at)
    if "String" in fields[-1]:
        if len(fields) == 1:
            return Column((fields[0]["String"]["sval"],), span)
        return Column(tuple([field["String"]["sval"] for field in fields]), span)
    if at >= 0 and len(fields) == 1:
        span = Span(at, at + 1)
    return Column(strings(fields[:-1]), span, True)


def parameter(b: Builder, node: Json) -> Parameter:
    return Parameter(node.get("number", 0))


def call(b: Builder, node: Json) -> Call:
    """A call; the place of one in SQL syntax (`x at time zone y`) is that of its words."""
    name = strings(node["funcname"])
    at = node.get("location", 0)
    # EXTRACT(), AT TIME ZONE and so on: the words stand where a name would, none is a qualified name.
    span = b.sql.name_span(at)
    args = b.many(node.get("args"))
    if (
        "agg_order" not in node
        and "agg_filter" not in node
        and "over" not in node
        and "agg_star" not in node
        and "agg_distinct" not in node
    ):
        return Call(name, args, span)
    extra = (
        *_sorted_by(b, node.get("agg_order")),
        *((b.build(node["agg_filter"]),) if "agg_filter" in node else ()),
        *(window(b, node["over"]) if "over" in node else ()),
    )
    return Call(
        name,
        args,
        span,
        star="agg_star" in node,
        distinct="agg_distinct" in node,
        window="over" in node,
        extra=extra,
    )


def _sorted_by(b: Builder, nodes: list[Json] | None) -> tuple[Node, ...]:
    return tuple([b.build(node["SortBy"]["node"]) for node in nodes or ()])


def window(b: Builder, node: Json) -> tuple[Node, ...]:
    """The expressions of a window definition."""
    return (
        *b.many(node.get("partitionClause")),
        *_sorted_by(b, node.get("orderClause")),
        *(b.build(node[field]) for field in ("startOffset", "endOffset") if field in node),
    )


def operation(b: Builder, node: Json) -> Node:
    """A_Expr: operators, and what the grammar reads as operators."""
    kind = node["kind"]
    if kind == "AEXPR_OP":
        return _chain(b, node)
    reader = _A_EXPR.get(kind)
    return b.opaque(kind, node) if reader is None else reader(b, node)


def _operator_name(node: Json) -> str:
    """`+`; an operator of a schema keeps it: `s.+`, except pg_catalog's."""
    names = strings(node["name"])
    return ".".join(names[1:] if len(names) > 1 and names[0] == "pg_catalog" else names)


def _chain(b: Builder, node: Json) -> Node:
    """A chain of binary operators leans to the left: read it in a loop, thousands of `||` are ordinary."""
    left = node.get("lexpr")
    if left is None or "A_Expr" not in left:
        return Operator(_operator_name(node), None if left is None else b.build(left), b.build(node["rexpr"]))
    links = [node]
    while left is not None and "A_Expr" in left:
        fields = left["A_Expr"]
        if fields["kind"] != "AEXPR_OP" or b.is_built(fields):
            break
        links.append(fields)
        left = fields.get("lexpr")
    b.deepen(len(links))
    built: Node | None = None if left is None else b.build(left)
    for link in reversed(links):
        built = Operator(_operator_name(link), built, b.build(link["rexpr"]))
    b.deepen(-len(links))
    assert built is not None
    return built


def _quantified(b: Builder, node: Json) -> Operator:
    quantifier = "any" if node["kind"] == "AEXPR_OP_ANY" else "all"
    return Operator(_operator_name(node), b.build(node["lexpr"]), b.build(node["rexpr"]), quantifier)  # type: ignore[arg-type]  # one of the two literals


def _distinct(b: Builder, node: Json) -> Operator:
    words = "is distinct from" if node["kind"] == "AEXPR_DISTINCT" else "is not distinct from"
    return Operator(words, b.build(node["lexpr"]), b.build(node["rexpr"]))


def _nullif(b: Builder, node: Json) -> Call:
    span = b.sql.name_span(node.get("location", 0))
    return Call(("nullif",), (b.build(node["lexpr"]), b.build(node["rexpr"])), span, special=True)


def _in(b: Builder, node: Json) -> InList:
    items = b.many(node["rexpr"]["List"].get("items"))
    return InList(b.build(node["lexpr"]), items, _operator_name(node) == "<>")


def _plain(b: Builder, node: Json) -> Operator:
    """LIKE, ILIKE, SIMILAR: `~~`, `~~*`, `~` and their negations."""
    return Operator(_operator_name(node), b.build(node["lexpr"]), b.build(node["rexpr"]))


def _between(b: Builder, node: Json) -> Between:
    low, high = node["rexpr"]["List"]["items"]
    kind = node["kind"]
    return Between(b.build(node["lexpr"]), b.build(low), b.build(high), "NOT" in kind, kind.endswith("SYM"))


_A_EXPR: dict[str, Callable[[Builder, Json], Node]] = {
    "AEXPR_OP_ANY": _quantified,
    "AEXPR_OP_ALL": _quantified,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
    "AEXPR_NULLIF": _nullif,
    "AEXPR_IN": _in,
    "AEXPR_LIKE": _plain,
    "AEXPR_ILIKE": _plain,
    "AEXPR_SIMILAR": _plain,
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _between,
    "AEXPR_BETWEEN_SYM": _between,
    "AEXPR_NOT_BETWEEN_SYM": _between,
}


def logical(b: Builder, node: Json) -> Logical:
    return Logical(_LOGICAL[node["boolop"]], b.many(node["args"]))  # type: ignore[arg-type]  # values are the literals


def null_test(b: Builder, node: Json) -> Test:
    return Test("null" if node["nulltesttype"] == "IS_NULL" else "not null", b.build(node["arg"]))


def boolean_test(b: Builder, node: Json) -> Test:
    return Test(_BOOLEAN_TESTS[node["booltesttype"]], b.build(node["arg"]))


def cast(b: Builder, node: Json) -> Cast:
    return Cast(b.build(node["arg"]), type_name(node["typeName"], b.sql))


def case(b: Builder, node: Json) -> Case:
    whens = tuple(
        [(b.build(when["CaseWhen"]["expr"]), b.build(when["CaseWhen"]["result"])) for when in node["args"]]
    )
    return Case(
        b.build(node["arg"]) if "arg" in node else None,
        whens,
        b.build(node["defresult"]) if "defresult" in node else None,
    )


def sub_query(b: Builder, node: Json) -> Node:
    kind = _SUBQUERIES.get(node["subLinkType"])
    if kind is None:
        return b.opaque("SubLink", node)
    query = b.build(node["subselect"])
    arg = b.build(node["testexpr"]) if "testexpr" in node else None
    operator = ""
    if kind in ("any", "all"):
        if "operName" in node:
            operator = ".".join(name for name in strings(node["operName"]) if name != "pg_catalog")
        else:
            kind = "in"
    return SubQuery(kind, query, arg, operator)  # type: ignore[arg-type]  # values are the literals


def array(b: Builder, node: Json) -> Items:
    return Items("array", b.many(node.get("elements")))


def row(b: Builder, node: Json) -> Items:
    return Items("row", b.many(node.get("args")))


def coalesce(b: Builder, node: Json) -> Call:
    span = b.sql.name_span(node.get("location", 0))
    return Call(("coalesce",), b.many(node["args"]), span, special=True)


def min_max(b: Builder, node: Json) -> Call:
    name = "greatest" if node["op"] == "IS_GREATEST" else "least"
    return Call((name,), b.many(node["args"]), b.sql.name_span(node.get("location", 0)), special=True)


def value_function(b: Builder, node: Json) -> Call:
    """CURRENT_USER and its like; a precision is the one argument."""
    name = node["op"].removeprefix("SVFOP_").lower()
    args: tuple[Node, ...] = ()
    if name.endswith("_n"):
        name = name[:-2]
        args = (Constant("number", str(node.get("typmod", 0))),)
    return Call((name,), args, b.sql.name_span(node.get("location", 0)), special=True)


def collate(b: Builder, node: Json) -> Opaque:
    return Opaque("collate " + ".".join(strings(node["collname"])), (b.build(node["arg"]),))


def indirection(b: Builder, node: Json) -> Opaque:
    """`(x).field`, `x[1]`, `x[1:2]`: the path is part of the kind, subscripts are children."""
    path = ""
    children: list[Node] = [b.build(node["arg"])]
    for step in node.get("indirection", ()):
        if "String" in step:
            path += "." + step["String"]["sval"]
        elif "A_Star" in step:
            path += ".*"
        else:
            indices = step["A_Indices"]
            path += "[:]" if "is_slice" in indices else "[]"
            children += [b.build(indices[end]) for end in ("lidx", "uidx") if end in indices]
    return Opaque(path, tuple(children))


def named_argument(b: Builder, node: Json) -> Opaque:
    return Opaque(node["name"] + " =>", (b.build(node["arg"]),))


def grouping_set(b: Builder, node: Json) -> Opaque:
    return Opaque("GroupingSet", b.many(node.get("content")))


_CONSTRUCTS = {
    "JSON_EXISTS_OP": "json_exists",
    "JSON_QUERY_OP": "json_query",
    "JSON_VALUE_OP": "json_value",
    "IS_XMLCONCAT": "xmlconcat",
    "IS_XMLELEMENT": "xmlelement",
    "IS_XMLFOREST": "xmlforest",
    "IS_XMLPARSE": "xmlparse",
    "IS_XMLPI": "xmlpi",
    "IS_XMLROOT": "xmlroot",
    "IS_DOCUMENT": "is document",
}


def construct(b: Builder, node: Json, kind: str = "") -> Node:
    """SQL's constructs for JSON and XML: an opaque node by their name, in a cast where RETURNING names a type."""
    made = b.opaque(kind or _CONSTRUCTS.get(node["op"], "XmlExpr"), node)
    output = (node.get("output") or node.get("constructor", {}).get("output") or node).get("typeName")
    return made if output is None else Cast(made, type_name(output, b.sql))


NODES: dict[str, Callable[[Builder, Json], Node]] = {
    "A_Const": constant,
    "ColumnRef": column,
    "ParamRef": parameter,
    "FuncCall": call,
    "A_Expr": operation,
    "BoolExpr": logical,
    "NullTest": null_test,
    "BooleanTest": boolean_test,
    "TypeCast": cast,
    "CaseExpr": case,
    "SubLink": sub_query,
    "A_ArrayExpr": array,
    "RowExpr": row,
    "CoalesceExpr": coalesce,
    "MinMaxExpr": min_max,
    "SQLValueFunction": value_function,
    "CollateClause": collate,
    "A_Indirection": indirection,
    "NamedArgExpr": named_argument,
    "GroupingSet": grouping_set,
    "JsonFuncExpr": construct,
    "XmlExpr": construct,
    "XmlSerialize": partial(construct, kind="xmlserialize"),
    "JsonParseExpr": partial(construct, kind="json"),
    "JsonScalarExpr": partial(construct, kind="json_scalar"),
    "JsonSerializeExpr": partial(construct, kind="json_serialize"),
    "JsonObjectConstructor": partial(construct, kind="json_object"),
    "JsonArrayConstructor": partial(construct, kind="json_array"),
    "JsonArrayQueryConstructor": partial(construct, kind="json_array"),
    "JsonObjectAgg": partial(construct, kind="json_objectagg"),
    "JsonArrayAgg": partial(construct, kind="json_arrayagg"),
}
