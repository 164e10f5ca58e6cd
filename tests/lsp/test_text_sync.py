"""Positions in every encoding, edits anywhere, any text: the server's text stays the client's."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import capabilities

SECOND = "supabase/migrations/20240102000000_create_tags.sql"
BROKEN = "-- 🌱 plants\nselect '🌱' as emoji; create tabel x (a int);\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_columns_are_in_the_units_agreed(editor, project: Path, encoding: str):
    one = await editor(capabilities(encodings=[encoding]))
    assert one.encoding == encoding
    uri = one.open(SECOND, BROKEN)
    (found,) = await one.has(uri, "syntax-error")
    expected = {"utf-32": 28, "utf-16": 29, "utf-8": 31}[encoding]
    assert (found.range.start.line, found.range.start.character) == (1, expected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_an_edit_behind_an_emoji(editor, project: Path, encoding: str):
    one = await editor(capabilities(encodings=[encoding]))
    uri = one.open(SECOND, BROKEN)
    await one.has(uri, "syntax-error")
    at = one.texts[uri].index("tabel")
    one.edit(uri, at, at + 5, "table")
    await one.has(uri, "rls-disabled")


async def test_edits_and_positions_past_the_end(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    far = types.Position(9_999, 9_999)
    one.change(
        uri,
        types.TextDocumentContentChangePartial(
            range=types.Range(far, far), text="\nalter table public.tags enable row level security;\n"
        ),
    )
    await one.has(uri, "fk-index-missing", "policy-missing")
    assert await one.actions(uri, types.Range(far, far), only=["quickfix"]) == []
    beyond = types.Range(types.Position(0, 5_000), types.Position(2_000, 7))
    assert await one.actions(uri, beyond)


async def test_the_whole_text_at_once(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    one.change(uri, types.TextDocumentContentChangeWholeDocument(text="select 1;\n"))
    await one.has(uri)


async def test_several_changes_in_one_message(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND, "abc\n")
    await one.has(uri, "syntax-error")

    def replace(start: int, end: int, text: str) -> types.TextDocumentContentChangePartial:
        return types.TextDocumentContentChangePartial(
            range=types.Range(types.Position(0, start), types.Position(0, end)), text=text
        )

    one.change(uri, replace(0, 1, "s"), replace(1, 3, "elect"), replace(6, 6, " 1;"))
    await one.has(uri)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "\ufeffcreate table public.t (id int primary key);",
        "select 'open",
        "do $$ begin",
        "/* open",
        "\x00\x01\x02\x7f",
        "create table t (" * 300,
        "select " + "(" * 5_000,
        "select 1" + " + 1" * 20_000,
        "\r\rcreate\rtable\rt\r(a int);\r",
    ],
    ids=lambda text: repr(text[:20]),
)
async def test_any_text_is_survived(editor, project: Path, text: str):
    one = await editor()
    uri = one.open(SECOND, text)
    await one.wait(lambda: uri in one.client.diagnostics, "diagnostics")
    one.change(uri, types.TextDocumentContentChangeWholeDocument(text="create tabel x;\n"))
    await one.has(uri, "syntax-error")
