"""Rows for every table: one for each seat, more where a policy looks at other columns.

They are inserted by a superuser without triggers and without foreign keys being checked (session_replication_role),
with values that satisfy the keys, so that tables may refer to each other in any order. All of it is undone with the
transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, Final

import attrs
import psycopg

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Table
from schemabot.isolation import TenancyModel
from schemabot.remote.trial.compared import Compared, constants_of
from schemabot.remote.trial.inserting import Inserter, Values
from schemabot.remote.trial.people import ALICE, AMY, BELONGS, BOB, NOBODYS, USERS, Seat, user_id
from schemabot.remote.trial.values import base_type, labels, value_of

_VARIANTS: Final = 12
"""How many rows a seat gets at most."""


@attrs.frozen
class Context:
    """In whose name a row is made."""

    organisation: int
    user: int


_EACH_USER: Final = (Context(1, ALICE), Context(1, AMY), Context(2, BOB))
_EACH_ORGANISATION: Final = (Context(1, ALICE), Context(2, BOB), Context(3, 0))


@attrs.frozen
class Row:
    """A row that was inserted, by where it lies, and whose it is."""

    table: int
    place: tuple[int, str]  # tableoid, ctid
    seat: Seat
    values: Values = attrs.field(repr=False)


class Rows:
    """The rows of a database under trial."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        catalog: Catalog,
        model: TenancyModel,
        tables: tuple[Table, ...],
        read: Compared,
    ) -> None:
        self._db = connection
        self.catalog = catalog
        self.model = model
        self._read = read
        self._number = 100
        self._first: dict[tuple[int, Context], Values | None] = {}
        self._making: set[tuple[int, Context]] = set()
        self.rows: dict[int, list[Row]] = {}
        self._inserter = Inserter(connection, catalog, self._fixed)
        self._people()
        for table in tables:
            self._fill(table)

    # -- whose --

    def seat_of(self, table: Table, values: Values) -> Seat:
        """Whose a row with these values is, by the columns that say it."""
        owned = self.model.ownership(table.oid)
        names = table.column_names(owned.columns)
        if owned.kind == "organisation" and names:
            value = values.get(names[0])
            found = next((number for number in (1, 2, 3) if self.organisation(number) == value), 0)
            return Seat(organisation=found) if found else NOBODYS
        if owned.kind == "user":
            users = {values.get(name) for name in names}
            found = next((user for user in USERS if user_id(user) in users), 0)
            return Seat(user=found) if found else NOBODYS
        for parent in owned.parents:
            target = self.catalog.table_by_oid(parent.table)
            if target is None:
                continue
            wanted = [values.get(name) for name in table.column_names(parent.columns)]
            keys = target.column_names(parent.keys)
            for row in self.rows.get(target.oid, ()):
                if None not in wanted and [row.values.get(key) for key in keys] == wanted:
                    return row.seat
        return NOBODYS

    def organisation(self, number: int) -> str:
        """The id of an organisation, as text; empty for none."""
        table = self.catalog.table_by_oid(self.model.organisations)
        if not number:
            return ""
        if table is None:
            column = self._tenant_column()
        else:
            column = table.column_by_number(self.model.key) or table.columns[0]
        if column is None or base_type(self.catalog, column.type).name == "uuid":
            return f"{'abc'[number - 1] * 8}-0000-4000-8000-000000000000"
        return str(value_of(self.catalog, column, number))

    def _tenant_column(self) -> Column | None:
        name = self.model.column or ""
        return next((c for t in self.catalog.tables() if (c := t.column(name)) is not None), None)

    # -- making --

    def _people(self) -> None:
        table = self.catalog.table("auth", "users")
        if table is None:
            return
        for user in USERS:
            values: Values = {"id": user_id(user), "email": f"user{user}@example.com"}
            self._insert(table, Context(BELONGS[user], user), values, {})

    def contexts(self, table: Table) -> tuple[Context, ...]:
        """In whose names rows of the table are made."""
        if self._is_by_user(table):
            return _EACH_USER
        owned = self.model.ownership(table.oid)
        if owned.kind == "organisation":
            return _EACH_ORGANISATION
        if owned.kind == "parent" and owned.parents:
            parent = self.catalog.table_by_oid(owned.parents[0].table)
            if parent is not None:
                return self.contexts(parent)
        return _EACH_ORGANISATION[:2]

    def _is_by_user(self, table: Table) -> bool:
        if self.model.membership(table.oid) is not None or self._person_columns(table):
            return True
        return self.model.ownership(table.oid).kind == "user"

    def _person_columns(self, table: Table) -> tuple[int, ...]:
        person = self.model.person(table.oid)
        return person.users if person is not None else ()

    def _fill(self, table: Table) -> None:
        for context in self.contexts(table):
            first = self.first(table, context)
            if first is None:
                continue
            for variant in islice(self.variants(table, context), 1, _VARIANTS):
                self._insert(table, context, self.values(table, context), variant)

    def first(self, table: Table, context: Context) -> Values | None:
        """The values of the first row that was made in that context; made now if there is none yet."""
        key = (table.oid, context)
        if key not in self._first and key not in self._making:
            self._making.add(key)
            values = self.values(table, context)
            variant = next(self.variants(table, context), {})
            self._first[key] = self._insert(table, context, values, variant)
            self._making.discard(key)
        return self._first.get(key)

    def values(self, table: Table, context: Context) -> Values:
        """What a row needs: keys, owners, references, and whatever has neither default nor NULL."""
        self._number += 1
        found: Values = {}
        for column in table.columns:
            if column.generated is not None:
                continue
            if (own := self._owner(table, column, context)) is not None:
                found[column.name] = own
            elif self._is_key(table, column) or (column.not_null and column.default is None):
                if not column.identity:
                    found[column.name] = value_of(self.catalog, column, self._number)
                elif column.identity == "always" or self._is_key(table, column):
                    found[column.name] = str(self._number)
        for key in table.constraints:
            if key.kind == "foreign key":
                self._refer(table, key, context, found)
        for name, value in self._inserter.satisfying.get(table.oid, {}).items():
            checked = table.column(name)
            if checked is not None and self._owner(table, checked, context) is None:
                found[name] = value
        return found

    def _owner(self, table: Table, column: Column, context: Context) -> str | None:
        owned = self.model.ownership(table.oid)
        member = self.model.membership(table.oid)
        users = (*(member.users if member is not None else ()), *self._person_columns(table))
        if owned.kind == "user":
            users += owned.columns
        if column.number in users:
            return user_id(context.user) if context.user else None
        is_organisation = owned.kind == "organisation" and column.number in owned.columns
        if is_organisation or (member is not None and column.number == member.organisation):
            return self.organisation(context.organisation) or None
        return None

    @staticmethod
    def _is_key(table: Table, column: Column) -> bool:
        keys = (c.columns for c in table.constraints if c.kind in ("primary key", "unique"))
        if any(column.number in columns for columns in keys):
            return True
        return any(column.number == key.column for i in table.indexes if i.unique for key in i.keys)

    def _refer(self, table: Table, key: Constraint, context: Context, values: Values) -> None:
        """Fill the columns of a foreign key with the parent's row of the same context."""
        target = self.catalog.table_by_oid(key.references)
        names = table.column_names(key.columns)
        if target is None:
            return
        users = self.catalog.table("auth", "users")
        if users is not None and target.oid == users.oid:
            if context.user:
                values.setdefault(names[0], user_id(context.user))
            return
        parent = self.first(target, self._representative(target, context)) if target is not table else None
        if parent is None:
            return
        keys = target.column_names(key.references_columns)
        owners = {c.name for c in table.columns if self._owner(table, c, context) is not None}
        for name, theirs in zip(names, keys, strict=False):
            if name not in owners and parent.get(theirs) is not None:
                values[name] = parent[theirs]

    def _representative(self, table: Table, context: Context) -> Context:
        """The context in which the table has the row that belongs to this one."""
        known = self.contexts(table)
        if context in known:
            return context
        same = (c for c in known if c.organisation == context.organisation)
        return next(same, known[0])

    # -- variants --

    def variants(self, table: Table, context: Context, wide: bool = False) -> Iterator[Values]:
        """What else a row may hold in the columns that policies look at; the first is the usual one.

        With `wide`, users of others too: for rows that a caller tries to insert.
        """
        owned = self.model.ownership(table.oid)
        member = self.model.membership(table.oid)
        skipped = {*owned.columns}
        looked_at = [n for n in self._read.columns.get(table.oid, ()) if n not in skipped]
        if member is not None:
            skipped |= {member.organisation, *member.users}
            looked_at = [c.number for c in table.columns if self._may_tell(table, c)] + looked_at
        dimensions: list[tuple[str, list[str | None]]] = []
        for number in dict.fromkeys(looked_at):
            column = table.column_by_number(number)
            if column is None or column.generated is not None or number in skipped:
                continue
            values = self._candidates(table, column, context, wide=wide)
            if len(values) > 1 or (values and not self._is_key(table, column)):
                dimensions.append((column.name, values))
        if member is not None and context.user == AMY:  # she is no administrator where somebody can be one
            dimensions = [(name, values[::-1]) for name, values in dimensions]
        names = [name for name, _ in dimensions]
        for values_of in islice(product(*(values for _, values in dimensions)), _VARIANTS):
            yield dict(zip(names, values_of, strict=True))

    def _candidates(self, table: Table, column: Column, context: Context, *, wide: bool) -> list[str | None]:
        """The values of a column that may decide a policy."""
        null: list[str | None] = [] if column.not_null else [None]
        kind = base_type(self.catalog, column.type).name
        constants = self._read.constants.get(column.name, ())
        allowed = labels(self.catalog, column.type) or tuple(self._allowed(table, column))
        if self._refers_to_user(table, column):
            return self._users(table, column, context, wide=wide)
        if any(column.number in c.columns for c in table.constraints if c.kind == "foreign key"):
            return []
        if self._is_key(table, column) and not constants:
            return []
        if column.type.array:
            return []
        if kind == "bool":
            return ["true", "false"]
        if kind in ("timestamptz", "timestamp", "date"):
            return [*null, "2001-01-01", "2101-01-01"]
        if allowed:
            fitting = [c for c in constants if c in allowed]
            rest = [label for label in allowed if label not in fitting]
            return [*fitting, *rest[:1]] if fitting else [*dict.fromkeys((allowed[0], allowed[-1]))]
        if constants:
            return [*constants, *null]
        return []

    def _users(self, table: Table, column: Column, context: Context, *, wide: bool) -> list[str | None]:
        """Whose name may stand in a row besides who belongs to its organisation: somebody's of another one.

        An organisation's own row says who owns it, and who owns it belongs to it.
        """
        null: list[str | None] = [] if column.not_null else [None]
        if self._is_key(table, column):
            return []
        own = [user_id(context.user)] if context.user else []
        if table.oid == self.model.organisations:
            return [*own, *null][:1]
        others = (ALICE, AMY, BOB) if wide else (ALICE,)
        return [*dict.fromkeys((*own, *map(user_id, others))), *null]

    def _may_tell(self, table: Table, column: Column) -> bool:
        """Whether a column of a membership may say what the member is allowed to."""
        if column.name in self._read.constants or labels(self.catalog, column.type):
            return True
        return any(True for _ in self._allowed(table, column))

    def _refers_to_user(self, table: Table, column: Column) -> bool:
        users = self.catalog.table("auth", "users")
        return any(
            c.kind == "foreign key"
            and c.columns == (column.number,)
            and (
                (users is not None and c.references == users.oid)
                or self.model.person(c.references) is not None
            )
            for c in table.constraints
        )

    @staticmethod
    def _allowed(table: Table, column: Column) -> Iterator[str]:
        """The constants of the CHECK constraints on this column alone."""
        for constraint in table.constraints:
            if constraint.kind == "check" and constraint.expression is not None:
                used = {u.number for u in constraint.expression.uses if u.oid == table.oid and u.number}
                if used == {column.number}:
                    yield from constants_of(constraint.expression.expression.root)

    # -- inserting --

    @property
    def problems(self) -> dict[int, str]:
        """Why tables have no row, by their oid."""
        return {oid: why for oid, why in self._inserter.problems.items() if oid not in self.rows}

    def _insert(self, table: Table, context: Context, values: Values, variant: Values) -> Values | None:
        wanted = ({**values, **variant}, values) if variant else (values,)
        taken = self._inserter.insert(table, wanted)
        if taken is None:
            return None
        row = Row(table.oid, taken.place, self.seat_of(table, taken.values), taken.values)
        self.rows.setdefault(table.oid, []).append(row)
        return taken.values

    def _fixed(self, table: Table, column: Column) -> list[str] | None:
        """The values that a CHECK may be satisfied with in a column that says whose the row is; None for any."""
        if column.number in self.model.ownership(table.oid).columns:
            return []
        return [*map(user_id, (BOB, AMY, ALICE))] if self._refers_to_user(table, column) else None
