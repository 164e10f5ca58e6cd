"""Statements as a person would write them: ONLY is said where a table has children, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.render.tables import table_name

_IDENTIFIER = r'(?:[\w$]+|"(?:[^"]|"")*")'
_TABLE = re.compile(
    rf"^(alter table )only ({_IDENTIFIER}\.{_IDENTIFIER})(?= )|(\btable )only ({_IDENTIFIER}\.{_IDENTIFIER})"
)


def plainly(changes: Iterable[Change], *catalogs: Catalog) -> list[Change]:
    """The changes without ONLY for tables that have children in none of the catalogs."""
    changes = list(changes)
    if not any(" only " in statement for change in changes for statement in change.statements):
        return changes
    parents = {name for catalog in catalogs for name in _parents(catalog)}
    return [
        msgspec.structs.replace(change, statements=tuple(_plain(s, parents) for s in change.statements))
        for change in changes
    ]


def _plain(statement: str, parents: set[str]) -> str:
    if not statement.startswith(("alter table only ", "alter publication ", "create publication ")):
        return statement

    def written(found: re.Match[str]) -> str:
        words, table = (found[1], found[2]) if found[1] else (found[3], found[4])
        return found[0] if table in parents else f"{words}{table}"

    return _TABLE.sub(written, statement)


def _parents(catalog: Catalog) -> set[str]:
    found: set[str] = set()
    for table in catalog.tables():
        for oid in (*table.parents, table.partition_of):
            parent = catalog.table_by_oid(oid) if oid else None
            if parent is not None:
                found.add(table_name(parent))
    return found


__all__ = ["plainly"]
