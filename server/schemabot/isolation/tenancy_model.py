"""Whose rows are whose: the organisations, who belongs to them, and how each table says it. Detected or told.

Detection reads the catalog only, in a fixed order, and says why it chose (`because`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Function, Table

TENANT_COLUMNS = (
    "org_id", "organization_id", "organisation_id", "tenant_id", "team_id", "workspace_id",
    "account_id", "company_id",
)  # fmt: skip
"""What the column that says whose row it is is usually called, the house's own name first."""

_USER_COLUMNS = ("user_id", "profile_id", "member_id", "auth_user_id", "auth_id", "auth_uid", "owner_id")
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


class TenancyModel(msgspec.Struct, frozen=True, kw_only=True):
    """How a project separates its organisations. `because` says in plain words how that was found."""

    kind: Literal["organisation", "user", "none"]
    column: str | None = None
    organisations: int = 0
    key: int = 0  # number of the column of the organisations table that others refer to
    memberships: tuple[Membership, ...] = ()
    persons: tuple[
        tuple[int, int, tuple[int, ...]], ...
    ] = ()  # (table, key, columns that hold the user's id)
    owners: tuple[int, ...] = ()  # columns of the organisations table that hold its owner's user id
    helpers: frozenset[int] = frozenset()  # functions that the settings vouch for
    tables: dict[int, Ownership] = {}
    because: tuple[str, ...] = ()

    def ownership(self, table: int) -> Ownership:
        """How the table with that oid says whose its rows are."""
        return self.tables.get(table, NOBODY)

    def membership(self, table: int) -> Membership | None:
        """The membership table with that oid."""
        return next((m for m in self.memberships if m.table == table), None)


def detect(
    catalog: Catalog,
    *,
    column: str | None = None,
    organisations: str | None = None,
    memberships: str | None = None,
    helpers: Iterable[str] = (),
    is_business: Callable[[Table], bool] = lambda table: not table.origin.platform,
) -> TenancyModel:
    """The model of a catalog; what is given (names, with or without schema) is not looked for."""
    tables = [table for table in catalog.tables() if is_business(table)]
    because: list[str] = []
    given = column is not None or organisations is not None
    chosen, target = _tenant_column(catalog, tables, column, organisations, because)
    persons = tuple(_persons(catalog, tables))
    vouched = frozenset(
        f.oid for f in catalog.functions.values() if _listed(f.schema, f.name, tuple(helpers))
    )
    if chosen is not None:
        found = _memberships(catalog, tables, chosen, target, persons, memberships)
        owners = _organisation_owners(catalog, target)
        if given or found or owners or vouched or _claims_organisation(catalog, chosen):
            names = [f'"{_shown(catalog, m.table)}"' for m in found]
            if names:
                because.append(f"who belongs to an organisation is read from {', '.join(names)}")
            key = _key_of(target)
            owned = _ownerships(catalog, tables, chosen, target, key, persons)
            return TenancyModel(
                kind="organisation", column=chosen, organisations=target.oid if target else 0, key=key,
                memberships=found, persons=persons, owners=owners, helpers=vouched, tables=owned,
                because=tuple(because),
            )  # fmt: skip
        because = [f"{chosen} is common, but nothing says who belongs to an organisation"]
    owned = _ownerships(catalog, tables, None, None, 0, persons)
    count = sum(each.kind == "user" for each in owned.values())
    if count:
        because.append(f"{count} tables have a column that refers to auth.users: rows belong to users")
        return TenancyModel(
            kind="user", persons=persons, helpers=vouched, tables=owned, because=tuple(because)
        )
    because.append("no column names an organisation or a user: rules about organisations stay silent")
    return TenancyModel(kind="none", helpers=vouched, because=tuple(because))


def _listed(schema: str, name: str, names: tuple[str, ...]) -> bool:
    return any(item in (name, f"{schema}.{name}") for item in names)


def _shown(catalog: Catalog, oid: int) -> str:
    table = catalog.table_by_oid(oid)
    return f"{table.schema}.{table.name}" if table else "?"


# -- the tenant column ---------------------------------------------------------------------------------------


