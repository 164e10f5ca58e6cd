import re
from pathlib import Path

import pytest

from support.command import schemabot, supabase_project

CREATE = (
    "create table public.notes (id uuid primary key, title text);\n"
    "alter table public.notes enable row level security;\n"
)


def made(root: Path) -> list[Path]:
    return sorted((root / "supabase/migrations").glob("*.sql"))


def test_a_name_behind_all_others(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_create.sql": CREATE})
    ran = schemabot("new", "Add e-mail to Customers", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    newest = made(tmp_path)[-1]
    assert re.fullmatch(r"20\d{12}_add_e_mail_to_customers\.sql", newest.name)
    assert newest.read_text() == "-- Add e-mail to Customers\n"
    assert ran.out == f"created supabase/migrations/{newest.name}\n"


def test_never_older_than_the_newest(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"29990101000000_create.sql": CREATE})
    assert schemabot("new", "more", cwd=tmp_path).code == 0
    assert made(tmp_path)[-1].name == "29990101000001_more.sql"


def test_the_header_of_the_house(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_create.sql": CREATE}, schemabot__toml="")
    (tmp_path / "schemabot.toml").write_text('preset = "schemabot"\n')
    assert schemabot("new", "add moods", cwd=tmp_path).code == 0
    text = made(tmp_path)[-1].read_text()
    assert text.startswith("-- Migration: add moods\n-- Author: ")
    assert "UP MIGRATION" in text and "DOWN MIGRATION" in text


def test_the_parts_of_the_runner(tmp_path: Path) -> None:
    folder = tmp_path / "db" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20240101000000_a.sql").write_text(
        "-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n"
    )
    assert schemabot("new", "b", cwd=tmp_path).code == 0
    text = sorted(folder.glob("*.sql"))[-1].read_text()
    assert text.index("-- migrate:up") < text.index("-- migrate:down")


def test_what_is_declared_becomes_a_migration(tmp_path: Path) -> None:
    declared = CREATE.replace("title text", "title text not null default 'untitled', mood text")
    supabase_project(tmp_path, {"20240101000000_create.sql": CREATE}, supabase__schemas__notes__sql="")
    (tmp_path / "supabase/schemas").mkdir(exist_ok=True)
    (tmp_path / "supabase/schemas/notes.sql").write_text(declared)
    for junk in (tmp_path / "supabase/schemas").glob("**/*"):
        if junk.is_file() and junk.name != "notes.sql":
            junk.unlink()
    ran = schemabot("new", "sync notes", "--from-schemas", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    text = made(tmp_path)[-1].read_text()
    assert "alter table public.notes add column mood text;" in text
    assert "alter column title set default 'untitled';" in text
    again = schemabot("new", "--from-schemas", cwd=tmp_path)
    assert (again.code, again.out) == (0, "")
    assert "already make" in again.err


@pytest.mark.parametrize("arguments", [(), ("!!!",)])
def test_a_title_is_needed(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    supabase_project(tmp_path, {"20240101000000_create.sql": CREATE})
    ran = schemabot("new", *arguments, cwd=tmp_path)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert len(made(tmp_path)) == 1
