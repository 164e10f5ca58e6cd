"""What rules about migration files share: which files are new, where a finding about a whole file stands, renaming."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin
from schemabot.facts.model import NoEffect
from schemabot.rulekit.context import FileContext, MigrationView, ProjectView
from schemabot.rulekit.finding import WHOLE_FILE, Fix, RenameFile
from schemabot.text import Span

DOWN_PART = "down part"
"""What a statement does that undoes a migration: nothing, while migrations run forward."""

_FIRST_LINE = re.compile(r"\s*(\S[^\r\n]*)")
_VERSION = re.compile(r"([VU]?)([0-9]+)(?=_)")
_BY_FOLDER = ("migration.sql", "up.sql")
_ENDING = re.compile(r"(?:\.up)?\.sql\Z", re.I)
_DOWNS = (".down.sql", ".undo.sql", ".rollback.sql")
_BLANKS = " \t"
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n|\r|\n|\Z)(?:[ \t]*(?:\r\n|\r|\n))?")


def is_new(migration: MigrationView) -> bool:
    """Whether the file came with the changes that are being made: it may still get another name, or go."""
    return migration.status == "pending" and not migration.edited


def file_place(migration: MigrationView) -> Origin:
    """Where findings about a whole file stand: its first line that is not blank."""
    found = _FIRST_LINE.match(migration.text)
    span = Span(0, 0) if found is None else Span(found.start(1), found.start(1) + len(found[1].rstrip()))
    return Origin(migration.path, WHOLE_FILE, span)


def full_name(migration: MigrationView) -> str:
    """The name that tells migrations apart: the file's, or its folder's where each has one of its own."""
    if migration.name not in _BY_FOLDER:
        return migration.name
    return migration.path.replace("\\", "/").split("/")[-2:][0]


def newest(project: ProjectView, besides: MigrationView, most: int) -> list[MigrationView]:
    """The newest migrations with a version, the very newest first, without the one file."""
    found: list[MigrationView] = []
    for migration in reversed(project.migrations):
        if migration.is_down or len(found) == most:
            break
        if migration.version is not None and migration.path != besides.path:
            found.append(migration)
    return found


def neighbour(project: ProjectView, migration: MigrationView, step: int) -> MigrationView | None:
    """The migration that runs before (-1) or behind (+1) this one, if both have a version."""
    place = project.places[migration.path] + step
    if not 0 <= place < len(project.migrations):
        return None
    other = project.migrations[place]
    return None if other.is_down or other.version is None else other


class Newest:
    """The place of the newest migration that is history, kept as long as the files are the same."""

    def __init__(self) -> None:
        self._last: tuple[object, MigrationView | None] | None = None

    def __call__(self, project: ProjectView) -> MigrationView | None:
        """The newest one that is applied or settled; None when all are new."""
        if self._last is None or self._last[0] is not project.places:
            found = next(
                (
                    migration
                    for migration in reversed(project.migrations)
                    if migration.status != "pending" and migration.version and not migration.is_down
                ),
                None,
            )
            self._last = (project.places, found)
        return self._last[1]


newest_in_history = Newest()


def rename(context: FileContext[Any], version: str, slug: str | None = None) -> Fix | None:
    """A fix that gives the file another version, and with `slug` another name behind it; its down file follows.

    None where the version does not stand at the start of the name, or the new name is taken.
    """
    migration = context.migration
    found = _VERSION.match(migration.name)
    if found is None:
        return None
    ending = _ENDING.search(migration.name)
    behind = migration.name[found.end() :] if slug is None or ending is None else f"_{slug}{ending.group()}"
    name = found[1] + version + behind
    steps = [RenameFile(migration.path, name)]
    folder = migration.path[: len(migration.path) - len(migration.name)]
    stem, new_stem = _ENDING.sub("", migration.name), _ENDING.sub("", name)
    steps += [
        RenameFile(f"{folder}{stem}{down}", new_stem + down)
        for down in _DOWNS
        if f"{folder}{stem}{down}" in context.project.by_path
    ]
    if folder + name in context.project.by_path:
        return None
    return Fix(title=f"Rename to {name}", steps=tuple(steps), preferred=True)


def down_part(context: FileContext[Any]) -> frozenset[int]:
    """The indexes of the statements that are read and not run: they undo the migration."""
    return frozenset(
        index for index, fact in context.facts if isinstance(fact, NoEffect) and fact.what == DOWN_PART
    )


def whole_lines(text: str, start: int, end: int) -> Span:
    """The span from `start` to `end`, with its line when nothing else stands there and a blank one behind it."""
    before = text[:start].rstrip(_BLANKS)
    rest = _REST_OF_LINE.match(text, end)
    if (before == "" or before[-1] in "\r\n") and rest is not None:
        return Span(len(before), rest.end())
    return Span(start, end)


def versions(project: ProjectView) -> Iterator[str]:
    """The versions of all migrations that are plain digits."""
    for migration in project.migrations:
        if migration.version is not None and migration.version.isdigit():
            yield migration.version
