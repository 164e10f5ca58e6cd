"""CREATE INDEX, and the keys that indexes and exclusion constraints share.

A CreateIndex fact's span is the index's name, or the words `create index` when it has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from schemabot.facts.model import AnyFact, CreateIndex, IndexElement
from schemabot.facts.read.build import Builder
from schemabot.facts.read.tree import Json, storage_options, strings
from schemabot.text import Span

_NULLS: dict[str, Literal["", "first", "last"]] = {"SORTBY_NULLS_FIRST": "first", "SORTBY_NULLS_LAST": "last"}


def create_index(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    table = sql.relation(node["relation"])
    concurrently = "concurrent" in node
    if_not_exists = "if_not_exists" in node
    name = None
    if "idxname" in node:
        phrases = ["create", "unique", "index"]
        phrases += ["concurrently"] if concurrently else []
        phrases += ["if not exists"] if if_not_exists else []
        name = sql.ident_at(sql.begins(*phrases), node["idxname"])
    params = node["indexParams"]
    opening = None
    where = None
    if "whereClause" in node or any("expr" in param["IndexElem"] for param in params):
        opening = sql.find(table.span.end, "(")
        if "whereClause" in node:
            at = sql.after(sql.closing(opening), "where")
            where = b.expression(node["whereClause"], sql.rest(at))
    return [
        CreateIndex(
            span=name.span if name else sql.head(),
            name=name,
            table=table,
            elements=index_elements(params, opening, b),
            method=node.get("accessMethod", "btree"),
            include=tuple(
                [param["IndexElem"].get("name", "") for param in node.get("indexIncludingParams", ())]
            ),
            unique="unique" in node,
            where=where,
            concurrently=concurrently,
            if_not_exists=if_not_exists,
            only="inh" not in node["relation"],
            nulls_not_distinct="nulls_not_distinct" in node,
            options=storage_options(node.get("options")),
        )
    ]


def index_elements(
    nodes: list[Json], opening: int | None, b: Builder, operators: Sequence[str] = ()
) -> tuple[IndexElement, ...]:
    """The keys in the list that `opening` opens; it is needed for expressions only."""
    places = b.sql.items(opening + 1) if opening is not None else []
    return tuple(
        [
            _element(
                node["IndexElem"],
                places[index] if index < len(places) else Span(0, 0),
                operators[index] if index < len(operators) else None,
                b,
            )
            for index, node in enumerate(nodes)
        ]
    )


def _element(node: Json, place: Span, operator: str | None, b: Builder) -> IndexElement:
    return IndexElement(
        column=node.get("name"),
        expression=b.expression(node["expr"], key_expression(place, b)) if "expr" in node else None,
        descending=node["ordering"] == "SORTBY_DESC",
        nulls=_NULLS.get(node["nulls_ordering"], ""),
        operator_class=".".join(strings(node["opclass"])) if "opclass" in node else None,
        collation=".".join(strings(node["collation"])) if "collation" in node else None,
        operator=operator,
        operator_class_options=storage_options(node.get("opclassopts")),
    )


def key_expression(place: Span, b: Builder) -> Span:
    """The expression of a key at `place`: in parentheses, or a function call without them."""
    sql = b.sql
    if sql.text.startswith("(", place.start):
        return sql.inside(place.start)
    end = sql.name_span(place.start).end
    following = sql.token(end)
    if sql.text.startswith("(", following.start) and following.end <= place.end:
        end = sql.closing(following.start)
    return Span(place.start, min(end, place.end))
