from pathlib import Path

from support.command import git, schemabot

NOTES = "create table public.notes (id uuid primary key);\n"


def _prisma(root: Path) -> Path:
    folder = root / "prisma" / "migrations"
    for name, text in (("20240101000000_a", NOTES), ("20240102000000_b", "drop table public.notes;")):
        (folder / name).mkdir(parents=True)
        (folder / name / "migration.sql").write_text(text)
    return folder


def test_the_catalog_at_a_version_or_a_name(tmp_path: Path) -> None:
    _prisma(tmp_path)
    for version in ("20240101000000", "20240101000000_a"):
        ran = schemabot("catalog", ".", "--at", version, cwd=tmp_path)
        assert [table["name"] for table in ran.json["tables"]] == ["notes"]
    assert schemabot("catalog", ".", cwd=tmp_path).json["tables"] == []
    assert "no migration" in schemabot("catalog", ".", "--at", "3", cwd=tmp_path).err


def test_fixes_for_history_become_a_new_folder(tmp_path: Path) -> None:
    folder = _prisma(tmp_path)
    (folder / "20240102000000_b" / "migration.sql").write_text("select 1;\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    ran = schemabot("fix", ".", "--rule", "rls-disabled", cwd=tmp_path)
    assert ran.code == 0, ran.err
    (new,) = [path for path in folder.iterdir() if path.name not in ("20240101000000_a", "20240102000000_b")]
    assert new.name.endswith("_schemabot_fixes")
    assert "enable row level security" in (new / "migration.sql").read_text().lower()


def test_other_databases_are_skipped_with_a_note(tmp_path: Path) -> None:
    _prisma(tmp_path)
    other = tmp_path / "clickhouse" / "migrations"
    other.mkdir(parents=True)
    (other / "0001_a.up.sql").write_text("CREATE TABLE a (x UInt8) ENGINE = MergeTree;")
    ran = schemabot("check", ".", "--format", "json", "--rule", "syntax-error", cwd=tmp_path)
    assert (ran.code, ran.json["findings"]) == (0, [])
    assert ran.err.count("for ClickHouse, not for PostgreSQL") == 1
    ran = schemabot("check", "clickhouse", cwd=tmp_path)
    assert ran.code == 2
    assert "no migrations found" in ran.err


def test_the_catalog_takes_the_project_that_the_folder_is(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for folder in ("supabase/migrations", "packages/api/migrations"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "20240101000000_a.sql").write_text(f"create table {folder[:3]} (id int);")
    ran = schemabot("catalog", ".", cwd=tmp_path)
    assert [table["name"] for table in ran.json["tables"]] == ["sup"]
    assert "packages/api/migrations" in ran.err


def test_a_down_file_asked_for_by_name(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "1_a.up.sql").write_text(NOTES)
    (tmp_path / "1_a.down.sql").write_text("drop tabel public.notes;\ndrop table public.notes;\n")
    found = schemabot("check", "1_a.down.sql", "--format", "json", cwd=tmp_path).json["findings"]
    assert [(item["rule"], item["range"]["start"]["line"]) for item in found] == [("syntax-error", 1)]
