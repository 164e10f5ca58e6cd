"""The example project on a real PostgreSQL: it applies, keeps organizations apart, and can be undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from support.introspect import introspect
from support.postgres import Database, Platform

MIGRATIONS = sorted(
    (Path(__file__).resolve().parents[2] / "examples/hortitrack/supabase/migrations").glob("*.sql")
)
TABLES = sorted(
    name for path in MIGRATIONS for name in re.findall(r"^create table public\.(\w+)", path.read_text(), re.M)
)

# Organization, its owner, and somebody else's for both.
A, B = UUID(int=0xA), UUID(int=0xB)
ANNA, BERT, CARL = UUID(int=0xAA), UUID(int=0xBB), UUID(int=0xCC)
OWNER = {A: ANNA, B: BERT}

# One row of each table; %(n)s tells rows apart, and ids of rows are made of it and the organization.
ROWS = {
    "organizations": "(id, name, created_by) values (%(org)s, %(n)s, %(user)s)",
    "org_memberships": "(org_id, user_id) values (%(org)s, %(user)s)",
    "profiles": "(id, full_name) values (%(user)s, %(n)s)",
    "plant_varieties": "(id, org_id, name, botanical_name) values (%(org)s, %(org)s, %(n)s, 'Rosa')",
    "locations": "(id, org_id, name, kind) values (%(org)s, %(org)s, %(n)s, 'bench')",
    "batches": "(id, org_id, batch_number, plant_variety_id, location_id) values (%(org)s, %(org)s, %(n)s,"
    " %(org)s, %(org)s)",
    "customers": "(id, org_id, name) values (%(org)s, %(org)s, %(n)s)",
    "orders": "(id, org_id, order_number, customer_id) values (%(org)s, %(org)s, %(n)s, %(org)s)",
    "order_items": "(id, org_id, order_id, line_number, plant_variety_id, quantity, unit_price)"
    " values (%(org)s, %(org)s, %(org)s, 1, %(org)s, 5, 2.50)",
}
# Parents before children. Making an organization makes its first membership.
ORDER = [name for name in ROWS if name != "org_memberships"]
TENANT = {"organizations": "id", "profiles": "id"}


def applied(database: Database) -> psycopg.Connection[Any]:
    """A superuser's connection to the database with all migrations."""
    for path in MIGRATIONS:
        database.run(path.read_text("utf-8"))
    return database.connect()


@pytest.fixture(scope="module")
def filled(platforms: Callable[[Any], Platform]) -> Iterator[psycopg.Connection[Any]]:
    """Two organizations with one row in every table each. Its tests undo what they do."""
    database = platforms("supabase").database()
    try:
        connection = applied(database)
        for user in (ANNA, BERT, CARL):
            connection.execute("insert into auth.users (id) values (%s)", [user])
        for org, user in OWNER.items():
            for table in ORDER:
                values = {"org": org, "user": user, "n": "1"}
                connection.execute(f"insert into public.{table} {ROWS[table]}", values)
        yield connection
    finally:
        database.close()


