"""Rules about migration files on the layouts of several runners: names, order, headers, commands of psql."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs
import pytest

from schemabot.analysis import apply_change, change_set
from schemabot.rulekit.versions import day_of, is_time, next_version
from schemabot.syntax.parts import ALL_DOWN
from schemabot.workspace.layouts import FAMILIES
from schemabot.workspace.loader import Selection, load_project
from support.command import git, supabase_project
from support.rule_examples import check, findings, project_of, settings_of, texts_of

STAMPS = ("20260101000000_one_table.sql", "20260102000000_two.sql", "20260103000000_three.sql")
NUMBERS = ("0007_one_table.sql", "0008_two.sql", "0009_three.sql")


def found(
    files: tuple[str, ...], rule: str, layout: str, toml: str = "", settled: tuple[str, ...] = ()
) -> list[str]:
    """The names of the files that the rule reports, each with its level, in a project of files that do nothing else."""
    texts = {f"migrations/{name}": f"create schema s{number};\n" for number, name in enumerate(files)}
    project = project_of(texts, settings_of(toml), layout=layout, settled=settled)
    return [f"{f.at.file.rpartition('/')[2]} {f.severity}" for f in findings(check(project), rule)]


def renamed(
    texts: dict[str, str], rule: str, layout: str, settled: tuple[str, ...] = (), toml: str = ""
) -> list[str]:
    """The names of the files after the first fix of the rule's first finding."""
    analysis = check(project_of(texts, settings_of(toml), layout=layout, settled=settled))
    change = change_set(analysis, findings(analysis, rule)[0].fixes[0])
    assert change is not None
    return [path.rpartition("/")[2] for path in apply_change(texts, change)]


def test_every_family_says_how_its_files_are_run() -> None:
    for family in FAMILIES.values():
        if family.name not in ("plain", "file", "dump", "supabase-schemas", "up-down-folders"):
            assert family.runner.title != "the runner", family.name
            assert family.runner.psql is not None, family.name
        if family.runner.transaction == "explicit":
            assert family.runner.inner_commit, family.name
    assert {name for name, family in FAMILIES.items() if family.runner.hand_named} == {
        "supabase", "dbmate", "goose", "golang-migrate", "sqlx", "tern", "node-pg-migrate", "plain",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "level"),
    [
        ("supabase", "error"), ("goose", "error"), ("atlas", "error"), ("hasura", "error"), ("plain", "warning"),
        ("node-pg-migrate", None), ("prisma", None), ("drizzle", None), ("sqitch", None), ("liquibase", None),
    ],
)  # fmt: skip
def test_versions_are_unique_where_the_runner_wants_it(layout: str, level: str | None) -> None:
    names = ("0001_a.sql", "0002_b.sql", "0002_c.sql", "0003_d.sql")
    assert found(names, "version-duplicate", layout) == ([] if level is None else [f"0002_c.sql {level}"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1_a.sql", "0001_b.sql", True),
        ("V2__a.sql", "V2__b.sql", True),
        ("2019-02-26-002946_a.sql", "2019-02-27-170003_b.sql", False),
        ("3nf_a.sql", "3nf_b.sql", False),
        ("7-a.sql", "7-b.sql", True),
    ],
)
def test_what_the_version_of_a_name_is(one: str, other: str, same: bool) -> None:
    assert bool(found((one, other), "version-duplicate", "plain")) == same


def test_two_files_of_one_version_that_have_not_both_run_elsewhere() -> None:
    names = ("20260101000000_a.sql", "20260101000000_b.sql")
    texts = {f"migrations/{name}": "select 1;" for name in names}
    (finding,) = findings(check(project_of(texts, layout="supabase", settled=names)), "version-duplicate")
    assert (finding.at.file, finding.fixes) == ("migrations/20260101000000_b.sql", ())
    assert found(names, "version-duplicate", "plain", settled=names) == []
    applied = project_of(texts, layout="supabase", status="applied")
    assert findings(check(applied), "version-duplicate") == []


