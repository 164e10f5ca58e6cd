import os
from pathlib import Path

import pytest

from schemabot.analysis import analyse
from schemabot.syntax.source import Source
from schemabot.workspace.loader import LoadedProject, LoadError, changed_files, load_project
from support.command import supabase_project

A, B = "20240101000000_a.sql", "20240102000000_b.sql"


def _paths(loaded: LoadedProject) -> list[str]:
    return [Path(file.path).name for file in loaded.project.migrations]


def test_supabase_settings_and_platform(tmp_path: Path) -> None:
    config = '[api]\nschemas = ["public", "api"]\n[db]\nmajor_version = 15\n'
    supabase_project(tmp_path, {A: "select 1;"}, supabase__config__toml="")
    (tmp_path / "supabase" / "config.toml").write_text(config)
    project = load_project(tmp_path).project
    assert (project.platform, project.settings.postgres_version) == ("supabase", 15)
    assert project.exposed == {"public", "api"}
    (tmp_path / "schemabot.toml").write_text('exposed-schemas = ["only"]\npostgres-version = 16\n')
    project = load_project(tmp_path).project
    assert (project.exposed, project.settings.postgres_version) == ({"only"}, 16)


@pytest.mark.parametrize(
    ("first", "toml", "granted"),
    [
        ("20240101000000_a.sql", "", True),
        ("20260529235959_a.sql", "", True),
        ("20260530000000_a.sql", "", False),
        ("20260708000000_a.sql", "default-grants = true", True),
        ("20240101000000_a.sql", "default-grants = false", False),
    ],
)
def test_default_grants_of_supabase_follow_the_age_of_the_project(
    tmp_path: Path, first: str, toml: str, granted: bool
) -> None:
    supabase_project(tmp_path, {first: "create table a (id int);", "20991231000000_z.sql": "select 1;"})
    (tmp_path / "schemabot.toml").write_text(toml)
    loaded = load_project(tmp_path)
    analysis = analyse(loaded.project, loaded.rules, loaded.base)
    table = analysis.head.catalog.table("public", "a")
    assert table is not None
    assert ("anon" in dict(table.acl)) == granted


@pytest.mark.parametrize("config", ["", "[api", "api = 1", "[api]\nschemas = 5\n[db]\nmajor_version = true"])
def test_a_useless_config_leaves_the_defaults(tmp_path: Path, config: str) -> None:
    supabase_project(tmp_path, {A: "select 1;"})
    (tmp_path / "supabase" / "config.toml").write_text(config)
    project = load_project(tmp_path).project
    assert (project.exposed, project.settings.postgres_version) == ({"public", "graphql_public"}, 17)


@pytest.mark.parametrize(
    ("sql", "platform"),
    [
        ("create table a (id int);", "postgres"),
        ("create policy p on a using (auth.uid() = id);", "supabase"),
        ("create table a (id uuid references auth.users);", "supabase"),
        (
            "create schema auth; create function auth.uid() returns uuid language sql as 'select null';",
            "postgres",
        ),
    ],
)
def test_the_platform_of_plain_folders(tmp_path: Path, sql: str, platform: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "1_a.sql").write_text(sql)
    project = load_project(tmp_path).project
    assert project.platform == platform
    assert (project.exposed is None) == (platform == "postgres")


def test_open_buffers_count_over_the_disk(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {A: "create table a (id int);"})
    overlay = {
        str(folder / A): Source.of("create table b (id int);"),
        str(folder / B): Source.of("drop table b;"),
        str(tmp_path / "other.sql"): Source.of("select 1;"),
    }
    loaded = load_project(folder / A, overlay=overlay)
    assert _paths(loaded) == [A, B]
    assert loaded.project.migrations[0].source is overlay[str(folder / A)]


def test_a_file_outside_is_read_against_the_head(tmp_path: Path) -> None:
    supabase_project(
        tmp_path,
        {A: "create table public.notes (id int);\nalter table public.notes enable row level security;"},
    )
    seed = tmp_path / "supabase" / "seed [x].sql"
    seed.write_text("create table public.more (id int);\n")
    loaded = load_project(seed)
    assert loaded.outside == str(seed)
    assert _paths(loaded) == [A, seed.name]
    assert loaded.scope == {str(seed)}
    assert loaded.key != load_project(tmp_path).key
    report = analyse(loaded.project, loaded.rules, loaded.base).report(str(seed))
    assert "rls-disabled" in {finding.rule for finding in report.findings}
    migration_rules = {
        rule.id for rule in (a.rule for a in loaded.rules.active.values()) if rule.category == "migration"
    }
    assert not migration_rules & {finding.rule for finding in report.findings}


def test_what_cannot_be_read_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {A: "select 1;", B: "select 2;"})
    (folder / "1_folder.sql").mkdir()
    (folder / "2_dangling.sql").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "3_pipe.sql")
    (folder / "4_latin.sql").write_bytes(b"-- caf\xe9\nselect 1;")
    loaded = load_project(tmp_path)
    assert _paths(loaded) == [A, B, "4_latin.sql"]
    assert [(Path(e.path).name, e.failed) for e in loaded.unreadable] == [
        ("1_folder.sql", False),
        ("2_dangling.sql", True),
        ("3_pipe.sql", False),
    ]
    assert [Path(bad.path).name for bad in loaded.bad_files] == ["4_latin.sql"]


def test_changed_files(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {A: "select 1;", B: "select 2;"})
    (tmp_path / ".git").mkdir()
    loaded = load_project(tmp_path)
    assert not changed_files(loaded)
    (folder / A).write_text("select 11;")
    (folder / B).unlink()
    (folder / "20240103000000_c.sql").touch()
    (tmp_path / "schemabot.toml").touch()
    found = changed_files(loaded)
    assert found
    assert set(found.added) == {str(folder / "20240103000000_c.sql"), str(tmp_path / "schemabot.toml")}
    assert (found.removed, found.changed) == ((str(folder / B),), (str(folder / A),))


def test_reloading_keeps_what_has_not_changed(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {A: "select 1;", B: "select 2;"})
    first = load_project(tmp_path)
    (folder / B).write_text("select 22;")
    second = load_project(tmp_path, previous=first)
    assert second.project.migrations[0].source is first.project.migrations[0].source
    assert second.project.migrations[1].source.text == "select 22;"
    assert second.rules is first.rules
    assert second.base is first.base


def test_settings_problems_leave_the_project_loaded(tmp_path: Path) -> None:
    supabase_project(tmp_path, {A: "select 1;"})
    (tmp_path / "schemabot.toml").write_text("preset = 5\n")
    loaded = load_project(tmp_path)
    assert loaded.settings_path == str(tmp_path / "schemabot.toml")
    assert [problem.line for problem in loaded.settings_problems] == [0]
    assert _paths(loaded) == [A]


def test_no_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(LoadError, match="no migrations found"):
        load_project(tmp_path)
    (tmp_path / "schemabot.toml").write_text('migrations = "gone"\n')
    with pytest.raises(LoadError, match="gone: cannot be read: No such file"):
        load_project(tmp_path)


def test_a_relative_path_and_one_with_dots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = supabase_project(tmp_path, {A: "select 1;"})
    monkeypatch.chdir(folder)
    loaded = load_project(Path("../migrations") / A)
    assert loaded.outside is None
    assert [file.path for file in loaded.project.migrations] == [str(folder / A)]
