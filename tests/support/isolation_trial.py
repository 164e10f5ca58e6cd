"""Two organisations on a real PostgreSQL: who reaches whose rows, tried command by command.

Every attempt runs as PostgREST runs it (`set local role`, claims in `request.jwt.claims`), with a WHERE and
without one, and is undone again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
import psycopg

A, B, C = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
ALICE, AMY, BOB, NINA = (f"{number:08d}-0000-4000-8000-000000000000" for number in (1, 2, 3, 4))

MEMBERS = {ALICE: {A}, AMY: {A}, BOB: {B}, NINA: set[str]()}

SCHEMA = """
create table public.organizations (
  id uuid primary key default gen_random_uuid(), name text not null default 'x', owner_id uuid references auth.users(id)
);
create table public.org_members (
  org_id uuid not null references public.organizations(id), user_id uuid not null references auth.users(id),
  role text not null default 'member' check (role in ('owner', 'admin', 'member')), primary key (org_id, user_id)
);
alter table public.org_members enable row level security;
create policy own on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create table public.projects (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.organizations(id),
  unique (id, org_id)
);
create table public.notes (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references public.organizations(id),
  user_id uuid references auth.users(id), project_id uuid references public.projects(id), title text,
  is_public boolean not null default false, status text not null default 'draft' check (status in ('draft', 'live')),
  deleted_at timestamptz
);
create table public.comments (
  id uuid primary key default gen_random_uuid(), title text,
  note_id uuid not null references public.notes(id) on delete cascade
);
create table public.devices (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users(id), title text
);
create table public.labels (
  id uuid primary key default gen_random_uuid(), org_id uuid references public.organizations(id), title text
);
"""

ROWS = f"""
insert into auth.users (id) values ('{ALICE}'), ('{AMY}'), ('{BOB}'), ('{NINA}');
insert into public.organizations (id, owner_id) values ('{A}', '{ALICE}'), ('{B}', '{BOB}'), ('{C}', null);
insert into public.org_members values ('{A}', '{ALICE}', 'admin'), ('{A}', '{AMY}', 'member'), ('{B}', '{BOB}', 'owner');
insert into public.projects (org_id) values ('{A}'), ('{B}'), ('{C}');
insert into public.notes (org_id, user_id, project_id, is_public, status, deleted_at)
  select p.org_id, u.id, p.id, pub, status, gone
  from public.projects p, (values ('{ALICE}'::uuid), ('{BOB}'), (null)) u(id),
    (values (true), (false)) f(pub), (values ('draft'), ('live')) s(status), (values (null), (now())) d(gone);
