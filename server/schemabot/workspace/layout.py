"""Finding the project around a path: which folder holds its migrations, and in which order they run.

Known layouts: `migrations = "..."` in schemabot.toml, the Supabase CLI's `supabase/migrations`, a folder called
`migrations`, a folder whose SQL files start with digits, and a single SQL file. The nearest one upwards wins.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

SETTINGS_NAME = "schemabot.toml"
MAX_DEPTH = 8
MAX_FOLDERS = 5_000
"""How far a walk for nested projects goes; a monorepo's migrations lie higher."""

_SKIPPED = frozenset(
    {
        "node_modules", "bower_components", "vendor", "venv", "env", "site-packages", "__pycache__", "dist",
        "build", "target", "out", "coverage", "tmp",
    }
)  # fmt: skip
_NUMBER = re.compile(r"(\d+)")
_DOWN = re.compile(r"(?:\.down\.sql|\.undo\.sql)\Z", re.I)

Kind = Literal["settings", "supabase", "folder", "numbered", "file"]


class Layout(msgspec.Struct, frozen=True):
    """Where a project lies. Paths are absolute and as the user spelled them: links are not resolved.

    `root` is the project's folder; `migrations` the folder of the history, or the one file of kind `file`.
    """

    kind: Kind
    root: str
    migrations: str
    settings_file: str | None = None
    supabase_config: str | None = None


def find_layout(path: str) -> Layout | None:
    """The project that a file or folder belongs to; None when nothing around it looks like one."""
    path = os.path.abspath(path)
    start = path if os.path.isdir(path) else os.path.dirname(path)
    for folder in _upwards(start):
        layout = _layout_at(folder)
        if layout is not None:
            return layout
    if _is_numbered(start):
        return _layout("numbered", start, start)
    if _is_sql_name(path) and start != path:
        return _layout("file", start, path)
    if start == path and _sql_names(start):
        return _layout("folder", start, start)
    return None


def find_layouts(folder: str) -> list[Layout]:
    """Every project at, in or else around a folder, by path."""
    folder = os.path.abspath(folder)
    found: dict[str, Layout] = {}
    around = find_layout(folder)
    for inner, enclosed in _walk(folder, around is not None and _is_at(around, folder)):
        layout = _layout_at(inner)
        if layout is None and not enclosed and _is_numbered(inner):
            layout = _layout("numbered", inner, inner)
        if layout is not None:
            found.setdefault(layout.migrations, layout)
    if not found and around is not None:
        found[around.migrations] = around
    return [found[key] for key in sorted(found)]


def migration_files(layout: Layout, extra: tuple[str, ...] = ()) -> list[str]:
    """The paths of the history in the order in which they run; `extra` are open buffers not yet on disk.

    The Supabase CLI orders by file name (its `fs.ReadDir`), everything else here by name with numbers compared
    as numbers. Folders inside are not looked into. Raises `OSError` when the folder cannot be read.
    """
    if layout.kind == "file":
        return [layout.migrations]
    names = {entry.name for entry in os.scandir(layout.migrations) if _is_sql_name(entry.name)}
    for path in extra:
        if os.path.dirname(path) == layout.migrations and _is_sql_name(path):
            names.add(os.path.basename(path))
    if layout.supabase_config is not None or _is_supabase(layout.migrations):
        ordered = sorted(names)
    else:
        ordered = sorted((name for name in names if not _DOWN.search(name)), key=_numeric)
    return [os.path.join(layout.migrations, name) for name in ordered]


def nearest_settings(path: str) -> str | None:
    """The nearest schemabot.toml at or above a path, not above the repository's root."""
    start = path if os.path.isdir(path) else os.path.dirname(path)
    for folder in _upwards(start):
        candidate = os.path.join(folder, SETTINGS_NAME)
        if os.path.isfile(candidate):
            return candidate
    return None


