"""Two organizations and a stranger try every command on every table of the example; the catalog says what there is.

A refusal counts only for its own reason, and beside each attempt that must fail stands the same one within the
caller's organization, which must succeed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import (
    CheckViolation,
    ForeignKeyViolation,
    InsufficientPrivilege,
    ObjectNotInPrerequisiteState,
    WrongObjectType,
)

from support.hortitrack import ANNA, BERT, CARL, OWNER, A, B, Row, applied, caller, insert, rows, violations
from support.postgres import Database

Connection = psycopg.Connection[Any]

PAIRS = ((A, B), (B, A))
TENANT = {"organizations": "id", "profiles": "id", "org_memberships": "org_id"}
"""The column that says whose row it is, where it is not org_id."""


def relations(connection: Connection, kinds: str) -> list[str]:
    """Everything of these kinds that the API exposes: r tables, p partitioned ones, v views, m stored views."""
    found = connection.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind::text = any (string_to_array(%s, null)) order by 1",
        [kinds],
    )
    return [name for (name,) in found.fetchall()]


def tables(connection: Connection) -> list[str]:
    return relations(connection, "rp")


def references(connection: Connection) -> list[tuple[str, str, str]]:
    """Table, column and target of each foreign key to rows of organizations, without the tenant column."""
    found = connection.execute(
        """
        select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace
          and c.confrelid not in ('public.organizations'::regclass, 'auth.users'::regclass)
          and a.attname <> 'org_id'
        order by 1, 2
        """
    )
    return [(table.removeprefix("public."), column, target) for table, column, target in found.fetchall()]


def run(connection: Connection, text: str, name: str, parameters: Any = None) -> psycopg.Cursor[Any]:
    return connection.execute(text.format(sql.Identifier(name).as_string()).encode(), parameters)


def owned(connection: Connection, name: str, org: UUID) -> list[Any]:
    """An organization's rows, as a superuser sees them."""
    column = TENANT.get(name, "org_id")
    value = OWNER[org] if name == "profiles" else org
    text = f"select to_jsonb(t) from public.{{}} t where {column} = %s order by to_jsonb(t)::text"
    return run(connection, text, name, [value]).fetchall()


def fresh(table: str, org: UUID, connection: Connection) -> Row:
    """A further row of the organization that no unique key refuses."""
    if table == "org_memberships":
        return {"org_id": org, "user_id": CARL}
    row = dict(next(values for name, values in rows(org) if name == table))
    if table == "organizations":
        return {**row, "id": uuid4()}
    if table == "profiles":
        run(connection, "delete from public.{} where id = %s", table, [OWNER[org]])
        return row
    row["id"] = uuid4()
    for column, value in row.items():
        if column in ("name", "title") or column.endswith("_number"):
            row[column] = value + 7 if isinstance(value, int) else f"{value} again"
    return {**row, "minimum_quantity": 7} if table == "price_list_items" else row


# -- rows of others -----------------------------------------------------------------------------------------


def test_users_see_their_rows_and_no_others(connection: Connection) -> None:
    names = relations(connection, "rpvm")
    assert len(names) == 23
    for own, other in PAIRS:
        for name in names:
            mine = owned(connection, name, own)
            theirs = owned(connection, name, other)
            assert mine, name
            assert theirs, name
            with caller(connection, "authenticated", OWNER[own]):
                text = "select to_jsonb(t) from public.{} t order by to_jsonb(t)::text"
                assert run(connection, text, name).fetchall() == mine, name
                assert owned(connection, name, other) == [], name


def test_users_change_and_delete_no_rows_of_others(connection: Connection) -> None:
    for own, other in PAIRS:
        for table in tables(connection):
            theirs = owned(connection, table, other)
            column = TENANT.get(table, "org_id")
            value = OWNER[other] if table == "profiles" else other
            where = f" where {column} = %s"
            with caller(connection, "authenticated", OWNER[own]):
                assert run(connection, "update public.{} set created_by = null", table).rowcount > 0, table
                connection.execute("reset role")
                assert owned(connection, table, other) == theirs, table
            with caller(connection, "authenticated", OWNER[own]):
                changed = run(connection, "update public.{} set created_by = null" + where, table, [value])
                assert changed.rowcount == 0, table
                assert run(connection, "delete from public.{}" + where, table, [value]).rowcount == 0, table


