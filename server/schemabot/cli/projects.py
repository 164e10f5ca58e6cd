"""What every command does first: from paths on the command line to analysed projects."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from schemabot.analysis import Judged, analyse
from schemabot.cli.output import print_hint
from schemabot.workspace.layouts import Layout, absolute, belongs, discover, family_of, find_layout, is_sql
from schemabot.workspace.loader import LoadedProject, Selection, foreign_note, load_project
from schemabot.workspace.report_cache import ReportCache

logger = logging.getLogger(__name__)


@attrs.frozen(eq=False)
class Checked:
    """One project, analysed. `wanted` are the files to speak about."""

    loaded: LoadedProject
    analysis: Judged
    wanted: frozenset[str]


@attrs.frozen
class Asked:
    """What the paths mean: projects with the files asked about (None: all), and SQL files outside of them."""

    layouts: Mapping[Path, tuple[Layout, frozenset[str] | None]]
    outside: tuple[tuple[Layout, Path], ...]


def load(
    paths: Iterable[str], selection: Selection, overrides: Mapping[str, Any] | None = None
) -> list[LoadedProject]:
    """The projects of all paths, each once. Raises `click.ClickException` when there is nothing to check."""
    asked = _asked(tuple(paths) or (".",))
    found = [
        _narrowed(
            load_project(layout.migrations, layout=layout, selection=selection, overrides=overrides), only
        )
        for layout, only in asked.layouts.values()
    ]
    found += [
        load_project(path, layout=layout, selection=_without_history(selection), overrides=overrides)
        for layout, path in asked.outside
    ]
    for loaded in found:
        for problem in loaded.settings_problems:
            place = f"{shown_path(problem.path)}:{problem.line + 1}:{problem.column + 1}"
            raise click.ClickException(f"{place}: {problem.message}")
    for loaded in found:
        logger.info("%s: %s", shown_path(str(loaded.layout.migrations)), family_of(loaded.layout).title)
        for note in loaded.notes:
            print_hint(f"{shown_path(str(loaded.layout.migrations))}: {note}")
    if not any(loaded.project.migrations or loaded.unreadable for loaded in found):
        names = ", ".join(shown_path(loaded.path) for loaded in found)
        raise click.ClickException(f"no SQL files in {names}")
    return found


def load_one(path: str) -> LoadedProject:
    """The project of a path; where several lie below it, the one that it belongs to itself."""
    projects = load([path], Selection())
    if len(projects) != 1:
        own = find_layout(absolute(Path(path)))
        here = [
            loaded for loaded in projects if own is not None and loaded.layout.migrations == own.migrations
        ]
        if here:
            others = ", ".join(shown_path(str(p.layout.migrations)) for p in projects if p is not here[0])
            print_hint(f"this is the project of {path} itself; there are also {others}")
            projects = here
    if len(projects) != 1:
        names = ", ".join(shown_path(str(loaded.layout.migrations)) for loaded in projects)
        raise click.ClickException(f"{path} holds several projects: {names}. Name one of them")
    return projects[0]


def check(loaded: LoadedProject, *, anew: bool = False) -> Checked:
    """Analyse a project, or remember what was said about the very same input before, unless `anew`."""
    memory = ReportCache(loaded)
    analysis = None if anew else memory.load()
    if analysis is None:
        loaded.extract_ahead()
        analysis = analyse(loaded.project, loaded.rules, loaded.base)
        memory.save(analysis)
    paths = frozenset(file.path for file in loaded.project.migrations)
    wanted = paths if loaded.scope is None else paths & loaded.scope
    loaded.save_cache()
    return Checked(loaded, analysis, wanted)


def shown_path(path: str) -> str:
    """The path as people read it: relative to the current folder when it lies in it. Always valid Unicode."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH118, PTH109  # keeps the separator at the end
    if path.startswith(here):
        path = path[len(here) :]
    return os.fsencode(path).decode(errors="replace")


def _narrowed(loaded: LoadedProject, only: frozenset[str] | None) -> LoadedProject:
    if only is None:
        return loaded
    return attrs.evolve(loaded, scope=only if loaded.scope is None else loaded.scope & only)


def _without_history(selection: Selection) -> Selection:
    return attrs.evolve(selection, since=None, changed_from=None)


def _asked(paths: tuple[str, ...]) -> Asked:
    layouts: dict[Path, tuple[Layout, frozenset[str] | None]] = {}
    outside: list[tuple[Layout, Path]] = []
    for name in paths:
        path = absolute(Path(name))
        if path.is_dir():
            found = discover(path)
            for layout in found.foreign:
                print_hint(f"{shown_path(str(layout.migrations))}: {foreign_note(layout)}")
            if not found.layouts:
                raise click.ClickException(
                    f"{name}: no migrations found: neither a known layout nor a folder of SQL files. "
                    'Name the folder in schemabot.toml: migrations = "..."'
                )
            for layout in found.layouts:
                layouts[layout.migrations] = (layout, None)
            continue
        if not path.exists():
            what = "is a symbolic link to nothing" if path.is_symlink() else "does not exist"
            raise click.ClickException(f"{name}: {what}")
        if not is_sql(path.name):
            raise click.ClickException(f"{name}: is not an SQL file (*.sql)")
        if not path.is_file():
            raise click.ClickException(f"{name}: is not a regular file")
        layout_of = find_layout(path)
        if layout_of is None:
            raise click.ClickException(f"{name}: no project found around it")
        if layout_of.kind == "file" or belongs(layout_of, path):
            _, only = layouts.get(layout_of.migrations, (layout_of, frozenset()))
            merged = None if only is None else only | {str(path)}
            layouts[layout_of.migrations] = (layout_of, merged)
        else:
            outside.append((layout_of, path))
    return Asked(layouts, tuple(outside))
