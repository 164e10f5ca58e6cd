"""`schemabot pull` on a real PostgreSQL: what is read, what is refused, what is kept, and nothing of it a secret."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from schemabot.features.completion import complete
from schemabot.remote import asking
from schemabot.remote.asking import connected
from schemabot.remote.encryption import safe_options
from schemabot.remote.errors import RemoteError
from schemabot.remote.introspect import IntrospectionCancelledError, introspect
from schemabot.remote.redaction import redacted
from schemabot.workspace import remote_cache
from support.command import schemabot, supabase_project
from support.postgres import Database, Platform
from support.rule_examples import check, project_of, settings_of

pytestmark = pytest.mark.postgres

HISTORY = {"20240101000000_a.sql": "create table public.customers (id bigint primary key);\n"}
THERE = """
create table public.customers (id bigint primary key, email text);
create table public.only_there (id uuid primary key, customer_id bigint references public.customers (id), note text);
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key);
insert into supabase_migrations.schema_migrations values ('20240101000000'), ('20230101000000');
"""


@pytest.fixture
def database(platforms: Callable[[str], Platform]) -> Iterator[Database]:
    made = platforms("postgres").database()
    with made.connect() as connection:
        connection.execute(THERE)
    yield made
    made.close()


def url_of(database: Database) -> str:
    with database.connect() as connection:
        info = connection.info
        return f"host={info.host} port={info.port} dbname={info.dbname} user=postgres"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(tmp_path / "cache"))
    supabase_project(tmp_path / "project", HISTORY)
    return tmp_path / "project"


def key_of(project: Path) -> str:
    return str(project / "supabase/migrations")


def environment(project: Path) -> dict[str, str]:
    return {"SCHEMABOT_CACHE_DIR": str(project.parent / "cache")}


def test_what_is_read_is_said_and_kept(project: Path, database: Database) -> None:
    ran = schemabot(
        "pull",
        "--format",
        "json",
        "--database-url",
        url_of(database),
        cwd=project,
        as_root=True,
        **environment(project),
    )
    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["tables"], ran.json["applied_migrations"], ran.json["kept"]) == (3, 2, True)
    snapshot = remote_cache.load(key_of(project))
    assert snapshot is not None
    assert snapshot.applied == {"20240101000000", "20230101000000"}
    assert snapshot.catalog.table("public", "only_there") is not None
    assert abs(snapshot.taken_at - time.time()) < 600


def test_the_environment_names_the_database(project: Path, database: Database) -> None:
    named = {
        **environment(project),
        "SUPABASE_DB_URL": url_of(database),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x",
    }
    ran = schemabot("pull", cwd=project, as_root=True, **named)
    assert (ran.code, ran.err) == (0, "")
    assert "(SUPABASE_DB_URL)" in ran.out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:s3cr3t@127.0.0.1:9/x", "cannot be reached"),
        ("postgresql://u:s3cr3t@no.such.host.invalid/x", "cannot be reached"),
        ("not a url s3cr3t", "cannot be read"),
        ("postgresql://u:s3cr3t@127.0.0.1:notaport/x", "cannot be"),
    ],
)
def test_what_cannot_be_read_is_one_message_without_secrets(project: Path, url: str, said: str) -> None:
    ran = schemabot("pull", "--database-url", url, cwd=project, as_root=True, **environment(project))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "s3cr3t" not in ran.err
    assert "Traceback" not in ran.err
    assert remote_cache.load(key_of(project)) is None


def test_a_server_that_says_nothing_is_given_up(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql://u:s3cr3t@127.0.0.1:{port}/x?connect_timeout=2"
        ran = schemabot("pull", "--database-url", url, cwd=project, as_root=True, **environment(project))
    assert ran.code == 2
    assert "cannot be reached" in ran.err


@contextmanager
def half_closed(database: Database, after: int) -> Iterator[int]:
    """The port of a relay to the server that says the end of its own words after so many bytes, and goes on listening."""
    with database.connect() as connection:
        target = f"{connection.info.host}/.s.PGSQL.{connection.info.port}"
    ended = threading.Event()

    def relay(client: socket.socket) -> None:
        left = after
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(target)
            client.settimeout(0.05)
            server.settimeout(0.05)
            while not ended.is_set():
                with suppress(TimeoutError):
                    server.sendall(client.recv(65536))
                with suppress(TimeoutError):
                    words = server.recv(65536)
                    if left > 0:
                        client.sendall(words[:left])
                        left -= len(words)
                        if left <= 0:
                            client.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                relay(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            with suppress(OSError), socket.create_connection(listener.getsockname()):
                pass
            thread.join()


@pytest.mark.parametrize("after", [1, 60, 1500, 8000])
def test_a_half_closed_connection_is_a_message(database: Database, after: int) -> None:
    """What had come by then does not matter: greeting, first answers, the middle of the schema."""
    with database.connect() as connection:
        connection.execute(
            "create table public.wide (" + ", ".join(f"column_{n} text" for n in range(900)) + ")"
        )
        name = connection.info.dbname
    with half_closed(database, after) as port:
        url = f"host=127.0.0.1 port={port} dbname={name} user=postgres"
        with pytest.raises(RemoteError) as caught, connected(url) as asker:
            introspect(asker, "x", 0.0)
    assert caught.value.lost
    assert "\n" not in str(caught.value)


def test_nothing_can_be_written(database: Database) -> None:
    with connected(url_of(database)) as asker, pytest.raises(RemoteError, match="read-only transaction"):
        asker.ask("create table public.written ()")
    with database.connect() as connection:
        assert connection.execute("select to_regclass('public.written')").fetchone() == (None,)


def test_a_killed_connection_is_a_message(database: Database) -> None:
    with connected(url_of(database)) as asker:
        ((pid,),) = asker.ask("select pg_backend_pid()")
        with database.connect() as other:
            other.execute("select pg_terminate_backend(%s)", (pid,))
        with pytest.raises(RemoteError, match="did not answer"):
            introspect(asker, "x", 0.0)


def test_a_lock_is_not_waited_for_longer_than_may_be(database: Database) -> None:
    with database.connect() as holder, connected(url_of(database)) as asker:
        holder.autocommit = False
        holder.execute("lock table public.customers in access exclusive mode")
        with pytest.raises(RemoteError, match="timeout"):
            asker.ask("select count(*) from public.customers")


def test_a_stopped_server_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own time-outs do not fire while it is stopped."""
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 1.0)
    with connected(url_of(database)) as asker:
        ((pid,),) = asker.ask("select pg_backend_pid()")
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(RemoteError, match="did not answer within") as caught:
                introspect(asker, "x", 0.0)
            assert caught.value.lost
        finally:
            os.kill(pid, signal.SIGCONT)


