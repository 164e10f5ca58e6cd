"""A project as the analysis takes it: its settings and its migrations in order, all given from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

import attrs

from schemabot.facts.model import Extracted
from schemabot.rulekit.context import FileStatus, MigrationView, ProjectView
from schemabot.rulekit.settings import Settings
from schemabot.syntax.source import Source

_VERSION = re.compile(r"\d+")


@attrs.frozen
class MigrationFile:
    """One file of the history. `path` is any string that names it uniquely; it is never opened here.

    `down_from` is the index of the first statement of its down part, which is checked but not replayed.
    `facts` gives what each statement of a source says, when that is known from elsewhere; None when it is not.
    """

    path: str
    source: Source
    status: FileStatus = "pending"
    down_from: int | None = None
    facts: Callable[[Source], Sequence[Extracted] | None] | None = attrs.field(
        default=None, eq=False, repr=False
    )

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def version(self) -> str | None:
        """The digits that its name starts with."""
        found = _VERSION.match(self.name)
        return found.group() if found else None

    @property
    def replayed(self) -> int:
        """How many of its statements are replayed."""
        return len(self.source.statements) if self.down_from is None else self.down_from

    def view(self) -> MigrationView:
        """The file as rules see it."""
        source = self.source
        return MigrationView(
            path=self.path,
            name=self.name,
            version=self.version,
            status=self.status,
            statements=source.statements,
            comments=source.comments,
            text=source.text,
        )


@attrs.frozen
class Project:
    """A migration root. `exposed` are the schemas that the API serves, None for all; `today` is given, not read."""

    root: str
    migrations: tuple[MigrationFile, ...] = ()
    settings: Settings = attrs.Factory(Settings)
    platform: str = "postgres"
    exposed: frozenset[str] | None = None
    today: date | None = None

    def index(self, path: str) -> int | None:
        """The place of a file in the history."""
        files = self.migrations
        if files and files[-1].path == path:  # the newest is the one that people type in
            return len(files) - 1
        return next((i for i, file in enumerate(files) if file.path == path), None)

    def file(self, path: str) -> MigrationFile | None:
        """The file of that path."""
        index = self.index(path)
        return None if index is None else self.migrations[index]

    def with_file(self, index: int, file: MigrationFile) -> Project:
        """This project with one file replaced."""
        files = self.migrations
        return attrs.evolve(self, migrations=(*files[:index], file, *files[index + 1 :]))

    def view(self, views: tuple[MigrationView, ...] | None = None) -> ProjectView:
        """The project as rules see it."""
        return ProjectView(
            settings=self.settings,
            platform=self.platform,
            exposed=self.exposed,
            migrations=tuple(file.view() for file in self.migrations) if views is None else views,
            today=self.today,
        )
