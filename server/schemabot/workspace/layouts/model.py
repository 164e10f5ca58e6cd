"""What the modules of this package share: where a project lies, and what its runner makes of a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.syntax.parts import Markers
from schemabot.workspace.files import Unreadable, read_file

_DEEPEST = 6


class Layout(msgspec.Struct, frozen=True):
    """Where a project lies. Paths are absolute and as the user spelled them: links are not resolved.

    `kind` is the name of its family; `root` the project's folder; `migrations` the folder of the history, or the
    one file that it is. `foreign` is the database system that it is for, when that is clearly not PostgreSQL.
    """

    kind: str
    root: Path
    migrations: Path
    settings_file: Path | None = None
    supabase_config: Path | None = None
    foreign: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """One migration file: its path below the migrations folder with `/`, and what its runner calls it."""

    name: str
    version: str | None = None
    full_name: str | None = None


class Listing(msgspec.Struct, frozen=True):
    """A folder as its runner reads it: the history in order, the files that undo it, what to tell the user, and the
    files beside that order it (their paths below the folder, or absolute)."""

    history: tuple[Entry, ...] = ()
    downs: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    ordered_by: tuple[str, ...] = ()


class Folder:
    """A migrations folder on disk together with the open buffers that are not saved in it yet.

    Reading raises `OSError` for the folder itself and never for what is in it.
    """

    def __init__(self, path: Path, extra: Iterable[str] = ()) -> None:
        self.path = path
        prefix = str(path / "_")[:-1]
        self._extra = {name[len(prefix) :].replace(os.sep, "/") for name in extra if name.startswith(prefix)}
        self._entries: tuple[frozenset[str], frozenset[str]] | None = None

    @property
    def files(self) -> frozenset[str]:
        """The names of everything directly in it that is not hidden and no folder of folders."""
        return self._read()[0]

    @property
    def folders(self) -> frozenset[str]:
        """The names of the folders in it."""
        return self._read()[1]

    @property
    def sql(self) -> list[str]:
        """The names of the SQL files directly in it, sorted as bytes are."""
        return sorted(name for name in self.files if is_sql(name))

    def has(self, name: str) -> bool:
        """Whether a file of that path below the folder is there or open."""
        return name in self._extra or (self.path / name).is_file()

    def deep_sql(self) -> list[str]:
        """The paths of all SQL files in it and in folders below, sorted name by name as a walk finds them."""
        found = {name for name in self._extra if is_sql(name.rpartition("/")[2])}
        waiting = [("", 0)]
        while waiting:
            inner, depth = waiting.pop()
            try:
                with os.scandir(self.path / inner) as entries:
                    for entry in entries:
                        if is_sql(entry.name):
                            found.add(inner + entry.name)
                        elif depth < _DEEPEST and not entry.name.startswith(".") and entry.is_dir():
                            waiting.append((f"{inner}{entry.name}/", depth + 1))
            except OSError:
                if not inner:
                    raise
        return sorted(found, key=lambda name: name.split("/"))

    def text(self, name: str) -> str | None:
        """The text of a file beside the migrations, by its path below the folder; None when it cannot be read."""
        return text_of(self.path / name)

    def _read(self) -> tuple[frozenset[str], frozenset[str]]:
        if self._entries is None:
            files = {name for name in self._extra if "/" not in name}
            folders = {name.partition("/")[0] for name in self._extra if "/" in name}
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        folders.add(entry.name)
                    if is_sql(entry.name) or not entry.is_dir():
                        files.add(entry.name)
            self._entries = frozenset(files), frozenset(folders)
        return self._entries


class Family(msgspec.Struct, frozen=True):
    """One kind of layout: how a runner reads a folder, marks parts in a file, names a new migration, and runs it."""

    name: str
    title: str
    read: Callable[[Folder], Listing]
    markers: Markers | None = None
    naming: Callable[[Path], Naming | None] = lambda folder: Naming(folder=str(folder))
    runner: Runner = Runner()


def is_sql(name: str) -> bool:
    """Whether a file of that name holds SQL; hidden files (editors' swap files) do not."""
    return name[-4:].lower() == ".sql" and not name.startswith(".")


def text_of(path: Path) -> str | None:
    """The text of a small file that is no migration; None when it is not there or no text."""
    try:
        return read_file(str(path)).text
    except Unreadable:
        return None


def shown(names: Iterable[str], most: int = 3) -> str:
    """Names for a message: the first ones, and how many more there are."""
    found = sorted(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest
