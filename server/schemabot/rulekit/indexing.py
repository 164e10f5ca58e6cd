"""Which columns an index of a table begins with, and the fix that makes one that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemabot.catalog.objects import Column, Index, Table
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.finding import Fix, InsertAfter
from schemabot.rulekit.sql import fitting_name, quote, quote_name

_CREATE = "create index {} on {} ({}{});"


def begins_with(table: Table, number: int) -> bool:
    """Whether some index finds rows by that column: it is the first key, or any key of a GIN or BRIN index."""
    return any(
        (index.keys and index.keys[0].column == number)
        or (index.method in ("gin", "brin") and any(key.column == number for key in index.keys))
        for index in table.indexes
    )


def has_prefix(index: Index, numbers: Sequence[int]) -> bool:
    """Whether the index's first keys are those columns, in that order."""
    return tuple(key.column for key in index.keys[: len(numbers)]) == tuple(numbers)


def index_fix(
    context: StateContext[Any],
    table: Table,
    columns: Sequence[Column],
    *,
    descending: bool = False,
    safe: bool = True,
) -> Fix:
    """A fix that creates `idx_<table>_<columns>` behind all that it names."""
    name = fitting_name(
        f"idx_{table.name}_{'_'.join(column.name for column in columns)}",
        lambda wanted: (table.schema, wanted) in context.catalog.relation_names,
    )
    changes = (change.at for column in columns for change in column.changes)
    at = context.project.latest(context.named(table)[0], *(column.origin for column in columns), *changes)
    style = context.project.style(at)

    def sql(written: str) -> str:
        listed = ", ".join(quote(column.name) for column in columns)
        return style.sql(_CREATE, quote(name), written, listed, style.sql(" desc") if descending else "")

    return Fix(
        title=f"Create the index {name}",
        steps=(InsertAfter(at, sql(context.name_behind(table, at))),),
        safe=safe,
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
    )