def _tenant_column(
    catalog: Catalog, tables: list[Table], column: str | None, organisations: str | None, because: list[str]
) -> tuple[str | None, Table | None]:
    wanted = next((t for t in tables if organisations and _listed(t.schema, t.name, (organisations,))), None)
    candidates = TENANT_COLUMNS if column is None else (column,)
    best: tuple[int, str, Table | None] | None = None
    for name in candidates:
        having = [table for table in tables if table.column(name) is not None]
        if not having:
            continue
        targets: Counter[int] = Counter()
        for table in having:
            number = table.column(name).number  # type: ignore[union-attr]  # just seen to be there
            targets.update({oid for key in _foreign_keys(table) if (oid := _single(key, number))})
        target = wanted
        if target is None and targets:
            oid = min(targets, key=lambda oid: (-targets[oid], oid))
            target = catalog.table_by_oid(oid)
        if (
            column is None
            and wanted is None
            and (target is None or target.oid not in {t.oid for t in tables})
        ):
            continue
        if column is None and len(having) < 2:
            continue
        if best is None or len(having) > best[0]:
            best = (len(having), name, target)
    if best is None:
        return None, None
    count, name, target = best
    where = f', and refers to "{target.schema}.{target.name}"' if target else ""
    said = "the settings name it" if column else f"{count} of {len(tables)} tables have it"
    because.append(f"{name} names the organisation: {said}{where}")
    return name, target


def _foreign_keys(table: Table) -> list[Constraint]:
    return [c for c in table.constraints if c.kind == "foreign key"]


def _single(key: Constraint, number: int) -> int:
    """The table that the column alone refers to, or 0."""
    return key.references if key.columns == (number,) else 0


def _key_of(target: Table | None) -> int:
    if target is None:
        return 0
    primary = target.primary_key
    if primary is not None and len(primary.columns) == 1:
        return primary.columns[0]
    found = target.column("id")
    return found.number if found else 0


def _claims_organisation(catalog: Catalog, column: str) -> bool:
    """Whether some policy compares the column with a claim, a setting or a function."""
    words = re.compile(rf"\b{re.escape(column)}\b[^,;]*=[^,;]*(?:jwt|current_setting|\w+\s*\()", re.I)
    return any(
        expression is not None and words.search(expression.text)
        for table in catalog.tables()
        if not table.origin.platform
        for policy in table.policies
        for expression in (policy.using, policy.check)
    )


# -- people and memberships ----------------------------------------------------------------------------------


def _user_columns(
    catalog: Catalog, table: Table, persons: Iterable[tuple[int, int, tuple[int, ...]]]
) -> list[int]:
    """The columns that say which user a row is about; `created_by` and its like only say who did something."""
    users = catalog.table("auth", "users")
    known = {users.oid} if users else set()
    known |= {person[0] for person in persons}
    referring = {
        key.columns[0] for key in _foreign_keys(table) if len(key.columns) == 1 and key.references in known
    }
    return [
        column.number
        for column in table.columns
        if (column.number in referring and not column.name.endswith("_by"))
        or column.name in _USER_COLUMNS[:6]
    ]


def _persons(catalog: Catalog, tables: list[Table]) -> Iterable[tuple[int, int, tuple[int, ...]]]:
    """Tables with one row for a user: their key, and the columns that hold the id of auth.users."""
    for table in tables:
        keys = {c.columns[0] for c in table.constraints if c.kind in _KEYS and len(c.columns) == 1}
        keys |= {
            i.keys[0].column for i in table.indexes if i.unique and len(i.keys) == 1 and i.where is None
        } - {0}
        columns = [number for number in _user_columns(catalog, table, ()) if number in keys]
        own = table.column("id")
        if own and own.number in keys and own.number not in columns and _PERSONS.match(table.name):
            columns.append(own.number)
        primary = table.primary_key
        if columns and primary is not None and len(primary.columns) == 1:
            yield (table.oid, primary.columns[0], tuple(columns))


def _memberships(
    catalog: Catalog, tables: list[Table], column: str, target: Table | None,
    persons: tuple[tuple[int, int, tuple[int, ...]], ...], told: str | None,
) -> tuple[Membership, ...]:  # fmt: skip
    found: list[Membership] = []
    own = {person[0]: person[2] for person in persons}
    for table in tables:
        if table is target:
            continue
        organisation = _organisation_column(table, column, target)
        users = sorted({*_user_columns(catalog, table, persons), *own.get(table.oid, ())})
        if organisation is None or not users:
            continue
        if told is not None:
            if _listed(table.schema, table.name, (told,)):
                found.append(Membership(table.oid, organisation.number, tuple(users)))
            continue
        allowed = {organisation.number, *users}
        keyed = any(
            set(c.columns) <= allowed and set(c.columns) & set(users)
            for c in table.constraints
            if c.kind in _KEYS
        )
        if keyed or table.oid in own or _MEMBERS.search(table.name):
            found.append(Membership(table.oid, organisation.number, tuple(users)))
    return tuple(found)