@pytest.fixture
def connection(filled: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """The filled database, given back as it was."""
    with filled.transaction(force_rollback=True):
        yield filled


@contextmanager
def caller(connection: psycopg.Connection[Any], role: str, user: UUID | None = None) -> Iterator[None]:
    """Statements as the API runs them for a signed-in user or for nobody; undone afterwards."""
    with connection.transaction(force_rollback=True):
        claims = {"role": role, **({"sub": str(user)} if user else {})}
        connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
        connection.execute(f"set local role {role}")
        yield


def tenant(table: str, org: UUID) -> tuple[str, UUID]:
    """The column that says whose row it is, and its value for the organization."""
    return TENANT.get(table, "org_id"), OWNER[org] if table == "profiles" else org


# -- the whole history ------------------------------------------------------------------------------------


def test_names_and_headers_follow_the_standard() -> None:
    for path in MIGRATIONS:
        assert re.fullmatch(r"2024\d{10}_[a-z0-9]+(_[a-z0-9]+)*\.sql", path.name), path.name
        text = path.read_text("utf-8")
        header = r"-- Migration: .+\n-- Author: .+\n-- Date: (\d{4})-(\d\d)-(\d\d)\n-- Reversible: Yes\n"
        found = re.match(header, text)
        assert found is not None, path.name
        assert "".join(found.groups()) == path.name[:8]
        assert text.count("-- UP MIGRATION\n") == 1
        assert text.count("-- DOWN MIGRATION (for reference)\n") == 1


def test_every_table_is_protected(supabase_database: Database) -> None:
    tables = introspect(applied(supabase_database))["tables"]
    assert sorted(table["name"] for table in tables) == TABLES == sorted(ROWS)
    for table in tables:
        assert table["rls"], table["name"]
        assert {policy["command"] for policy in table["policies"]} == {"select", "insert", "update", "delete"}
        assert all(policy["roles"] == ["authenticated"] for policy in table["policies"]), table["name"]
        assert {"name": "set_updated_at", "function": "public.set_updated_at"} in table["triggers"]
        assert table["comment"]
        columns = {column["name"]: column for column in table["columns"]}
        for name in ("created_at", "updated_at"):
            assert columns[name]["type"] == "timestamp with time zone"
            assert not columns[name]["nullable"]
        if table["name"] not in TENANT:
            assert not columns["org_id"]["nullable"]


def test_foreign_keys_are_indexed_and_stay_within_the_organization(supabase_database: Database) -> None:
    tables = {table["name"]: table for table in introspect(applied(supabase_database))["tables"]}
    keys = 0
    for table in tables.values():
        prefixes = [index["columns"] for index in table["indexes"] if not index["partial"]]
        assert any(columns[:1] == ["created_at"] for columns in prefixes), table["name"]
        for key in table["foreign_keys"]:
            keys += 1
            width = len(key["columns"])
            assert any(sorted(p[:width]) == sorted(key["columns"]) for p in prefixes), key["name"]
            target = key["references"]
            if target["schema"] == "public" and target["table"] != "organizations":
                assert (key["columns"][0], target["columns"][0]) == ("org_id", "org_id"), key["name"]
    assert keys > 3 * len(TABLES) - 3


def test_no_foreign_key_lacks_an_index(supabase_database: Database) -> None:
    """The same, asked of PostgreSQL itself."""
    missing = applied(supabase_database).execute(
        """
        select conrelid::regclass, conname from pg_constraint c
        where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
          select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
            and (i.indkey::int2[])[0 : cardinality(c.conkey) - 1] @> c.conkey
        )
        """
    )
    assert missing.fetchall() == []


def test_down_gives_back_the_empty_catalog_and_up_works_again(supabase_database: Database) -> None:
    applied(supabase_database)
    for path in reversed(MIGRATIONS):
        _, down = path.read_text("utf-8").split("-- DOWN MIGRATION (for reference)\n")
        lines = [line.removeprefix("-- ") for line in down.splitlines() if not line.startswith("-- ===")]
        assert "".join(lines), path.name
        supabase_database.run("\n".join(lines))
    assert not any(introspect(supabase_database.connect()).values())
    applied(supabase_database)


def test_it_needs_no_default_privileges(supabase_database: Database) -> None:
    """Projects made since 2026-05-30 grant nothing on new tables."""
    supabase_database.run(
        "alter default privileges for role postgres in schema public"
        " revoke all on tables from anon, authenticated, service_role;"
        "alter default privileges for role postgres in schema public"
        " revoke all on functions from anon, authenticated, service_role;"
    )
    connection = applied(supabase_database)
    for table in TABLES:
        for role in ("authenticated", "service_role"):
            for privilege in ("select", "insert", "update", "delete"):
                held = connection.execute(
                    "select has_table_privilege(%s, %s, %s)", [role, f"public.{table}", privilege]
                )
                assert held.fetchone() == (True,), (table, role, privilege)


def test_nobody_may_truncate(connection: psycopg.Connection[Any]) -> None:
    for table in TABLES:
        for role in ("anon", "authenticated"):
            held = connection.execute(
                "select has_table_privilege(%s, %s, 'truncate')", [role, f"public.{table}"]
            )
            assert held.fetchone() == (False,), (table, role)


# -- organizations are kept apart -------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_users_reach_only_rows_of_their_organization(connection: psycopg.Connection[Any], table: str) -> None:
    for own, other in ((A, B), (B, A)):
        column, mine = tenant(table, own)
        _, theirs = tenant(table, other)
        with caller(connection, "authenticated", OWNER[own]):
            seen = connection.execute(f"select {column} from public.{table}").fetchall()
            assert seen == [(mine,)]
        with caller(connection, "authenticated", OWNER[own]):
            changed = connection.execute(f"update public.{table} set created_by = null").rowcount
            assert changed == 1
            again = f"update public.{table} set created_by = null where {column} = %s"
            assert connection.execute(again, [theirs]).rowcount == 0
        with caller(connection, "authenticated", OWNER[own]):
            where = f"delete from public.{table} where {column} = %s"
            assert connection.execute(where, [theirs]).rowcount == 0
        with (
            caller(connection, "authenticated", OWNER[own]),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"update public.{table} set {column} = %s", [theirs])


@pytest.mark.parametrize("table", TABLES)
def test_users_make_rows_only_for_their_organization(connection: psycopg.Connection[Any], table: str) -> None:
    insert = f"insert into public.{table} {ROWS[table]}"
    for own, other in ((A, B), (B, A)):
        # Of others: refused by the policy, before any key is looked at.
        values = {"org": other, "user": OWNER[other], "n": "2"}
        with (
            caller(connection, "authenticated", OWNER[own]),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(insert, values)
        # The same for the own organization fails on nothing but the keys of the row that is there.
        values = {"org": own, "user": OWNER[own], "n": "2"}
        with caller(connection, "authenticated", OWNER[own]), pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(insert, values)


@pytest.mark.parametrize("table", ["order_items", "orders", "customers", "batches", "locations", "profiles"])
def test_users_delete_rows_of_their_organization(connection: psycopg.Connection[Any], table: str) -> None:
    with caller(connection, "authenticated", ANNA):
        for child in ("order_items", "orders", "batches"):
            connection.execute(f"delete from public.{child}")
        assert connection.execute(f"select count(*) from public.{table}").fetchone() in ((0,), (1,))
        connection.execute(f"delete from public.{table}")
        connection.execute("reset role")
        column, mine = tenant(table, A)
        left = connection.execute(f"select {column} from public.{table}").fetchall()
        assert (mine,) not in left
        assert tenant(table, B)[1:] in left


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["select from {}", "update {} set created_by = null", "delete from {}"])
def test_strangers_may_do_nothing(connection: psycopg.Connection[Any], table: str, statement: str) -> None:
    with caller(connection, "anon"), pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.format(f"public.{table}"))


