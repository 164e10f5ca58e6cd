"""Expressions and queries printed under today's names: what was renamed since is spelled anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, IndexEntry, Table, Use, View
from schemabot.catalog.quoting import quote_identifier
from schemabot.facts.names import fold
from schemabot.text import Span

_IDENTIFIER: Final = r'[\w$]+|"(?:[^"]|"")*"'
_QUALIFIED: Final = re.compile(rf"(?:(?P<schema>{_IDENTIFIER})\s*\.\s*)?(?P<name>{_IDENTIFIER})")


def printed(catalog: Catalog, bound: Bound) -> str:
    """The text of an expression with the names that its columns, tables, functions and types have now."""
    return printed_text(catalog, bound.text, bound.expression.span, bound.uses)


def printed_text(catalog: Catalog, text: str, span: Span, uses: Iterable[Use]) -> str:
    """`text`, which stands at `span` of its statement, with the names in `uses` as they are now."""
    edits: dict[Span, str] = {}
    for use in uses:
        if not span.start <= use.span.start < use.span.end <= span.end:
            continue
        written = use.span.shifted(-span.start).of(text)
        now = _column_now(catalog, use, written) if use.number else _object_now(catalog, use, written)
        if now is not None:
            edits[use.span.shifted(-span.start)] = now
    for place in sorted(edits, reverse=True):
        text = text[: place.start] + edits[place] + text[place.end :]
    return text


def _column_now(catalog: Catalog, use: Use, written: str) -> str | None:
    """The column's spelling when it is not the one written; None for `*` and for what has not changed."""
    if written.endswith("*"):
        return None
    relation = catalog.relations.get(use.oid)
    if isinstance(relation, Table):
        column = relation.column_by_number(use.number)
        name = None if column is None else column.name
    elif isinstance(relation, View):
        name = relation.columns[use.number - 1].name if use.number <= len(relation.columns) else None
    else:
        name = None
    return quote_identifier(name) if name is not None and name != fold(written) else None


def _object_now(catalog: Catalog, use: Use, written: str) -> str | None:
    item = catalog.relations.get(use.oid) or catalog.functions.get(use.oid) or catalog.types.get(use.oid)
    match = _QUALIFIED.match(written)
    if item is None or match is None or isinstance(item, IndexEntry):
        return None
    schema = match["schema"]
    if fold(match["name"]) == item.name and (schema is None or fold(schema) == item.schema):
        return None
    name = quote_identifier(item.name)
    qualified = name if schema is None else f"{quote_identifier(item.schema)}.{name}"
    return qualified + written[match.end() :]
