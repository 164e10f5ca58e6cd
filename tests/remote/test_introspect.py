"""A database read by its own DDL gives the catalog that PostgreSQL has, for every case of the catalog suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.catalog.to_json import catalog_json
from schemabot.remote.asking import ConnectionAsker
from schemabot.remote.introspect import introspect
from schemabot.syntax.source import Source
from support.debian_postgres import debian_postgres
from support.introspect import difference
from support.introspect import introspect as in_its_own_words

if TYPE_CHECKING:
    from support.postgres import Platform

pytestmark = pytest.mark.postgres

CASES = Path(__file__).parent.parent / "catalog/cases"


EXPECTED_FAILURES = {
    "alter_table: drop column of children": "the order of columns that a table has from a parent and by itself",
    "generated: own keys of partitions come after inherited ones": "which key of a partition belongs to the parent's",
    "not_null: not null of children": "NOT NULL that only the parent has",
    "not_null: not null with and without inherit": "NOT NULL without its NO INHERIT",
    "table_checks: primary key and set not null of only the parent": "NOT NULL that only the parent has",
    "table_checks: foreign keys reach partitions of partitions, and fit or are made anew": (
        "a partition's own twin of a foreign key"
    ),
}

_SINCE_17 = "partitions have the parent's identity since PostgreSQL 17, and replay has it so"
EXPECTED_FAILURES_15 = {
    **{name: why for name, why in EXPECTED_FAILURES.items() if not name.startswith("not_null: ")},
    "generated: identity of partitions": _SINCE_17,
    "mixed: partitions with identity": _SINCE_17,
    "generated: generated columns of children": "a generated column of a child whose parent's is plain: refused since 16",
}


def cases(expected_failures: Mapping[str, str]) -> list[object]:
    """Every case that runs in one transaction."""
    found: list[object] = []
    for file in sorted(CASES.glob("*.sql")):
        for case in re.split(r"(?m)^-- case: ", file.read_text("utf-8"))[1:]:
            title, _, text = case.partition("\n")
            if "concurrently" not in text:
                name = f"{file.stem}: {title}"
                known = expected_failures.get(name)
                marks = [pytest.mark.xfail(reason=known, strict=True)] if known else []
                found.append(pytest.param(text, id=name, marks=marks))
    return found


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    """One connection to an empty database."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


@pytest.fixture(scope="module")
def older() -> Iterator[psycopg.Connection]:
    """One connection to an empty database of PostgreSQL 15."""
    with debian_postgres() as conninfo, psycopg.connect(conninfo, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("text", cases(EXPECTED_FAILURES))
def test_what_is_read_is_what_is_there(connection: psycopg.Connection, text: str) -> None:
    read_as_it_is(connection, text)


@pytest.mark.parametrize("text", cases(EXPECTED_FAILURES_15))
def test_what_is_read_of_an_older_server(older: psycopg.Connection, text: str) -> None:
    """What 15 refuses is not there, and what it has in another way is compared as it has it."""
    read_as_it_is(older, text)


def read_as_it_is(connection: psycopg.Connection, text: str) -> None:
    """Run a case, read the database, and compare with what PostgreSQL says of itself."""
    with connection.transaction(force_rollback=True):
        for statement in Source.of(text).statements:
            try:
                with connection.transaction():
                    connection.execute(statement.text.encode())
            except psycopg.Error:
                continue
        connection.execute("reset role; set local search_path to ''")
        found = introspect(ConnectionAsker(connection), "a test", 0.0)
        connection.execute("set local search_path to public")
        problems = difference(in_its_own_words(connection), catalog_json(found.catalog))
    understood = [note for note in found.notes if not note.startswith("not read")]
    assert not [*problems, *understood], "\n".join(map(str, (*problems, *understood)))


ON_SUPABASE = """
create table public.profiles (id uuid primary key references auth.users (id) on delete cascade, name text);
alter table public.profiles enable row level security;
create policy "Own profile" on public.profiles for select to authenticated using ((select auth.uid()) = id);
create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
create policy "Own files" on storage.objects for select to authenticated using (owner = (select auth.uid()));
revoke all on public.profiles from anon;
create extension if not exists citext with schema extensions;
create table public.emails (address extensions.citext primary key);
"""


def test_a_supabase_database_with_what_was_added_to_the_platform(
    platforms: Callable[[str], Platform],
) -> None:
    database = platforms("supabase").database()
    try:
        with database.connect() as connection:
            connection.execute(ON_SUPABASE)
            with connection.transaction(force_rollback=True):
                connection.execute("set local search_path to ''")
                found = introspect(ConnectionAsker(connection), "a test", 0.0)
                connection.execute("set local search_path to public, extensions")
                problems = difference(in_its_own_words(connection), catalog_json(found.catalog))
    finally:
        database.close()
    assert found.platform == "supabase"
    assert not found.notes, found.notes
    assert not problems, "\n".join(map(str, problems))
