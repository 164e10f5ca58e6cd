"""What columns still differ in: defaults and NOT NULL that follow those of other tables, storage, statistics."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.shape import Shapes
from schemabot.catalog.objects import Bound, Column, Constraint, Table
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render.tables import alter, table_name, write_default, write_not_null
from schemabot.catalog.render.writer import NotExactError, Writer, options, parts


class ColumnTouches:
    """Statements for the columns that two tables of one name have in common.

    Defaults and NOT NULL are what a statement for another table can change: the parent's, or a primary key.
    """

    def __init__(self, now: Catalog, wanted: Catalog) -> None:
        self._w = Writer(wanted)
        self._now, self._wanted = Shapes(now, exact=False), Shapes(wanted, exact=False)
        self._spelled = Shapes(now, exact=True), Shapes(wanted, exact=True)

    def touches(self, before: Table, item: Table) -> Iterator[str]:
        """What makes the columns of `before` those of `item`."""
        known = {column.name: column for column in before.columns}
        for column in item.columns:
            was = known.get(column.name)
            if was is None:
                continue
            yield from self._not_null(before, item, was, column)
            if was is column:
                continue
            place = f"{alter(item)} alter column {quote_identifier(column.name)}"
            with contextlib.suppress(NotExactError):  # then it stays different, and is said to
                yield from self._expression(item, was, column, place)
            yield from _storage(was, column, place)

    def _expression(self, item: Table, was: Column, column: Column, place: str) -> Iterator[str]:
        if was.generated is not None and column.generated is not None:
            if self._differ(was.generated, column.generated):
                yield f"{place} set expression as ({self._w.expression(column.generated)})"
            return
        if was.generated is not None or column.generated is not None:
            return
        if self._differ(was.default, column.default):
            if column.default is None:
                yield f"{place} drop default"
            else:
                yield from write_default(self._w, item, column)

    def _differ(self, was: Bound | None, bound: Bound | None) -> bool:
        """Whether they are not the same under today's names, in one spelling or the other."""
        now, wanted = self._spelled
        return self._now.bound(was) != self._wanted.bound(bound) and now.bound(was) != wanted.bound(bound)

    def _not_null(self, before: Table, item: Table, was: Column, column: Column) -> Iterator[str]:
        one, other = _not_null_of(before, was), _not_null_of(item, column)
        table, name = table_name(item), quote_identifier(column.name)
        if one is not None and other is not None:
            if one.no_inherit != other.no_inherit:
                word = "no inherit" if other.no_inherit else "inherit"
                yield f"alter table {table} alter constraint {quote_identifier(one.name)} {word}"
            if other.validated and not one.validated:
                yield f"alter table {table} validate constraint {quote_identifier(one.name)}"
        elif was.not_null == column.not_null:
            return
        elif column.not_null:
            if other is not None and other.inherited and not other.local:
                return
            if other is not None and (other.no_inherit or not other.validated):
                yield from write_not_null(self._w, item, other)
            else:
                yield f"alter table {table} alter column {name} set not null"
        elif one is None or not one.inherited:
            yield f"alter table {table} alter column {name} drop not null"


def _not_null_of(table: Table, column: Column) -> Constraint | None:
    return next(
        (c for c in table.constraints if c.kind == "not null" and c.columns == (column.number,)), None
    )


def _storage(was: Column, column: Column, place: str) -> Iterator[str]:
    if was.storage != column.storage:
        yield f"{place} set storage {column.storage or 'default'}"
    if was.compression != column.compression:
        yield f"{place} set compression {column.compression or 'default'}"
    if was.statistics != column.statistics:
        yield f"{place} set statistics {column.statistics or -1}"
    gone = [key for key, _ in was.options if key not in dict(column.options)]
    if gone:
        yield f"{place} reset ({', '.join(parts(key) for key in gone)})"
    changed = [pair for pair in column.options if pair not in was.options]
    if changed:
        yield f"{place} set ({options(changed)})"


__all__ = ["ColumnTouches"]