def test_what_one_question_does_not_find_is_noted(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "create table public.schema_migrations (other int); insert into public.schema_migrations values (1)"
        )
    with database.connect() as holder, connected(url_of(database)) as asker:
        holder.autocommit = False
        holder.execute("lock table supabase_migrations.schema_migrations in access exclusive mode")
        found = introspect(asker, "x", 0.0)
    assert found.applied == frozenset()
    assert any("lock timeout" in note for note in found.notes)
    assert found.catalog.table("public", "only_there") is not None


def test_only_what_succeeded_is_applied(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "drop schema supabase_migrations cascade;"
            "create table public.schema_migrations (version bigint, dirty boolean);"
            "insert into public.schema_migrations values (1, false), (2, true);"
            "create table public.flyway_schema_history (version text, success boolean);"
            "insert into public.flyway_schema_history values ('3', true), ('4', false), (null, true)"
        )
    with connected(url_of(database)) as asker:
        assert introspect(asker, "x", 0.0).applied == {"1", "3"}


def test_who_no_longer_wants_it_is_not_kept_waiting(database: Database) -> None:
    with connected(url_of(database)) as asker, pytest.raises(IntrospectionCancelledError):
        introspect(asker, "x", 0.0, lambda: True)


# -- the cache ---------------------------------------------------------------------------------------------


@pytest.fixture
def kept(project: Path, database: Database) -> Path:
    with connected(url_of(database)) as asker:
        path = remote_cache.save(key_of(project), introspect(asker, "somewhere", 1.0))
    assert path is not None
    return path


