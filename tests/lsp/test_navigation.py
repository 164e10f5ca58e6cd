"""Hover, navigation, outlines, lenses and semantic tokens, asked by an editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from schemabot.text import LineIndex
from support.editor import Editor, capabilities

from .conftest import FIRST, SECOND, MakeEditor

THIRD = "supabase/migrations/20240103000000_use.sql"
TEXT = (
    "-- schemabot: ignore rls-disabled -- 😀\n"
    "select '😀', n.id from public.notes n; select t.note_id from tags t where t.note_id is null;\n"
)


@pytest.fixture
def used(project: Path) -> Path:
    """The project with a third migration that uses the tables of the others, behind astral characters."""
    (project / THIRD).write_text(TEXT, "utf-8")
    return project


def at(editor: Editor, uri: str, word: str, more: int = 0) -> types.Position:
    """The position of the first place of a word, in the client's units."""
    text = editor.texts[uri]
    return types.Position(*LineIndex(text).position(text.index(word) + more, editor.encoding))


def asked(uri: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri)


def text_at(editor: Editor, location: types.Location) -> tuple[str, str]:
    """(file name, text) of a location, read as the client would."""
    path = Path(location.uri.removeprefix("file://"))
    text = editor.texts.get(location.uri) or path.read_text("utf-8")
    lines = LineIndex(text)
    start, end = location.range.start, location.range.end
    return path.name, text[
        lines.offset(start.line, start.character, editor.encoding) : lines.offset(
            end.line, end.character, editor.encoding
        )
    ]


async def open_third(editor: MakeEditor, used: Path, **options: object) -> tuple[Editor, str]:
    made = await editor(**options)
    return made, made.open(THIRD)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-32"])
async def test_hover_counts_in_the_clients_units(editor: MakeEditor, used: Path, encoding: str) -> None:
    client = await editor(capabilities(encodings=(encoding,)))
    uri = client.open(THIRD)
    answer = await client.client.text_document_hover_async(
        types.HoverParams(asked(uri), at(client, uri, "public.notes n", 8))
    )
    assert answer is not None
    assert isinstance(answer.contents, types.MarkupContent)
    assert answer.contents.kind == types.MarkupKind.Markdown
    assert "table public.notes" in answer.contents.value
    assert answer.range is not None
    assert text_at(client, types.Location(uri, answer.range))[1] == "notes"


async def test_hover_without_an_answer(editor: MakeEditor, used: Path) -> None:
    """Unknown names, the end of the text, positions outside of it, documents that are not open."""
    client, uri = await open_third(editor, used)
    outside = types.Position(900, 900)
    for params in (
        types.HoverParams(asked(uri), outside),
        types.HoverParams(asked(uri), at(client, uri, "'")),
        types.HoverParams(asked(client.uri("supabase/migrations/nowhere.sql")), types.Position(0, 0)),
        types.HoverParams(asked(client.uri(FIRST)), types.Position(0, 20)),  # on disk, but not open
    ):
        assert await client.client.text_document_hover_async(params) is None


