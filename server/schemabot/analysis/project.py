"""A project as the analysis takes it: its settings and its migrations in order, all given from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property

import attrs

from schemabot.analysis.naming import Naming
from schemabot.catalog.snapshot import Snapshot
from schemabot.facts.model import Extracted
from schemabot.rulekit.context import FileStatus, MigrationView, ProjectView
from schemabot.rulekit.runner import Runner
from schemabot.rulekit.settings import Settings
from schemabot.syntax.parts import ALL_DOWN, Markers, down_statements
from schemabot.syntax.source import Source

_VERSION = re.compile(r"\d+")


@attrs.frozen
class MigrationFile:
    """One file of the history. `path` is any string that names it uniquely; it is never opened here.

    `markers` tell its down parts, which are read but not replayed. `own_version` and `full_name` are what the
    project's runner calls it, when that is not what its name says. `edited`: the default branch has another text;
    `differs`: a real database ran another text.
    `facts` gives what each statement of a source says, when that is known from elsewhere; None when it is not.
    """

    path: str
    source: Source
    status: FileStatus = "pending"
    markers: Markers | None = None
    own_version: str | None = None
    full_name: str | None = None
    edited: bool = False
    differs: bool = False
    facts: Callable[[Source], Sequence[Extracted] | None] | None = attrs.field(
        default=None, eq=False, repr=False
    )

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def version(self) -> str | None:
        """The version in the words of its runner, else the digits that its name starts with."""
        if self.own_version is not None:
            return self.own_version
        found = _VERSION.match(self.name)
        return found.group() if found else None

    @property
    def is_down(self) -> bool:
        """Whether the whole file undoes another one: nothing of it is ever replayed."""
        return self.markers == ALL_DOWN

    def down(self) -> frozenset[int]:
        """The indexes of the statements that are not replayed."""
        return frozenset() if self.markers is None else down_statements(self.source, self.markers)

    def up_text(self) -> str:
        """The text with its down parts blanked out."""
        text = self.source.text
        for index in sorted(self.down(), reverse=True):
            statement = self.source.statements[index]
            text = (
                text[: statement.span.start]
                + " " * (statement.end - statement.span.start)
                + text[statement.end :]
            )
        return text

    def is_called(self, name: str) -> bool:
        """Whether `name` means this migration: its version, its full name, or its file's name."""
        return name in (self.version, self.full_name, self.name, self.name.removesuffix(".sql"))

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
            is_down=self.is_down,
            edited=self.edited,
            differs=self.differs,
        )


@attrs.frozen
class Project:
    """A migration root. `exposed` are the schemas that the API serves, None for all; `today` is given, not read.

    `migrations` are in the order in which they run, with down files before all of them. `naming` says how a new
    one is called, None when none can be written (a dump of the schema). `runner` is what its layout says of it.
    `remote` is the schema of the real database as it was read last, if it was.
    """

    root: str
    migrations: tuple[MigrationFile, ...] = ()
    settings: Settings = attrs.Factory(Settings)
    platform: str = "postgres"
    exposed: frozenset[str] | None = None
    today: date | None = None
    naming: Naming | None = attrs.Factory(Naming)
    runner: Runner = attrs.Factory(Runner)
    remote: Snapshot | None = attrs.field(default=None, eq=False, repr=False)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The first place of each file."""
        return {file.path: index for index, file in reversed(tuple(enumerate(self.migrations)))}

    def index(self, path: str) -> int | None:
        """The place of a file in the history."""
        files = self.migrations
        if files and files[-1].path == path:  # the newest is the one that people type in
            return len(files) - 1
        return self._places.get(path)

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
            runner=self.runner,
            remote=self.remote,
        )
