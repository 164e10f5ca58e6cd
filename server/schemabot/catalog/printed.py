"""Expressions and queries printed under today's names: what was renamed since is spelled anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, IndexEntry, Table, Use, View
from schemabot.catalog.quoting import quote_identifier
from schemabot.facts.names import fold
from schemabot.text import Span

_IDENTIFIER: Final = r'[\w$]+|"(?:[^"]|"")*"'
_QUALIFIED: Final = re.compile(rf"(?:(?P<schema>{_IDENTIFIER})\s*\.\s*)?(?P<name>{_IDENTIFIER})")


def printed(catalog: Catalog, bound: Bound, regclass_path: Sequence[str] = ()) -> str:
    """The text of an expression with the names that its columns, tables, functions and types have now.

    With `regclass_path`, relations in constants (`nextval('public.s')`) are spelled as PostgreSQL prints
    them for a session with that search_path.
    """
    return printed_text(catalog, bound.text, bound.expression.span, bound.uses, regclass_path)


def printed_text(
    catalog: Catalog, text: str, span: Span, uses: Iterable[Use], regclass_path: Sequence[str] = ()
) -> str:
    """`text`, which stands at `span` of its statement, with the names in `uses` as they are now."""
    edits: dict[Span, str] = {}
    for use in uses:
        if not span.start <= use.span.start < use.span.end <= span.end:
            continue
        place = use.span.shifted(-span.start)
        written = place.of(text)
        if use.number:
            now = _column_now(catalog, use, written)
        elif regclass_path and text[place.start - 1 : place.start] == "'":
            now = _constant_now(catalog, use, regclass_path)
        else:
            now = _object_now(catalog, use, written)
        if now is not None:
            edits[place] = now
    for place in sorted(edits, reverse=True):
        text = text[: place.start] + edits[place] + text[place.end :]
    return text


def _constant_now(catalog: Catalog, use: Use, path: Sequence[str]) -> str | None:
    item = catalog.relations.get(use.oid)
    if item is None or isinstance(item, IndexEntry):
        return None
    name = quote_identifier(item.name)
    return name if item.schema in path else f"{quote_identifier(item.schema)}.{name}"


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
