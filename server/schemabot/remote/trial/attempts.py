"""Attempts on one table as one caller, each undone: what was read, changed, removed or added, and whose it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import psycopg

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.objects import Column, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.isolation.verdict import Command
from schemabot.remote.trial.inserting import Values, insertion
from schemabot.remote.trial.people import (
    BELONGS,
    CALLERS,
    USERS,
    Reach,
    Seat,
    claims,
    colleagues_seats,
    own_seats,
    user_id,
)
from schemabot.remote.trial.rows import Context, Rows

_TIMEOUT = "5s"
_INSERTIONS = 12
_CAPTURES = 8
_EACH = 120  # rows that are tried one by one
_REFUSED = ("42501", "P0001")  # insufficient privilege or row level security; RAISE EXCEPTION of a guard


class Attempts:
    """What callers of a role can do to a table. `obstacles` are errors that have nothing to do with permission."""

    def __init__(
        self, connection: psycopg.Connection[Any], rows: Rows, table: Table, role: str, settings: frozenset[str],
        claimed: frozenset[str],
    ) -> None:  # fmt: skip
        self._db = connection
        self._rows = rows
        self._table = table
        self._role = role
        self._settings = settings
        self._claimed = claimed
        self._name = quote_qualified(table.schema, table.name)
        self._seats = self._present()
        self.obstacles: dict[str, None] = {}

    def _present(self) -> dict[tuple[int, str], Seat]:
        """Whose every row is: those that were made, and those that the migrations brought, as far as they say."""
        made = {row.place: row.seat for row in self._rows.rows.get(self._table.oid, ())}
        names = [column.name for column in self._table.columns]
        listed = "".join(f", {quote_identifier(name)}::text" for name in names)
        query = f"select tableoid::int8, ctid::text{listed} from {self._name}"
        return {
            (row[0], row[1]): made[row[0], row[1]]
            if (row[0], row[1]) in made
            else self._rows.seat_of(self._table, dict(zip(names, row[2:], strict=True)))
            for row in self._db.execute(query.encode()).fetchall()
        }

    def tried(self, command: Command, callers: tuple[int | None, ...]) -> Reach:
        """How far the callers came, all of them together."""
        reached: Reach = "nothing"
        for caller in callers:
            own, colleagues = own_seats(caller), colleagues_seats(caller)
            for seats in self._attempts(command, caller):
                others = {seat for seat in seats if seat not in own}
                if others - colleagues:
                    return "foreign"
                reached = "colleague" if others or reached == "colleague" else "own"
        return reached

    def _attempts(self, command: Command, caller: int | None) -> Iterator[list[Seat]]:
        if command == "SELECT":
            yield from self._select(caller)
        elif command == "INSERT":
            yield from self._insert(caller)
        elif command == "UPDATE":
            yield from self._update(caller)
        else:
            yield from self._each(caller, f"delete from {self._name}", [])

    def _select(self, caller: int | None) -> Iterator[list[Seat]]:
        columns = self._allowed("SELECT")
        wanted = ", ".join(["tableoid::int8, ctid::text"] if len(columns) == len(self._table.columns) else [])
        if wanted:
            found = self._run(caller, f"select {wanted} from {self._name}", [])
            if found:
                yield [self._seats[tuple(row)] for row in found if tuple(row) in self._seats] or []
            return
        if not columns:  # neither the table nor a column may be read; the server's word counts
            self._run(caller, f"select from {self._name}", [])
            return
        listed = ", ".join(f"{quote_identifier(name)}::text" for name in columns)
        found = self._run(caller, f"select {listed} from {self._name}", [])
        if found:
            seen = [dict(zip(columns, row, strict=True)) for row in found]
            yield [
                row.seat
                for row in self._rows.rows.get(self._table.oid, ())
                if {name: row.values[name] for name in columns} in seen
            ]

    def _insert(self, caller: int | None) -> Iterator[list[Seat]]:
        columns = set(self._allowed("INSERT"))
        for values in islice(self._new_rows(caller), _INSERTIONS * 9):
            given = {name: value for name, value in values.items() if name in columns}
            if given or not values:
                query = insertion(self._rows.catalog, self._table, given)
                yield from self._changed(caller, query, [*given.values()])

    def _new_rows(self, caller: int | None) -> Iterator[Values]:
        """Rows for every organisation in the name of every user, with all that policies look at."""
        kind = self._rows.model.ownership(self._table.oid).kind
        users = (caller, *(user for user in USERS if user != caller)) if caller else USERS
        seen: set[tuple[tuple[str, str | None], ...]] = set()
        for organisation in (1, 2, 3):
            for user in users[: 2 if kind == "organisation" and not self._has_users() else 4]:
                context = Context(organisation, user or 0)
                for variant in islice(self._rows.variants(self._table, context, wide=True), _INSERTIONS):
                    values = {**self._rows.values(self._table, context), **variant}
                    key = tuple(sorted(variant.items()))
                    if (marked := (("", f"{organisation} {user}"), *key)) not in seen:
                        seen.add(marked)
                        yield values

    def _has_users(self) -> bool:
        return self._rows.model.membership(self._table.oid) is not None

    def _update(self, caller: int | None) -> Iterator[list[Seat]]:
        columns = self._allowed("UPDATE")
        if not columns:
            self._run(caller, f"update {self._name} set {self._first_column()} = null where false", [])
            return
        plain = self._plain(columns)
        if plain is not None:
            name = quote_identifier(plain.name)
            yield from self._each(caller, f"update {self._name} set {name} = {name}", [])
        owned = self._rows.model.ownership(self._table.oid)
        for column in (c for c in self._table.columns if c.number in owned.columns and c.name in columns):
            for value in self._owners(owned.kind):
                change = f"update {self._name} set {quote_identifier(column.name)} = %s"
                yield from self._each(caller, change, [value])
        yield from self._captures(caller, columns)
        for parent in owned.parents[:1]:
            names = self._table.column_names(parent.columns)
            target = self._rows.catalog.table_by_oid(parent.table)
            if target is None or any(name not in columns for name in names):
                continue
            keys = target.column_names(parent.keys)
            change = ", ".join(f"{quote_identifier(name)} = %s" for name in names)
            for row in self._rows.rows.get(target.oid, ())[:6]:
                values = [row.values.get(key) for key in keys]
                yield from self._each(caller, f"update {self._name} set {change}", values)

    def _captures(self, caller: int | None, columns: list[str]) -> Iterator[list[Seat]]:
        """Rows made the caller's own, and like what policies ask for, in one statement."""
        owned = self._rows.model.ownership(self._table.oid)
        names = [name for name in self._table.column_names(owned.columns) if name in columns]
        if caller is None or len(names) != 1:
            return
        organisation = BELONGS[caller]
        own = user_id(caller) if owned.kind == "user" else self._rows.organisation(organisation)
        if not own:
            return
        context = Context(organisation, caller)
        for variant in islice(self._rows.variants(self._table, context), _CAPTURES):
            set_ = {names[0]: own, **{name: value for name, value in variant.items() if name in columns}}
            if len(set_) > 1:
                types = {c.name: format_type(self._rows.catalog, c.type, ()) for c in self._table.columns}
                change = ", ".join(f"{quote_identifier(name)} = %s::text::{types[name]}" for name in set_)
                yield from self._each(caller, f"update {self._name} set {change}", [*set_.values()])

    def _owners(self, kind: str) -> list[str]:
        if kind == "user":
            return [user_id(user) for user in USERS]
        return [self._rows.organisation(number) for number in (1, 2, 3)]

    def _plain(self, columns: list[str]) -> Column | None:
        """A column whose change changes nothing."""
        free = [
            c
            for c in self._table.columns
            if c.name in columns and c.generated is None and c.identity != "always"
        ]
        return free[-1] if free else None

    def _first_column(self) -> str:
        return quote_identifier(self._table.columns[0].name) if self._table.columns else "ctid"

    def _each(self, caller: int | None, change: str, values: list[Any]) -> Iterator[list[Seat]]:
        """The statement without WHERE, with one that names all rows, and, where the server refuses that because of
        one of them, for each row alone."""
        yield from self._changed(caller, change, values)
        together = list(self._changed(caller, f"{change} where true", values))
        yield from together
        if together:
            return
        for table, ctid in islice(self._seats, _EACH):
            where = f"{change} where tableoid = {int(table)} and ctid = '{ctid}'"
            yield from self._changed(caller, where, values)

    def _changed(self, caller: int | None, query: str, values: list[Any]) -> Iterator[list[Seat]]:
        """Whose rows the statement removed, and whose the new ones are: an UPDATE does both."""
        names = [column.name for column in self._table.columns]
        listed = "".join(f", {quote_identifier(name)}::text" for name in names)
        with self._acting(caller):
            try:
                self._db.execute(query.encode(), values or None)
                self._db.execute("set constraints all immediate")
                self._db.execute("reset role")
                left = self._db.execute(
                    f"select tableoid::int8, ctid::text{listed} from {self._name}".encode()
                ).fetchall()
            except psycopg.Error as error:
                self._note(error)
                return
        there = {(row[0], row[1]) for row in left}
        gone = [seat for place, seat in self._seats.items() if place not in there]
        new = [
            self._rows.seat_of(self._table, dict(zip(names, row[2:], strict=True)))
            for row in left
            if (row[0], row[1]) not in self._seats
        ]
        if gone or new:
            yield [*gone, *new]

    def _run(self, caller: int | None, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that worked; nothing when the server refused it."""
        with self._acting(caller):
            try:
                done = self._db.execute(query.encode(), values or None)
                return done.fetchall() if done.description else []
            except psycopg.Error as error:
                self._note(error)
                return []

    def _note(self, error: psycopg.Error) -> None:
        if error.sqlstate not in _REFUSED and not (error.sqlstate or "").startswith("23"):
            self.obstacles[(error.diag.message_primary or str(error)).strip()] = None

    def _allowed(self, privilege: str) -> list[str]:
        found = self._db.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped "
            "and attgenerated = '' and has_column_privilege(%s, attrelid, attnum, %s) order by attnum"
            if privilege != "SELECT"
            else "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped "
            "and has_column_privilege(%s, attrelid, attnum, %s) order by attnum",
            (self._name, self._role, privilege),
        )
        return [row[0] for row in found.fetchall()]

    @contextmanager
    def _acting(self, caller: int | None) -> Iterator[None]:
        """Be the caller, as PostgREST makes it so."""
        self._db.execute("savepoint attempt")
        try:
            organisations = [self._rows.organisation(number) for number in (0, 1, 2, 3)]
            said = claims(caller, self._role, self._claimed, organisations)
            self._db.execute("select set_config('request.jwt.claims', %s, true)", (said,))
            for name, value in self._session(caller, organisations):
                self._db.execute("select set_config(%s, %s, true)", (name, value))
            self._db.execute(f"set local statement_timeout to '{_TIMEOUT}'")
            self._db.execute(f"set local role {quote_identifier(self._role)}".encode())
            yield
        finally:
            self._db.execute("rollback to savepoint attempt; release savepoint attempt")

    def _session(self, caller: int | None, organisations: list[str]) -> Iterator[tuple[str, str]]:
        """What the application says of the caller in settings of its own."""
        for name in sorted(self._settings):
            own = name.rpartition(".")[2].lower()
            if caller is None:
                yield name, ""
            elif any(word in own for word in ("user", "uid", "sub", "member_id", "profile")):
                yield name, user_id(caller)
            else:
                yield name, organisations[BELONGS[caller]]


def callers_of(role: str) -> tuple[int | None, ...]:
    """Who acts in a role: nobody known for the anonymous one."""
    return (None,) if role == "anon" else CALLERS
