"""Inside of a string: the values that a column can have, by its enum or its CHECK."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, EnumType, Table, TypeRef
from schemabot.features.completion.frames import open_groups
from schemabot.features.completion.reader import Names
from schemabot.features.completion.wanted import Rows, Scope
from schemabot.features.names.words import Word

_STRING = re.compile(r"'((?:[^']|'')*)'")
_COMPARES = frozenset(("=", "<>", "!=", "like", "ilike"))


def labels_at(words: Sequence[Word], rest: Sequence[Word], scope: Scope, names: Names) -> tuple[str, ...]:
    """The values that a string behind these words of a statement may have."""
    written = [word.written for word in words]
    if written[:2] == ["alter", "type"]:
        return _enum_labels(words[2:], names)
    column = _compared(words)
    if column:
        found = _column(column, scope, names)
        return () if found is None else values_of(names.catalog, *found)
    return _typed(words, names)


def _compared(words: Sequence[Word]) -> tuple[str, ...]:
    """The column before `=`, or before the IN whose list is open."""
    at = len(words) - 1
    if at >= 0 and words[at].written in ("(", ",", "["):
        opened = open_groups(words)
        if not opened:
            return ()
        at = opened[-1] - 1
        if at >= 0 and words[at].written == "array":
            at -= 1
            if at >= 0 and words[at].written == "(":
                at -= 1
        if at < 0 or words[at].written not in ("in", "any", "all"):
            return ()
        at -= 1
        while at >= 0 and words[at].written in ("not", *_COMPARES):
            at -= 1
    elif at >= 0 and words[at].written in _COMPARES:
        at -= 1
    else:
        return ()
    parts: list[str] = []
    while at >= 0 and words[at].name is not None:
        parts.insert(0, words[at].name or "")
        if at < 2 or words[at - 1].written != ".":
            break
        at -= 2
    return tuple(parts)


def _column(parts: Sequence[str], scope: Scope, names: Names) -> tuple[Table, Column] | None:
    rows: Sequence[Rows]
    if len(parts) > 1:
        named = scope.named(parts[-2])
        rows = (named,) if named is not None else ()
    else:
        rows = (*scope.rows, *scope.outer)
    for one in rows:
        if isinstance(one.relation, Table) and (column := one.relation.column(parts[-1])) is not None:
            return one.relation, column
    return None


def _typed(words: Sequence[Word], names: Names) -> tuple[str, ...]:
    """Behind `column type default`: the labels of the type."""
    if not words or words[-1].written != "default":
        return ()
    at = len(words) - 2
    while at >= 0 and words[at].written in ("not", "null"):
        at -= 1
    if at < 0 or words[at].name is None:
        return ()
    parts = [words[at].name or ""]
    if at >= 2 and words[at - 1].written == ".":
        parts.insert(0, words[at - 2].name or "")
    return _labels_of(parts, names)


def _enum_labels(words: Sequence[Word], names: Names) -> tuple[str, ...]:
    parts = [word.name for word in words[:3] if word.name is not None]
    dotted = len(words) > 1 and words[1].written == "."
    return _labels_of(parts[:2] if dotted else parts[:1], names)


def _labels_of(parts: Sequence[str], names: Names) -> tuple[str, ...]:
    schemas = (parts[0],) if len(parts) > 1 else names.path
    for schema in schemas:
        found = names.catalog.type_named(schema, parts[-1]) if parts else None
        if isinstance(found, EnumType):
            return found.labels
    return ()


def values_of(catalog: Catalog, table: Table, column: Column) -> tuple[str, ...]:
    """The values of a column: the labels of its enum, or those that a CHECK lists."""
    kind: TypeRef = column.type
    found = catalog.types.get(kind.oid) if kind.oid else None
    if isinstance(found, EnumType):
        return found.labels
    for constraint in table.constraints:
        check = constraint.expression
        if constraint.kind != "check" or check is None:
            continue
        asks = {use.number for use in check.uses if use.oid == table.oid}
        if asks == {column.number} and re.search(r"\bin\s*\(|=\s*any\b", check.text, re.I):
            return tuple(dict.fromkeys(text.replace("''", "'") for text in _STRING.findall(check.text)))
    return ()
