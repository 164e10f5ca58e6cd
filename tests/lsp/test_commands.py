"""What the server does when it is asked by name, and the way back as a code action."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import capabilities

FIRST = "supabase/migrations/20240101000000_create_notes.sql"
SECOND = "supabase/migrations/20240102000000_create_tags.sql"
WAY_BACK = "refactor.rewrite"
RESOLVES = types.CodeActionClientCapabilities(
    data_support=True, resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"])
)


async def run(one, command: str, *arguments):
    return await one.client.workspace_execute_command_async(
        types.ExecuteCommandParams(command, list(arguments))
    )


async def test_the_way_back_is_written(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    (action,) = await one.actions(uri, only=[WAY_BACK])
    assert action.title == "Write the way back"
    one.apply(action)
    assert "-- drop table public.tags;" in one.texts[uri]
    (again,) = await one.actions(uri, only=[WAY_BACK])
    assert again.title == "Write the way back again"


async def test_a_client_that_resolves_gets_the_edit_later(editor, project: Path):
    given = capabilities()
    assert given.text_document is not None
    given.text_document.code_action = RESOLVES
    one = await editor(given)
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    (action,) = await one.actions(uri, only=[WAY_BACK])
    assert action.edit is None
    resolved = await one.client.code_action_resolve_async(action)
    one.apply(resolved)
    assert "-- drop table public.tags;" in one.texts[uri]


async def test_in_the_middle_of_a_migration_nobody_asks_for_it(editor, project: Path):
    one = await editor()
    (project / SECOND).write_text(
        "create table a (id int);\n\ncreate table b (id int);\n\ncreate table c (id int);\n"
    )
    uri = one.open(SECOND)
    await one.has(uri, *["rls-disabled"] * 3)
    middle = types.Range(types.Position(2, 3), types.Position(2, 3))
    assert await one.actions(uri, middle, only=[WAY_BACK]) == []


async def test_a_new_migration_is_made_and_behind_all_others(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    made = await run(one, "schemabot.newMigration", "Add colour to tags", uri)
    assert made is not None
    path = Path(made.removeprefix("file://"))
    assert path.name.endswith("_add_colour_to_tags.sql")
    assert path.name > Path(SECOND).name
    assert [Path(p).name for p in one.created] == [path.name]


@pytest.mark.parametrize("title", ["", "  ", "..."])
async def test_a_new_migration_needs_a_title(editor, project: Path, title: str):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    assert await run(one, "schemabot.newMigration", title, uri) is None
    assert any("say in a few plain words" in message for message in one.messages())


async def test_without_a_project_it_says_so(editor, project: Path):
    one = await editor()
    assert await run(one, "schemabot.newMigration", "Add colour") is None
    assert any("No project is open" in message for message in one.messages())


@pytest.mark.postgres
async def test_a_project_is_verified_and_typing_goes_on(editor, project: Path, platforms: object):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    found = await run(one, "schemabot.verify", uri)
    assert found is not None
    assert (found["passed"], found["files"]) == (True, 2)
    assert [trip["result"] for trip in found["trips"]] == ["exact"]
    assert any("Replay agrees with PostgreSQL" in message for message in one.messages())
