"""Reading the real database from an editor: what comes of it, and what stays secret."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from schemabot.lsp.handlers.pull import age
from schemabot.workspace import remote_cache
from support.editor import capabilities
from support.management import REF, TOKEN, Api, Fault, management_api
from support.postgres import Database, Platform

pytestmark = pytest.mark.postgres

SECOND = "supabase/migrations/20240102000000_create_tags.sql"
THERE = """
create table public.notes (id uuid primary key);
create table public.only_there (id uuid primary key, colour text);
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key);
insert into supabase_migrations.schema_migrations (version) values ('20240101000000');
"""


@pytest.fixture
def database(platforms: Callable[[str], Platform]) -> Iterator[Database]:
    made = platforms("postgres").database()
    with made.connect() as connection:
        connection.execute(THERE)
    yield made
    made.close()


@pytest.fixture
def api(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A hosted project, named by the environment of the server."""
    with database.connect() as connection:
        info = connection.info
        conninfo = f"host={info.host} port={info.port} dbname={info.dbname} user=postgres"
    for name in (
        "SCHEMABOT_DATABASE_URL",
        "SUPABASE_DB_URL",
        "DATABASE_URL",
        "PGSERVICE",
        "PGHOST",
        "PGDATABASE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with management_api(conninfo) as served:
        monkeypatch.setenv("SCHEMABOT_SUPABASE_API", served.url)
        monkeypatch.setenv("SUPABASE_PROJECT_ID", REF)
        monkeypatch.setenv("SUPABASE_ACCESS_TOKEN", TOKEN)
        yield served


async def run(one, command: str, *arguments):
    return await one.client.workspace_execute_command_async(
        types.ExecuteCommandParams(command, list(arguments))
    )


def append(one, uri: str, text: str) -> None:
    end = len(one.texts[uri])
    one.edit(uri, end, end, text)


async def opened(editor, *given):
    one = await editor(*given)
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    return one, uri


async def said_at(one, uri: str, line: int, character: int) -> str:
    found = await one.client.text_document_hover_async(
        types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
    )
    return "" if found is None else found.contents.value


async def test_what_was_read_is_there_for_everything(editor, project: Path, api: Api):
    one, uri = await opened(editor)
    assert (await run(one, "schemabot.remoteStatus", uri))["known"] is False

    found = await run(one, "schemabot.pull", uri)
    assert found is not None
    assert (found["applied_migrations"], found["kept"]) == (1, True)
    assert any(message.startswith(f"Read Supabase project {REF}") for message in one.messages())

    status = await until(one, uri, lambda status: status["known"])
    assert status["text"] == f"Supabase project {REF}, read just now"
    assert (status["applied"], status["pending"]) == (1, 1)
    append(one, uri, "select colour from public.only_there;\n")
    hover = await said_at(one, uri, 4, 30)
    assert f"Only in the remote, Supabase project {REF}" in hover
    log = "\n".join(message.message for message in one.client.log_messages)
    assert TOKEN not in "\n".join((*one.messages(), log, str(found), str(status)))


async def until(one, uri: str, holds: Callable[[dict], bool]) -> dict:
    """The status when it is as wanted: the project is loaded again in the background."""
    end = time.monotonic() + 20
    while True:
        status = await run(one, "schemabot.remoteStatus", uri)
        if holds(status) or time.monotonic() > end:
            return status
        await asyncio.sleep(0.02)


async def test_a_pull_by_another_program_is_seen(editor, project: Path, api: Api):
    """`schemabot pull` in a terminal writes the file; the editor looks at it when its age is asked for."""
    one, uri = await opened(editor)
    kept = await run(one, "schemabot.pull", uri)
    assert kept is not None
    await until(one, uri, lambda status: status["known"])
    assert remote_cache.delete(str(project / "supabase/migrations"))
    status = await until(one, uri, lambda status: not status["known"])
    assert status["known"] is False


async def test_what_goes_wrong_is_one_message(editor, project: Path, api: Api):
    one, uri = await opened(editor)
    api.faults += [Fault(401, b"{}")]
    assert await run(one, "schemabot.pull", uri) is None
    (message,) = [said for said in one.messages() if "not read" in said]
    assert "token is not accepted" in message
    assert TOKEN not in message


async def test_nobody_waits_for_a_silent_server(editor, project: Path, api: Api):
    """Keys and hovers are answered while it says nothing, and the user can give it up."""
    given = capabilities()
    given.window = types.WindowClientCapabilities(work_done_progress=True)
    one = await editor(given)
    tokens = one.client.progress_reports
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    api.faults += [Fault(429, b"{}", {"retry-after": "50"})]
    pulling = asyncio.ensure_future(run(one, "schemabot.pull", uri))
    while not (api.asked and tokens):
        await asyncio.sleep(0.02)
    append(one, uri, "alter table public.tags enable row level security;\n")
    await one.has(uri, "fk-index-missing", "policy-missing")
    assert "notes" in await said_at(one, uri, 2, 36)
    assert await run(one, "schemabot.pull", uri) is None
    assert any("is being read already" in message for message in one.messages())
    one.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(next(iter(tokens))))
    assert await asyncio.wait_for(pulling, 20) is None
    assert any("was cancelled" in message for message in one.messages())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7300, "2 hours ago"),
        (86_400 * 3, "3 days ago"),
    ],
)
def test_age(seconds: float, words: str):
    assert age(seconds) == words