insert into public.projects (org_id) values ('{A}'), ('{B}'), ('{C}');  -- that nothing refers to
insert into public.comments (note_id) select id from public.notes;
insert into public.devices (user_id) select id from auth.users;
insert into public.labels (org_id) values ('{A}'), ('{B}'), ('{C}'), (null);
"""


@attrs.frozen
class Tried:
    """What was possible: with a row of somebody else (`foreign`), with any row (`anything`)."""

    foreign: bool
    anything: bool


@attrs.frozen
class Subject:
    """A table under trial: the column that says whose a row is, and the columns that matter when one is written."""

    owner: str
    owners: str  # a query from the key to what `whose` knows: an organisation or a user
    written: tuple[Mapping[str, Any], ...] = ({},)
    touched: str = "title"


_USERS = (ALICE, AMY, BOB, NINA)
SUBJECTS = {
    "notes": Subject(
        "org_id", "select id, org_id from public.notes",
        tuple({"user_id": user, "is_public": public, "status": status, "deleted_at": gone}
              for user in (*_USERS, None) for public in (True, False) for status in ("draft", "live")
              for gone in (None, "2020-01-01") if gone is None or user in (ALICE, NINA, None)),
    ),
    "projects": Subject("org_id", "select id, org_id from public.projects", touched="org_id"),
    "organizations": Subject("id", "select id, id from public.organizations", touched="name"),
    "org_members": Subject(
        "org_id", "select org_id, org_id from public.org_members",
        tuple({"user_id": user, "role": role} for user in _USERS for role in ("admin", "member")), touched="role",
    ),
    "comments": Subject(
        "note_id", "select c.id, n.org_id from public.comments c join public.notes n on n.id = c.note_id"
    ),
    "devices": Subject("user_id", "select id, user_id from public.devices"),
    "labels": Subject("org_id", "select id, org_id from public.labels"),
}  # fmt: skip


class Trial:
    """Attempts on one table in a database that has `SCHEMA`, `ROWS` and the policies under trial."""

    def __init__(self, connection: psycopg.Connection, table: str) -> None:
        self._db = connection
        self._table = table
        self._subject = SUBJECTS[table]
        self._key = "ctid"
        self._whose = self._snapshot()

    def tried(self, command: str, role: str) -> Tried:
        """What callers of the role reach with the command, all of them together."""
        callers: tuple[str | None, ...] = (None,) if role == "anon" else (ALICE, AMY, NINA)
        found = [self._attempts(command, role, caller) for caller in callers]
        return Tried(any(f for f, _ in found), any(a for _, a in found))

    # -- attempts --

    def _attempts(self, command: str, role: str, caller: str | None) -> tuple[bool, bool]:
        own = {caller} if self._subject.owner == "user_id" else MEMBERS.get(caller or "", set())
        foreign = anything = False
        for touched in getattr(self, "_" + command.lower())(role, caller, own):
            anything = True
            foreign = foreign or any(whose is not None and whose not in own for whose in touched)
        return foreign, anything

    def _select(self, role: str, caller: str | None, own: set[str]) -> Iterator[list[str | None]]:
        for rows in self._run(role, caller, f"select ctid::text from public.{self._table}"):
            if rows:
                yield [self._whose[row[0]] for row in rows]

    def _insert(self, role: str, caller: str | None, own: set[str]) -> Iterator[list[str | None]]:
        for value, whose in self._owner_values():
            for row in self._subject.written:
                if self._table == "org_members" and (whose, row["user_id"]) in self._memberships():
                    continue
                columns = {self._subject.owner: value, **row}
                if self._table == "organizations":
                    columns = {"name": "new"}
                names = ", ".join(columns)
                marks = ", ".join(["%s"] * len(columns))
                text = f"insert into public.{self._table} ({names}) values ({marks})"
                for _ in self._run(role, caller, text, tuple(columns.values())):
                    yield [whose]

    def _memberships(self) -> set[tuple[str, str]]:
        return {(org, user) for user, orgs in MEMBERS.items() for org in orgs}

    def _update(self, role: str, caller: str | None, own: set[str]) -> Iterator[list[str | None]]:
        touched, owner = self._subject.touched, self._subject.owner
        texts = (
            [(f"{touched} = {touched}", (), None), ("title = 'x'", (), None)]
            if touched == "title"
            else [(f"{touched} = {touched}", (), None)]
        )
        if self._table == "org_members":
            texts.append(("role = 'member'", (), None))
        if self._table != "organizations":
            texts += [(f"{owner} = %s", (value,), whose) for value, whose in self._owner_values()]
        if self._table == "notes":  # more than one column at a time
            for public in ("true", "false"):
                for value, whose in (*self._owner_values(), (None, None)):
                    own = f", {owner} = %s" if value else ""
                    texts.append((f"is_public = {public}{own}", (value,) if value else (), whose))
        for change, values, whose in texts:
            text = f"update public.{self._table} set {change}"
            for changed in self._on_all_or_each(role, caller, text, values):
                yield [*changed, whose] if whose else changed

    def _delete(self, role: str, caller: str | None, own: set[str]) -> Iterator[list[str | None]]:
        yield from self._on_all_or_each(role, caller, f"delete from public.{self._table}", ())

    def _on_all_or_each(
        self, role: str, caller: str | None, text: str, values: tuple[Any, ...]
    ) -> Iterator[list[str | None]]:
        """The statement without WHERE, with one that names all rows, and, where the server refuses that because of
        one of them, for each row alone. What changes no row without being refused changes none of them alone."""
        together = self._changed(role, caller, f"{text} where true", values)
        yield from (found for found in (self._changed(role, caller, text, values), together) if found)
        if together is not None:
            return
        seen: set[str | None] = set()
        for ctid, whose in self._whose.items():
            if len(self._whose) < 8 or whose not in seen or self._table == "notes":
                seen.add(whose)
                changed = self._changed(role, caller, f"{text} where ctid = '{ctid}'", values)
                if changed:
                    yield changed

    def _owner_values(self) -> list[tuple[str | None, str | None]]:
        if self._table == "comments":
            rows = self._db.execute(
                "select distinct on (org_id) id::text, org_id::text from public.notes"
            ).fetchall()
            return [(row[0], row[1]) for row in rows]
        if self._table == "devices":
            return [(user, user) for user in _USERS]
        return [(org, org) for org in (A, B, C)]

    # -- running --

    def _run(
        self, role: str, caller: str | None, text: str, values: tuple[Any, ...] = ()
    ) -> Iterator[list[Any]]:
        """The rows of a statement that worked; nothing when the server refused it."""
        with self._acting(role, caller):
            try:
                done = self._db.execute(text, values or None)  # type: ignore[arg-type]  # our own text
                rows = done.fetchall() if done.description else []
            except psycopg.Error:
                return
        yield rows

    def _changed(
        self, role: str, caller: str | None, text: str, values: tuple[Any, ...]
    ) -> list[str | None] | None:
        """Whose rows a statement changed or removed; None when the server refused it."""
        with self._acting(role, caller):
            try:
                self._db.execute(text, values or None)  # type: ignore[arg-type]  # our own text
                self._db.execute("reset role")
                query = f"select ctid::text from public.{self._table}"
                left = {row[0] for row in self._db.execute(query).fetchall()}  # type: ignore[arg-type]  # our own text
            except psycopg.Error:
                return None
        return [whose for ctid, whose in self._whose.items() if ctid not in left]

    @contextmanager
    def _acting(self, role: str, caller: str | None) -> Iterator[None]:
        self._db.execute("savepoint attempt")
        try:
            claims: dict[str, Any] = {"role": role}
            if caller is not None:
                own = sorted(MEMBERS[caller])
                claims |= {
                    "sub": caller, "app_metadata": {"org_id": own[0] if own else None, "orgs": own},
                    "user_metadata": {"org_id": B}, "org_id": own[0] if own else None,
                }  # fmt: skip
            self._db.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
            self._db.execute(f"set local role {role}")  # type: ignore[arg-type]
            yield
        finally:
            self._db.execute("rollback to savepoint attempt")

    def _snapshot(self) -> dict[str, str | None]:
        query = self._subject.owners
        if "c.id" in query:
            query = query.replace("c.id", "c.ctid::text")
        else:
            query = query.replace("select id", "select ctid::text").replace(
                "select org_id,", "select ctid::text,"
            )
        return {row[0]: None if row[1] is None else str(row[1]) for row in self._db.execute(query).fetchall()}  # type: ignore[arg-type]