def _layout_at(folder: str) -> Layout | None:
    """The project that `folder` itself is the root, the `supabase` or the migrations folder of."""
    settings = os.path.join(folder, SETTINGS_NAME)
    if os.path.isfile(settings) and (named := _named_migrations(settings)) is not None:
        target = os.path.normpath(os.path.join(folder, named))
        return _layout("file" if os.path.isfile(target) else "settings", folder, target)
    base = os.path.basename(folder)
    if base == "migrations":
        parent = os.path.dirname(folder)
        if os.path.basename(parent) == "supabase":
            return _layout("supabase", os.path.dirname(parent), folder)
        if _sql_names(folder):
            return _layout("folder", parent, folder)
    inside = os.path.join(folder, "migrations")
    if base == "supabase" and os.path.isdir(inside):
        return _layout("supabase", os.path.dirname(folder), inside)
    supabase = os.path.join(folder, "supabase", "migrations")
    if os.path.isdir(supabase):
        return _layout("supabase", folder, supabase)
    if _sql_names(inside):
        return _layout("folder", folder, inside)
    return None


def _layout(kind: Kind, root: str, migrations: str) -> Layout:
    config = None
    if _is_supabase(migrations):
        candidate = os.path.join(os.path.dirname(migrations), "config.toml")
        config = candidate if os.path.isfile(candidate) else None
    return Layout(kind, root, migrations, nearest_settings(migrations), config)


def _named_migrations(settings: str) -> str | None:
    """The `migrations` key of a settings file; None when it has none or cannot be read."""
    try:
        with open(settings, "rb") as stream:
            value = tomllib.load(stream).get("migrations")
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, str) and value else None


def _is_supabase(migrations: str) -> bool:
    parent = os.path.dirname(migrations)
    return os.path.basename(migrations) == "migrations" and os.path.basename(parent) == "supabase"


def _is_at(layout: Layout, folder: str) -> bool:
    """Whether `folder` lies in a project that says where its migrations are."""
    return layout.kind in ("settings", "supabase", "folder") and (folder + os.sep).startswith(
        os.path.join(layout.root, "")
    )


def _upwards(folder: str) -> Iterator[str]:
    """`folder` and the folders above it up to the repository's root, or to the home folder outside of one."""
    home = os.path.expanduser("~")
    inside_repository = any(
        os.path.exists(os.path.join(candidate, ".git"))
        for candidate in (folder, *map(str, Path(folder).parents))
    )
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return
        if not inside_repository and folder == home:
            return
        folder = above


def _walk(top: str, enclosed: bool) -> Iterator[tuple[str, bool]]:
    """The folders at and below `top`, each with whether a project encloses it; nearest to the top first."""
    waiting = [(top, 0, enclosed)]
    seen = 0
    while waiting and seen < MAX_FOLDERS:
        folder, depth, inside = waiting.pop(0)
        seen += 1
        yield folder, inside
        if depth == MAX_DEPTH:
            continue
        inside = inside or _layout_at(folder) is not None
        try:
            with os.scandir(folder) as entries:
                children = sorted(
                    e.name for e in entries if e.is_dir(follow_symlinks=False) and _entered(e.name)
                )
        except OSError:  # a folder that we may not read holds no project of ours
            continue
        waiting += [(os.path.join(folder, name), depth + 1, inside) for name in children]


def _entered(name: str) -> bool:
    return not name.startswith(".") and name not in _SKIPPED


def _sql_names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if _is_sql_name(entry.name)]
    except OSError:
        return []


def _is_numbered(folder: str) -> bool:
    """Whether most SQL files of the folder start with digits."""
    names = _sql_names(folder)
    return sum(name[0].isdigit() for name in names) * 2 > len(names)


def _is_sql_name(name: str) -> bool:
    return name[-4:].lower() == ".sql" and not os.path.basename(name).startswith(".")


def _numeric(name: str) -> list[tuple[int, int | str]]:
    """A sort key that compares runs of digits as numbers."""
    pieces = _NUMBER.split(name)
    return [
        (0, int(piece)) if piece.isdigit() and piece.isascii() else (1, piece) for piece in pieces if piece
    ]