def test_what_is_broken_is_as_good_as_none(project: Path, kept: Path) -> None:
    whole = kept.read_bytes()
    older = whole.replace(b"remote 2", b"remote 1", 1)
    assert older != whole
    for broken in (b"", whole[:10], whole[: len(whole) // 2], whole[:-1], b"x" * 4000, older):
        kept.write_bytes(broken)
        assert remote_cache.load(key_of(project)) is None
    kept.write_bytes(whole)
    assert remote_cache.load(key_of(project)) is not None


def test_readers_and_writers_at_once_see_whole_files(project: Path, kept: Path) -> None:
    snapshot = remote_cache.load(key_of(project))
    assert snapshot is not None
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            remote_cache.save(key_of(project), snapshot)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    seen = [remote_cache.load(key_of(project)) for _ in range(40)]
    done.set()
    for writer in writers:
        writer.join()
    assert all(found is not None and found.origin == "somewhere" for found in seen)
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_what_is_kept_is_for_its_owner_alone(kept: Path) -> None:
    assert kept.stat().st_mode & 0o077 == 0


def test_kill_while_writing_leaves_the_old_file(project: Path, kept: Path) -> None:
    program = (
        "from schemabot.workspace import remote_cache as c\n"
        f"s = c.load({key_of(project)!r})\nprint('ready', flush=True)\nwhile True: c.save({key_of(project)!r}, s)\n"
    )
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ})
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert remote_cache.load(key_of(project)) is not None


def test_no_password_is_kept(project: Path, database: Database) -> None:
    with database.connect() as connection:
        info = connection.info
        url = f"postgresql://postgres:s3cr3t@/{info.dbname}?host={info.host}&port={info.port}"
    ran = schemabot("pull", "--database-url", url, cwd=project, as_root=True, **environment(project))
    assert (ran.code, ran.err) == (0, "")
    path = remote_cache.path_of(key_of(project))
    assert path is not None
    assert b"s3cr3t" not in path.read_bytes()
    assert "s3cr3t" not in ran.out


@pytest.mark.parametrize(
    "text",
    [
        "connection to postgresql://me:s3cr3t@host/db failed",
        "postgres://me:s3%40cr3t:s3cr3t@host",
        "invalid: password=s3cr3t host=x",
        "password = 's3cr3t with blanks' host=x",
        "token: s3cr3t",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    assert "s3cr3t" not in redacted(text)


# -- what editors make of it -------------------------------------------------------------------------------


def test_completion_offers_what_only_the_remote_has(project: Path, kept: Path) -> None:
    snapshot = remote_cache.load(key_of(project))
    assert snapshot is not None
    text = "create table public.customers (id bigint primary key);\nselect * from public."

    def offered(text: str) -> dict[str, str]:
        analysis = check(project_of({"/p/supabase/migrations/1_a.sql": text}, settings_of("")))
        answer = complete(analysis, analysis.project.migrations[0].path, len(text), snapshot.catalog)
        return {} if answer is None else {item.label: item.detail for item in answer.items}

    tables = offered(text)
    assert "only in the remote" in tables["only_there"]
    made = f"{text};\ncreate table public.only_there (id int);"
    analysis = check(project_of({"/p/supabase/migrations/1_a.sql": made}, settings_of("")))
    answer = complete(analysis, analysis.project.migrations[0].path, len(text), snapshot.catalog)
    assert answer is not None
    assert "only_there" not in {item.label for item in answer.items}, "a later statement makes it"
    assert "remote" not in tables["customers"]
    assert {"customer_id", "note"} <= offered(f"{text}only_there o where o.").keys()


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        ("postgresql://u@db.example.com/x", {}, "verify-full"),
        ("postgresql://u@db.example.com/x?sslmode=require", {}, "require"),
        ("postgresql://u@127.0.0.1/x", {}, None),
        ("host=/tmp dbname=x", {}, None),
        ("host=localhost,db.example.com", {}, "verify-full"),
        ("host=localhost hostaddr=192.0.2.1", {}, "verify-full"),
        ("", {"PGHOST": "db.example.com"}, "verify-full"),
        ("", {"PGHOST": "db.example.com", "PGSSLMODE": "require"}, "require"),
        ("", {}, None),
        ("service=far", {}, "verify-full"),
        ("", {"PGSERVICE": "far"}, "verify-full"),
        ("service=chosen", {}, "require"),
        ("service=near", {}, None),
    ],
)
def test_beyond_this_machine_certificates_are_verified(
    tmp_path: Path, url: str, environment: dict[str, str], expected: str | None
) -> None:
    services = tmp_path / "services"
    services.write_text(
        "[far]\nhost=db.example.com\n[chosen]\nhost=db.example.com\nsslmode=require\n[near]\nhost=localhost\n"
    )
    options = safe_options(url, {**environment, "PGSERVICEFILE": str(services)})
    assert options.get("sslmode") == expected