def test_users_move_no_row_to_another_organization(connection: Connection) -> None:
    for own, other in PAIRS:
        for table in tables(connection):
            column = TENANT.get(table, "org_id")
            value = OWNER[other] if table == "profiles" else other
            with (
                caller(connection, "authenticated", OWNER[own]),
                pytest.raises(InsufficientPrivilege, match="row-level security"),
            ):
                run(connection, f"update public.{{}} set {column} = %s", table, [value])


def test_users_make_rows_for_their_organization_only(connection: Connection) -> None:
    for own, other in PAIRS:
        for table in tables(connection):
            with connection.transaction(force_rollback=True):
                row = fresh(table, own, connection)
                with caller(connection, "authenticated", OWNER[own]):
                    insert(connection, table, row)
            with connection.transaction(force_rollback=True):
                row = fresh(table, other, connection)
                with (
                    caller(connection, "authenticated", OWNER[own]),
                    pytest.raises(InsufficientPrivilege, match="row-level security"),
                ):
                    insert(connection, table, row)


def test_users_refer_to_no_row_of_others(connection: Connection) -> None:
    """Foreign keys are not subject to row level security, so the keys themselves must refuse it."""
    keys = references(connection)
    assert len(keys) > 25
    for own, other in PAIRS:
        for table, column, target in keys:
            theirs = OWNER[other]
            if target != "org_memberships":
                found = run(
                    connection, "select id from public.{} where org_id = %s", target, [other]
                ).fetchone()
                assert found is not None
                (theirs,) = found
            with connection.transaction(force_rollback=True):
                row = fresh(table, own, connection)
                with caller(connection, "authenticated", OWNER[own]):
                    insert(connection, table, row)
                # Only triggers write entries of transplants, so a client's are refused before any key
                refusal = CheckViolation if column == "transplant_id" else ForeignKeyViolation
                with caller(connection, "authenticated", OWNER[own]), pytest.raises(refusal):
                    insert(connection, table, {**row, column: theirs})
            with (
                caller(connection, "authenticated", OWNER[own]),
                pytest.raises((ForeignKeyViolation, CheckViolation)),
            ):
                run(connection, f"update public.{{}} set {column} = %s", table, [theirs])


def test_users_without_an_organization_see_nothing(connection: Connection) -> None:
    for name in relations(connection, "rpvm"):
        for user in (CARL, None):
            with caller(connection, "authenticated", user):
                assert run(connection, "select from public.{}", name).rowcount == 0, name


# -- strangers ----------------------------------------------------------------------------------------------


def test_strangers_may_do_nothing_with_any_table(connection: Connection) -> None:
    for name in relations(connection, "rpvm"):
        column = TENANT.get(name, "org_id")
        for text in (
            "select from public.{}",
            "insert into public.{} default values",
            f"update public.{{}} set {column} = null",
            "delete from public.{}",
            "truncate public.{}",
        ):
            # A view of sums takes no rows from anybody
            refusals = (InsufficientPrivilege, ObjectNotInPrerequisiteState, WrongObjectType)
            with caller(connection, "anon"), pytest.raises(refusals[: 3 if name == "invoice_totals" else 1]):
                run(connection, text, name)
        held = connection.execute(
            "select privilege from unnest(string_to_array('select,insert,update,delete,truncate,references,trigger',"
            " ',')) as privilege where has_table_privilege('anon', %s, privilege)",
            [f"public.{name}"],
        )
        assert held.fetchall() == [], name


def test_functions_are_for_nobody_but_the_two_helpers(connection: Connection) -> None:
    for role, expected in (("anon", []), ("authenticated", ["get_user_org_id", "is_org_admin"])):
        found = connection.execute(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace"
            " and has_function_privilege(%s, oid, 'execute') order by 1",
            [role],
        )
        assert [name for (name,) in found.fetchall()] == expected


def test_nobody_may_truncate(connection: Connection) -> None:
    for table in tables(connection):
        with caller(connection, "authenticated", ANNA), pytest.raises(InsufficientPrivilege):
            run(connection, "truncate public.{}", table)


# -- within an organization ---------------------------------------------------------------------------------


def test_users_delete_rows_of_their_organization(connection: Connection) -> None:
    with caller(connection, "authenticated", ANNA):
        for table, _ in reversed(rows(A)):
            if table not in ("organizations", "batch_logs"):
                run(connection, "delete from public.{}", table)
        connection.execute("reset role")
        for table in tables(connection):
            left = owned(connection, table, A)
            assert bool(left) == (table in ("organizations", "org_memberships")), table
            assert owned(connection, table, B), table
        assert violations(connection) == {}


