"""Open, type, see findings, fix them, see them gone."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from support.editor import capabilities
from support.rule_examples import few_toml

FIRST = "supabase/migrations/20240101000000_create_notes.sql"
SECOND = "supabase/migrations/20240102000000_create_tags.sql"


async def test_open_fix_gone(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    found = await one.has(uri, "fk-index-missing", "rls-disabled")
    rls = next(item for item in found if item.code == "rls-disabled")
    assert rls.source == "schemabot"
    assert rls.severity == types.DiagnosticSeverity.Error
    assert rls.code_description is not None and rls.code_description.href.endswith("rls-disabled")
    assert rls.range.start.line == 0
    actions = [a for a in await one.actions(uri, rls.range) if a.is_preferred]
    one.apply(actions[0])
    assert "alter table public.tags enable row level security;" in one.texts[uri]
    await one.has(uri, "fk-index-missing", "policy-missing")
    index = next(a for a in await one.actions(uri) if "index" in a.title.lower())
    one.apply(index)
    await one.has(uri, "policy-missing")
    everything = next(
        a for a in await one.actions(uri) if "all" in a.title.lower() and "polic" in a.title.lower()
    )
    one.apply(everything)
    await one.has(uri)


async def test_fix_all_applies_the_safe_fixes(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    (action,) = await one.actions(uri, only=["source.fixAll.schemabot"])
    assert action.kind == "source.fixAll.schemabot"
    one.apply(action)
    await one.has(uri, "policy-missing")
    assert not [a for a in await one.actions(uri) if a.kind == "source.fixAll.schemabot"]


async def test_typing_a_statement(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    for character in "\nalter table public.tags enable row level security":
        one.edit(uri, len(one.texts[uri]), len(one.texts[uri]), character)
    one.edit(uri, len(one.texts[uri]), len(one.texts[uri]), ";")
    await one.has(uri, "fk-index-missing", "policy-missing")


async def test_a_syntax_error_is_alone_and_exact(editor, project: Path):
    one = await editor()
    uri = one.open(
        SECOND, "create tabel public.tags (id uuid);\ncreate table public.more (id uuid primary key);\n"
    )
    found = await one.has(uri, "rls-disabled", "syntax-error")
    error = next(item for item in found if item.code == "syntax-error")
    assert (error.range.start.line, error.range.start.character) == (0, 7)


async def test_an_older_file_is_judged_with_what_follows(editor, project: Path):
    later = project / "supabase/migrations/20240103000000_protect.sql"
    later.write_text("alter table public.notes enable row level security;\n")
    one = await editor()
    uri = one.open(FIRST)
    await one.has(uri, "policy-missing")
    one.edit(uri, 0, 0, "create table public.drafts (id uuid primary key);\n")
    await one.has(uri, "policy-missing", "rls-disabled")


async def test_findings_of_closed_files_are_pushed(editor, project: Path):
    one = await editor()
    one.open(SECOND)
    await one.has(one.uri(FIRST), "rls-disabled")


async def test_editing_a_later_file_clears_an_older_one(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(one.uri(FIRST), "rls-disabled")
    one.edit(uri, 0, 0, "alter table public.notes enable row level security;\n")
    await one.has(one.uri(FIRST), "policy-missing")


async def test_pull(editor, project: Path):
    one = await editor(capabilities(pull=True))
    uri = one.open(SECOND)
    await one.has(one.uri(FIRST), "rls-disabled")
    report = await one.client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    )
    assert sorted(item.code for item in report.items) == ["fk-index-missing", "rls-disabled"]
    assert uri not in one.client.diagnostics, "an open document is pulled, never pushed too"
    assert one.client.diagnostic_refresh_count >= 1


async def test_drop_table_asks_for_an_approval(editor, project: Path):
    one = await editor()
    uri = one.open("supabase/migrations/20240102000000_create_tags.sql", "drop table public.notes;\n")
    await one.has(uri, "drop-table")
    approve = next(a for a in await one.actions(uri) if "reason" in a.title.lower())
    one.apply(approve)
    await one.has(uri, "approval-without-reason", "drop-table")
    end = one.texts[uri].index("\n")
    one.edit(uri, end, end, "agreed with the owner")
    await one.has(uri)


async def test_fix_in_an_applied_file_is_a_new_migration(editor, project: Path):
    (project / "schemabot.toml").write_text(few_toml('baseline = "20240101000000"\n'))
    one = await editor()
    uri = one.open(FIRST)
    await one.has(uri, "rls-disabled")
    action = next(a for a in await one.actions(uri) if a.is_preferred)
    assert "new migration" in action.title
    before = one.texts[uri]
    one.apply(action)
    assert one.texts[uri] == before
    newest = sorted((project / "supabase/migrations").glob("*.sql"))[-1]
    assert "enable row level security" in newest.read_text()
    one.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(newest.as_uri(), types.FileChangeType.Created)])
    )
    await one.has(uri, "policy-missing")