def test_no_version_is_offered_that_moves_the_file_behind_others() -> None:
    names = ("0001_a.sql", "0001_b.sql", "0002_c.sql")
    texts = {f"migrations/{name}": "select 1;" for name in names}
    (finding,) = findings(check(project_of(texts, layout="goose")), "version-duplicate")
    assert finding.fixes == ()


@pytest.mark.parametrize(
    ("layout", "level"),
    [
        ("supabase", "warning"), ("golang-migrate", "warning"), ("node-pg-migrate", "warning"), ("goose", "warning"),
        ("dbmate", "information"), ("prisma", "information"), ("plain", "information"), ("sqitch", None),
        ("drizzle", None), ("graphile-migrate", None),
    ],
)  # fmt: skip
def test_a_late_file_is_as_bad_as_what_the_runner_does(layout: str, level: str | None) -> None:
    names = (*NUMBERS[::2], NUMBERS[1])
    late = found(names, "version-out-of-order", layout, settled=NUMBERS[::2])
    assert late == ([] if level is None else [f"{NUMBERS[1]} {level}"])
    assert found(names, "version-out-of-order", layout, settled=NUMBERS[:1]) == []
    assert found(names, "version-out-of-order", layout) == []


def test_an_edited_file_of_the_default_branch_is_not_late(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, dict.fromkeys(STAMPS, "select 1;\n"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (folder / STAMPS[1]).write_text("select 2;\n")
    (folder / "20260102120000_late.sql").write_text("select 3;\n")
    for selection in (Selection(), Selection(changed_from="main")):
        loaded = load_project(tmp_path, selection=selection)
        assert [file.edited for file in loaded.project.migrations] == [False, True, False, False]
        assert loaded.project.runner.title == "the Supabase CLI"
        late = findings(check(loaded.project), "version-out-of-order")
        assert [finding.at.file.rpartition("/")[2] for finding in late] == ["20260102120000_late.sql"]


def test_the_down_file_gets_the_name_of_its_up_file() -> None:
    texts = {
        f"migrations/{name}": "select 1;" for name in ("0001_a.up.sql", "0002_B.down.sql", "0002_B.up.sql")
    }
    project = project_of(texts, settings_of('preset = "schemabot"'), layout="golang-migrate")
    first, down, up = project.migrations
    project = attrs.evolve(project, migrations=(attrs.evolve(down, markers=ALL_DOWN), first, up))
    analysis = check(project)
    (finding,) = findings(analysis, "migration-filename")
    change = change_set(analysis, finding.fixes[0])
    assert change is not None
    assert dict(change.renamed) == {
        "migrations/0002_B.up.sql": "migrations/0002_b.up.sql",
        "migrations/0002_B.down.sql": "migrations/0002_b.down.sql",
    }


@pytest.mark.parametrize(
    ("name", "layout", "reported"),
    [
        ("20260104_four.sql", "supabase", "warning"),
        ("5_four.sql", "supabase", "warning"),
        ("20260104250000_four.sql", "supabase", "hint"),
        ("20260104000000_four-five.sql", "dbmate", "hint"),
        ("20260104000000_add_it.postgres.sql", "plain", None),
        ("20260104000000_6d5e49be-75fa-4909-bee0-b691e88b3f5c.sql", "supabase", None),
        ("20260104000000.sql", "dbmate", None),
        ("00_before_all.sql", "plain", None),
        ("20260104_Four.sql", "prisma", None),
        ("20260104_Four.sql", "atlas", None),
        ("four.sql", "plain", None),
    ],
)
def test_a_name_unlike_the_others(name: str, layout: str, reported: str | None) -> None:
    there = found((*STAMPS, name), "migration-filename", layout)
    assert there == ([] if reported is None else [f"{name} {reported}"])
    assert found((*STAMPS, name), "migration-filename", layout, settled=(name,)) == []


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("0010_four.sql", None),
        ("00010_four.sql", "warning"),
        ("12_four.sql", "warning"),
        ("20260104000000_four.sql", "warning"),
    ],
)
def test_a_number_unlike_the_others(name: str, reported: str | None) -> None:
    there = found((*NUMBERS, name), "migration-filename", "goose")
    assert there == ([] if reported is None else [f"{name} {reported}"])


