"""`schemabot verify` on a real PostgreSQL: there and back, failures at their places, questions, other people's databases."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from support.command import Ran, schemabot, supabase_project
from support.postgres import Database

pytestmark = pytest.mark.postgres

FIRST = "create table public.customers (id bigint primary key);\n"
SECOND = "alter table public.customers add column email text not null default '';\n"


@pytest.fixture(autouse=True)
def postgresql(platforms: object) -> None:
    """Skips, and says so, where there is no PostgreSQL."""


def verify(root: Path, files: dict[str, str], *arguments: str, **environment: str) -> Ran:
    supabase_project(
        root, {f"2024010{n}000000_{name}.sql": text for n, (name, text) in enumerate(files.items(), 1)}
    )
    return schemabot("verify", *arguments, cwd=root, as_root=True, **environment)


def verified(root: Path, files: dict[str, str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = verify(root, files, "--format", "json", *arguments).json
    return found


def test_a_history_that_holds(tmp_path: Path) -> None:
    ran = verify(tmp_path, {"a": FIRST, "b": SECOND})
    assert (ran.code, ran.err) == (0, "")
    assert "2 statements of 2 migrations were run" in ran.out
    assert (
        "20240102000000_b.sql: there, back and there again: exactly as before (the generated way back, but loses data)"
        in ran.out
    )
    assert "Replay agrees with PostgreSQL on all" in ran.out


def test_a_refused_statement_is_shown_at_its_place_and_ends_it(tmp_path: Path) -> None:
    broken = "create table public.a (i int);\n\nalter table public.a\n  add column j nope;\ncreate table public.b ();"
    found = verified(tmp_path, {"a": FIRST, "b": broken, "c": SECOND})
    (failure,) = found["failures"]
    assert failure["path"].endswith("b.sql")
    assert failure["range"]["start"] == {"line": 4, "column": 16}
    assert (failure["message"], failure["sqlstate"]) == ('type "nope" does not exist', "42704")
    assert (found["passed"], found["files"]) == (False, 2)


def test_a_migration_is_one_transaction_as_its_runner_has_it(tmp_path: Path) -> None:
    found = verified(
        tmp_path, {"a": "create table public.a (i int); create index concurrently a_i on public.a (i);"}
    )
    assert "cannot run inside a transaction block" in found["failures"][0]["message"]
    again = tmp_path / "again"
    assert verified(again, {"a": FIRST, "b": "create index concurrently c_i on public.customers (id);"})[
        "passed"
    ]


def test_keep_going_runs_what_the_server_accepts(tmp_path: Path) -> None:
    files = {"a": "create table public.a (i nope); create table public.b (i int);", "b": SECOND, "c": FIRST}
    found = verified(tmp_path, files, "--keep-going")
    assert [failure["sqlstate"] for failure in found["failures"]] == ["42704", "42P01"]
    assert found["files"] == 3
    assert found["replay"]["differences"] == []


def down(sql: str) -> str:
    lines = "\n".join(f"-- {line}" for line in sql.splitlines())
    return f"\n-- ============\n-- DOWN (Rollback)\n-- ============\n{lines}\n"


def test_a_written_way_back_is_run(tmp_path: Path) -> None:
    found = verified(
        tmp_path, {"a": FIRST, "b": SECOND + down("alter table public.customers drop column email;")}
    )
    assert [(t["way_back"], t["result"]) for t in found["trips"]] == [("written", "exact")]


def test_a_way_back_that_forgets_something(tmp_path: Path) -> None:
    text = SECOND + "create index c_email on public.customers (id);\n"
    ran = verify(tmp_path, {"a": FIRST, "b": text + down("alter table public.customers drop column email;")})
    assert ran.code == 1
    assert "the way there and back fails (the written way back)" in ran.out
    assert 'relation "c_email" already exists' in ran.out


def test_a_way_back_that_leaves_something(tmp_path: Path) -> None:
    text = "create table if not exists public.left_over (i int);\n" + SECOND
    found = verified(
        tmp_path, {"a": FIRST, "b": text + down("alter table public.customers drop column email;")}
    )
    (trip,) = found["trips"]
    assert trip["result"] == "differs"
    assert "relation public.left_over is left" in trip["differences_back"]


def test_a_way_back_that_the_server_refuses(tmp_path: Path) -> None:
    ran = verify(tmp_path, {"a": FIRST, "b": SECOND + down("alter table public.customers drop column mail;")})
    assert ran.code == 1
    assert '_b.sql:6:4: PostgreSQL refuses: column "mail" of relation "customers" does not exist' in ran.out


def test_what_cannot_be_taken_back_is_said_and_no_failure(tmp_path: Path) -> None:
    found = verified(tmp_path, {"a": FIRST, "b": "delete from public.customers;"})
    (trip,) = found["trips"]
    assert (trip["result"], found["passed"]) == ("irreversible", True)
    assert "public.customers" in trip["why"]


def test_named_migrations_are_taken_back(tmp_path: Path) -> None:
    files = {"a": FIRST, "b": SECOND, "c": "comment on table public.customers is 'People';"}
    path = "supabase/migrations/20240102000000_b.sql"
    found = verified(tmp_path, files, path)
    assert [trip["path"].rpartition("/")[2] for trip in found["trips"]] == ["20240102000000_b.sql"]
    assert len(verified(tmp_path, files, "--newest", "9")["trips"]) == 3


QUESTIONS = (
    FIRST
    + """