@pytest.mark.parametrize("table", TABLES)
def test_strangers_may_make_nothing(connection: psycopg.Connection[Any], table: str) -> None:
    with caller(connection, "anon"), pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"insert into public.{table} {ROWS[table]}", {"org": A, "user": ANNA, "n": "2"})


@pytest.mark.parametrize("table", TABLES)
def test_a_user_without_an_organization_sees_nothing(connection: psycopg.Connection[Any], table: str) -> None:
    with caller(connection, "authenticated", CARL):
        assert connection.execute(f"select from public.{table}").rowcount == 0


def test_no_row_points_into_another_organization(connection: psycopg.Connection[Any]) -> None:
    """Foreign keys are not subject to row level security, so the keys themselves must refuse it."""
    for table, column in (
        ("locations", "parent_id"),
        ("batches", "plant_variety_id"),
        ("batches", "location_id"),
        ("orders", "customer_id"),
        ("order_items", "order_id"),
        ("order_items", "plant_variety_id"),
    ):
        with connection.transaction(force_rollback=True), pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(f"update public.{table} set {column} = %s where org_id = %s", [B, A])


# -- membership -------------------------------------------------------------------------------------------


def test_the_founder_owns_the_organization(connection: psycopg.Connection[Any]) -> None:
    with caller(connection, "authenticated", CARL):
        connection.execute("insert into public.organizations (name, created_by) values ('C', %s)", [CARL])
        assert connection.execute("select name from public.organizations").fetchall() == [("C",)]
        roles = connection.execute("select user_id, role from public.org_memberships")
        assert roles.fetchall() == [(CARL, "owner")]


def test_the_oldest_membership_counts_and_cannot_be_forged(connection: psycopg.Connection[Any]) -> None:
    connection.execute("update public.org_memberships set role = 'owner'")
    with caller(connection, "authenticated", BERT):
        connection.execute(
            "insert into public.org_memberships (org_id, user_id, created_at) values (%s, %s, '1999-01-01')",
            [B, ANNA],
        )
        claims = json.dumps({"role": "authenticated", "sub": str(ANNA)})
        connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        assert connection.execute("select public.get_user_org_id()").fetchone() == (A,)


def test_members_do_not_manage_members(connection: psycopg.Connection[Any]) -> None:
    connection.execute("insert into public.org_memberships (org_id, user_id) values (%s, %s)", [A, CARL])
    with caller(connection, "authenticated", CARL):
        assert connection.execute("select from public.org_memberships").rowcount == 2
        assert connection.execute("update public.org_memberships set role = 'owner'").rowcount == 0
        assert connection.execute("update public.organizations set name = 'mine'").rowcount == 0
        assert connection.execute("delete from public.org_memberships").rowcount == 1
        assert connection.execute("select public.get_user_org_id()").fetchone() == (None,)


def test_colleagues_see_each_others_profiles(connection: psycopg.Connection[Any]) -> None:
    connection.execute("insert into public.org_memberships (org_id, user_id) values (%s, %s)", [A, CARL])
    connection.execute("insert into public.profiles (id, full_name) values (%s, 'Carl')", [CARL])
    with caller(connection, "authenticated", ANNA):
        seen = connection.execute("select id from public.profiles order by id").fetchall()
        assert seen == [(ANNA,), (CARL,)]
        assert connection.execute("update public.profiles set full_name = 'x'").rowcount == 1


def test_helpers_are_not_for_strangers(connection: psycopg.Connection[Any]) -> None:
    for helper in ("get_user_org_id", "is_org_admin"):
        with caller(connection, "anon"), pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"select public.{helper}()")


def test_deleting_an_organization_deletes_all_it_has(connection: psycopg.Connection[Any]) -> None:
    with caller(connection, "authenticated", ANNA):
        assert connection.execute("delete from public.organizations").rowcount == 1
        connection.execute("reset role")
        for table in TABLES:
            if table != "profiles":
                column, _ = tenant(table, A)
                assert connection.execute(f"select {column} from public.{table}").fetchall() == [(B,)]


def test_updated_at_does_not_come_from_the_client(connection: psycopg.Connection[Any]) -> None:
    for table in TABLES:
        connection.execute(f"update public.{table} set updated_at = '1999-01-01'")
        stale = connection.execute(f"select from public.{table} where updated_at < '2000-01-01'")
        assert stale.rowcount == 0, table