def test_the_thousandth_migration_has_one_digit_more() -> None:
    names = ("997_a.sql", "998_b.sql", "999_c.sql", "1000_d.sql")
    texts = {f"migrations/{name}": "select 1;" for name in names}
    project = project_of(texts, layout="plain")
    order = {f"migrations/{name}": place for place, name in enumerate(names)}
    files = tuple(sorted(project.migrations, key=lambda file: order[file.path]))
    assert findings(check(attrs.evolve(project, migrations=files)), "migration-filename") == []


def test_a_project_that_changes_from_numbers_to_times_is_left_alone() -> None:
    assert found(("0001_a.sql", "0002_b.sql", *STAMPS[:2]), "migration-filename", "plain") == []


def test_a_day_becomes_its_first_second_unless_that_is_taken() -> None:
    texts = {f"migrations/{name}": "select 1;" for name in (*STAMPS, "20260105_four.sql")}
    assert renamed(texts, "migration-filename", "supabase")[-1] == "20260105000000_four.sql"
    texts = {f"migrations/{name}": "select 1;" for name in (*STAMPS, "20260103_four.sql")}
    (finding,) = findings(check(project_of(texts, layout="supabase")), "migration-filename")
    assert finding.fixes == ()


@pytest.mark.parametrize(
    ("version", "day", "clock"),
    [
        ("20240229235959", "2024-02-29", True),
        ("20250229000000", None, False),
        ("20240101240000", "2024-01-01", False),
        ("20240101006000", "2024-01-01", False),
        ("20240101", "2024-01-01", False),
        ("2024010112", None, False),
        ("19990101", None, False),
        ("٢٠٢٤٠١٠١", None, False),
    ],
)
def test_versions_that_are_times(version: str, day: str | None, clock: bool) -> None:
    found_day = day_of(version)
    assert (None if found_day is None else found_day.isoformat()) == day
    assert is_time(version) == clock


def test_the_version_behind_one() -> None:
    assert next_version(["20231231235959"], None) == "20240101000000"
    assert next_version(["0099", "0100"], None) == "0101"


HEADLESS = "create schema a;\n"


def headed(text: str, layout: str = "supabase", name: str = "20260201120000_add_notes.sql") -> str:
    texts = {f"migrations/{name}": text}
    settings = settings_of('preset = "schemabot"')
    analysis = check(project_of(texts, settings, layout=layout, today=date(2026, 2, 3)))
    change = change_set(analysis, findings(analysis, "header-missing")[0].fixes[0])
    assert change is not None
    return apply_change(texts, change)[f"migrations/{name}"]


def test_the_header_comes_behind_lines_that_stay_the_first() -> None:
    text = headed("--liquibase formatted sql\n\n--changeset a:1\ncreate schema a;\n", "liquibase")
    assert text.startswith("--liquibase formatted sql\n-- Migration: Add notes\n")
    assert headed("-- a note\n" + HEADLESS, "liquibase").startswith("-- Migration: Add notes\n")


def test_the_header_has_the_line_ends_of_the_file() -> None:
    text = headed("create schema a;\r\ncreate schema b;\r\n")
    assert text.count("\n") == text.count("\r\n")


def test_names_as_descriptions() -> None:
    for name, said in (
        ("V3__add_price-lists.sql", "Add price lists"), ("000007_add.notes.up.sql", "Add notes"),
        ("20260201120000_Änderung.sql", "Änderung"),
    ):  # fmt: skip
        assert f"-- Migration: {said}\n" in headed("-- Date: 2026-02-01\n" + HEADLESS, name=name)


