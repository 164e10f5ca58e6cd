"""A file with very many findings: the worst are shown, and nobody waits for the rest."""

from __future__ import annotations

from pathlib import Path

from schemabot.lsp.convert import MOST

SECOND = "supabase/migrations/20240102000000_create_tags.sql"


async def test_the_worst_of_very_many_findings_are_shown(editor, project: Path):
    tables = [
        f"create table public.t{n} (id uuid primary key, note_id uuid references public.notes (id));"
        for n in range(700)
    ]
    (project / SECOND).write_text("\n".join(tables) + "\n")
    one = await editor()
    uri = one.open(SECOND)
    await one.wait(lambda: len(one.codes(uri)) > MOST, "the findings")
    found = one.client.diagnostics[uri]
    codes = [diagnostic.code for diagnostic in found]
    assert len(found) == MOST + 1
    assert codes.count("rls-disabled") == 700
    assert codes.count("fk-index-missing") == MOST - 700
    assert found[-1].message.startswith("400 more findings of this file are not shown")