def test_deleting_an_organization_deletes_all_it_has(connection: Connection) -> None:
    connection.execute("update public.deliveries set status = 'dispatched'")
    connection.execute("update public.invoices set status = 'issued', issued_on = '2024-02-01'")
    with caller(connection, "authenticated", ANNA):
        assert connection.execute("delete from public.organizations").rowcount == 1
        connection.execute("reset role")
        for table in tables(connection):
            if table != "profiles":
                assert owned(connection, table, A) == [], table
                assert owned(connection, table, B), table
        assert violations(connection) == {}


def test_it_does_not_matter_in_which_order_an_organization_is_deleted(supabase_database: Database) -> None:
    """Cascades run in the order of the triggers' names, as text, and these hold the keys' object ids. Where those run
    from five digits to six, the journal goes before the batches and allocations that it explains."""
    connection = applied(supabase_database)
    keys = connection.execute(
        "select format('alter table %s drop constraint %I, add constraint %I %s', conrelid::regclass, conname,"
        " conname, pg_get_constraintdef(oid)) from pg_constraint where contype = 'f'"
        " and confrelid = 'public.organizations'::regclass"
        " order by conrelid::oid < 'public.batch_logs'::regclass::oid, conrelid"
    ).fetchall()
    assert len(keys) == 20
    for (statement,) in keys:
        connection.execute(statement)
    connection.execute("insert into auth.users (id) values (%s)", [ANNA])
    for table, values in rows(A):
        insert(connection, table, values)
    connection.execute("delete from public.organizations")
    for table in tables(connection):
        assert run(connection, "select from public.{}", table).rowcount == (table == "profiles"), table


def test_the_founder_owns_the_organization(connection: Connection) -> None:
    with caller(connection, "authenticated", CARL):
        connection.execute("insert into public.organizations (name, created_by) values ('C', %s)", [CARL])
        assert connection.execute("select name from public.organizations").fetchall() == [("C",)]
        roles = connection.execute("select user_id, role from public.org_memberships")
        assert roles.fetchall() == [(CARL, "owner")]


def test_the_oldest_membership_counts_and_cannot_be_forged(connection: Connection) -> None:
    with caller(connection, "authenticated", BERT):
        connection.execute(
            "insert into public.org_memberships (org_id, user_id, created_at) values (%s, %s, '1999-01-01')",
            [B, ANNA],
        )
        connection.execute("select set_config('request.jwt.claims', %s, true)", [f'{{"sub": "{ANNA}"}}'])
        assert connection.execute("select public.get_user_org_id()").fetchone() == (A,)


def test_members_do_not_manage_members(connection: Connection) -> None:
    connection.execute("insert into public.org_memberships (org_id, user_id) values (%s, %s)", [A, CARL])
    with caller(connection, "authenticated", CARL):
        assert connection.execute("select from public.org_memberships").rowcount == 2
        assert connection.execute("update public.org_memberships set role = 'owner'").rowcount == 0
        assert connection.execute("update public.organizations set name = 'mine'").rowcount == 0
        assert connection.execute("delete from public.org_memberships").rowcount == 1
        assert connection.execute("select public.get_user_org_id()").fetchone() == (None,)


def test_tasks_of_who_leaves_stay_unassigned(connection: Connection) -> None:
    connection.execute("delete from public.org_memberships where user_id = %s", [ANNA])
    left = connection.execute("select assigned_to, org_id from public.tasks where org_id = %s", [A])
    assert left.fetchall() == [(None, A)]


def test_colleagues_see_each_others_profiles(connection: Connection) -> None:
    connection.execute("insert into public.org_memberships (org_id, user_id) values (%s, %s)", [A, CARL])
    connection.execute("insert into public.profiles (id, full_name) values (%s, 'Carl')", [CARL])
    with caller(connection, "authenticated", ANNA):
        seen = connection.execute("select id from public.profiles order by id").fetchall()
        assert seen == [(ANNA,), (CARL,)]
        assert connection.execute("update public.profiles set full_name = 'x'").rowcount == 1


def test_updated_at_does_not_come_from_the_client(connection: Connection) -> None:
    for table in tables(connection):
        run(connection, "update public.{} set updated_at = '1999-01-01'", table)
        stale = run(connection, "select from public.{} where updated_at < '2000-01-01'", table)
        assert stale.rowcount == 0, table