def test_headers_as_people_write_them() -> None:
    toml = 'preset = "schemabot"'
    block = (
        "/*\n * Description: Notes\n * Author: me\n * Date: today\n * Reversible: no\n */\ncreate schema a;\n"
    )
    full = "-- MIGRATION: a\n-- author: b\n-- date : c\n-- Reversible:No\ncreate schema a;\n"
    late = "create schema a;\n" + full
    for text, count in ((block, 0), (full, 0), (late, 1), ("-- only a comment", 0)):
        project = project_of({"migrations/20260101000000_a.sql": text}, settings_of(toml))
        assert len(findings(check(project), "header-missing")) == count, text


@pytest.mark.parametrize(
    ("step", "lost"),
    [
        ("drop table a.t;", True), ("drop table t;", False), ("drop schema a cascade;", True),
        ("delete from a.t where id = 1;", True), ("truncate a.t;", True), ("alter table a.t drop column g;", False),
        ("alter table a.t alter n type numeric(10, 1);", True), ("alter table a.t alter n type numeric(12, 3);", False),
        ("alter table a.t alter n type int;", True), ("alter table a.t alter id type bigint;", False),
        ("do $$ begin delete from a.t; end $$;", True), ("update a.t set n = 1;", False),
        ("drop view a.v;", False), ("set search_path to a; drop table t;", False),
        ("create table if not exists a.u (id int); drop table a.u;", False),
    ],
)  # fmt: skip
def test_what_cannot_be_undone(step: str, lost: bool) -> None:
    texts = texts_of(
        "-- file: 1_a.sql\ncreate schema a; create table a.t (id int, n numeric(10, 3), d int,"
        " g int generated always as (d * 2) stored); create view a.v as select 1 as one;\n"
        f"-- file: 2_b.sql\n-- Reversible: Yes\n{step}\n"
    )
    project = project_of(texts, settings_of('preset = "schemabot"'))
    assert bool(findings(check(project), "header-untrue")) == lost


@pytest.mark.parametrize(
    ("layout", "refused"), [("goose", True), ("flyway", True), ("sqitch", False), ("plain", False)]
)
def test_commands_of_psql_where_nobody_reads_them(layout: str, refused: bool) -> None:
    texts = {"migrations/1_a.sql": "\\set x 1\nselect 1;\n\\i other.sql\n"}
    there = findings(check(project_of(texts, layout=layout)), "psql-command")
    assert [f.at.statement for f in there] == ([0] if refused else [])
    copy = {"migrations/1_a.sql": "create table t (a int);\ncopy t from stdin;\n1\n\\.\n"}
    assert findings(check(project_of(copy, layout=layout)), "psql-command") == []


def test_commands_of_psql_that_only_undo() -> None:
    texts = {"migrations/1_a.sql": "-- +goose Up\nselect 1;\n-- +goose Down\n\\echo down\n"}
    assert findings(check(project_of(texts, layout="goose")), "psql-command") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This migration is empty"),
        ("  \n\n", "This migration is empty"),
        ("-- Adds a table\n", "This migration holds comments only"),
        ("/*\ncreate table a (\n  id int\n);\n*/\n", "All SQL of this migration is commented out"),
        ("-- migrate:up\n\n-- migrate:down\ndrop table a;\n", "This migration holds comments only"),
        ("-- This is intentionally left blank\n", None),
        ("select 1;", None),
        ("\\echo x\n", None),
    ],
)
def test_migrations_that_do_nothing(text: str, said: str | None) -> None:
    there = findings(check(project_of({"migrations/1_a.sql": text}, layout="dbmate")), "empty-migration")
    assert [f.message.partition(":")[0] for f in there] == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("name", "layout"), [("R__views.sql", "flyway"), ("current.sql", "graphile-migrate")]
)
def test_files_that_are_run_again_may_be_empty(name: str, layout: str) -> None:
    project = project_of({f"migrations/{name}": "-- nothing yet\n"}, layout=layout)
    assert findings(check(project), "empty-migration") == []
