"""Which steps of a migration no other migration can undo: those that lose rows, or parts of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.objects import Origin, Table, TypeRef
from schemabot.facts.model import (
    AlterColumnType,
    AnyFact,
    DeleteRows,
    DropColumn,
    DropObject,
    TruncateTable,
)
from schemabot.facts.names import Name, TypeName
from schemabot.rulekit.context import FileContext, search_path

_WHOLE = frozenset(("int2", "int4", "int8"))
_FRACTIONS = frozenset(("numeric", "float4", "float8", "money"))
_TIMES = frozenset(("timestamp", "timestamptz"))


class Loss(msgspec.Struct, frozen=True):
    """A step that loses something; `what` continues "it"."""

    at: Origin
    what: str


def losses(context: FileContext[Any]) -> Iterator[Loss]:
    """The steps that lose what was there before the file. What a file makes itself, it may throw away."""
    for index, fact in context.facts:
        what = _loss(fact, context)
        if what is not None:
            yield Loss(Origin(context.migration.path, index, fact.span), what)


def _loss(fact: AnyFact, context: FileContext[Any]) -> str | None:
    if isinstance(fact, DropObject):
        if fact.kind == "table" and _table(fact.name, context) is not None:
            return f'drops table "{fact.name}" with its rows'
        if fact.kind == "schema" and fact.cascade and _holds_tables(fact.name.name, context):
            return f'drops schema "{fact.name}" with its tables'
    elif isinstance(fact, DropColumn):
        table = _table(fact.table, context)
        column = None if table is None else table.column(fact.column.name)
        if column is not None and column.generated is None:
            return f'drops column "{fact.column}" of "{fact.table}" with its values'
    elif isinstance(fact, TruncateTable) and _table(fact.table, context) is not None:
        return f'empties "{fact.table}"'
    elif isinstance(fact, DeleteRows) and _table(fact.table, context) is not None:
        return f'deletes rows of "{fact.table}"'
    elif isinstance(fact, AlterColumnType):
        table = _table(fact.table, context)
        column = None if table is None else table.column(fact.column.name)
        if column is not None and _loses(column.type, fact.type):
            return f'turns "{fact.column}" of "{fact.table}" into a type that keeps less of its values'
    return None


def _table(name: Name, context: FileContext[Any]) -> Table | None:
    """The table of that name that was there before the file and holds rows of its own."""
    before = context.before
    if name.schema is not None:
        table = before.catalog.table(name.schema, name.name)
    else:
        found = (before.catalog.table(schema, name.name) for schema in search_path(before))
        table = next((table for table in found if table is not None), None)
    return None if table is None or table.temporary else table


def _holds_tables(schema: str, context: FileContext[Any]) -> bool:
    return any(table.schema == schema for table in context.before.catalog.tables())


def _loses(old: TypeRef, new: TypeName) -> bool:
    if old.array or new.dimensions or not old.known:
        return False
    if old.name in _FRACTIONS and new.name in _WHOLE:
        return True
    if old.name in _TIMES and new.name in ("date", "time", "timetz"):
        return True
    if (old.name, new.name) == ("float8", "float4"):
        return True
    return old.name == new.name == "numeric" and _scale(new.modifiers) < _scale(old.modifiers)


def _scale(modifiers: tuple[int | str, ...]) -> int:
    """The digits behind the point; without modifiers, as many as are written."""
    if not modifiers:
        return 1 << 14
    return int(modifiers[1]) if len(modifiers) > 1 else 0
