import json
from pathlib import Path

import pytest

from support.command import schemabot, supabase_project

FIRST = "20240101000000_create.sql"
SECOND = "20240102000000_change.sql"
CREATE = (
    "create table public.notes (id uuid primary key, title text);\n"
    "alter table public.notes enable row level security;\n"
)
CHANGE = "alter table public.notes add column mood text;\ncreate index idx_mood on public.notes (mood);\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return supabase_project(tmp_path, {FIRST: CREATE, SECOND: CHANGE})


def test_the_way_back_is_printed(folder: Path) -> None:
    ran = schemabot("down", folder / SECOND, cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "-- loses data: its values are dropped with it\nalter table public.notes drop column mood;\n"
    )
    told = json.loads(schemabot("down", folder / SECOND, "--format", "json", cwd=folder).out)
    assert told["effect"] == "loses data"
    assert [change["part"] for change in told["changes"]] == ["mood"]
    assert "**loses data**" in schemabot("down", folder / SECOND, "--format", "markdown", cwd=folder).out


def test_it_is_written_as_comments_and_replaced(folder: Path) -> None:
    for _ in range(2):
        ran = schemabot("down", folder / SECOND, "--write", cwd=folder)
        assert (ran.code, ran.err) == (0, "")
    text = (folder / SECOND).read_text()
    assert text.startswith(CHANGE)
    assert text.count("DOWN MIGRATION") == 1
    assert text.endswith("-- alter table public.notes drop column mood;\n")


def test_the_diff_writes_nothing(folder: Path) -> None:
    ran = schemabot("down", folder / SECOND, "--diff", cwd=folder)
    assert "+-- alter table public.notes drop column mood;" in ran.out
    assert (folder / SECOND).read_text() == CHANGE


def test_a_folder_of_its_own(folder: Path) -> None:
    root = folder.parent.parent
    (root / "schemabot.toml").write_text('rollbacks = "supabase/rollbacks"\n')
    ran = schemabot("down", folder / SECOND, "--write", cwd=root)
    assert ran.code == 0
    written = root / "supabase/rollbacks" / SECOND
    assert written.read_text().endswith("alter table public.notes drop column mood;\n")
    assert (folder / SECOND).read_text() == CHANGE


def test_the_part_that_the_runner_has_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "db" / "migrations"
    folder.mkdir(parents=True)
    path = folder / "20240101000000_create.sql"
    path.write_text("-- migrate:up\ncreate table notes (id int primary key);\n\n-- migrate:down\n")
    assert schemabot("down", path, "--write", cwd=tmp_path).code == 0
    assert path.read_text().endswith(
        "-- migrate:down\n-- loses data: its rows are dropped with it\ndrop table public.notes;\n"
    )


def test_rows_that_are_gone_end_in_a_refusal(folder: Path) -> None:
    (folder / SECOND).write_text("delete from public.notes where title is null;\n")
    ran = schemabot("down", folder / SECOND, cwd=folder)
    assert ran.code == 0
    assert "-- irreversible: " in ran.out
    assert "raise exception 'This migration cannot be undone" in ran.out


def test_nothing_to_undo(folder: Path) -> None:
    (folder / SECOND).write_text("select 1;\n")
    assert "Nothing to undo" in schemabot("down", folder / SECOND, cwd=folder).out
    ran = schemabot("down", folder / SECOND, "--write", cwd=folder)
    assert (ran.code, "nothing to undo" in ran.err) == (2, True)
    assert schemabot("down", folder, cwd=folder).code == 2
