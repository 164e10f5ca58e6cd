"""The databases of the tests: fresh, apart from each other, and like a runner's."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from support.postgres import Database

NewDatabase = Callable[[str], Database]


def test_a_database_is_empty_and_of_version_18(database: Database) -> None:
    connection = database.connect()
    assert connection.info.server_version // 10000 == 18
    tables = connection.execute("select count(*) from pg_class where relnamespace = 'public'::regnamespace")
    assert tables.fetchone() == (0,)
    assert connection.execute("select count(*) from pg_roles where rolname = 'anon'").fetchone() == (0,)


def test_a_text_is_one_transaction(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.run("create table a (i int); insert into b values (1);")
    database.run("create table a (i int); insert into a values (1);")
    with pytest.raises(psycopg.errors.ActiveSqlTransaction):
        database.run("create index concurrently on a (i); create table c ();")
    database.run("create index concurrently on a (i)")


def test_a_text_with_its_own_transaction_keeps_what_it_committed(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.run("begin; create table a (i int); commit; select * from b;")
    assert database.connect().execute("select count(*) from a").fetchone() == (0,)


def test_a_text_with_percent_signs_and_a_session_of_its_own(database: Database) -> None:
    database.run(
        "set search_path to pg_temp; create schema s; create table s.t (a text check (a like '100%'));"
    )
    assert database.connect().execute("show search_path").fetchone() == ('"$user", public',)


def test_databases_are_apart(new_database: NewDatabase) -> None:
    first, second = new_database("postgres"), new_database("postgres")
    first.run("create table only_first ()")
    assert second.connect().execute("select to_regclass('only_first')").fetchone() == (None,)


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_a_test_does_to_roles_is_undone(database: Database, attempt: int) -> None:
    database.run("create role made_here createdb; create table t (); grant select on t to made_here;")
    if attempt == 1:
        # Undone by a new server, which the second attempt would notice if it were not.
        database.run("create role member; grant made_here to member; alter role postgres connection limit 7;")
    limit = (
        database.connect().execute("select rolconnlimit from pg_roles where rolname = 'postgres'").fetchone()
    )
    assert limit == (7 if attempt == 1 else -1,)


@pytest.mark.parametrize(
    "extension",
    [
        "uuid-ossp",
        "pgcrypto",
        "vector",
        "citext",
        "pg_net",
        "pg_cron",
        "pgmq",
        "postgis",
        "http",
        "pgjwt",
        "pg_graphql",
    ],
)
def test_extensions_of_real_projects_can_be_created(database: Database, extension: str) -> None:
    database.run(f'create schema extensions; create extension if not exists "{extension}" cascade')


def test_stand_ins_give_values_of_the_right_type(database: Database) -> None:
    database.run(
        'create schema extensions; create extension pgcrypto schema extensions; create extension "uuid-ossp";'
    )
    row = database.connect().execute(
        "select public.uuid_generate_v4() is not null, pg_typeof(extensions.digest('a', 'sha256'))::text,"
        " extensions.crypt('a', extensions.gen_salt('bf')) <> 'a', length(extensions.gen_random_bytes(8))"
    )
    assert row.fetchone() == (True, "bytea", True, 8)


def test_a_supabase_database_has_the_platform(supabase_database: Database) -> None:
    connection = supabase_database.connect()
    found = connection.execute("select to_regclass('auth.users')::text, to_regclass('storage.objects')::text")
    assert found.fetchone() == ("auth.users", "storage.objects")
    assert connection.execute("show search_path").fetchone() == ('"$user", public, extensions',)
    supabase_database.run(
        'create extension if not exists "uuid-ossp"; create extension if not exists pg_net;'
    )
