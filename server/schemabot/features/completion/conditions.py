"""Conditions of joins: along foreign keys, or by columns of the same name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemabot.catalog.objects import Table
from schemabot.catalog.quoting import quote_identifier as quoted
from schemabot.features.completion.wanted import Rows


def join_conditions(rows: Sequence[Rows]) -> tuple[tuple[str, str], ...]:
    """Conditions between the rows that were joined last and those before, with what they go along."""
    if len(rows) < 2:
        return ()
    last = rows[-1]
    found: dict[str, str] = {}
    for other in reversed(rows[:-1]):
        for text, detail in (*_along(last, other), *_along(other, last)):
            found.setdefault(text, detail)
    return tuple(found.items())


def _along(one: Rows, other: Rows) -> Iterator[tuple[str, str]]:
    table, referenced = one.relation, other.relation
    if not isinstance(table, Table) or not isinstance(referenced, Table):
        return
    for key in table.constraints:
        if key.kind != "foreign key" or key.references != referenced.oid:
            continue
        pairs = zip(
            table.column_names(key.columns), referenced.column_names(key.references_columns), strict=False
        )
        text = " and ".join(
            f"{quoted(one.name)}.{quoted(a)} = {quoted(other.name)}.{quoted(b)}" for a, b in pairs
        )
        if text:
            yield text, key.name
