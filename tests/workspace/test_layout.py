from pathlib import Path

import pytest

from schemabot.workspace.layouts import Layout, find_layout, find_layouts, is_in_history, migration_files


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()  # the search upwards ends here


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _found(path: Path) -> Layout:
    layout = find_layout(path)
    assert layout is not None
    return layout


def _names(layout: Layout) -> list[str]:
    return [Path(path).name for path in migration_files(layout)]


@pytest.mark.parametrize(
    "start",
    [".", "supabase", "supabase/migrations", "supabase/migrations/1_a.sql", "supabase/seed.sql", "app/src"],
)
def test_supabase_is_found_from_anywhere_in_it(tmp_path: Path, start: str) -> None:
    _touch(
        tmp_path, "supabase/config.toml", "supabase/migrations/1_a.sql", "supabase/seed.sql", "app/src/x.ts"
    )
    layout = _found(tmp_path / start)
    assert (layout.kind, layout.root) == ("supabase", tmp_path)
    assert layout.migrations == tmp_path / "supabase" / "migrations"
    assert layout.supabase_config == tmp_path / "supabase" / "config.toml"


def test_supabase_orders_by_file_name_and_ignores_folders_and_hidden_files(tmp_path: Path) -> None:
    folder = "supabase/migrations/"
    _touch(
        tmp_path, *(folder + name for name in ("9_b.sql", "10_a.sql", "readme.md", "old/1_x.sql", ".1_y.sql"))
    )
    assert _names(_found(tmp_path)) == ["10_a.sql", "9_b.sql"]


def test_plain_folders_order_by_number_and_leave_down_files_out(tmp_path: Path) -> None:
    _touch(tmp_path, *(f"db/{name}" for name in ("10_c.up.sql", "9_b.up.sql", "9_b.down.sql", "2_a.up.SQL")))
    layout = _found(tmp_path / "db" / "9_b.up.sql")
    assert layout.kind == "golang-migrate"
    assert _names(layout) == ["2_a.up.SQL", "9_b.up.sql", "10_c.up.sql"]
    assert not is_in_history(layout, tmp_path / "db" / "9_b.down.sql")
    assert is_in_history(layout, tmp_path / "db" / "11_new.up.sql")


def test_settings_name_the_folder(tmp_path: Path) -> None:
    _touch(tmp_path, "sql/changes/b.sql", "sql/changes/a.sql", "supabase/migrations/1_a.sql")
    (tmp_path / "schemabot.toml").write_text('migrations = "sql/changes"\n')
    for start in (".", "sql/changes/a.sql", "sql"):
        layout = _found(tmp_path / start)
        assert layout.migrations == tmp_path / "sql" / "changes"
        assert layout.settings_file == tmp_path / "schemabot.toml"
    assert _names(_found(tmp_path)) == ["a.sql", "b.sql"]


def test_settings_without_the_key_or_broken_ones_do_not_hide_the_project(tmp_path: Path) -> None:
    _touch(tmp_path, "supabase/migrations/1_a.sql")
    for text in ('preset = "all"', "migrations = = 1", "migrations = 5"):
        (tmp_path / "schemabot.toml").write_text(text)
        assert _found(tmp_path).migrations == tmp_path / "supabase" / "migrations"


def test_the_nearest_project_wins(tmp_path: Path) -> None:
    _touch(tmp_path, "supabase/migrations/1_a.sql", "packages/api/migrations/1_b.sql")
    assert _found(tmp_path / "packages/api/migrations/1_b.sql").root == tmp_path / "packages" / "api"
    assert _found(tmp_path / "packages").root == tmp_path


def test_numbered_files_beside_a_project_belong_to_it(tmp_path: Path) -> None:
    _touch(tmp_path, "supabase/migrations/1_a.sql", "supabase/tests/01_test.sql")
    layout = _found(tmp_path / "supabase/tests/01_test.sql")
    assert layout.kind == "supabase"
    assert not is_in_history(layout, tmp_path / "supabase/tests/01_test.sql")


def test_a_file_alone_is_a_project(tmp_path: Path) -> None:
    _touch(tmp_path, "notes/a.sql", "notes/b.sql")
    layout = _found(tmp_path / "notes/a.sql")
    assert (layout.kind, migration_files(layout)) == ("file", [str(tmp_path / "notes/a.sql")])


def test_a_folder_of_sql_files_given_as_such(tmp_path: Path) -> None:
    _touch(tmp_path, "notes/b.sql", "notes/a.sql")
    assert _names(_found(tmp_path / "notes")) == ["a.sql", "b.sql"]


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    _touch(tmp_path, "src/main.py")
    assert find_layout(tmp_path / "src") is None
    assert find_layout(tmp_path / "gone" / "deeper") is None
    assert find_layouts(tmp_path) == []


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    _touch(tmp_path, "supabase/migrations/1_a.sql", "vendored/.git/HEAD", "vendored/src/x.py")
    assert find_layout(tmp_path / "vendored" / "src") is None


def test_all_projects_of_a_tree(tmp_path: Path) -> None:
    _touch(
        tmp_path,
        "supabase/migrations/1_a.sql",
        "supabase/seeds/01_x.sql",
        "packages/api/migrations/1_b.sql",
        "packages/etl/supabase/migrations/1_c.sql",
        "node_modules/x/migrations/1_d.sql",
        ".venv/migrations/1_e.sql",
    )
    found = [layout.migrations.relative_to(tmp_path).as_posix() for layout in find_layouts(tmp_path)]
    assert found == ["packages/api/migrations", "packages/etl/supabase/migrations", "supabase/migrations"]


def test_numbered_folders_are_found_below_a_folder(tmp_path: Path) -> None:
    _touch(tmp_path, "one/1_a.sql", "two/1_a.sql", "two/2_b.sql", "docs/example.sql")
    assert [layout.migrations.name for layout in find_layouts(tmp_path)] == ["one", "two"]


def test_a_link_that_leads_upwards_ends_the_walk(tmp_path: Path) -> None:
    _touch(tmp_path, "a/b/1_x.sql")
    (tmp_path / "a" / "b" / "loop").symlink_to(tmp_path)
    assert len(find_layouts(tmp_path)) == 1


def test_open_buffers_that_are_not_saved_yet_take_their_place(tmp_path: Path) -> None:
    _touch(tmp_path, "supabase/migrations/1_a.sql", "supabase/migrations/3_c.sql")
    folder = tmp_path / "supabase" / "migrations"
    files = migration_files(_found(tmp_path), [str(folder / "2_b.sql"), str(tmp_path / "4_d.sql")])
    assert [Path(path).name for path in files] == ["1_a.sql", "2_b.sql", "3_c.sql"]
