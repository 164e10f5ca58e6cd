"""Whose rows are whose: the organisations, who belongs to them, and how each table says it.

What is decided by a look at the whole catalog (`Decisions`) goes by names; what follows from it for one table is
worked out when somebody asks, on the catalog that the model is bound to. So a model of an older catalog is bound
to a newer one in no time, and knows tables that came since.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Function, Table

_USER_COLUMNS = ("user_id", "profile_id", "member_id", "auth_user_id", "auth_id", "auth_uid")
_OWNER_COLUMNS = ("user_id", "owner_id", "profile_id")
_MEMBERS = re.compile(
    r"(?:\A|_)member(?:ship)?s?\Z|_users?\Z|\Auser_(?:role|org|organi[sz]ation|team|tenant|account|workspace)s?\Z"
)
_PERSONS = re.compile(r"\A(?:user_?)?(?:profile|user|member|account_user|employee|staff)s?(?:_profiles?)?\Z")
_ORG_OWNER = re.compile(r"\A(?:primary_)?owner(?:_user)?(?:_id)?\Z|\Auser_id\Z")
_KEYS = ("primary key", "unique")


class Membership(msgspec.Struct, frozen=True):
    """A table that says who belongs to which organisation: column numbers."""

    table: int
    organisation: int
    users: tuple[int, ...]


class Person(msgspec.Struct, frozen=True):
    """A table with one row for a user: its key, and the columns that hold the id of auth.users."""

    key: int
    users: tuple[int, ...]


class Parent(msgspec.Struct, frozen=True):
    """A foreign key that leads to a row whose owner is known: `columns` of the child, `keys` of the parent."""

    columns: tuple[int, ...]
    table: int
    keys: tuple[int, ...]


class Ownership(msgspec.Struct, frozen=True):
    """How a table says whose its rows are. `columns` name the organisation (one) or the user (any)."""

    kind: Literal["organisation", "user", "parent", "none"]
    columns: tuple[int, ...] = ()
    parents: tuple[Parent, ...] = ()


NOBODY = Ownership("none")
QualifiedName = tuple[str, str]


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """How a project separates its organisations. `because` says in plain words how that was found.

    `told` is the table of memberships that the settings name, `vouched` the functions that they vouch for;
    `memberships` are the tables that were found.
    """

    kind: Literal["organisation", "user", "none"]
    column: str | None = None
    organisations: QualifiedName | None = None
    told: str | None = None
    vouched: tuple[str, ...] = ()
    memberships: tuple[QualifiedName, ...] = ()
    because: tuple[str, ...] = ()


class TenancyModel:
    """The decisions, bound to a catalog."""

    def __init__(self, decisions: Decisions, catalog: Catalog) -> None:
        self.decisions = decisions
        self.kind = decisions.kind
        self.column = decisions.column
        self.because = decisions.because
        self._catalog = catalog
        self._ownerships: dict[int, Ownership] = {}
        self._memberships: dict[int, Membership | None] = {}
        self._persons: dict[int, Person | None] = {}

    def bound(self, catalog: Catalog) -> TenancyModel:
        """The model of another state of the same project."""
        return self if catalog is self._catalog else TenancyModel(self.decisions, catalog)

    # -- organisations --

    @cached_property
    def _target(self) -> Table | None:
        name = self.decisions.organisations
        return None if name is None else self._catalog.table(*name)

    @property
    def organisations(self) -> int:
        """The oid of the table of organisations, or 0."""
        return self._target.oid if self._target is not None else 0

    @cached_property
    def key(self) -> int:
        """The number of the column of the organisations table that others refer to, or 0."""
        if self._target is None:
            return 0
        primary = self._target.primary_key
        if primary is not None and len(primary.columns) == 1:
            return primary.columns[0]
        found = self._target.column("id")
        return found.number if found else 0

    @cached_property
    def owners(self) -> tuple[int, ...]:
        """The columns of the organisations table that hold its owner's user id."""
        if self._target is None:
            return ()
        users = self._users(self._target)
        return tuple(
            c.number
            for c in self._target.columns
            if _ORG_OWNER.match(c.name) and (c.number in users or c.type.name == "uuid")
        )

    def vouches_for(self, function: Function) -> bool:
        """Whether the settings say that the function gives, or tests, an organisation of the caller."""
        return bool(self.decisions.vouched) and is_listed(
            function.schema, function.name, self.decisions.vouched
        )

    # -- people --

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The membership tables that were found, as they are today."""
        found = []
        for name in self.decisions.memberships:
            table = self._catalog.table(*name)
            if table is not None and (membership := self.membership(table.oid)) is not None:
                found.append(membership)
        return tuple(found)

    def membership(self, table: int) -> Membership | None:
        """What the table with that oid says about memberships; None for any other table."""
        if table not in self._memberships:
            found = self._own(table)
            self._memberships[table] = None if found is None else self._membership(found)
        return self._memberships[table]

    def person(self, table: int) -> Person | None:
        """How the table with that oid has one row for a user; None for any other table."""
        if table not in self._persons:
            found = self._own(table)
            self._persons[table] = None if found is None else self._person(found)
        return self._persons[table]

    def user_columns(self, table: Table) -> tuple[int, ...]:
        """The columns that would make a row a user's own if no organisation had it: the best of several."""
        person = self.person(table.oid)
        if person is not None:
            return person.users
        users = self._users(table)
        for name in _OWNER_COLUMNS:
            column = table.column(name)
            if column is not None and column.number in users:
                return (column.number,)
        auth = self._catalog.table("auth", "users")
        referring = {
            key.columns[0]
            for key in foreign_keys(table)
            if auth and key.references == auth.oid and len(key.columns) == 1
        }
        owning = tuple(number for number in sorted(referring) if _makes_own(table, number))
        return owning if len(owning) == 1 else ()

    def _own(self, oid: int) -> Table | None:
        """The table with that oid, if it is the project's own."""
        table = self._catalog.table_by_oid(oid)
        return None if table is None or table.origin.platform else table

    def _users(self, table: Table, *, of_persons: bool = False) -> list[int]:
        """The columns that say which user a row is about; `created_by` and its like only say who did something."""
        auth = self._catalog.table("auth", "users")
        referring = {
            key.columns[0]
            for key in foreign_keys(table)
            if len(key.columns) == 1
            and (
                (auth is not None and key.references == auth.oid)
                or (of_persons and self.person(key.references) is not None)
            )
        }
        return [
            column.number
            for column in table.columns
            if (column.number in referring and not column.name.endswith("_by"))
            or column.name in _USER_COLUMNS
        ]

    def _person(self, table: Table) -> Person | None:
        keys = {c.columns[0] for c in table.constraints if c.kind in _KEYS and len(c.columns) == 1}
        keys |= {
            i.keys[0].column for i in table.indexes if i.unique and len(i.keys) == 1 and i.where is None
        } - {0}
        columns = [number for number in self._users(table) if number in keys]
        own = table.column("id")
        if own and own.number in keys and own.number not in columns and _PERSONS.match(table.name):
            columns.append(own.number)
        primary = table.primary_key
        if columns and primary is not None and len(primary.columns) == 1:
            return Person(primary.columns[0], tuple(columns))
        return None

    def _membership(self, table: Table) -> Membership | None:
        if self.kind != "organisation" or table is self._target:
            return None
        organisation = self._organisation_column(table)
        person = self.person(table.oid)
        users = sorted({*self._users(table, of_persons=True), *(person.users if person else ())})
        if organisation is None or not users:
            return None
        found = Membership(table.oid, organisation.number, tuple(users))
        if self.decisions.told is not None:
            return found if is_listed(table.schema, table.name, (self.decisions.told,)) else None
        allowed = {organisation.number, *users}
        keyed = any(
            set(c.columns) <= allowed and set(c.columns) & set(users)
            for c in table.constraints
            if c.kind in _KEYS
        )
        return found if keyed or person is not None or _MEMBERS.search(table.name) else None

    # -- tables --

    def ownership(self, table: int) -> Ownership:
        """How the table with that oid says whose its rows are."""
        known = self._ownerships.get(table)
        if known is None:
            found = self._own(table) if self.kind != "none" else None
            known = self._ownerships[table] = NOBODY if found is None else self._ownership(found)
        return known

    def _ownership(self, table: Table) -> Ownership:
        organisation = self._organisation(table)
        if organisation:
            return Ownership("organisation", (organisation,))
        # Before the user's own column: what belongs to an organisation's row belongs to the organisation.
        parents = self._parents(table, users=False)
        if parents:
            return Ownership("parent", parents=parents)
        users = self.user_columns(table)
        if users:
            return Ownership("user", users)
        parents = self._parents(table, users=True)
        return Ownership("parent", parents=parents) if parents else NOBODY

    def _organisation(self, table: Table) -> int:
        """The number of the column that names the organisation, or 0."""
        if self.kind != "organisation":
            return 0
        if self._target is not None and table.oid == self._target.oid:
            return self.key
        column = self._organisation_column(table)
        return column.number if column is not None else 0

    def _organisation_column(self, table: Table) -> Column | None:
        """The tenant column, or the only column that refers to the organisations."""
        target = self._target
        if self.column is not None and (own := table.column(self.column)) is not None:
            others = {key.references for key in foreign_keys(table) if key.columns == (own.number,)}
            if target is None or not others or target.oid in others:
                return own
        if target is None:
            return None
        referring = {
            key.columns[0]
            for key in foreign_keys(table)
            if len(key.columns) == 1 and key.references == target.oid
        }
        return table.column_by_number(referring.pop()) if len(referring) == 1 else None

    def _parents(self, table: Table, *, users: bool) -> tuple[Parent, ...]:
        """Rows without an owner of their own belong to whom the rows belong that they refer to, the nearest ones.

        Not by a reference to a person: that says who did something.
        """
        distances = {key.oid: self._distance(key.references, users) for key in self._upwards(table)}
        known = [distance for distance in distances.values() if distance is not None]
        return tuple(
            Parent(key.columns, key.references, key.references_columns)
            for key in self._upwards(table)
            if known and distances[key.oid] == min(known)
        )

    def _distance(self, start: int, users: bool) -> int | None:
        """How many references it is from a table to one that says itself whose its rows are; None where none is."""
        level, seen, distance = {start}, {start}, 0
        while level:
            tables = [table for oid in level if (table := self._own(oid)) is not None]
            if any(self._organisation(table) or (users and self.user_columns(table)) for table in tables):
                return distance
            level = {key.references for table in tables for key in self._upwards(table)} - seen
            seen |= level
            distance += 1
        return None

    def _upwards(self, table: Table) -> list[Constraint]:
        return [
            key
            for key in foreign_keys(table)
            if key.references != table.oid and self.person(key.references) is None and _binds(table, key)
        ]


def _binds(table: Table, key: Constraint) -> bool:
    """Whether a row cannot be without what it refers to; what may be left out or goes does not own it."""
    columns = [table.column_by_number(number) for number in key.columns]
    return key.on_delete == "cascade" or all(column is not None and column.not_null for column in columns)


def _makes_own(table: Table, number: int) -> bool:
    """Whether a reference to a user makes the row his: `created_by` only where a policy of the table says so."""
    column = table.column_by_number(number)
    if column is None or not column.name.endswith("_by"):
        return column is not None
    return any(
        bound is not None and any(use.oid == table.oid and use.number == number for use in bound.uses)
        for policy in table.policies
        for bound in (policy.using, policy.check)
    )


def is_listed(schema: str, name: str, names: tuple[str, ...]) -> bool:
    """Whether an object is among `names`, with or without schema."""
    return name in names or f"{schema}.{name}" in names


def foreign_keys(table: Table) -> list[Constraint]:
    """The table's foreign keys."""
    return [c for c in table.constraints if c.kind == "foreign key"]
