"""What a real database has recorded makes files history, and shows which were edited since."""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs
import pytest

from schemabot.analysis import analyse
from schemabot.catalog.platform import platform_state
from schemabot.catalog.recorded import words_of
from schemabot.catalog.snapshot import Snapshot
from schemabot.workspace import remote_cache
from schemabot.workspace.loader import changed_files, load_project

FIRST = "create table public.notes (id bigint primary key);\nalter table public.notes enable row level security;\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(tmp_path / "cache"))


def snapshot(applied: set[str] | None, ran: dict[str, str] | None = None, *, local: bool = False) -> Snapshot:
    catalog = platform_state("postgres").catalog
    return Snapshot(
        catalog,
        "db.example.com/app",
        1_790_000_000.0,
        170004,
        "postgres",
        None if applied is None else frozenset(applied),
        (),
        ran or {},
        local,
    )


def folder(root: Path, files: dict[str, str], settings: str = "") -> Path:
    """A project with these files, paths below its root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    if settings:
        (root / "schemabot.toml").write_text(settings)
    return (root / next(iter(files))).parent


def statuses(migrations: Path, kept: Snapshot) -> list[tuple[str, bool]]:
    loaded = load_project(migrations)
    remote_cache.save(str(loaded.layout.migrations), kept)
    return [
        (file.status, file.differs)
        for file in load_project(migrations).project.migrations
        if not file.is_down
    ]


SUPABASE = {
    "supabase/migrations/20240101000000_a.sql": FIRST,
    "supabase/migrations/20240102000000_b.sql": "alter table public.notes add column title text;\n",
}


def test_what_is_recorded_has_run(tmp_path: Path) -> None:
    migrations = folder(tmp_path / "p", SUPABASE)
    assert load_project(migrations).hint is not None
    assert statuses(migrations, snapshot({"20240101000000"})) == [("applied", False), ("pending", False)]
    assert load_project(migrations).hint is None


def test_this_machine_says_nothing(tmp_path: Path) -> None:
    migrations = folder(tmp_path / "p", SUPABASE)
    found = statuses(migrations, snapshot({"20240101000000"}, local=True))
    assert found == [("pending", False)] * 2


def test_settings_can_say_no(tmp_path: Path) -> None:
    migrations = folder(tmp_path / "p", SUPABASE, "remote = false\n")
    assert statuses(migrations, snapshot({"20240101000000"})) == [("pending", False)] * 2


def test_a_file_is_compared_with_what_ran(tmp_path: Path) -> None:
    migrations = folder(tmp_path / "p", SUPABASE)
    same = "-- another comment\n" + FIRST.replace(";\n", "\n;\n;\n\n")
    ran = {
        "20240101000000": words_of(same),
        "20240102000000": words_of("alter table public.notes add column t text"),
    }
    found = statuses(migrations, snapshot(set(ran), ran))
    assert found == [("applied", False), ("applied", True)]
    loaded = load_project(migrations)
    analysis = analyse(loaded.project, loaded.rules, loaded.base)
    (finding,) = [f for r in analysis.reports.values() for f in r.findings if f.rule == "applied-edited"]
    assert "db.example.com/app keeps what the old one made" in finding.message


def test_many_differences_are_our_own_mistake(tmp_path: Path) -> None:
    files = {f"supabase/migrations/2024010{n}000000_a.sql": f"select {n};\n" for n in range(1, 9)}
    migrations = folder(tmp_path / "p", files)
    ran = {f"2024010{n}000000": words_of("select 0") for n in range(1, 9)}
    assert statuses(migrations, snapshot(set(ran), ran)) == [("applied", False)] * 8


@pytest.mark.parametrize(
    ("files", "applied", "expected"),
    [
        ({"db/migrations/20240101000000_a.sql": "-- migrate:up\n" + FIRST}, {"20240101000000"}, "applied"),
        ({"migrations/00001_a.sql": "-- +goose Up\n" + FIRST}, {"1"}, "applied"),
        ({"migrations/00002_a.sql": "-- +goose Up\n" + FIRST}, {"1"}, "pending"),
        (
            {"migrations/000001_a.up.sql": FIRST, "migrations/000001_a.down.sql": "drop table notes;"},
            {"3"},
            "applied",
        ),
        (
            {"migrations/000004_a.up.sql": FIRST, "migrations/000004_a.down.sql": "drop table notes;"},
            {"3"},
            "pending",
        ),
        ({"prisma/migrations/20240101000000_a/migration.sql": FIRST}, {"20240101000000_a"}, "applied"),
        ({"drizzle/0000_a.sql": FIRST}, {hashlib.sha256(FIRST.encode()).hexdigest()}, "applied"),
        ({"drizzle/0000_a.sql": FIRST}, {hashlib.sha256(b"other").hexdigest()}, "pending"),
        ({"db/migration/V1__a.sql": FIRST}, {"1"}, "applied"),
    ],
)
def test_each_runner_has_its_own_names(
    tmp_path: Path, files: dict[str, str], applied: set[str], expected: str
) -> None:
    root = tmp_path / "p"
    folder(root, files)
    if any(name.startswith("drizzle") for name in files):
        (root / "drizzle/meta").mkdir()
        (root / "drizzle/meta/_journal.json").write_text(
            '{"entries": [{"idx": 0, "tag": "0000_a", "when": 1}]}'
        )
    if any(name.startswith("prisma") for name in files):
        (root / "prisma/migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
    assert [status for status, _ in statuses(root, snapshot(applied))] == [expected]


@pytest.mark.parametrize(("algorithm", "end"), [("sha256", "\n"), ("sha384", "\r\n")])
def test_checksums_know_both_ends_of_lines(tmp_path: Path, algorithm: str, end: str) -> None:
    root = tmp_path / "p"
    text = FIRST.replace("\n", end)
    folder(root, {"prisma/migrations/20240101000000_a/migration.sql": text})
    (root / "prisma/migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
    name = f"{algorithm}:{hashlib.new(algorithm, FIRST.encode()).hexdigest()}"
    kept = snapshot({"20240101000000_a"}, {"20240101000000_a": name})
    assert statuses(root, kept) == [("applied", False)]
    other = attrs.evolve(kept, ran={"20240101000000_a": f"{algorithm}:{'0' * 64}"})
    assert statuses(root, other) == [("applied", True)]


def test_a_new_pull_is_seen(tmp_path: Path) -> None:
    migrations = folder(tmp_path / "p", SUPABASE)
    loaded = load_project(migrations)
    remote_cache.save(str(loaded.layout.migrations), snapshot({"20240101000000"}))
    assert changed_files(loaded)
    again = load_project(migrations, previous=loaded)
    assert again.project.remote is not None
    assert load_project(migrations, previous=again).project.remote is again.project.remote
    remote_cache.delete(str(loaded.layout.migrations))
    assert load_project(migrations, previous=again).project.remote is None
