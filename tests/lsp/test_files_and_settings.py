"""Files that appear, vanish and are renamed; settings that come, change and are broken."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from support.rule_examples import few_toml

FIRST = "supabase/migrations/20240101000000_create_notes.sql"
SECOND = "supabase/migrations/20240102000000_create_tags.sql"


def report_change(one, path: Path, kind: types.FileChangeType) -> None:
    one.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(path.as_uri(), kind)])
    )


async def test_a_file_appears(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    new = project / "supabase/migrations/20240103000000_protect.sql"
    new.write_text("alter table public.tags enable row level security;\n")
    report_change(one, new, types.FileChangeType.Created)
    await one.has(uri, "fk-index-missing", "policy-missing")


async def test_a_file_vanishes(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(one.uri(FIRST), "rls-disabled")
    (project / FIRST).unlink()
    report_change(one, project / FIRST, types.FileChangeType.Deleted)
    await one.wait(lambda: one.codes(one.uri(FIRST)) == [], "no findings in the file that is gone")
    await one.wait(lambda: "rls-disabled" in one.codes(uri), "findings in the other file")


async def test_a_file_is_deleted_while_open(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    (project / SECOND).unlink()
    report_change(one, project / SECOND, types.FileChangeType.Deleted)
    one.edit(uri, 0, 0, "create tabel x;\n")
    await one.wait(lambda: "syntax-error" in one.codes(uri), "the open text is still judged")
    one.close(uri)
    await one.wait(lambda: one.codes(uri) == [], "nothing left")


async def test_a_rename_changes_the_order(editor, project: Path):
    one = await editor()
    protect = project / "supabase/migrations/20230101000000_protect.sql"
    protect.write_text("alter table public.tags enable row level security;\n")
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    later = protect.rename(protect.with_name("20240105000000_protect.sql"))
    report_change(one, later, types.FileChangeType.Created)
    await one.has(uri, "fk-index-missing", "policy-missing")


async def test_a_change_on_disk_is_seen_on_save_without_watching(editor, project: Path):
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    new = project / "supabase/migrations/20240103000000_protect.sql"
    new.write_text("alter table public.tags enable row level security;\n")
    one.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await one.has(uri, "fk-index-missing", "policy-missing")


async def test_closing_without_saving_goes_back_to_the_disk(editor, project: Path):
    one = await editor()
    uri = one.open(FIRST)
    await one.has(uri, "rls-disabled")
    one.edit(uri, len(one.texts[uri]), len(one.texts[uri]), "create tabel x;\n")
    await one.has(uri, "rls-disabled", "syntax-error")
    one.close(uri)
    await one.has(uri, "rls-disabled")


async def test_settings_of_the_client(editor, project: Path):
    one = await editor(preset="none-of-ours")
    uri = one.open(SECOND)
    await one.wait(lambda: uri in one.client.diagnostics or one.client.messages, "an answer")
    one.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings={"schemabot": {"preset": "advisors"}})
    )
    await one.has(uri, "fk-index-missing", "rls-disabled")


async def test_levels_in_the_settings_file(editor, project: Path):
    (project / "schemabot.toml").write_text(few_toml(rls_disabled="off", fk_index_missing="hint"))
    one = await editor()
    uri = one.open(SECOND)
    (found,) = await one.has(uri, "fk-index-missing")
    assert found.severity == types.DiagnosticSeverity.Hint


async def test_a_buffer_without_a_file_is_left_alone(editor, project: Path):
    one = await editor()
    item = types.TextDocumentItem("untitled:Untitled-1", "sql", 1, "create tabel x;")
    one.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    assert not one.client.messages


async def test_a_broken_settings_file_is_a_diagnostic_in_it(editor, project: Path):
    toml = project / "schemabot.toml"
    toml.write_text(few_toml("colour = 1\n"))
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    (found,) = await one.has(toml.as_uri(), "settings-invalid")
    assert found.range.start.line == 1
    assert "colour" in found.message
    toml.write_text(few_toml(rls_disabled="off"))
    report_change(one, toml, types.FileChangeType.Changed)
    await one.has(toml.as_uri())
    await one.has(uri, "fk-index-missing")


async def test_unparsable_settings(editor, project: Path):
    toml = project / "schemabot.toml"
    toml.write_text("[rules\n")
    one = await editor()
    uri = one.open(SECOND)
    await one.has(uri, "fk-index-missing", "rls-disabled")
    await one.has(toml.as_uri(), "settings-invalid")


async def test_a_file_that_was_never_saved(editor, project: Path):
    one = await editor()
    uri = one.open(
        "supabase/migrations/20240109000000_new.sql",
        "create table public.fresh (id uuid primary key);\n",
    )
    await one.has(uri, "rls-disabled")
