"""A new migration: its name behind all others, the header that the project's migrations have, room for the way back."""

from __future__ import annotations

from datetime import datetime

import attrs

from schemabot.analysis import ChangeSet, MigrationFile, Project
from schemabot.analysis.down_place import placed
from schemabot.rulekit.header import read_header
from schemabot.syntax.source import Source
from schemabot_snippets import render

_LOOKED_AT = 5
_LONGEST = 60


class NoNameError(ValueError):
    """No file can be named so; the message says why."""


def new_migration(
    project: Project,
    title: str,
    now: datetime,
    *,
    sql: str = "",
    back: str = "",
    author: str = "data-engineer",
) -> ChangeSet:
    """The files of a migration that is to do what `title` says. `now` is the time for time stamps.

    Raises `NoNameError`.
    """
    naming = project.naming
    if naming is None:
        raise NoNameError("this project is a dump of a schema and takes no migrations")
    words = " ".join(title.split())
    if not any(letter.isascii() and letter.isalnum() for letter in words):
        raise NoNameError("say in a few plain words what the migration is to do")
    forward = [file for file in project.migrations if not file.is_down]
    versions = [file.version for file in forward if file.version is not None]
    folder = naming.folder
    if folder is None:
        folder = forward[-1].path.replace("\\", "/").rpartition("/")[0] if forward else project.root
    text = sql.strip()
    if _wants_header(project, forward):
        head = render("header", description=words, author=author, date=f"{now:%Y-%m-%d}", Yes="Yes")
        text = f"{head.rstrip()}\n\n{text}".rstrip()
    elif not text:
        text = f"-- {words[:1].upper()}{words[1:]}"
    name, body = naming.new_file(words[:_LONGEST], text, versions, now)
    path = f"{folder}/{name}"
    created = {path: body}
    if _has_ways_back(project, forward) or back:
        file = MigrationFile(path, Source.of(body), markers=forward[-1].markers if forward else None)
        grown = attrs.evolve(project, migrations=(*project.migrations, file))
        change = placed(grown, file, back)
        if change is not None:
            created |= change.created
            for edited, edits in change.edits.items():
                if edited == path:
                    (edit,) = edits
                    created[path] = body[: edit.span.start] + edit.text + body[edit.span.end :]
    return ChangeSet(created=created)


def _wants_header(project: Project, forward: list[MigrationFile]) -> bool:
    if project.settings.preset == "schemabot":
        return True
    newest = forward[-_LOOKED_AT:]
    return any("Migration" in read_header(f.view()) and "Date" in read_header(f.view()) for f in newest)


def _has_ways_back(project: Project, forward: list[MigrationFile]) -> bool:
    """Whether the layout has a place for them, or the newest migrations do."""
    if project.settings.preset == "schemabot" or any(file.is_down for file in project.migrations):
        return True
    return any(file.down() for file in forward[-_LOOKED_AT:])
