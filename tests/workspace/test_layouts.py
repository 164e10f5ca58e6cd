"""Every layout as its own runner reads it: a small project on disk, and the order, the parts and the names of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemabot.analysis import analyse, select_rules
from schemabot.catalog.objects import Table, View
from schemabot.workspace.layouts import Layout, discover, find_layout, listing_of
from schemabot.workspace.loader import LoadedProject, LoadError, load_project

Files = dict[str, str]


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()  # the search upwards ends here


def _write(root: Path, files: Files) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _only(root: Path) -> Layout:
    (layout,) = discover(root).layouts
    return layout


def _table(name: str) -> str:
    return f"create table {name} (id int primary key);\n"


def _tables(loaded: LoadedProject, at: str | None = None) -> set[str]:
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    state = analysis.head
    if at is not None:
        state = next(r.after for r in analysis.replays if not r.file.is_down and r.file.is_called(at))
    found = [item for item in state.catalog.relations.values() if isinstance(item, (Table, View))]
    return {item.name for item in found if not item.origin.platform}


LAYOUTS: dict[str, tuple[Files, str, list[str], list[str], list[str | None]]] = {
    "dbmate": (
        {
            "db/migrations/20240102000000_b.sql": "-- migrate:up\n" + _table("b") + "-- migrate:down\ndrop table b;\n",
            "db/migrations/20240101000000_a.sql": "-- migrate:up transaction:false\n"
            "create table a (id int)\n\n-- migrate:down\ndrop table a\n",
            "db/schema.sql": _table("dump"),
        },
        "dbmate", ["20240101000000_a.sql", "20240102000000_b.sql"], [], ["20240101000000", "20240102000000"],
    ),
    "goose": (
        {
            "migrations/00010_b.sql": "-- +goose Up\n" + _table("b") + "-- +goose Down\ndrop table b;\n",
            "migrations/2_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n" + _table("a")
            + "-- +goose StatementEnd\n-- +goose Down\n-- +goose StatementBegin\ndrop table a;\n-- +goose StatementEnd\n",
            "migrations/3_code.go": "package migrations\n",
        },
        "goose", ["2_a.sql", "00010_b.sql"], [], ["2", "00010"],
    ),
    "golang-migrate": (
        {
            "db/migrations/10_b.up.sql": _table("b"),
            "db/migrations/10_b.down.sql": "drop table b;",
            "db/migrations/9_a.up.sql": _table("a"),
            "db/migrations/9_a.down.sql": "drop table a;",
        },
        "golang-migrate", ["9_a.up.sql", "10_b.up.sql"], ["9_a.down.sql", "10_b.down.sql"], ["9", "10"],
    ),
    "sqlx, with simple migrations among reversible ones": (
        {
            "Cargo.toml": "",
            "migrations/20240101_a.sql": _table("a"),
            "migrations/20240102_b.up.sql": _table("b"),
            "migrations/20240102_b.down.sql": "drop table b;",
        },
        "sqlx", ["20240101_a.sql", "20240102_b.up.sql"], ["20240102_b.down.sql"], ["20240101", "20240102"],
    ),
    "flyway": (
        {
            "src/main/resources/db/migration/V1.10__b.sql": _table("b"),
            "src/main/resources/db/migration/V1.2_3__a.sql": _table("a"),
            "src/main/resources/db/migration/U1.10__b.sql": "drop table b;",
            "src/main/resources/db/migration/R__z_view.sql": "create view w as select * from v;",
            "src/main/resources/db/migration/R__a_view.sql": "create view v as select * from a;",
        },
        "flyway", ["V1.2_3__a.sql", "V1.10__b.sql", "R__a_view.sql", "R__z_view.sql"], ["U1.10__b.sql"],
        ["1.2.3", "1.10", None, None],
    ),
    "flyway with a baseline": (
        {
            "db/migration/V1__old.sql": _table("old"),
            "db/migration/B2__all.sql": _table("a"),
            "db/migration/V2__old.sql": _table("older"),
            "db/migration/V3__b.sql": _table("b"),
        },
        "flyway", ["B2__all.sql", "V3__b.sql"], [], ["2", "3"],
    ),
    "refinery, where U does not undo": (
        {
            "Cargo.toml": '[dependencies]\nrefinery = "0.8"\n',
            "migrations/V1__a.sql": _table("a"),
            "migrations/U2__b.sql": _table("b"),
        },
        "refinery", ["V1__a.sql", "U2__b.sql"], [], ["1", "2"],
    ),
    "prisma": (
        {
            "prisma/migrations/20240102000000_b/migration.sql": _table("b"),
            "prisma/migrations/20240102000000_b/down.sql": "drop table b;",
            "prisma/migrations/20240101000000_a/migration.sql": _table("a"),
            "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        },
        "prisma", ["20240101000000_a/migration.sql", "20240102000000_b/migration.sql"],
        ["20240102000000_b/down.sql"], ["20240101000000", "20240102000000"],
    ),
    "diesel": (
        {
            "diesel.toml": "",
            "migrations/2024-01-02-000000-0000_b/up.sql": _table("b"),
            "migrations/2024-01-02-000000-0000_b/down.sql": "drop table b;",
            "migrations/2024-01-01-000000_a/up.sql": _table("a"),
            "migrations/2024-01-01-000000_a/metadata.toml": "run_in_transaction = false\n",
        },
        "diesel", ["2024-01-01-000000_a/up.sql", "2024-01-02-000000-0000_b/up.sql"],
        ["2024-01-02-000000-0000_b/down.sql"], ["20240101000000", "202401020000000000"],
    ),
    "hasura": (
        {
            "config.yaml": "version: 3\nmetadata_directory: metadata\n",
            "migrations/default/1700000000001_b/up.sql": _table("b"),
            "migrations/default/1700000000000_a/up.sql": _table("a"),
            "migrations/default/1700000000000_a/down.sql": "drop table a;",
        },
        "hasura", ["1700000000000_a/up.sql", "1700000000001_b/up.sql"], ["1700000000000_a/down.sql"],
        ["1700000000000", "1700000000001"],
    ),
    "drizzle": (
        {
            "drizzle/0001_b.sql": _table("b") + "--> statement-breakpoint\n" + _table("c"),
            "drizzle/0000_a.sql": _table("a"),
            "drizzle/0002_left.sql": _table("left_out"),
            "drizzle/meta/_journal.json": json.dumps(
                {"dialect": "postgresql", "entries": [{"idx": 0, "tag": "0000_a"}, {"idx": 1, "tag": "0001_b"}]}
            ),
        },
        "drizzle", ["0000_a.sql", "0001_b.sql"], [], ["0000", "0001"],
    ),
    "drizzle with folders": (
        {
            "drizzle/20240101000000_a/migration.sql": _table("a"),
            "drizzle/20240101000000_a/snapshot.json": "{}",
            "drizzle/20240102000000_b/migration.sql": _table("b"),
        },
        "drizzle-folders", ["20240101000000_a/migration.sql", "20240102000000_b/migration.sql"], [],
        ["20240101000000", "20240102000000"],
    ),
    "sqitch": (
        {
            "sqitch.conf": "[core]\n\tengine = pg\n\ttop_dir = db ; where it lies\n",
            "db/sqitch.plan": "%syntax-version=1.0.0\n%project=x\n\nzebra 2024-01-01T00:00:00Z A <a@b.c> # first\n"
            "apple [zebra] 2024-01-02T00:00:00Z A <a@b.c> # second\n@v1 2024-01-03T00:00:00Z A <a@b.c> # tag\n\n"
            "zebra [zebra@v1] 2024-01-04T00:00:00Z A <a@b.c> # again\n",
            "db/deploy/zebra@v1.sql": _table("a"),
            "db/deploy/apple.sql": _table("b"),
            "db/deploy/zebra.sql": "alter table a add x int;",
            "db/revert/apple.sql": "drop table b;",
            "db/verify/apple.sql": "select 1/0;",
        },
        "sqitch", ["db/deploy/zebra@v1.sql", "db/deploy/apple.sql", "db/deploy/zebra.sql"],
        ["db/revert/apple.sql"], ["zebra@v1", "apple", "zebra"],
    ),
    "node-pg-migrate, with the down part first": (
        {
            "migrations/1700000000000_a.sql": "-- Down Migration\ndrop table a;\n-- Up Migration\n" + _table("a"),
            "migrations/1700000000001_b.sql": "-- Up Migration\n" + _table("b") + "-- Down Migration\ndrop table b;\n",
        },
        "node-pg-migrate", ["1700000000000_a.sql", "1700000000001_b.sql"], [], ["1700000000000", "1700000000001"],
    ),
    "tern": (
        {
            "migrations/002_b.sql": _table("b") + "---- create above / drop below ----\ndrop table b;\n",
            "migrations/001_a.sql": "create table a (id int)\n---- create above / drop below ----\n\ndrop table a;\n",
        },
        "tern", ["001_a.sql", "002_b.sql"], [], ["001", "002"],
    ),
    "atlas": (
        {
            "migrations/atlas.sum": "h1:x\n",
            "migrations/20240102_b.sql": _table("b"),
            "migrations/20240101_a.sql": _table("a"),
        },
        "atlas", ["20240101_a.sql", "20240102_b.sql"], [], ["20240101", "20240102"],
    ),
    "liquibase": (
        {
            "db/changelog/db.changelog-master.yaml": "databaseChangeLog:\n  - include:\n      file: db/changelog/z.sql\n"
            "  - include:\n      file: a.sql\n      relativeToChangelogFile: true\n",
            "db/changelog/z.sql": "--liquibase formatted sql\n\n--changeset me:1\n" + _table("a")
            + "--rollback drop table a;\n\n--changeset me:2 dbms:h2\ncreate table h2only (x);\n",
            "db/changelog/a.sql": "--liquibase formatted sql\n--changeset me:3 dbms:postgresql\n" + _table("b"),
        },
        "liquibase", ["z.sql", "a.sql"], [], [None, None],
    ),
    "graphile-migrate": (
        {
            "migrations/committed/000002.sql": _table("b"),
            "migrations/committed/000001-a.sql": "--! Previous: -\n" + _table("a"),
            "migrations/current.sql": _table("c"),
        },
        "graphile-migrate", ["committed/000001-a.sql", "committed/000002.sql", "current.sql"], [],
        ["000001", "000002", None],
    ),
    "yoyo": (
        {
            "migrations/0001_b.sql": "-- depends: 0002_a\nalter table a add x int;\n",
            "migrations/0002_a.sql": _table("a"),
            "migrations/0002_a.rollback.sql": "drop table a;",
            "migrations/0003_b.sql": "-- depends: 0001_b\n" + _table("b"),
        },
        "yoyo", ["0002_a.sql", "0001_b.sql", "0003_b.sql"], ["0002_a.rollback.sql"], ["0002", "0001", "0003"],
    ),
    "rails": (
        {"db/structure.sql": _table("a") + _table("b"), "db/migrate/20240101_x.rb": ""},
        "dump", ["structure.sql"], [], [None],
    ),
    "ecto": ({"priv/repo/structure.sql": _table("a") + _table("b")}, "dump", ["structure.sql"], [], [None]),
    "laravel": ({"database/schema/pgsql-schema.sql": _table("a") + _table("b")}, "dump", ["pgsql-schema.sql"], [], [None]),
    "plain": (
        {"sql/changes/10_b.sql": _table("b"), "sql/changes/9_a.sql": _table("a"), "sql/changes/schema.sql": _table("d")},
        "plain", ["9_a.sql", "10_b.sql"], [], ["9", "10"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_order_parts_and_versions(tmp_path: Path, name: str) -> None:
    files, kind, history, downs, versions = LAYOUTS[name]
    _write(tmp_path, files)
    layout = _only(tmp_path)
    listing = listing_of(layout)
    assert layout.kind == kind
    assert [entry.name for entry in listing.history] == history
    assert [entry.name for entry in listing.downs] == downs
    assert [entry.version for entry in listing.history] == versions
    assert find_layout(layout.migrations) == layout


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_catalog_holds_what_the_up_parts_make(tmp_path: Path, name: str) -> None:
    files, _, history, _, _ = LAYOUTS[name]
    _write(tmp_path, files)
    loaded = load_project(_only(tmp_path).migrations)
    analysis = analyse(loaded.project, loaded.rules, loaded.base)
    made = _tables(loaded)
    assert {"a", "b"} <= made <= {"a", "b", "c", "v", "w"}
    assert not [reason for report in analysis.reports.values() for _, reason in report.not_analysed]
    assert not [
        f for r in analysis.reports.values() for f in r.findings if f.rule in ("syntax-error", "drop-table")
    ]
    first = loaded.project.migrations[-len(history)]
    assert _tables(loaded, first.full_name) <= made


def test_versions_of_each_runner_name_a_state(tmp_path: Path) -> None:
    _write(tmp_path, LAYOUTS["flyway"][0])
    assert _tables(load_project(tmp_path), "1.2.3") == {"a"}
    _write(tmp_path / "other", LAYOUTS["prisma"][0])
    loaded = load_project(tmp_path / "other")
    assert _tables(loaded, "20240101000000_a") == _tables(loaded, "20240101000000") == {"a"}


@pytest.mark.parametrize(
    ("layout", "down", "text"),
    [
        ("golang-migrate", "db/migrations/10_b.down.sql", "drop tabel b;"),
        ("prisma", "prisma/migrations/20240102000000_b/down.sql", "drop tabel b;"),
        (
            "goose",
            "migrations/00010_b.sql",
            "-- +goose Up\ncreate table b (id int primary key);\n-- +goose Down\ndrop tabel b;",
        ),
    ],
)
def test_syntax_errors_of_down_parts_are_told_and_nothing_else(
    tmp_path: Path, layout: str, down: str, text: str
) -> None:
    _write(tmp_path, {**LAYOUTS[layout][0], down: text})
    loaded = load_project(tmp_path / down)
    assert loaded.outside is None
    report = analyse(loaded.project, loaded.rules, loaded.base).report(str(tmp_path / down))
    assert [finding.rule for finding in report.findings if finding.rule != "rls-disabled"] == ["syntax-error"]
    assert report.not_analysed == ()
    assert _tables(loaded) == {"a", "b"}


NOTES = {
    "goose": "what the migrations in Go do is unknown: 3_code.go",
    "drizzle": "0002_left.sql",
    "flyway with a baseline": "B2__all.sql is the baseline",
    "plain": "schema.sql",
}


@pytest.mark.parametrize("name", NOTES)
def test_what_a_runner_leaves_out_is_said(tmp_path: Path, name: str) -> None:
    _write(tmp_path, LAYOUTS[name][0])
    assert NOTES[name] in " ".join(load_project(_only(tmp_path).migrations).notes)


def test_supabase_skips_what_its_cli_skips(tmp_path: Path) -> None:
    uuid = "6fc31d7f-2b1b-4f4a-9a7c-0123456789ab"
    folder = "supabase/migrations/"
    _write(tmp_path, {folder + "20211208000000_init.sql": "x", folder + "20240102000000_b.sql": _table("b")})
    _write(tmp_path, {folder + f"20240101000000-{uuid}.sql": _table("a"), folder + "notes.sql": "x"})
    _write(tmp_path, {folder + "20240103000000_init.sql": _table("c"), "supabase/seed.sql": "x"})
    listing = listing_of(_only(tmp_path))
    names = [f"20240101000000-{uuid}.sql", "20240102000000_b.sql", "20240103000000_init.sql"]
    assert [entry.name for entry in listing.history] == names
    assert [word for word in ("20211208000000_init.sql", uuid, "notes.sql") if word in " ".join(listing.notes)] == [
        "20211208000000_init.sql", uuid, "notes.sql",
    ]  # fmt: skip


def test_declared_schemas_are_a_project_of_their_own(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {"supabase/schemas/b.sql": "alter table a add x int;", "supabase/schemas/a/t.sql": _table("a")},
    )
    assert _only(tmp_path).kind == "supabase-schemas"
    names = [entry.name for entry in listing_of(_only(tmp_path)).history]
    assert names == ["a/t.sql", "b.sql"]
    _write(
        tmp_path,
        {
            "supabase/config.toml": '[db.migrations]\nschema_paths = ["./schemas/b.sql", "./schemas/*/*.sql"]\n'
        },
    )
    assert [entry.name for entry in listing_of(_only(tmp_path)).history] == ["b.sql", "a/t.sql"]
    _write(tmp_path, {"supabase/migrations/20240101000000_a.sql": _table("a")})
    assert _only(tmp_path).kind == "supabase"
    opened = load_project(tmp_path / "supabase/schemas/a/t.sql")
    assert (opened.layout.kind, opened.outside) == ("supabase-schemas", None)
    assert {file.status for file in opened.project.migrations} == {"pending"}
    report = analyse(opened.project, opened.rules, opened.base).report(
        str(tmp_path / "supabase/schemas/a/t.sql")
    )
    assert "rls-disabled" in {finding.rule for finding in report.findings}


FOREIGN: dict[str, tuple[Files, str]] = {
    "a lock file": (
        {"prisma/migrations/1_a/migration.sql": "select 1;", "prisma/migrations/migration_lock.toml": 'provider = "mysql"'},
        "MySQL",
    ),
    "a journal": (
        {"drizzle/0000_a.sql": "select 1;", "drizzle/meta/_journal.json": '{"dialect": "sqlite", "entries": []}'},
        "SQLite",
    ),
    "a path": ({"clickhouse/migrations/1_a.up.sql": "create table a (x UInt8) engine = Memory;"}, "ClickHouse"),
    "its words": ({"migrations/1_a.sql": "CREATE TABLE `a` (`id` integer PRIMARY KEY AUTOINCREMENT);"}, "SQLite"),
    "sqitch.conf": ({"sqitch.conf": "[core]\nengine = mysql\n", "sqitch.plan": "%project=x\n"}, "MySQL"),
    "flyway.conf": (
        {"flyway.conf": "flyway.url=jdbc:oracle:thin:@x\n", "db/migration/V1__a.sql": "select 1 from dual;"}, "Oracle"
    ),
}  # fmt: skip


@pytest.mark.parametrize("by", FOREIGN)
def test_other_database_systems_are_left_alone(tmp_path: Path, by: str) -> None:
    files, system = FOREIGN[by]
    _write(tmp_path, files)
    found = discover(tmp_path)
    assert (found.layouts, [layout.foreign for layout in found.foreign]) == ((), [system])
    with pytest.raises(LoadError, match=f"for {system}, not for PostgreSQL"):
        load_project(found.foreign[0].migrations)


def test_a_path_is_no_proof_against_postgresql_s_own_words(tmp_path: Path) -> None:
    _write(tmp_path, {"clickhouse-proxy/migrations/1_a.sql": "create table a (x jsonb, at timestamptz);"})
    assert _only(tmp_path).foreign is None


def test_projects_of_different_layouts_under_one_folder(tmp_path: Path) -> None:
    for folder, name in (("api", "prisma"), ("worker", "goose"), ("jobs", "sqitch"), ("web", "rails")):
        _write(tmp_path / folder, LAYOUTS[name][0])
    _write(tmp_path, {"worker/schemabot.toml": 'preset = "all"\n'})
    found = discover(tmp_path).layouts
    assert {layout.root.name: layout.kind for layout in found} == {
        "api": "prisma", "worker": "goose", "jobs": "sqitch", "web": "dump",
    }  # fmt: skip
    assert [layout.settings_file for layout in found if layout.kind == "goose"] == [
        tmp_path / "worker/schemabot.toml"
    ]


def test_settings_choose_the_layout(tmp_path: Path) -> None:
    _write(tmp_path, {"sql/2_b.sql": _table("b"), "sql/10_a.sql": _table("a")})
    _write(tmp_path, {"schemabot.toml": 'migrations = "sql"\nlayout = "dbmate"\n'})
    layout = _only(tmp_path)
    assert layout.kind == "dbmate"
    assert [entry.name for entry in listing_of(layout).history] == ["10_a.sql", "2_b.sql"]
    _write(tmp_path, {"schemabot.toml": 'migrations = "sql"\nlayout = "dbmat"\n'})
    assert "did you mean 'dbmate'?" in load_project(tmp_path).settings_problems[0].message


def test_files_in_folders_are_found_from_themselves(tmp_path: Path) -> None:
    _write(tmp_path, LAYOUTS["prisma"][0])
    loaded = load_project(tmp_path / "prisma/migrations/20240102000000_b/migration.sql")
    assert (loaded.layout.kind, loaded.outside) == ("prisma", None)


def test_a_placeholder_that_names_something_is_not_guessed(tmp_path: Path) -> None:
    sql = "create table ${prefix}_a (id int);\n" + _table("b") + "insert into b values (${id});\n"
    _write(tmp_path, {"db/migration/V1__a.sql": sql})
    loaded = load_project(tmp_path)
    assert _tables(loaded) == {"b"}
    report = analyse(loaded.project, loaded.rules, loaded.base).report(
        str(tmp_path / "db/migration/V1__a.sql")
    )
    assert [at.statement for at, _ in report.not_analysed] == [0]


NEW_NAMES = {
    "dbmate": ("20240102000001_fix.sql", "-- migrate:up\nselect 1;\n\n-- migrate:down\n"),
    "goose": ("00011_fix.sql", "-- +goose Up\nselect 1;\n\n-- +goose Down\n"),
    "golang-migrate": ("11_fix.up.sql", "select 1;\n"),
    "flyway": ("V1.11__fix.sql", "select 1;\n"),
    "prisma": ("20240102000001_fix/migration.sql", "select 1;\n"),
    "diesel": ("2024-01-02-000001-0000_fix/up.sql", "select 1;\n"),
    "hasura": ("1700000000002_fix/up.sql", "select 1;\n"),
    "tern": ("003_fix.sql", "select 1;\n\n---- create above / drop below ----\n"),
}


@pytest.mark.parametrize("name", NEW_NAMES)
def test_a_new_migration_comes_last_and_is_named_as_the_layout_names_them(tmp_path: Path, name: str) -> None:
    _write(tmp_path, LAYOUTS[name][0])
    project = load_project(_only(tmp_path).migrations).project
    assert project.naming is not None
    versions = [file.version for file in project.migrations if file.version is not None]
    path, text = project.naming.new_file("fix", "select 1;", versions, None)
    assert (path, text) == NEW_NAMES[name]
    _write(_only(tmp_path).migrations, {path: text})
    history = [entry.name for entry in listing_of(_only(tmp_path)).history]
    assert [file for file in history if not file.startswith("R__")][-1] == path


@pytest.mark.parametrize("name", ["rails", "graphile-migrate"])
def test_no_new_migration_where_none_is_written_by_hand(tmp_path: Path, name: str) -> None:
    _write(tmp_path, LAYOUTS[name][0])
    assert load_project(_only(tmp_path).migrations).project.naming is None
