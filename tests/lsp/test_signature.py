"""Signature help, asked by an editor that knows offsets in labels and by one that does not."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from lsprotocol import types

from support.editor import Editor, capabilities

from .conftest import MakeEditor
from .test_navigation import asked

THIRD = "supabase/migrations/20240103000000_use.sql"
TEXT = 'create function public.größe("😀" int, b text) returns int language sql as $$ select 1 $$;\nselect public.größe(1, '


async def answered(client: Editor) -> types.SignatureHelp | None:
    (client.root / THIRD).write_text(TEXT, "utf-8")
    uri = client.open(THIRD)
    last = TEXT.rpartition("\n")[2]
    return await client.client.text_document_signature_help_async(
        types.SignatureHelpParams(asked(uri), types.Position(1, len(last)))
    )


@pytest.mark.parametrize("offsets", [True, False])
async def test_the_parameter_that_is_written(editor: MakeEditor, project: Path, offsets: bool) -> None:
    (project / THIRD).write_text("", "utf-8")
    given = capabilities()
    assert given.text_document is not None
    information = types.ClientSignatureInformationOptions(
        parameter_information=types.ClientSignatureParameterInformationOptions(label_offset_support=offsets)
    )
    help_ = types.SignatureHelpClientCapabilities(signature_information=information)
    client = await editor(
        attrs.evolve(given, text_document=attrs.evolve(given.text_document, signature_help=help_))
    )
    answer = await answered(client)
    assert answer is not None
    (signature,) = answer.signatures
    assert signature.label == 'größe("😀" integer, b text) → integer'
    assert answer.active_parameter == 1
    assert signature.parameters is not None
    second = signature.parameters[1].label
    assert second == ((20, 26) if offsets else "b text")
    if offsets:
        units = signature.label.encode("utf-16-le")
        assert units[40:52].decode("utf-16-le") == "b text"


async def test_where_no_call_is(editor: MakeEditor, project: Path) -> None:
    client = await editor()
    uri = client.open("supabase/migrations/20240101000000_create_notes.sql")
    params = types.SignatureHelpParams(asked(uri), types.Position(0, 5))
    assert await client.client.text_document_signature_help_async(params) is None