async def test_hover_in_a_directive_and_in_settings(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    rule = await client.client.text_document_hover_async(
        types.HoverParams(asked(uri), at(client, uri, "rls-disabled", 4))
    )
    toml = client.open("schemabot.toml", '[rules]\nrls-disabled = "off"\n')
    setting = await client.client.text_document_hover_async(
        types.HoverParams(asked(toml), at(client, toml, "rls-disabled", 4))
    )
    assert rule is not None
    assert setting is not None
    assert rule.contents == setting.contents


async def test_definition_declaration_type_and_implementation(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    position = at(client, uri, "note_id")
    definition = await client.client.text_document_definition_async(
        types.DefinitionParams(asked(uri), position)
    )
    assert isinstance(definition, types.Location)
    assert text_at(client, definition) == (Path(SECOND).name, "note_id")
    assert definition == await client.client.text_document_declaration_async(
        types.DeclarationParams(asked(uri), position)
    )
    latest = await client.client.text_document_implementation_async(
        types.ImplementationParams(asked(uri), position)
    )
    assert latest == definition
    type_ = await client.client.text_document_type_definition_async(
        types.TypeDefinitionParams(asked(uri), position)
    )
    assert type_ is None  # uuid is the server's own


async def test_references_over_files_that_are_open_and_closed(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    position = at(client, uri, "public.notes n", 7)

    async def names(declaration: bool) -> list[tuple[str, str]]:
        context = types.ReferenceContext(declaration)
        found = await client.client.text_document_references_async(
            types.ReferenceParams(context, asked(uri), position)
        )
        return [text_at(client, item) for item in found or ()]

    everywhere = [(Path(FIRST).name, "notes"), (Path(SECOND).name, "notes"), (Path(THIRD).name, "notes")]
    assert await names(True) == everywhere
    assert await names(False) == everywhere[1:]
    end = len(client.texts[uri])
    client.edit(uri, end, end, "delete from notes;\n")
    assert await names(False) == [*everywhere[1:], (Path(THIRD).name, "notes")]


async def test_highlights_in_unfinished_text(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    end = len(client.texts[uri])
    client.edit(uri, end, end, "update tags set note_id = ")
    found = await client.client.text_document_document_highlight_async(
        types.DocumentHighlightParams(asked(uri), at(client, uri, "note_id"))
    )
    assert found is not None
    assert [text_at(client, types.Location(uri, item.range))[1] for item in found] == ["note_id"] * 3
    assert {item.kind for item in found} == {types.DocumentHighlightKind.Read}


async def test_symbols_of_a_document(editor: MakeEditor, used: Path) -> None:
    given = capabilities()
    assert given.text_document is not None
    given.text_document.document_symbol = types.DocumentSymbolClientCapabilities(
        hierarchical_document_symbol_support=True
    )
    client = await editor(given)
    uri = client.open(SECOND)
    found = await client.client.text_document_document_symbol_async(types.DocumentSymbolParams(asked(uri)))
    assert found is not None
    (table,) = found
    assert isinstance(table, types.DocumentSymbol)
    assert (table.name, table.kind) == ("public.tags", types.SymbolKind.Class)
    assert [child.name for child in table.children or ()] == ["id", "note_id"]


async def test_symbols_for_a_client_without_hierarchy(editor: MakeEditor, used: Path) -> None:
    client = await editor()
    uri = client.open(SECOND)
    found = await client.client.text_document_document_symbol_async(types.DocumentSymbolParams(asked(uri)))
    assert [(item.name, getattr(item, "container_name", None)) for item in found or ()] == [
        ("public.tags", None), ("id", "public.tags"), ("note_id", "public.tags")
    ]  # fmt: skip


async def test_symbols_of_the_workspace(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    await client.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(asked(uri))
    )  # it is loaded
    found = await client.client.workspace_symbol_async(types.WorkspaceSymbolParams("tgs"))
    assert found is not None
    shown = [(item.name, item.container_name) for item in found]
    assert shown[0] == ("tags", "public")
    assert isinstance(found[0].location, types.Location)
    assert text_at(client, found[0].location) == (Path(SECOND).name, "public.tags")
    assert await client.client.workspace_symbol_async(types.WorkspaceSymbolParams("zzz")) == []


async def test_folds_and_selections(editor: MakeEditor, used: Path) -> None:
    client = await editor()
    uri = client.open(SECOND)
    folded = await client.client.text_document_folding_range_async(types.FoldingRangeParams(asked(uri)))
    assert [(fold.start_line, fold.end_line) for fold in folded or ()] == [(0, 3), (0, 2)]
    selected = await client.client.text_document_selection_range_async(
        types.SelectionRangeParams(asked(uri), [at(client, uri, "note_id"), types.Position(99, 0)])
    )
    assert selected is not None
    first, last = selected
    assert text_at(client, types.Location(uri, first.range))[1] == "note_id"
    assert first.parent is not None
    assert text_at(client, types.Location(uri, first.parent.range))[1] == "note_id uuid"
    assert text_at(client, types.Location(uri, last.range))[1] == client.texts[uri]


async def test_lenses_are_resolved_when_they_are_shown(editor: MakeEditor, used: Path) -> None:
    client = await editor()
    uri = client.open(FIRST)
    found = await client.client.text_document_code_lens_async(types.CodeLensParams(asked(uri)))
    assert found is not None
    assert [lens.command for lens in found] == [None] * 3
    shown = [await client.client.code_lens_resolve_async(lens) for lens in found]
    assert [lens.command.title for lens in shown if lens.command is not None] == [
        "RLS off · no policies", "1 index", "2 references"
    ]  # fmt: skip
    stale = types.CodeLens(found[0].range, data={"uri": uri, "oid": 1, "topic": "indexes"})
    assert (await client.client.code_lens_resolve_async(stale)).command is not None


async def test_semantic_tokens_full_and_range(editor: MakeEditor, used: Path) -> None:
    client = await editor()
    result = client.client
    uri = client.open(THIRD)
    full = await result.text_document_semantic_tokens_full_async(types.SemanticTokensParams(asked(uri)))
    assert full is not None
    decoded = tokens(client, uri, full.data)
    assert decoded[:4] == ["n", "id", "public", "notes"]
    line = types.Range(at(client, uri, "select t."), at(client, uri, " is null"))
    some = await result.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(asked(uri), line)
    )
    assert some is not None
    assert tokens(client, uri, some.data) == ["t", "note_id", "tags", "t", "note_id"]


def tokens(editor: Editor, uri: str, data: object) -> list[str]:
    """The texts of encoded tokens, as a client decodes them."""
    assert isinstance(data, (list, tuple))
    found: list[str] = []
    line = column = 0
    for place in range(0, len(data), 5):
        lines, columns, length = data[place : place + 3]
        column = column + columns if lines == 0 else columns
        line += lines
        range_ = types.Range(types.Position(line, column), types.Position(line, column + length))
        found.append(text_at(editor, types.Location(uri, range_))[1])
    return found


async def test_links_of_directives(editor: MakeEditor, used: Path) -> None:
    client, uri = await open_third(editor, used)
    (link,) = (
        await client.client.text_document_document_link_async(types.DocumentLinkParams(asked(uri))) or ()
    )
    assert text_at(client, types.Location(uri, link.range))[1] == "rls-disabled"
    assert link.target is not None


async def test_everything_is_offered(editor: MakeEditor, used: Path) -> None:
    client = Editor(used)
    result = await client.start()
    offered = result.capabilities
    await client.stop()
    assert offered.hover_provider
    assert offered.definition_provider
    assert offered.declaration_provider
    assert offered.type_definition_provider
    assert offered.implementation_provider
    assert offered.references_provider
    assert offered.document_highlight_provider
    assert offered.document_symbol_provider
    assert offered.workspace_symbol_provider
    assert offered.folding_range_provider
    assert offered.selection_range_provider
    assert offered.code_lens_provider == types.CodeLensOptions(resolve_provider=True)
    assert isinstance(offered.semantic_tokens_provider, types.SemanticTokensOptions)
    assert offered.semantic_tokens_provider.full
    assert offered.semantic_tokens_provider.range
    assert offered.document_link_provider


async def test_answers_while_the_project_is_still_loading_and_after_closing(
    editor: MakeEditor, used: Path
) -> None:
    """The first request of all waits for the project; a closed document has no answers."""
    client, uri = await open_third(editor, used)
    lenses = await client.client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(asked(uri))
    )
    assert lenses is not None
    assert lenses.data
    client.close(uri)
    again = await client.client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(asked(uri))
    )
    assert again is not None
    assert not again.data
    context = types.ReferenceContext(True)
    params = types.ReferenceParams(context, asked(uri), types.Position(1, 20))
    assert not await client.client.text_document_references_async(params)
