"""What a rule is given besides its subject: the catalog, the project, its options, and ways to report.

Rules read the world through these objects only; they see no file system, no clock and no protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Generic, Literal, TypeVar

import attrs

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Origin, Policy, Table, View
from schemabot.catalog.snapshot import Snapshot
from schemabot.catalog.state import At, Problem, State
from schemabot.facts.model import AnyFact
from schemabot.facts.names import Name
from schemabot.rulekit.finding import WHOLE_FILE, Finding, Fix, Related, Severity
from schemabot.rulekit.runner import Runner
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.sql import Style, quote_name, read_name, style_of
from schemabot.rulekit.way_back import WayBack, WaysBack
from schemabot.syntax.model import Comment, Statement, SyntaxIssue
from schemabot.text import Span

O = TypeVar("O")  # noqa: E741  # the rule's options
FileStatus = Literal["applied", "settled", "pending"]

MANAGED_SCHEMAS = frozenset(
    {
        "auth", "storage", "realtime", "_realtime", "vault", "cron", "net", "pgmq", "graphql",
        "graphql_public", "extensions", "pgsodium", "pgsodium_masks", "supabase_functions",
        "supabase_migrations", "pgbouncer", "pgtle", "tiger", "tiger_data", "topology", "_analytics",
        "information_schema", "pg_catalog",
    }
)  # fmt: skip
"""Schemas whose objects belong to the platform or to extensions: nothing in them is ever flagged."""


@attrs.frozen
class MigrationView:
    """One migration file as rules see it. `name` is the file's name; `version` its leading digits, if any.

    `applied` files are history and must not be edited; `settled` ones stand on the default branch. A file that
    `is_down` undoes another one and is never replayed; an `edited` one has another text on the default branch, one that
    `differs` had another when a real database ran it.
    """

    path: str
    name: str
    version: str | None
    status: FileStatus
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
    text: str
    is_down: bool = False
    edited: bool = False
    differs: bool = False


@attrs.frozen
class ProjectView:
    """The project as rules see it: settings, what is exposed, the migrations in order, today's date, how they are run,
    and the schema of the real database as it was read last, if it was."""

    settings: Settings
    platform: str
    exposed: frozenset[str] | None
    migrations: tuple[MigrationView, ...]
    today: date | None = None
    runner: Runner = attrs.Factory(Runner)
    remote: Snapshot | None = attrs.field(default=None, eq=False, repr=False)
    by_path: Mapping[str, MigrationView] = attrs.field(
        default=attrs.Factory(lambda self: {m.path: m for m in self.migrations}, takes_self=True),
        eq=False,
        repr=False,
    )

    places: Mapping[str, int] = attrs.field(
        default=attrs.Factory(
            lambda self: {m.path: i for i, m in enumerate(self.migrations)}, takes_self=True
        ),
        eq=False,
        repr=False,
    )

    def with_migration(self, index: int, migration: MigrationView) -> ProjectView:
        """This project with one file replaced by a newer text of it."""
        files = self.migrations
        return attrs.evolve(
            self,
            migrations=(*files[:index], migration, *files[index + 1 :]),
            by_path={**self.by_path, migration.path: migration},
        )

    def is_managed(self, schema: str) -> bool:
        """Whether objects of `schema` belong to the platform, an extension or the server."""
        return schema in MANAGED_SCHEMAS or schema.startswith("pg_")

    def is_exposed(self, schema: str) -> bool:
        """Whether API clients reach objects in `schema`."""
        if self.is_managed(schema):
            return False
        return self.exposed is None or schema in self.exposed

    def statement_text(self, at: Origin) -> str:
        """The text of the statement of `at`; empty when it is not one of this project's files."""
        migration = self.by_path.get(at.file)
        if migration is None or not 0 <= at.statement < len(migration.statements):
            return ""
        return migration.statements[at.statement].text

    def latest(self, *origins: Origin) -> Origin:
        """The one that comes last in the history; what came with the platform comes before all files."""
        if len(origins) == 1:
            return origins[0]
        return max(origins, key=lambda at: (self.places.get(at.file, -1), at.statement, at.span))

    def place_text(self, at: Origin) -> str:
        """The text that `at` covers, as the user wrote it."""
        return at.span.of(self.statement_text(at))

    def style(self, at: Origin) -> Style:
        """How the user writes SQL around `at`: case of keywords, and the line end."""
        migration = self.by_path.get(at.file)
        return style_of(self.statement_text(at), migration.text if migration else "")


@attrs.frozen
class Reporter:
    """Makes findings for one rule."""

    rule: str
    severity: Severity

    def finding(
        self,
        at: Origin,
        message: str,
        *,
        help: str = "",  # noqa: A002  # the word rustc and our readers use
        object: str | None = None,  # noqa: A002
        part: str | None = None,
        severity: Severity | None = None,
        fixes: tuple[Fix, ...] = (),
        related: tuple[Related, ...] = (),
    ) -> Finding:
        """A finding of this rule at `at`; `severity` replaces the rule's own."""
        return Finding(
            rule=self.rule,
            severity=severity or self.severity,
            at=at,
            message=message,
            help=help,
            object=object,
            part=part,
            fixes=fixes,
            related=related,
        )


