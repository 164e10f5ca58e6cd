"""Finding the project around a path: which folder holds its migrations, and in which order they run.

Known layouts: `migrations = "..."` in schemabot.toml, the Supabase CLI's `supabase/migrations`, a folder
called `migrations`, a folder whose SQL files start with digits, a single SQL file. The nearest upwards wins.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from schemabot.workspace.files import Unreadable, read_file

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
_NUMBER = re.compile(r"([0-9]+)")
_DOWN = re.compile(r"(?:\.down\.sql|\.undo\.sql)\Z", re.I)

Kind = Literal["settings", "supabase", "folder", "numbered", "file"]


class Layout(msgspec.Struct, frozen=True):
    """Where a project lies. Paths are absolute and as the user spelled them: links are not resolved.

    `root` is the project's folder; `migrations` the folder of the history, or the one file of kind `file`.
    """

    kind: Kind
    root: Path
    migrations: Path
    settings_file: Path | None = None
    supabase_config: Path | None = None


def find_layout(path: Path) -> Layout | None:
    """The project that a file or folder belongs to; None when nothing around it looks like one."""
    path = absolute(path)
    start = path if path.is_dir() else path.parent
    for folder in _upwards(start):
        layout = _layout_at(folder)
        if layout is not None:
            return layout
    if _is_numbered(start):
        return _layout("numbered", start, start)
    if path != start and is_sql(path.name):
        return _layout("file", start, path)
    if path == start and _sql_names(start):
        return _layout("folder", start, start)
    return None


def find_layouts(folder: Path) -> list[Layout]:
    """Every project at, in or else around a folder, by path."""
    folder = absolute(folder)
    found: dict[Path, Layout] = {}
    around = find_layout(folder)
    for inner, enclosed in _walk(folder, around is not None and around.kind not in ("numbered", "folder")):
        layout = _layout_at(inner)
        if layout is None and not enclosed and _is_numbered(inner):
            layout = _layout("numbered", inner, inner)
        if layout is not None:
            found.setdefault(layout.migrations, layout)
    if not found and around is not None:
        found[around.migrations] = around
    return [found[key] for key in sorted(found)]


def migration_files(layout: Layout, extra: Iterable[str] = ()) -> list[str]:
    """The paths of the history in the order in which they run; `extra` are open buffers not yet on disk.

    The Supabase CLI orders by file name (its `fs.ReadDir`), everything else here by name with numbers
    compared as numbers. Folders inside are not looked into, and down files (`*.down.sql`) are not history.
    Raises `OSError` when the folder cannot be read.
    """
    if layout.kind == "file":
        return [str(layout.migrations)]
    with os.scandir(layout.migrations) as entries:
        names = {entry.name for entry in entries if is_sql(entry.name)}
    for path in map(Path, extra):
        if path.parent == layout.migrations and is_sql(path.name):
            names.add(path.name)
    prefix = str(layout.migrations / "_")[:-1]
    return [prefix + name for name in in_order(layout, names)]


def in_order(layout: Layout, names: Iterable[str]) -> list[str]:
    """Names of files in the order in which the layout's runner takes them, without those it does not run."""
    if _is_supabase(layout.migrations):
        return sorted(names)
    return sorted((name for name in names if not _DOWN.search(name)), key=_numeric)


def is_in_history(layout: Layout, path: Path) -> bool:
    """Whether a file is, or would be when it is saved, one of the layout's migrations."""
    if layout.kind == "file":
        return path == layout.migrations
    return path.parent == layout.migrations and is_sql(path.name) and bool(in_order(layout, [path.name]))


def nearest_settings(path: Path) -> Path | None:
    """The nearest schemabot.toml at or above a path, not above the repository's root."""
    for folder in _upwards(path if path.is_dir() else path.parent):
        candidate = folder / SETTINGS_NAME
        if candidate.is_file():
            return candidate
    return None


def absolute(path: Path) -> Path:
    """The path from the root of the file system without `..`, links kept as they are spelled."""
    return Path(os.path.normpath(path.absolute()))


def is_sql(name: str) -> bool:
    """Whether a file of that name holds SQL; hidden files (editors' swap files) do not."""
    return name[-4:].lower() == ".sql" and not name.startswith(".")


def _layout_at(folder: Path) -> Layout | None:
    """The project that `folder` itself is the root, the `supabase` or the migrations folder of."""
    settings = folder / SETTINGS_NAME
    if settings.is_file() and (named := _named_migrations(settings)) is not None:
        target = Path(os.path.normpath(folder / named))
        return _layout("file" if target.is_file() else "settings", folder, target)
    if _is_supabase(folder):
        return _layout("supabase", folder.parent.parent, folder)
    if folder.name == "migrations" and _sql_names(folder):
        return _layout("folder", folder.parent, folder)
    inside = folder / "migrations"
    if _is_supabase(inside) and inside.is_dir():
        return _layout("supabase", folder.parent, inside)
    supabase = folder / "supabase" / "migrations"
    if supabase.is_dir():
        return _layout("supabase", folder, supabase)
    if _sql_names(inside):
        return _layout("folder", folder, inside)
    return None


def _layout(kind: Kind, root: Path, migrations: Path) -> Layout:
    config = migrations.parent / "config.toml"
    known = _is_supabase(migrations) and config.is_file()
    return Layout(kind, root, migrations, nearest_settings(migrations), config if known else None)


def _named_migrations(settings: Path) -> str | None:
    """The `migrations` key of a settings file; None when it has none or cannot be read."""
    try:
        value = tomllib.loads(read_file(str(settings)).text).get("migrations")
    except (Unreadable, ValueError, RecursionError):
        return None
    return value if isinstance(value, str) and value else None


def _is_supabase(migrations: Path) -> bool:
    return migrations.name == "migrations" and migrations.parent.name == "supabase"


def _upwards(folder: Path) -> Iterator[Path]:
    """`folder` and those above it, up to the repository's root, or outside of one to the home folder."""
    above = (folder, *folder.parents)
    repository = next((candidate for candidate in above if (candidate / ".git").exists()), None)
    top = Path.home() if repository is None else repository
    for candidate in above:
        yield candidate
        if candidate == top:
            return


def _walk(top: Path, enclosed: bool) -> Iterator[tuple[Path, bool]]:
    """The folders at and below `top`, each with whether a project encloses it; nearest to the top first."""
    waiting = deque([(top, 0, enclosed)])
    for _ in range(MAX_FOLDERS):
        if not waiting:
            return
        folder, depth, inside = waiting.popleft()
        yield folder, inside
        if depth == MAX_DEPTH:
            continue
        inside = inside or _layout_at(folder) is not None
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if _entered(entry))
        except OSError:  # a folder that we may not read holds no project of ours
            continue
        waiting += [(folder / name, depth + 1, inside) for name in names]


def _entered(entry: os.DirEntry[str]) -> bool:
    plain = not entry.name.startswith(".") and entry.name not in _SKIPPED
    return plain and entry.is_dir(follow_symlinks=False)


def _sql_names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if is_sql(entry.name)]
    except OSError:
        return []


def _is_numbered(folder: Path) -> bool:
    """Whether most SQL files of the folder start with digits."""
    names = _sql_names(folder)
    return sum(name[0].isdigit() for name in names) * 2 > len(names)


def _numeric(name: str) -> list[tuple[int, int | str]]:
    """A sort key that compares runs of digits as numbers."""
    pieces = [piece for piece in _NUMBER.split(name) if piece]
    return [(0, int(piece)) if _NUMBER.fullmatch(piece) else (1, piece) for piece in pieces]
