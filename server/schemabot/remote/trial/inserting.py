"""Inserting a row: what a CHECK refuses is tried with other values in its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice, product
from typing import Any, Final

import attrs
import psycopg

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Domain, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.remote.trial.compared import constants_of
from schemabot.remote.trial.values import NUMBERS, base_type, value_of

_TRIES: Final = 240
"""How many combinations of values are tried for a CHECK that refuses a row."""

_CONSTRAINTS: Final = 12
"""How many CHECKs of a row are seen to, one behind the other."""

_POOL: Final = 14
_LEFT_OUT: Final = object()

Values = dict[str, str | None]
"""A row as text, by column."""


@attrs.frozen
class Taken:
    """A row that is in the table: where it lies (tableoid, ctid), and all of its columns."""

    place: tuple[int, str]
    values: Values


@attrs.frozen
class _Refusal:
    """Why a row was not taken; `check` is the CHECK that refused it."""

    message: str
    check: str | None


class Inserter:
    """Inserts rows without triggers and without foreign keys being checked, in an open transaction.

    `fixed` gives the only values that a column may be given to satisfy a CHECK, None for any. `satisfying` are the
    values that CHECKs of a table were satisfied with, `problems` why the first row of a table was refused, by oid.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        catalog: Catalog,
        fixed: Callable[[Table, Column], list[str] | None],
    ) -> None:
        self._db = connection
        self._catalog = catalog
        self._fixed = fixed
        self.satisfying: dict[int, Values] = {}
        self.problems: dict[int, str] = {}

    def insert(self, table: Table, wanted: Iterable[Values]) -> Taken | None:
        """Insert the first of the rows that the server takes; None, with the reason in `problems`, when it takes none.

        A CHECK that refuses one is satisfied by other values in its columns; then the next one is seen to.
        """
        problem = ""
        for values in wanted:
            tried, seen = values, frozenset[str]()
            for _ in range(_CONSTRAINTS):
                found = self._attempt(table, tried)
                if isinstance(found, Taken):
                    return self._remembered(table, found, seen)
                problem = problem or found.message
                if found.check is None or found.check in seen:
                    break
                seen |= {found.check}
                better = self._satisfied(table, tried, found.check, seen)
                if isinstance(better, Taken):
                    return self._remembered(table, better, seen)
                if better is None:
                    break
                tried = better
        self.problems.setdefault(table.oid, problem)
        return None

    def _remembered(self, table: Table, taken: Taken, checks: frozenset[str]) -> Taken:
        own = {
            column.name: taken.values[column.name] for name in checks for column in self._checked(table, name)
        }
        if own:
            self.satisfying[table.oid] = {**self.satisfying.get(table.oid, {}), **own}
        return taken

    def _satisfied(
        self, table: Table, values: Values, check: str, seen: frozenset[str]
    ) -> Taken | Values | None:
        """Other values in the columns of a CHECK, with which another one refuses the row, or none does."""
        columns = self._checked(table, check)
        pools = [self._pool(table, column, values) for column in columns]
        for chosen in islice(product(*pools), _TRIES):
            tried = dict(values)
            for column, value in zip(columns, chosen, strict=True):
                if value is _LEFT_OUT:
                    tried.pop(column.name, None)
                else:
                    tried[column.name] = value
            found = self._attempt(table, tried)
            if isinstance(found, Taken):
                return found
            if found.check is not None and found.check not in seen:
                return tried
        return None

    def _attempt(self, table: Table, values: Values) -> Taken | _Refusal:
        try:
            with self._db.transaction():
                self._db.execute("set local session_replication_role to replica")
                taken = self._stored(table, values)
                self._db.execute("set local session_replication_role to origin")
        except psycopg.Error as error:
            said = error.diag
            check = said.constraint_name if isinstance(error, psycopg.errors.CheckViolation) else None
            return _Refusal((said.message_primary or str(error)).strip(), check)
        return taken

    def _checked(self, table: Table, name: str) -> list[Column]:
        """The columns that a CHECK of the table, or of one of its domains, is about."""
        for constraint in table.constraints:
            if constraint.name == name and constraint.expression is not None:
                used = {use.number for use in constraint.expression.uses if use.oid == table.oid}
                return [c for c in table.columns if c.number in used and c.generated is None]
        domains = {
            oid
            for oid, found in self._catalog.types.items()
            if isinstance(found, Domain) and any(c.name == name for c in found.constraints)
        }
        return [c for c in table.columns if c.type.oid in domains]

    def _stored(self, table: Table, values: Values) -> Taken:
        query = insertion(self._catalog, table, values)
        returned = ", ".join(f"{quote_identifier(c.name)}::text" for c in table.columns)
        row = self._db.execute(
            f"{query} returning tableoid::int8, ctid::text, {returned}".encode(), [*values.values()]
        ).fetchone()
        assert row is not None
        return Taken((row[0], row[1]), dict(zip([c.name for c in table.columns], row[2:], strict=True)))

    def _pool(self, table: Table, column: Column, values: Mapping[str, Any]) -> list[Any]:
        """Values to satisfy a CHECK with, the given one first."""
        given = values.get(column.name, _LEFT_OUT)
        fixed = self._fixed(table, column)
        if fixed is not None:
            return [given, *fixed]
        constants = dict.fromkeys(
            value
            for constraint in (*table.constraints, *self._domain_checks(column))
            if constraint.expression is not None
            and (not constraint.columns or column.number in constraint.columns or constraint.oid == 0
                 or any(use.number == column.number for use in constraint.expression.uses))
            for value in constants_of(constraint.expression.expression.root)
        )  # fmt: skip
        kind = base_type(self._catalog, column.type)
        if kind.array:
            return [given, *("{" + f'"{value}"' + "}" for value in constants), '{"a"}', "{1}", None][:_POOL]
        usual = (
            ("1", "2", "0", "10", "100") if kind.name in NUMBERS else (value_of(self._catalog, column, 1),)
        )
        return [*dict.fromkeys((given, *constants, *usual, None))][:_POOL]

    def _domain_checks(self, column: Column) -> tuple[Constraint, ...]:
        found = self._catalog.types.get(column.type.oid)
        return found.constraints if isinstance(found, Domain) else ()


def insertion(catalog: Catalog, table: Table, values: Values) -> str:
    """An INSERT of the values, as parameters cast to their columns' types."""
    name = quote_qualified(table.schema, table.name)
    if not values:
        return f"insert into {name} default values"
    by_name = {column.name: column for column in table.columns}
    columns = ", ".join(map(quote_identifier, values))
    marks = ", ".join(f"%s::text::{format_type(catalog, by_name[n].type, ())}" for n in values)
    return f"insert into {name} ({columns}) overriding system value values ({marks})"
