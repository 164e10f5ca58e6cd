"""Transactions, rows and platform objects in migrations, and what PostgreSQL really does with the transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.rulekit.finding import Finding
from support.rule_examples import check, check_texts, findings, project_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.postgres import Database

    NewDatabase = Callable[[str], Database]

PATH = "migrations/20260101000000_a.sql"
WHOLE = "begin;\ncreate schema a;\ncommit;\n"


def of(rule: str, text: str, layout: str, **options: object) -> list[Finding]:
    """What the rule finds in one file of that layout."""
    return findings(check(project_of({PATH: text}, layout=layout, **options)), rule)  # type: ignore[arg-type]  # checked there


@pytest.mark.parametrize(
    ("layout", "level"),
    [
        ("supabase", "hint"), ("dbmate", "warning"), ("goose", "warning"), ("flyway", "warning"), ("sqlx", "warning"),
        ("drizzle", "warning"), ("node-pg-migrate", "warning"), ("diesel", "warning"), ("atlas", "warning"),
        ("prisma", None), ("golang-migrate", None), ("sqitch", None), ("hasura", None), ("plain", None), ("file", None),
    ],
)  # fmt: skip
def test_a_transaction_in_that_of_the_runner(layout: str, level: str | None) -> None:
    there = of("nested-transaction", WHOLE, layout)
    assert [finding.severity for finding in there] == ([] if level is None else [level])
    assert of("nested-transaction", WHOLE, layout, status="settled") == []
    assert of("transaction-unbalanced", WHOLE, layout) == []


@pytest.mark.parametrize(
    ("layout", "comment"),
    [
        ("goose", "-- +goose NO TRANSACTION\n-- +goose Up"),
        ("dbmate", "-- migrate:up transaction:false"),
        ("sqlx", "-- no-transaction"),
        ("tern", "---- tern: disable-tx ----"),
        ("atlas", "-- atlas:txmode none"),
        ("liquibase", "--liquibase formatted sql\n--changeset me:1 runInTransaction:false"),
        ("yoyo", "-- transactional: false"),
        ("graphile-migrate", "--! no-transaction"),
    ],
)
def test_the_runner_was_asked_for_no_transaction(layout: str, comment: str) -> None:
    assert of("nested-transaction", f"{comment}\n{WHOLE}", layout) == []
    assert len(of("transaction-unbalanced", f"{comment}\nbegin;\ncreate schema a;\n", layout)) == 1
    assert len(of("nested-transaction", WHOLE, layout)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "alter type public.mood add value 'x';\ncommit;\nselect 1;\n",
        "begin;\nlock table public.a;\ncreate schema a;\ncommit;\n",
        "begin;\nset local lock_timeout = '1s';\ncreate schema a;\ncommit;\n",
        "create schema a;\ncommit;\ncreate index concurrently i on public.a (id);\n",
        "do $$ begin null; commit; end $$;\ncreate function f() returns int language sql begin atomic select 1; end;\n",
        "create schema a;\ncommit;\ncreate tabel b;\n",
        "savepoint s;\ncreate schema a;\nrelease savepoint s;\n",
        "create schema a;\ncommit and chain;\ncreate schema b;\n",
    ],
)
def test_cut_on_purpose_or_not_understood(text: str) -> None:
    assert of("nested-transaction", text, "supabase") == []


def test_a_file_in_pieces_is_worse_than_one_around_all_of_it() -> None:
    (finding,) = of("nested-transaction", WHOLE + "create schema b;\n", "supabase")
    assert finding.severity == "warning"
    (finding,) = of("nested-transaction", WHOLE + "do $$ begin raise notice 'done'; end $$;\n", "supabase")
    assert finding.severity == "hint"
    (finding,) = of(
        "nested-transaction", "begin;\ncreate schema a;\nrollback;\ncreate schema b;\n", "supabase"
    )
    assert "ROLLBACK" in finding.message
    (finding,) = of("nested-transaction", "begin;\ncreate schema a;\n", "dbmate")
    assert [fix.title for fix in finding.fixes] == ["Remove BEGIN"]


@pytest.mark.parametrize(
    ("layout", "text", "count"),
    [
        ("supabase", "begin;\ncreate schema a;\n", 1),
        ("supabase", "create schema a;\ncommit;\nbegin;\ncreate schema b;\n", 1),
        ("supabase", "create schema a;\ncommit;\n", 0),
        ("dbmate", "begin;\ncreate schema a;\n", 0),
        ("plain", "create schema a;\nrollback;\n", 1),
        ("plain", "start transaction;\ncreate schema a;\nend;\n", 0),
        ("plain", "begin work;\ncreate schema a;\nabort;\n", 0),
        ("plain", "begin;\ncreate schema a;\nrollback to s;\n", 1),
        ("plain", "begin;\nbegin;\ncreate schema a;\n", 2),
        ("goose", "-- +goose Up\ncreate schema a;\n-- +goose Down\nbegin;\ndrop schema a;\n", 0),
        ("sqitch", "BEGIN;\ncreate schema a;\n", 1),
    ],
)
def test_transactions_in_pairs(layout: str, text: str, count: int) -> None:
    assert len(of("transaction-unbalanced", text, layout)) == count


def _pipeline(database: Database, *statements: str) -> list[str]:
    """What a runner that sends a file as one pipeline leaves behind when its connection closes."""
    connection = database.connect()
    try:
        with connection.pipeline():
            for statement in statements:
                connection.execute(statement.encode())
    except psycopg.Error:
        pass
    connection.close()
    with database.connect() as again:
        found = again.execute(
            "select nspname from pg_namespace where nspname like 'z%' order by 1"
        ).fetchall()
    return [row[0] for row in found]


def test_what_a_server_does_with_them(new_database: NewDatabase) -> None:
    one, two, fails = "create schema z1", "create schema z2", "select 1 / 0"
    assert _pipeline(new_database("postgres"), one, two, fails) == []
    assert _pipeline(new_database("postgres"), "begin", one, "commit", two, fails) == ["z1"]
    assert _pipeline(new_database("postgres"), "begin", one, "commit", two) == ["z1", "z2"]
    assert _pipeline(new_database("postgres"), one, "commit", "begin", two) == ["z1"]
    assert _pipeline(new_database("postgres"), "begin", one, two) == []


ROWS = "[rules.data-in-migration]\nrows = 2\n"
TABLES = """-- file: 1_a.sql
create table public.notes (id uuid primary key, org_id int, title text);
create table public.words (word text);
insert into public.notes values ('11111111-1111-4111-8111-111111111111', 1, 'fixed');
-- file: 2_b.sql
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("copy public.notes (org_id) from stdin;\n1\n2\n3\n\\.\n", 1),
        ("copy public.notes (org_id) from stdin;\n1\n2\n\\.\n", 0),
        ("copy public.words from stdin;\na\nb\nc\n\\.\n", 0),
        ("insert into public.notes select from generate_series(1, 100);", 0),
        (
            "insert into public.notes (org_id) values (1), (2), (3) on conflict (id) do update set title = 'x';",
            0,
        ),
        ("create temp table t (org_id int); insert into t values (1), (2), (3);", 0),
        ("insert into nowhere (org_id) values (1), (2), (3);", 0),
        ("update public.notes set title = 'x' where id = '11111111-1111-4111-8111-111111111111';", 0),
        ("update public.notes set title = 'x' where id = '22222222-1111-4111-8111-111111111111'::uuid;", 1),
        ("update public.notes set title = 'x' where title = 'y' and org_id = 1;", 0),
        ("update public.notes set title = 'x' where title like '%@example.com';", 0),
        ("do $$ begin update public.notes set title = 'x' where title = 'a@example.com'; end $$;", 1),
    ],
)
def test_rows_of_one_database(text: str, count: int) -> None:
    assert len(findings(check_texts(TABLES + text, ROWS), "data-in-migration")) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("alter table auth.users add column a int, add column b int;", 1),
        ("alter table auth.users disable trigger all;", 1),
        ("create index on storage.objects (name);", 1),
        ("drop table auth.sessions cascade;", 1),
        ("create or replace function auth.uid() returns uuid language sql as 'select null::uuid';", 1),
        ("create type storage.mood as enum ('a');", 1),
        ("create table if not exists auth.users (id uuid);", 0),
        ("drop function if exists auth.my_own();", 0),
        ("drop trigger if exists t on auth.users;", 0),
        ("drop policy if exists p on storage.objects;", 0),
        ("comment on table auth.users is 'x';", 0),
        ("delete from storage.buckets where id = 'a';", 1),
        ("update storage.buckets set public = false;", 0),
        ("update auth.users set raw_user_meta_data = '{}', email = 'a';", 1),
        ("update auth.config set a = 1;", 0),
        ("insert into realtime.messages (topic) values ('a');", 0),
        ("do $$ begin delete from auth.users; end $$;", 1),
        ("select auth.uid();", 0),
    ],
)
def test_what_belongs_to_the_platform(text: str, count: int) -> None:
    assert len(findings(check_texts({PATH: text}), "platform-schema-touched")) == count
    assert findings(check_texts({PATH: text}, platform="postgres"), "platform-schema-touched") == []
    assert findings(check_texts({PATH: text}, status="settled"), "platform-schema-touched") == []