@attrs.frozen
class StateContext(Reporter, Generic[O]):
    """For state rules: the catalog at the head of the history.

    `settled` is that catalog as it was when the whole project was analysed last: while somebody types it is a
    few keys behind. What takes a look at all tables (habits, the tenancy model) is worked out from it, so that no
    key waits for that.
    """

    project: ProjectView
    catalog: Catalog
    settled: Catalog
    options: O

    def concerns(self, subject: Table | View | Function) -> bool:
        """Whether rules may speak about this object: the project's own and fully known, neither managed nor
        temporary nor an extension's."""
        return (
            not subject.origin.platform
            and subject.extension is None
            and not self.project.is_managed(subject.schema)
            and not getattr(subject, "temporary", False)
            and not self.catalog.is_tainted(subject.schema, subject.name)
        )

    def named(self, table: Table) -> tuple[Origin, str]:
        """Where the table got the name it has today, and that name as the user wrote it there.

        Behind that place, a fix may speak of the table; further on use `quote_name`.
        """
        full = quote_name(table.schema, table.name)
        schema = self.catalog.schemas.get(table.schema)
        moves = [change.at for change in table.changes if change.what in ("name", "schema")]
        moves += [change.at for change in (schema.changes if schema else ()) if change.what == "name"]
        last = self.project.latest(table.origin, *moves)
        if last != table.origin:
            return last, full
        written = self.project.place_text(table.origin)
        return last, written if read_name(written)[-1:] == (table.name,) else full

    def name_behind(self, table: Table, at: Origin) -> str:
        """How to write the table's name in a statement put behind that of `at`.

        As the user does, if it means the same there (a name without schema depends on the search path), else
        with its schema.
        """
        present, written = self.named(table)
        same_statement = (present.file, present.statement) == (at.file, at.statement)
        return written if same_statement or "." in written else quote_name(table.schema, table.name)


@attrs.frozen
class ChangeContext(Reporter, Generic[O]):
    """For change rules: one fact with the state before and after it, and what the server would answer."""

    project: ProjectView
    before: State
    after: State
    at: At
    problems: tuple[Problem, ...]
    migration: MigrationView
    file_start: State
    facts: tuple[tuple[int, AnyFact], ...]  # all of the file: (statement index, fact)
    number: int  # of this fact in its statement, where the facts of a block follow it
    syntax_issue: SyntaxIssue | None
    options: O

    def table(self, name: Name, state: State | None = None) -> Table | None:
        """The table that `name` means in `state` (before the fact, unless another is given)."""
        state = state or self.before
        if name.schema is not None:
            return state.catalog.table(name.schema, name.name)
        for schema in ("pg_temp", *search_path(state)):
            if state.catalog.relation(schema, name.name) is not None:
                return state.catalog.table(schema, name.name)
        return None

    def later(self) -> Iterator[AnyFact]:
        """The facts that follow in the same file, those of the same statement first."""
        return (fact for _, fact in self.facts[self._position() + 1 :])

    def earlier(self) -> Iterator[AnyFact]:
        """The facts that stand before this one in the same file."""
        return (fact for _, fact in self.facts[: self._position()])

    def _position(self) -> int:
        return sum(index < self.at.statement for index, _ in self.facts) + self.number

    def origin(self, span: Span) -> Origin:
        """The place of a span of the fact's statement."""
        return Origin(self.at.file, self.at.statement, span)


@attrs.frozen
class FileContext(Reporter, Generic[O]):
    """For file rules: one migration file, with the state before it.

    `ways_back` is asked by patient rules only: see there.
    """

    project: ProjectView
    migration: MigrationView
    before: State
    facts: tuple[tuple[int, AnyFact], ...]  # (statement index, fact)
    options: O
    ways_back: WaysBack

    def way_back(self) -> WayBack | None:
        """What was written to undo the file, replayed; None when nothing was."""
        return self.ways_back.written()

    def origin(self, span: Span) -> Origin:
        """The place of a span that counts from the start of the file."""
        return Origin(self.migration.path, WHOLE_FILE, span)


def search_path(state: State) -> tuple[str, ...]:
    """The schemas in which `state` looks for unqualified names; the first is the one to create in."""
    named = (state.session.role if s == "$user" else s for s in state.session.search_path)
    return tuple(schema for schema in named if schema in state.catalog.schemas)


def qualified(subject: Table | View | Function) -> str:
    """`schema.name`, unquoted, as findings name their object."""
    return f"{subject.schema}.{subject.name}"


__all__ = [
    "MANAGED_SCHEMAS", "ChangeContext", "FileContext", "FileStatus", "MigrationView", "Policy", "ProjectView",
    "Reporter", "StateContext", "qualified", "search_path",
]  # fmt: skip
