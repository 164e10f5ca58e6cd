"""Completion, asked by an editor: ranges in its units, tab stops where it knows them, details when it looks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import attrs
import pytest
from lsprotocol import types

from schemabot.catalog.snapshot import Snapshot
from schemabot.workspace import remote_cache
from support.editor import TIMEOUT, Editor, capabilities
from support.replay import replay

from .conftest import SECOND, MakeEditor
from .test_navigation import asked

THIRD = "supabase/migrations/20240103000000_use.sql"


def knowing(
    *, snippets: bool = False, defaults: tuple[str, ...] = (), **options: object
) -> types.ClientCapabilities:
    """A client that knows snippets, or ranges for all proposals at once."""
    given = capabilities(**options)  # type: ignore[arg-type]
    assert given.text_document is not None
    completion = types.CompletionClientCapabilities(
        completion_item=types.ClientCompletionItemOptions(snippet_support=snippets),
        completion_list=types.CompletionListCapabilities(item_defaults=defaults),
    )
    return attrs.evolve(given, text_document=attrs.evolve(given.text_document, completion=completion))


async def completed(client: Editor, text: str, trigger: str | None = None) -> types.CompletionList:
    """What is offered at the end of a new third migration."""
    (client.root / THIRD).write_text(text, "utf-8")
    uri = client.open(THIRD, text)
    answer = await client.client.text_document_completion_async(_params(client, uri, text, trigger))
    assert isinstance(answer, types.CompletionList)
    return answer


def _params(client: Editor, uri: str, text: str, trigger: str | None) -> types.CompletionParams:
    lines = text.split("\n")
    last = lines[-1]
    units = {"utf-8": len(last.encode()), "utf-16": len(last.encode("utf-16-le")) // 2}.get(
        client.encoding, len(last)
    )
    context = trigger and types.CompletionContext(types.CompletionTriggerKind.TriggerCharacter, trigger)
    return types.CompletionParams(asked(uri), types.Position(len(lines) - 1, units), context or None)


def labels(answer: types.CompletionList) -> list[str]:
    return [item.label for item in answer.items]


@pytest.fixture
def third(project: Path) -> Path:
    """The project with an empty third migration."""
    (project / THIRD).write_text("", "utf-8")
    return project


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-32"])
async def test_ranges_count_in_the_clients_units(editor: MakeEditor, third: Path, encoding: str) -> None:
    client = await editor(capabilities(encodings=(encoding,)))
    answer = await completed(client, "select 1;\n/* 😀é */ select t.no from public.tags t where t.no")
    (item,) = answer.items
    assert item.label == "note_id"
    assert isinstance(item.text_edit, types.TextEdit)
    start, end = item.text_edit.range.start, item.text_edit.range.end
    assert (start.line, end.line, end.character - start.character) == (1, 1, 2)
    assert item.text_edit.new_text == "note_id"


async def test_a_range_for_all_where_the_client_knows_it(editor: MakeEditor, third: Path) -> None:
    client = await editor(knowing(defaults=("editRange",)))
    answer = await completed(client, "select * from public.")
    assert labels(answer)[:2] in (["tags", "notes"], ["notes", "tags"])
    assert answer.item_defaults is not None
    assert answer.item_defaults.edit_range == types.Range(types.Position(0, 21), types.Position(0, 21))
    assert all(item.text_edit is None for item in answer.items)
    assert [item.sort_text for item in answer.items] == sorted(item.sort_text or "" for item in answer.items)


async def test_snippets_only_where_the_client_knows_them(editor: MakeEditor, third: Path) -> None:
    plain = await editor()
    assert all(
        item.kind == types.CompletionItemKind.Keyword for item in (await completed(plain, "tab")).items
    )
    rich = await editor(knowing(snippets=True))
    answer = await completed(rich, "tab")
    (snippet,) = (item for item in answer.items if item.kind == types.CompletionItemKind.Snippet)
    assert snippet.insert_text_format == types.InsertTextFormat.Snippet
    assert isinstance(snippet.text_edit, types.TextEdit)
    assert snippet.text_edit.new_text.startswith("create table ${1:")


async def test_what_is_said_about_a_proposal_comes_when_it_is_looked_at(
    editor: MakeEditor, third: Path
) -> None:
    client = await editor()
    answer = await completed(client, "select * from public.ta")
    (item,) = answer.items
    assert item.documentation is None
    resolved = await client.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "table public.tags" in resolved.documentation.value
    await completed(client, "select * from public.no")
    late = await client.client.completion_item_resolve_async(item)
    assert late.documentation is None, "an old proposal: its place in the list may be another's"
    strange = await client.client.completion_item_resolve_async(types.CompletionItem("x", data={"a": [1]}))
    assert strange.label == "x"


async def test_a_closing_quote_asks_for_nothing(editor: MakeEditor, third: Path) -> None:
    client = await editor()
    (third / THIRD).write_text("select 'a'", "utf-8")
    uri = client.open(THIRD, "select 'a'")
    asked_by_quote = _params(client, uri, "select 'a'", "'")
    assert await client.client.text_document_completion_async(asked_by_quote) is None


async def test_the_file_that_is_edited_counts_and_not_the_one_on_disk(
    editor: MakeEditor, third: Path
) -> None:
    client = await editor()
    uri = client.open(SECOND)
    text = client.texts[uri]
    client.edit(uri, len(text), len(text), "create table public.labels (id int);\n")
    wanted = "drop table public.l"
    found = labels(await completed(client, wanted))
    deadline = asyncio.get_running_loop().time() + TIMEOUT
    while "labels" not in found:  # what an edit means for later files follows it
        assert asyncio.get_running_loop().time() < deadline, found
        params = _params(client, client.uri(THIRD), wanted, None)
        answer = await client.client.text_document_completion_async(params)
        found = labels(answer)  # type: ignore[arg-type]  # a list


async def test_where_no_project_is(editor: MakeEditor, third: Path) -> None:
    client = await editor()
    for uri in (client.uri("supabase/migrations/nowhere.sql"), "untitled:Untitled-1"):
        params = types.CompletionParams(asked(uri), types.Position(3, 3))
        assert await client.client.text_document_completion_async(params) is None


async def test_a_kept_remote_schema_is_offered_and_a_newer_one_read_again(
    editor: MakeEditor, third: Path
) -> None:
    client = await editor()

    async def offered(name: str) -> list[str]:
        state, _ = replay(f"create table public.{name} (id int);")
        snapshot = Snapshot(state.catalog, "a test", 1.0, 180000, "postgres")
        assert remote_cache.save(str(third / "supabase/migrations"), snapshot) is not None
        for _ in range(100):
            found = labels(await completed(client, "select * from public.on"))
            if name in found:
                return found
            await asyncio.sleep(0.05)
        return []

    assert "only_there" in await offered("only_there")
    assert "only_there" not in await offered("only_later")