def _organisation_owners(catalog: Catalog, target: Table | None) -> tuple[int, ...]:
    if target is None:
        return ()
    users = set(_user_columns(catalog, target, ()))
    return tuple(
        c.number
        for c in target.columns
        if _ORG_OWNER.match(c.name) and (c.number in users or c.type.name == "uuid")
    )


# -- the tables ----------------------------------------------------------------------------------------------


def _organisation_column(table: Table, column: str | None, target: Table | None) -> Column | None:
    """The tenant column, or the only column that refers to the organisations."""
    if column is not None and (own := table.column(column)) is not None:
        others = {_single(key, own.number) for key in _foreign_keys(table)} - {0}
        if target is None or not others or target.oid in others:
            return own
    if target is None:
        return None
    referring = [
        key.columns[0]
        for key in _foreign_keys(table)
        if len(key.columns) == 1 and key.references == target.oid
    ]
    return table.column_by_number(referring[0]) if len(set(referring)) == 1 else None


def _ownerships(
    catalog: Catalog, tables: list[Table], column: str | None, target: Table | None, key: int,
    persons: tuple[tuple[int, int, tuple[int, ...]], ...],
) -> dict[int, Ownership]:  # fmt: skip
    found: dict[int, Ownership] = {}
    users_of = {person[0]: person[2] for person in persons}
    for table in tables:
        if target is not None and table.oid == target.oid:
            if key:
                found[table.oid] = Ownership("organisation", (key,))
        elif (own := _organisation_column(table, column, target)) is not None:
            found[table.oid] = Ownership("organisation", (own.number,))
    people = set(users_of)
    _follow_parents(tables, found, people)
    direct: dict[int, Ownership] = {}
    for table in tables:
        if table.oid not in found:
            owner = _owner_columns(catalog, table, users_of.get(table.oid, ()))
            if owner:
                direct[table.oid] = Ownership("user", owner)
    found |= direct
    _follow_parents(tables, found, people)
    return found


def _owner_columns(catalog: Catalog, table: Table, person: tuple[int, ...]) -> tuple[int, ...]:
    """The column that makes a row a user's own: the best of several."""
    if person:
        return person
    users = set(_user_columns(catalog, table, ()))
    named = [
        c.number
        for name in ("user_id", "owner_id", "profile_id")
        if (c := table.column(name)) and c.number in users
    ]
    if named:
        return (named[0],)
    auth = catalog.table("auth", "users")
    referring = [
        k.columns[0]
        for k in _foreign_keys(table)
        if auth and k.references == auth.oid and len(k.columns) == 1
    ]
    return (referring[0],) if len(set(referring)) == 1 else ()


def _follow_parents(tables: list[Table], found: dict[int, Ownership], people: set[int]) -> None:
    """Rows without an owner of their own belong to whom the rows belong that they refer to.

    Not by a reference to a person: that says who did something.
    """
    changed = True
    while changed:
        changed = False
        added: dict[int, Ownership] = {}
        for table in tables:
            if table.oid in found:
                continue
            parents = tuple(
                Parent(key.columns, key.references, key.references_columns)
                for key in _foreign_keys(table)
                if key.references in found and key.references != table.oid and key.references not in people
            )
            if parents:
                added[table.oid] = Ownership("parent", parents=parents)
        if added:
            found |= added
            changed = True


def helpers_of(catalog: Catalog, model: TenancyModel) -> tuple[Function, ...]:
    """The project's functions that read the caller's memberships: for explaining, not for deciding."""
    names = [t.name for m in model.memberships if (t := catalog.table_by_oid(m.table))]
    if not names:
        return ()
    words = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
    return tuple(
        f
        for f in catalog.functions.values()
        if not f.origin.platform
        and f.body
        and words.search(f.body)
        and re.search(r"auth\.(?:uid|jwt)", f.body)
    )