-- verify: select true;
-- verify: select count(*) = 1 from public.customers;
-- verify: select column_name, data_type
--   from information_schema.columns where table_name = 'customers';
-- result: id | bigint
-- verify: select 1 where false
-- verify: delete from public.customers returning true;
-- verify: select nope;
"""
)


def test_questions_are_asked_and_cannot_change_anything(tmp_path: Path) -> None:
    found = verified(tmp_path, {"a": QUESTIONS})
    assert [(a["passed"], a["message"]) for a in found["answers"]] == [
        (True, ""),
        (False, "gives false, not true"),
        (True, ""),
        (False, "gives no row"),
        (False, "cannot execute DELETE in a read-only transaction"),
        (False, 'column "nope" does not exist'),
    ]
    assert found["answers"][2]["range"]["start"]["line"] == 5
    assert not found["passed"]


def test_invariants_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "schemabot.toml").write_text(
        "[[invariant]]\nname = 'ids are positive'\nviolations = 'select id from public.customers where id < 0'\n"
        "[[invariant]]\nname = 'somebody is there'\nholds = 'select count(*) > 0 from public.customers'\n"
    )
    found = verified(tmp_path, {"a": FIRST + "insert into public.customers values (-7), (1);"})
    assert [(a["question"], a["passed"], a["message"]) for a in found["answers"]] == [
        ("ids are positive", False, "1 rows break it: -7"),
        ("somebody is there", True, ""),
    ]


def test_an_invariant_needs_one_query(tmp_path: Path) -> None:
    (tmp_path / "schemabot.toml").write_text("[[invariant]]\nname = 'nothing'\n")
    ran = verify(tmp_path, {"a": FIRST})
    assert (ran.code, ran.out) == (2, "")
    assert "an invariant needs one of two queries" in ran.err


@pytest.mark.parametrize(
    "statement",
    [
        "copy public.customers to program 'touch TOUCHED'",
        "copy public.customers from '/etc/passwd'",
        "do $$ begin execute 'copy public.customers to program ''touch TOUCHED'''; end $$",
        "select lo_export(1, '/etc/x')",
        "create function public.f() returns int language c as 'libc', 'system'",
        "alter system set archive_command = 'x'",
        "select pg_read_file('/etc/passwd')",
    ],
)
def test_what_reaches_out_of_the_server_is_not_run(tmp_path: Path, statement: str) -> None:
    touched = tmp_path / "touched"
    found = verified(
        tmp_path, {"a": FIRST + statement.replace("TOUCHED", str(touched)) + ";"}, "--newest", "0"
    )
    assert found["failures"] == []
    assert any("it would reach out of the throw-away server" in note for note in found["notes"])
    assert not touched.exists()


# -- somebody's database ----------------------------------------------------------------------------------


def url_of(database: Database) -> str:
    return f"postgresql://postgres@/{database.name}?host={database.host}"


CONTENTS = "select count(*) from pg_class where oid >= 16384"


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def test_an_empty_database_is_used_and_left_empty(tmp_path: Path, database: Database) -> None:
    made = "create role reader; grant select on public.customers to reader; create extension citext;"
    ran = verify(tmp_path, {"a": FIRST + made, "b": SECOND}, "--database-url", url_of(database))
    assert (ran.code, ran.err) == (0, "")
    assert rows(database, CONTENTS) == [(0,)]
    assert rows(
        database, "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema)'"
    ) == [("public",)]
    assert (
        rows(database, "select rolname from pg_roles where rolname in ('reader', 'anon', 'authenticated')")
        == []
    )


@pytest.mark.parametrize(
    "content",
    ["create table t ()", "create schema s", "create function f() returns int language sql as 'select 1'",
     "create type mood as enum ()", "create extension citext", "select lo_create(0)"],
)  # fmt: skip
def test_a_database_that_holds_anything_is_refused(tmp_path: Path, database: Database, content: str) -> None:
    database.run(content)
    before = rows(database, CONTENTS)
    ran = verify(tmp_path, {"a": FIRST}, "--database-url", url_of(database))
    assert (ran.code, ran.out) == (2, "")
    assert "is not empty" in ran.err
    assert rows(database, CONTENTS) == before


def test_a_failing_history_leaves_the_database_empty_too(tmp_path: Path, database: Database) -> None:
    ran = verify(tmp_path, {"a": FIRST, "b": "select nope;"}, "--database-url", url_of(database))
    assert ran.code == 1
    assert rows(database, CONTENTS) == [(0,)]


def test_what_a_killed_verification_left_is_removed(tmp_path: Path, database: Database) -> None:
    slow = FIRST + "create role left_over; select pg_sleep(60);"
    running = started(
        tmp_path, {"a": "create table public.early ();", "b": slow}, "--database-url", url_of(database)
    )
    wait_for(lambda: rows(database, "select from pg_class where relname = 'early'") != [])
    running.kill()
    running.wait()
    wait_for(
        lambda: terminated(
            database, "select from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()"
        )
    )
    assert rows(database, CONTENTS) != [(0,)]
    (tmp_path / "supabase/migrations/20240102000000_b.sql").write_text(SECOND.replace("customers", "early"))
    ran = schemabot("verify", "--database-url", url_of(database), cwd=tmp_path, as_root=True)
    assert (ran.code, ran.err) == (0, "")
    assert rows(database, CONTENTS) == [(0,)]


def terminated(database: Database, query: str) -> bool:
    rows(database, query.replace("select", "select pg_terminate_backend(pid)", 1))
    return rows(database, query) == []


def test_no_secret_is_told(tmp_path: Path) -> None:
    url = "postgresql://somebody:s3cr3t@127.0.0.1:9/nothing"
    ran = verify(tmp_path, {"a": FIRST}, "--database-url", url)
    assert ran.code == 2
    assert "the database cannot be used" in ran.err
    assert "s3cr3t" not in ran.err + ran.out


# -- killed ------------------------------------------------------------------------------------------------


def started(
    root: Path, files: dict[str, str], *arguments: str, **environment: str
) -> subprocess.Popen[bytes]:
    supabase_project(
        root, {f"2024010{n}000000_{name}.sql": text for n, (name, text) in enumerate(files.items(), 1)}
    )
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "schemabot", "verify", *arguments], cwd=root,
        env={**os.environ, "SCHEMABOT_CACHE_DIR": "", **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def servers_of(folder: Path) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc")
def test_after_a_kill_the_next_start_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    temporary = Path(os.path.realpath("/tmp")) / f"sbk{os.getpid()}"  # short: a socket's path is
    temporary.mkdir()
    temporary.chmod(0o777)
    try:
        running = started(tmp_path, {"a": "select pg_sleep(60);"}, TMPDIR=str(temporary))
        wait_for(lambda: any(temporary.glob("*/data/postmaster.pid")))
        running.send_signal(signal.SIGKILL)
        running.wait()
        (folder,) = temporary.iterdir()
        assert folder.exists()
        (tmp_path / "supabase/migrations/20240101000000_a.sql").write_text(FIRST)
        ran = schemabot("verify", cwd=tmp_path, as_root=True, TMPDIR=str(temporary))
        assert (ran.code, ran.err) == (0, "")
        assert list(temporary.iterdir()) == []
        assert servers_of(folder) == []
    finally:
        shutil.rmtree(temporary)


def test_an_interrupted_verification_ends_its_server(tmp_path: Path) -> None:
    temporary = Path(os.path.realpath("/tmp")) / f"sbi{os.getpid()}"
    temporary.mkdir()
    temporary.chmod(0o777)
    try:
        running = started(tmp_path, {"a": "select pg_sleep(60);"}, TMPDIR=str(temporary))
        wait_for(lambda: any(temporary.glob("*/data/postmaster.pid")))
        wait_for(lambda: any(temporary.glob("*/.s.PGSQL.*")))
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        assert list(temporary.iterdir()) == []
    finally:
        shutil.rmtree(temporary)


def test_a_connection_error_is_one_of_psycopgs() -> None:
    """What the tests above rest on: the library does not put the password into its message."""
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql://somebody:s3cr3t@127.0.0.1:9/nothing", connect_timeout=2)
    assert "s3cr3t" not in str(caught.value)
