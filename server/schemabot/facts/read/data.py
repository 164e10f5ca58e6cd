"""Statements that read or change rows. The fact's span is the table's name, or the first word of a query."""

from __future__ import annotations

from schemabot.facts.model import (
    AnyFact,
    DeleteRows,
    InsertRows,
    NoEffect,
    RunQuery,
    TruncateTable,
    UpdateRows,
)
from schemabot.facts.names import Ident, Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.tables import into_clause, select_into
from schemabot.facts.read.tree import Json, cascades, string


def select(node: Json, b: Builder) -> list[AnyFact]:
    into = into_clause(node)
    if into is not None:
        return select_into(node, into, b)
    return [RunQuery(span=b.sql.head(1), query=b.query("SelectStmt", node))]


def call(node: Json, b: Builder) -> list[AnyFact]:
    return [RunQuery(span=b.sql.head(1), query=b.query("CallStmt", node))]


def declare_cursor(node: Json, b: Builder) -> list[AnyFact]:
    ((kind, fields),) = node["query"].items()
    return [RunQuery(span=b.sql.head(1), query=b.query(kind, fields))]


def insert(node: Json, b: Builder) -> list[AnyFact]:
    table = b.sql.relation(node["relation"])
    query = b.query("InsertStmt", node)
    return [InsertRows(span=table.span, table=table, columns=_columns(node.get("cols"), b), query=query)]


def update(node: Json, b: Builder) -> list[AnyFact]:
    table = b.sql.relation(node["relation"])
    columns = _columns(node.get("targetList"), b)
    return [UpdateRows(span=table.span, table=table, columns=columns, query=b.query("UpdateStmt", node))]


def delete(node: Json, b: Builder) -> list[AnyFact]:
    table = b.sql.relation(node["relation"])
    return [DeleteRows(span=table.span, table=table, query=b.query("DeleteStmt", node))]


def merge(node: Json, b: Builder) -> list[AnyFact]:
    table = b.sql.relation(node["relation"])
    return [InsertRows(span=table.span, table=table, query=b.query("MergeStmt", node))]


def truncate(node: Json, b: Builder) -> list[AnyFact]:
    facts: list[AnyFact] = []
    for item in node["relations"]:
        table = b.sql.relation(item["RangeVar"])
        facts.append(TruncateTable(span=table.span, table=table, cascade=cascades(node)))
    return facts


def copy(node: Json, b: Builder) -> list[AnyFact]:
    if "query" in node:
        ((kind, fields),) = node["query"].items()
        return [RunQuery(span=b.sql.head(1), query=b.query(kind, fields))]
    if "is_from" not in node:
        return [NoEffect(span=b.sql.head(1), what="copy to")]
    table: Name = b.sql.relation(node["relation"])
    listed = node.get("attlist", [])
    places = b.sql.items(b.sql.token(table.span.end).end) if listed else []
    columns = tuple(
        [b.sql.ident_at(place.start, string(item)) for item, place in zip(listed, places, strict=False)]
    )
    return [InsertRows(span=table.span, table=table, columns=columns, copy=True)]


def _columns(nodes: list[Json] | None, b: Builder) -> tuple[Ident, ...]:
    """The columns of an INSERT list or of SET; of `a.b` and `a[1]` the column `a`."""
    targets = [node["ResTarget"] for node in nodes or ()]
    return tuple([b.sql.ident_located(target.get("location", 0), target["name"]) for target in targets])
