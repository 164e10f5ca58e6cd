"""Which family's migrations a folder holds, by what lies in it. Nothing but names, and the heads of a few files."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from schemabot.workspace.files import Unreadable, read_bytes
from schemabot.workspace.layouts.drizzle import JOURNAL
from schemabot.workspace.layouts.flyway import VERSIONED
from schemabot.workspace.layouts.liquibase import HEADER
from schemabot.workspace.layouts.model import is_sql, text_of
from schemabot.workspace.layouts.numbered import is_side_file
from schemabot.workspace.layouts.others import DEPENDS
from schemabot.workspace.layouts.sqitch import CONFIG, PLAN
from schemabot.workspace.layouts.supabase import is_supabase

_UP_DOWN = re.compile(r"[0-9]+_.*\.(?:up|down)\.sql\Z", re.I)
_MARKS = (
    ("goose", re.compile(r"^\s*--\s*\+goose\s+(?:up|down|no)\b", re.I | re.M)),
    ("dbmate", re.compile(r"^--\s*migrate:(?:up|down)(?:\s|$)", re.I | re.M)),
    ("tern", re.compile(r"^---- create above / drop below ----", re.M)),
    # As its own template writes it: a heading of that kind is also what people write.
    ("node-pg-migrate", re.compile(r"^-- (?:Up|Down) Migration[ \t]*$", re.M)),
)
_HEADS = 5
_HEAD = 65_536
_FOLDERS = 8  # how many are looked into before a folder of folders is given up
_SEARCHED_ABOVE = 4


class Detected(msgspec.Struct, frozen=True):
    """The family, and whether the folder is one wherever it lies; else only where no project is around it."""

    kind: str
    certain: bool = True


def detect(folder: Path) -> Detected | None:
    """What a folder holds; None when it is no migrations folder."""
    try:
        with os.scandir(folder) as entries:
            files: list[str] = []
            folders: list[str] = []
            for entry in entries:
                if not entry.name.startswith("."):
                    (folders if entry.is_dir() else files).append(entry.name)
    except OSError:
        return None
    if is_supabase(folder):
        return Detected("supabase")
    if CONFIG in files or (PLAN in files and _above(folder, (CONFIG,)) is None):
        return Detected("sqitch")
    kind = _by_folders(folder, files, sorted(folders))
    if kind is not None:
        return Detected(kind)
    return _by_names(folder, files, [name for name in files if is_sql(name)])


def _by_folders(folder: Path, files: list[str], folders: list[str]) -> str | None:
    if "meta" in folders and (folder / JOURNAL).is_file():
        return "drizzle"
    if "migration_lock.toml" in files:
        return "prisma"
    if "committed" in folders and ("current.sql" in files or "current" in folders):
        return "graphile-migrate"
    numbered = [name for name in folders if name[0].isdigit()]
    for name in [*numbered[:_FOLDERS], *numbered[-1:]]:
        inner = folder / name
        if (inner / "migration.sql").is_file():
            return "drizzle-folders" if (inner / "snapshot.json").is_file() else "prisma"
        if (inner / "up.sql").is_file():
            return _updown_kind(folder, name)
    return None


def _updown_kind(folder: Path, example: str) -> str:
    if _above(folder, ("diesel.toml",)) or "-" in example.partition("_")[0]:
        return "diesel"
    if "metadata_directory" in (_above(folder, ("config.yaml",)) or ""):
        return "hasura"
    return "diesel" if "diesel" in (_above(folder, ("Cargo.toml",)) or "") else "up-down-folders"


def _by_names(folder: Path, files: list[str], names: list[str]) -> Detected | None:
    if not names:
        return None
    versioned = [name for name in names if VERSIONED.match(name)]
    if len(versioned) * 2 > len(names) or (versioned and any(name.startswith("R__") for name in names)):
        return Detected("refinery" if "refinery" in (_above(folder, ("Cargo.toml",)) or "") else "flyway")
    if any(_UP_DOWN.match(name) for name in names):
        mixed = any(name[0].isdigit() and not _UP_DOWN.match(name) for name in names)
        rust = mixed or _above(folder, ("Cargo.toml",)) is not None
        return Detected("sqlx" if rust and _above(folder, ("go.mod",)) is None else "golang-migrate")
    numbered = [name for name in names if name[0].isdigit()]
    is_numbered = len(numbered) * 2 > len(names)
    if any(name.endswith(".rollback.sql") for name in names):
        return Detected("yoyo")
    heads = _heads(folder, sorted(numbered or names))
    for kind, pattern in _MARKS:
        if sum(pattern.search(head) is not None for head in heads) * 2 > len(heads):
            return Detected(kind)
    if any(HEADER.match(head) for head in heads):
        return Detected("liquibase")
    if "atlas.sum" in files:
        return Detected("atlas")
    if sum(DEPENDS.search(head) is not None for head in heads) * 2 > len(heads):
        return Detected("yoyo")
    if folder.name == "migrations" and not all(is_side_file(name) for name in names):
        return Detected("plain")
    return Detected("plain", certain=False) if is_numbered else None


def _heads(folder: Path, names: list[str]) -> list[str]:
    """The beginnings of a few files, the oldest and the newest among them."""
    step = max(len(names) // _HEADS, 1)
    found = []
    for name in dict.fromkeys([*names[::step][:_HEADS], names[-1]]):
        try:
            found.append(read_bytes(str(folder / name))[0][:_HEAD].decode(errors="replace"))
        except Unreadable:
            continue
    return found


def _above(folder: Path, names: tuple[str, ...]) -> str | None:
    """The text of the nearest file of one of these names at or a little above a folder."""
    for candidate in (folder, *folder.parents[:_SEARCHED_ABOVE]):
        for name in names:
            if (text := text_of(candidate / name)) is not None:
                return text
        if (candidate / ".git").exists():
            return None
    return None
