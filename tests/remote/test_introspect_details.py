"""What the catalog suite's comparison does not look at: read from a database it is what replay makes of the statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At
from schemabot.facts import extract
from schemabot.remote.asking import ConnectionAsker
from schemabot.remote.introspect import introspect
from schemabot.syntax.source import Source
from support.debian_postgres import debian_postgres
from support.postgres import Platform

pytestmark = pytest.mark.postgres

STATEMENTS = """
create role somebody;
create type public.mood as enum ('good', 'bad');
create domain public.positive as int check (value > 0);
revoke usage on type public.mood from public;
grant usage on type public.mood to somebody;
grant usage on type public.positive to somebody with grant option;
create table public.a (id int primary key, name text, secret text);
create table public.b (id int primary key);
create publication some_columns for table public.a (id, name) where (id > 5), public.b;
create publication inserts for table public.b with (publish = 'insert, update');
create publication everything for all tables with (publish_via_partition_root = true);
"""


def described(catalog: Catalog) -> dict[str, object]:
    """Privileges of types and publications, by names."""
    names = {table.oid: table.name for table in catalog.tables()}
    types = {
        t.name: {role: p for role, p in t.acl if role != "postgres"}
        for t in catalog.types.values()
        if t.name in ("mood", "positive")
    }  # type: ignore[union-attr]
    publications = {
        p.name: (
            p.all_tables,
            sorted(
                (names[m.table], m.columns, "" if m.filter is None else m.filter.text.strip("()"))
                for m in p.members
            ),
            sorted(p.options),
        )
        for p in catalog.publications.values()
    }
    return {"types": types, "publications": publications}


@pytest.fixture(scope="module")
def newest(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    database = platforms("postgres").database()
    with database.connect() as opened:
        yield opened
    database.close()


@pytest.fixture(scope="module")
def older() -> Iterator[psycopg.Connection]:
    with debian_postgres() as conninfo, psycopg.connect(conninfo, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("server", ["newest", "older"])
def test_details(server: str, request: pytest.FixtureRequest) -> None:
    connection: psycopg.Connection = request.getfixturevalue(server)
    state = begin_file(platform_state("postgres"))
    with connection.transaction(force_rollback=True):
        for statement in Source.of(STATEMENTS).statements:
            connection.execute(statement.text.encode())
            state = replay_statement(state, extract(statement.text), At("a.sql", 0)).state
        connection.execute("set local search_path to ''")
        found = introspect(ConnectionAsker(connection), "a test", 0.0)
    assert described(found.catalog) == described(state.catalog)
    assert not found.notes


class Telling:
    """Answers as a server would that writes something nobody understands."""

    def ask(self, query: str) -> list[tuple[object, ...]]:
        if query.startswith("select current_setting"):
            return [(180000, "x", False)]
        if query.startswith("select array("):
            count = query.count(" as answer_")
            return [
                (
                    ["create schema public"],
                    ["create tabel wrong (", "create table public.a (id int)"],
                    *[[]] * (count - 2),
                )
            ]
        return []


def test_what_is_not_understood_is_said() -> None:
    found = introspect(Telling(), "a test", 0.0)
    assert found.catalog.table("public", "a") is not None
    (note,) = found.notes
    assert note.startswith("not understood: create tabel wrong")
    assert not found.catalog.is_tainted("public", "a")
