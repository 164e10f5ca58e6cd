"""The layouts of migration projects: where the migrations lie, in which order they run, and what undoes them.

`find` looks for projects, `detect` tells the families apart, and one module a family reads a folder exactly as its
runner does. `table` names them all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.syntax.parts import ALL_DOWN, Markers
from schemabot.workspace.layouts.find import (
    SETTINGS_NAME,
    Discovery,
    absolute,
    discover,
    find_layout,
    find_layouts,
    nearest_settings,
)
from schemabot.workspace.layouts.model import Entry, Family, Folder, Layout, Listing, is_sql
from schemabot.workspace.layouts.table import FAMILIES, LAYOUT_NAMES


def family_of(layout: Layout) -> Family:
    """The family of a layout."""
    return FAMILIES[layout.kind]


def listing_of(layout: Layout, extra: Iterable[str] = ()) -> Listing:
    """What the layout's runner makes of the folder; `extra` are the paths of open buffers not yet on disk.

    Raises `OSError` when the folder cannot be read.
    """
    return family_of(layout).read(Folder(layout.migrations, extra))


def path_of(layout: Layout, entry: Entry) -> str:
    """The path of a migration file."""
    if layout.kind in ("file", "dump"):
        return str(layout.migrations)
    return str(layout.migrations / "_")[:-1] + entry.name.replace("/", os.sep)


def migration_files(layout: Layout, extra: Iterable[str] = ()) -> list[str]:
    """The paths of the history in the order in which they run, without down files. Raises `OSError`."""
    return [path_of(layout, entry) for entry in listing_of(layout, extra).history]


def markers_of(layout: Layout, *, down: bool = False) -> Markers | None:
    """What marks the parts in a file of the layout; a `down` file is one part."""
    return ALL_DOWN if down else family_of(layout).markers


def naming_of(layout: Layout) -> Naming | None:
    """How the layout names a new migration; None when one cannot be written by hand."""
    try:
        return family_of(layout).naming(layout.migrations)
    except OSError:
        return None


def runner_of(layout: Layout) -> Runner:
    """What is known of how the layout's files are named and run."""
    return family_of(layout).runner


def is_in_history(layout: Layout, path: Path) -> bool:
    """Whether a file is, or would be when it is saved, one of the layout's migrations."""
    return _is_among(layout, path, with_downs=False)


def belongs(layout: Layout, path: Path) -> bool:
    """Whether a file is one of the layout's migrations or undoes one."""
    return _is_among(layout, path, with_downs=True)


def _is_among(layout: Layout, path: Path, *, with_downs: bool) -> bool:
    try:
        found = listing_of(layout, [str(path)])
    except OSError:
        return False
    entries = (*found.history, *found.downs) if with_downs else found.history
    return any(path_of(layout, entry) == str(path) for entry in entries)


__all__ = [
    "FAMILIES", "LAYOUT_NAMES", "SETTINGS_NAME", "Discovery", "Entry", "Family", "Layout", "Listing", "absolute",
    "belongs", "discover", "family_of", "find_layout", "find_layouts", "is_in_history", "is_sql", "listing_of",
    "markers_of", "migration_files", "naming_of", "nearest_settings", "path_of", "runner_of",
]  # fmt: skip
