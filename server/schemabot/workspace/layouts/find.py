"""Finding the projects around a path or below it."""

from __future__ import annotations

import os
import tomllib
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from schemabot.workspace.files import Unreadable, read_file
from schemabot.workspace.layouts.detect import Detected, detect
from schemabot.workspace.layouts.dialects import foreign_dialect
from schemabot.workspace.layouts.model import Folder, Layout, is_sql
from schemabot.workspace.layouts.others import DUMPS
from schemabot.workspace.layouts.supabase import schemas_folder
from schemabot.workspace.layouts.table import FAMILIES, LAYOUT_NAMES

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
_USUAL = (
    "supabase/migrations", "migrations", "prisma/migrations", "drizzle", "drizzle/migrations", "db/migrations",
    "db/migration", "database/migrations", "src/main/resources/db/migration", "src/main/resources/db/changelog",
    "src/migrations", "sql/migrations", "internal/migrations", "migrate",
)  # fmt: skip
"""Where runners put migrations below a project's folder; the project of a folder is the first one there."""


class Discovery(msgspec.Struct, frozen=True):
    """The projects of a folder, by path, and those that are for other database systems."""

    layouts: tuple[Layout, ...]
    foreign: tuple[Layout, ...] = ()


def find_layout(path: Path) -> Layout | None:
    """The project that a file or folder belongs to; None when nothing around it looks like one.

    The nearest upwards wins. It may be `foreign`.
    """
    path = absolute(path)
    start = path if path.is_dir() else path.parent
    for folder in _upwards(start):
        layout = _around(folder, path)
        if layout is not None:
            return layout
    detected = detect(start)
    if detected is not None:
        return _layout(detected.kind, start)
    if path != start and is_sql(path.name):
        return _layout("file", path)
    if path == start and any(is_sql(name) for name in _names(start)):
        return _layout("plain", start)
    return None


def discover(folder: Path) -> Discovery:
    """Every project at, in or else around a folder."""
    folder = absolute(folder)
    around = find_layout(folder)
    found: dict[Path, Layout] = {}
    loose: dict[Path, Layout] = {}
    inside: list[Path] = []  # folders of migrations, which hold no other project
    for inner in _walk(folder, inside):
        for layout, certain in _at(inner):
            (found if certain else loose).setdefault(layout.migrations, layout)
            if certain and layout.migrations == inner and layout.kind != "sqitch":
                inside.append(inner)
    roots = {layout.root for layout in found.values()}
    if around is not None and (around.kind not in ("plain", "file") or around.migrations != folder):
        roots.add(around.root)
    found |= {path: layout for path, layout in loose.items() if not roots.intersection((path, *path.parents))}
    if not found and around is not None:
        found[around.migrations] = around
    ordered = [_without_declared(found[key], found) for key in sorted(found)]
    layouts = [layout for layout in ordered if layout is not None]
    return Discovery(
        tuple(layout for layout in layouts if layout.foreign is None),
        tuple(layout for layout in layouts if layout.foreign is not None),
    )


def find_layouts(folder: Path) -> list[Layout]:
    """The projects of `discover` that are for PostgreSQL."""
    return list(discover(folder).layouts)


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


def _around(folder: Path, asked: Path) -> Layout | None:
    """The project that `folder` is the root or the migrations folder of, for somebody who asks about `asked`."""
    declared = folder if folder.name == "schemas" else folder / "supabase" / "schemas"
    is_declared = declared.parent.name == "supabase" and asked.is_relative_to(declared)
    if is_declared and schemas_folder(declared.parent) is not None:
        return _layout("supabase-schemas", declared, declared.parent.parent)
    own = list(_at(folder))
    for layout, certain in own:
        if certain and layout.kind != "dump" and (layout.kind != "supabase-schemas" or len(own) == 1):
            return layout
    usual = _USUAL if folder.name != "supabase" else ("migrations",)
    for name in usual:
        inner = folder / name
        detected = detect(inner) if inner.is_dir() else None
        if detected is not None and (detected.certain or name != "migrate"):
            return _layout(detected.kind, inner)
        if detected is None and name == "migrations" and inner.is_dir():
            below = _below(inner, asked, folder)
            if below is not None:
                return below
    return next((layout for layout, certain in own if certain), None)


def _below(migrations: Path, asked: Path, root: Path) -> Layout | None:
    """The only project in the folders of a `migrations` folder (Hasura has one for each database)."""
    found = []
    for name in sorted(_names(migrations)):
        inner = migrations / name
        detected = detect(inner) if inner.is_dir() else None
        if detected is not None:
            found.append(_layout(detected.kind, inner, root))
    ours = [layout for layout in found if layout.foreign is None]
    return ours[0] if len(ours) == 1 and not asked.is_relative_to(migrations) else None


