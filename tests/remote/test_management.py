"""A hosted Supabase project, read through the Management API: a small server that answers from a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from schemabot.catalog.to_json import catalog_json
from schemabot.remote import management
from schemabot.remote.asking import connected
from schemabot.remote.errors import RemoteError
from schemabot.remote.introspect import introspect
from schemabot.remote.management import API_VARIABLE, managed
from schemabot.workspace import remote_cache
from support.command import schemabot, supabase_project
from support.management import REF, TOKEN, Api, Fault, management_api
from support.postgres import Database, Platform

pytestmark = pytest.mark.postgres

THERE = """
create table public.customers (id bigint generated always as identity primary key, email text not null default 'a''b');
alter table public.customers enable row level security;
create policy "Own" on public.customers for select to authenticated using (email = (select auth.uid())::text);
create function public.f(a int, b text default 'x') returns int language sql as 'select 1';
create index on public.customers (lower(email));
create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
insert into supabase_migrations.schema_migrations values
  ('20240101000000', array['create table public.customers (id bigint primary key)', '-- the end'], 'a');
"""


@pytest.fixture
def database(platforms: Callable[[str], Platform]) -> Iterator[Database]:
    made = platforms("supabase").database()
    with made.connect() as connection:
        connection.execute(THERE)
    yield made
    made.close()


def conninfo(database: Database) -> str:
    with database.connect() as connection:
        info = connection.info
        return f"host={info.host} port={info.port} dbname={info.dbname} user=postgres"


@pytest.fixture
def api(database: Database) -> Iterator[Api]:
    with management_api(conninfo(database)) as served:
        yield served


def environment(api: Api) -> dict[str, str]:
    return {API_VARIABLE: api.url, "SUPABASE_ACCESS_TOKEN": TOKEN}


def test_it_reads_what_a_connection_reads(database: Database, api: Api) -> None:
    with connected(conninfo(database)) as asker:
        direct = introspect(asker, "x", 0.0)
    with managed(REF, TOKEN, environment(api)) as asker:
        hosted = introspect(asker, "x", 0.0)
    assert catalog_json(hosted.catalog) == catalog_json(direct.catalog)
    assert (hosted.applied, hosted.ran, hosted.notes) == (direct.applied, direct.ran, direct.notes)
    assert hosted.applied == {"20240101000000"}
    assert hosted.ran
    assert hosted.catalog.table("public", "customers") is not None
    assert len(api.asked) <= 8  # round trips
    assert {path for path, _ in api.asked} == {f"/v1/projects/{REF}/database/query/read-only"}


def asked(api: Api, *faults: Fault) -> tuple[list[tuple[object, ...]], list[float]]:
    """The rows of one question behind these faults, and how long was waited for before each repetition."""
    waited: list[float] = []
    api.faults += faults
    with managed(REF, TOKEN, environment(api), waited.append) as asker:
        return asker.ask("select 1 as one, 'x' as two"), waited


def test_it_waits_as_long_as_it_is_told(api: Api) -> None:
    rows, waited = asked(api, Fault(429, b"{}", {"retry-after": "7"}), Fault(429, b"{}"))
    assert (rows, waited) == ([(1, "x")], [7.0, 4.0])


def test_a_date_says_when_too(api: Api) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    _, (waited,) = asked(api, Fault(429, b"{}", {"retry-after": until}))
    assert 20 < waited <= 30


def test_it_does_not_wait_for_ever(api: Api) -> None:
    with pytest.raises(RemoteError, match="try again in a minute"):
        asked(api, Fault(429, b"{}", {"retry-after": "3600"}))
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault(500, b"oops"), Fault(502, b"<html>"), Fault(201, None, cut=3), Fault(201, b'[{"one": 1')],
    ids=["500", "502", "cut off", "no json"],
)
def test_what_may_pass_is_tried_again(api: Api, fault: Fault) -> None:
    rows, waited = asked(api, fault)
    assert (rows, waited) == ([(1, "x")], [1.0])


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([Fault(401, b"{}")], "token is not accepted"),
        ([Fault(403, b"{}")], "may not read"),
        ([Fault(404, b"")], "no such project"),
        ([Fault(302, b"", {"location": "http://127.0.0.1:9/"})], "answered with 302"),
        (
            [Fault(544, b'{"message":"Connection timeout"}')] * 3,
            "544: Connection timeout; is the project paused",
        ),
        ([Fault(500, b'{"message":"token: s3cr3t"}')] * 3, "answered with 500"),
        ([Fault(201, None, cut=3)] * 3, "did not answer"),
        ([Fault(201, b'{"rows": []}')], "something else than rows"),
        ([Fault(201, b"[" * 100_000)] * 3, "cut off or is no JSON"),
    ],
)
def test_what_is_refused_is_one_message(api: Api, faults: list[Fault], said: str) -> None:
    with pytest.raises(RemoteError, match=said) as caught:
        asked(api, *faults)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.lost


def test_a_query_that_is_refused_does_not_end_everything(api: Api) -> None:
    with managed(REF, TOKEN, environment(api)) as asker:
        with pytest.raises(RemoteError, match=r"refused.*no_such_table") as caught:
            asker.ask("select * from no_such_table")
        assert not caught.value.lost
        assert asker.ask("select 2 as two") == [(2,)]


def test_nothing_is_written(api: Api) -> None:
    with (
        managed(REF, TOKEN, environment(api)) as asker,
        pytest.raises(RemoteError, match="read-only transaction"),
    ):
        asker.ask("create table public.written ()")


def test_a_silent_server_is_given_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(management, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(RemoteError, match="no answer within"):
        asked(api, *[Fault(silent=True)] * 3)


@pytest.mark.parametrize(
    ("ref", "token", "url"),
    [
        ("../../other", TOKEN, None),
        ("Abc", TOKEN, None),
        (REF, "two words", None),
        (REF, "line\nbreak", None),
        (REF, TOKEN, "http://api.example.com"),
        (REF, TOKEN, "ftp://127.0.0.1"),
        (REF, TOKEN, "http://["),
    ],
)
def test_a_token_goes_nowhere_else(ref: str, token: str, url: str | None) -> None:
    environment = {API_VARIABLE: url} if url else {}
    with pytest.raises(RemoteError) as caught, managed(ref, token, environment):
        pass
    assert token not in str(caught.value)


# -- on the command line -----------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(tmp_path / "cache"))
    supabase_project(
        tmp_path / "project",
        {"20240101000000_a.sql": "create table public.customers (id bigint primary key);\n"},
    )
    return tmp_path / "project"


def variables(project: Path, api: Api) -> dict[str, str]:
    return {
        "SCHEMABOT_CACHE_DIR": str(project.parent / "cache"),
        "HOME": str(project.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        **environment(api),
    }


def test_pull_of_a_hosted_project(project: Path, api: Api) -> None:
    ran = schemabot("pull", "--project-ref", REF, cwd=project, **variables(project, api))
    assert (ran.code, ran.err) == (0, "")
    assert f"Supabase project {REF} (--project-ref, token from SUPABASE_ACCESS_TOKEN)" in ran.out
    path = remote_cache.path_of(str(project / "supabase/migrations"))
    assert path is not None
    assert TOKEN.encode() not in path.read_bytes()
    forgotten = schemabot("pull", "--forget", cwd=project, **variables(project, api))
    assert forgotten.code == 0
    assert "What was read is deleted" in forgotten.out
    assert not path.exists()


def test_a_linked_folder_needs_no_option(project: Path, api: Api) -> None:
    (project / "supabase/.temp").mkdir()
    (project / "supabase/.temp/project-ref").write_text(f"{REF}\n")
    ran = schemabot("pull", "--format", "json", cwd=project, **variables(project, api))
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["named_by"] == "supabase link, token from SUPABASE_ACCESS_TOKEN"


def test_the_login_of_the_supabase_cli_is_used(project: Path, api: Api) -> None:
    (project.parent / ".supabase").mkdir()
    (project.parent / ".supabase/access-token").write_text(TOKEN)
    given = {**variables(project, api), "SUPABASE_ACCESS_TOKEN": ""}
    ran = schemabot("pull", "--project-ref", REF, cwd=project, **given)
    assert (ran.code, ran.err) == (0, "")
    assert "token from the login of the Supabase CLI" in ran.out


def test_without_a_token_it_says_how_to_get_one(project: Path, api: Api) -> None:
    given = {**variables(project, api), "SUPABASE_ACCESS_TOKEN": ""}
    ran = schemabot("pull", "--project-ref", REF, cwd=project, **given)
    assert (ran.code, ran.out) == (2, "")
    assert "supabase login" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--database-url", "x", "--local"),
        ("--local", "--project-ref", REF),
        ("--forget", "--remember"),
        ("--local",),
    ],
)
def test_options_that_do_not_fit(project: Path, api: Api, arguments: tuple[str, ...]) -> None:
    ran = schemabot("pull", *arguments, cwd=project, **variables(project, api))
    assert ran.code == 2
    assert "Traceback" not in ran.err
