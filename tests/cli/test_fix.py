import subprocess
from pathlib import Path

import pytest

from support.command import git, schemabot, supabase_project

PATH = "supabase/migrations/20240101000000_notes.sql"
ONLY = ("--rule", "fk-index-missing", "--rule", "rls-disabled")


def test_fixes_until_nothing_is_left(project: Path) -> None:
    ran = schemabot("fix", *ONLY, cwd=project)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"changed {PATH}",
        "Fixed 3 (fk-index-missing 1, rls-disabled 2). No findings remain.",
    ]
    text = (project / PATH).read_text()
    assert "create index idx_pages_note_id on public.pages (note_id);" in text
    assert schemabot("check", *ONLY, cwd=project).code == 0
    again = schemabot("fix", *ONLY, cwd=project)
    assert (again.code, again.out) == (0, "Nothing to fix. No findings remain.\n")
    assert (project / PATH).read_text() == text


def test_the_diff_writes_nothing_and_applies(project: Path) -> None:
    before = (project / PATH).read_bytes()
    ran = schemabot("fix", "--diff", *ONLY, cwd=project)
    assert ran.code == 1
    assert ran.err.startswith("Would fix 3 ")
    assert ran.out.startswith(f"--- a/{PATH}\n+++ b/{PATH}\n@@ ")
    assert (project / PATH).read_bytes() == before
    subprocess.run(["git", "apply", "-"], cwd=project, input=ran.out.encode(), check=True)
    assert schemabot("fix", "--diff", *ONLY, cwd=project).code == 0


@pytest.mark.parametrize(
    "text", ["create table public.a (id uuid primary key);", "create table public.a (id int)"]
)
def test_a_diff_of_a_file_without_a_last_line_end_applies(tmp_path: Path, text: str) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": text})
    ran = schemabot("fix", "--diff", "--rule", "rls-disabled", cwd=tmp_path)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=ran.out.encode(), check=True)
    assert schemabot("check", "--rule", "rls-disabled", cwd=tmp_path).code == 0


def test_line_ends_byte_order_mark_and_mode_stay(tmp_path: Path) -> None:
    folder = supabase_project(
        tmp_path, {"1_a.sql": "\ufeffcreate table public.a (id int);\r\n-- é\r\nselect 1;\r\n"}
    )
    path = folder / "1_a.sql"
    path.chmod(0o600)
    assert schemabot("fix", "--rule", "rls-disabled", cwd=tmp_path).code == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfcreate table")
    assert b"enable row level security;\r\n" in data
    assert data.count(b"\n") == data.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_history_is_fixed_in_a_new_migration(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    before = (project / PATH).read_bytes()
    ran = schemabot("fix", "--rule", "rls-disabled", cwd=project)
    assert ran.code == 0, ran.err
    assert (project / PATH).read_bytes() == before
    created = [path for path in (project / PATH).parent.iterdir() if path.name not in PATH]
    assert len(created) == 1
    assert "enable row level security" in created[0].read_text()
    assert schemabot("check", "--rule", "rls-disabled", cwd=project).code == 0


def test_only_the_files_that_were_named(project: Path) -> None:
    other = project / "supabase" / "migrations" / "20240102000000_other.sql"
    other.write_text("create table public.others (id uuid primary key);\n")
    before = (project / PATH).read_bytes()
    assert schemabot("fix", other, "--rule", "rls-disabled", cwd=project).code == 0
    assert (project / PATH).read_bytes() == before
    assert "enable row level security" in other.read_text()


def test_nothing_is_left_behind(project: Path) -> None:
    schemabot("fix", *ONLY, cwd=project)
    assert [path.name for path in (project / PATH).parent.iterdir()] == [Path(PATH).name]