def _at(folder: Path) -> Iterator[tuple[Layout, bool]]:
    """The projects that `folder` itself says something of, each with whether it is certain."""
    settings = folder / SETTINGS_NAME
    if settings.is_file():
        named, kind = _named(settings)
        if named is not None:
            target = Path(os.path.normpath(folder / named))
            yield _set_layout(target, folder, kind), True
            return
    detected = detect(folder) or _forced(folder)
    if detected is not None:
        yield _layout(detected.kind, folder), detected.certain
    if (folder / "supabase" / "migrations").is_dir() or detected is not None:
        return
    if folder.name == "supabase" and (folder / "migrations").is_dir():
        return
    supabase = folder if folder.name == "supabase" else folder / "supabase"
    if (declared := schemas_folder(supabase)) is not None:
        yield _layout("supabase-schemas", declared, supabase.parent), True
    for name in DUMPS:
        if (folder / name).is_file() and not _has_sql_migrations(folder):
            yield _layout("dump", folder / name, folder), True
            return


def _has_sql_migrations(root: Path) -> bool:
    return any((root / name).is_dir() and detect(root / name) is not None for name in _USUAL)


def _forced(folder: Path) -> Detected | None:
    """The family that a settings file gives to the SQL files beside it."""
    settings = folder / SETTINGS_NAME
    kind = _named(settings)[1] if settings.is_file() else None
    return None if kind is None or not any(map(is_sql, _names(folder))) else Detected(kind)


def _set_layout(target: Path, root: Path, kind: str | None) -> Layout:
    """The layout of what the settings name: its dialect is the user's business."""
    if kind is None:
        detected = None if target.is_file() else detect(target)
        kind = "file" if target.is_file() else detected.kind if detected else "plain"
    return Layout(kind, root, target, nearest_settings(target), _supabase_config(target))


def _layout(kind: str, migrations: Path, root: Path | None = None) -> Layout:
    settings = nearest_settings(migrations)
    chosen = None if settings is None or migrations.is_file() else _named(settings)[1]
    layout = Layout(
        chosen or kind, root or _root_of(migrations), migrations, settings, _supabase_config(migrations)
    )
    if chosen is not None or kind in ("file", "dump", "supabase", "supabase-schemas"):
        return layout
    try:
        names = [entry.name for entry in FAMILIES[kind].read(Folder(migrations)).history]
    except OSError:
        return layout
    *_, top = _upwards(migrations)
    return msgspec.structs.replace(layout, foreign=foreign_dialect(kind, migrations, top, names))


def _supabase_config(migrations: Path) -> Path | None:
    config = migrations.parent / "config.toml"
    return config if migrations.parent.name == "supabase" and config.is_file() else None


def _root_of(migrations: Path) -> Path:
    """The project's folder above a migrations folder, or that folder itself when it lies nowhere usual."""
    if migrations.is_file():
        return migrations.parent
    for name in sorted(_USUAL, key=len, reverse=True):
        parts = tuple(name.split("/"))
        if migrations.parts[-len(parts) :] == parts:
            return migrations.parents[len(parts) - 1]
    return migrations


def _without_declared(layout: Layout, found: dict[Path, Layout]) -> Layout | None:
    """Declared schemas are the history only where there are no migrations."""
    if layout.kind == "supabase-schemas" and layout.root / "supabase" / "migrations" in found:
        return None
    return layout


def _named(settings: Path) -> tuple[str | None, str | None]:
    """The `migrations` and `layout` keys of a settings file; None where they are missing or wrong."""
    try:
        found = tomllib.loads(read_file(str(settings)).text.replace("\r\n", "\n"))
    except (Unreadable, ValueError, RecursionError):
        return None, None
    named, kind = found.get("migrations"), found.get("layout")
    return (
        named if isinstance(named, str) and named else None,
        kind if isinstance(kind, str) and kind in LAYOUT_NAMES else None,
    )


def _upwards(folder: Path) -> Iterator[Path]:
    """`folder` and those above it, up to the repository's root, or outside of one to the home folder."""
    above = (folder, *folder.parents)
    repository = next((candidate for candidate in above if (candidate / ".git").exists()), None)
    top = Path.home() if repository is None else repository
    for candidate in above:
        yield candidate
        if candidate == top:
            return


def _walk(top: Path, closed: list[Path]) -> Iterator[Path]:
    """The folders at and below `top`, nearest to the top first; those in `closed` folders are left out."""
    waiting = deque([(top, 0)])
    for _ in range(MAX_FOLDERS):
        if not waiting:
            return
        folder, depth = waiting.popleft()
        yield folder
        if depth == MAX_DEPTH or folder in closed:
            continue
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if _entered(entry))
        except OSError:  # a folder that we may not read holds no project of ours
            continue
        waiting += [(folder / name, depth + 1) for name in names]


def _entered(entry: os.DirEntry[str]) -> bool:
    plain = not entry.name.startswith(".") and entry.name not in _SKIPPED
    return plain and entry.is_dir(follow_symlinks=False)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names are wanted, not paths
    except OSError:
        return []
