"""What replay carries from fact to fact: the catalog, the session, and what the server would answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.facts.model import AnyFact
from schemabot.text import Span

DEFAULT_SEARCH_PATH = ("$user", "public")


class ProblemKind(StrEnum):
    """What the server would answer. The correctness rules put them into words."""

    UNKNOWN_SCHEMA = "unknown schema"
    UNKNOWN_TABLE = "unknown table"  # any relation
    UNKNOWN_COLUMN = "unknown column"
    UNKNOWN_TYPE = "unknown type"
    UNKNOWN_FUNCTION = "unknown function"
    UNKNOWN_ROLE = "unknown role"
    UNKNOWN_OBJECT = "unknown object"  # constraint, policy, trigger, label ...
    ALREADY_EXISTS = "already exists"
    DUPLICATE_COLUMN = "duplicate column"
    WRONG_KIND = "wrong object kind"
    DEPENDENT_OBJECTS = "dependent objects"
    KEY_NOT_UNIQUE = "key not unique"  # a foreign key refers to columns without a unique key
    CHANGED_SIGNATURE = "changed signature"  # OR REPLACE that changes a return type or view columns
    INVALID = "invalid"  # anything else the server refuses; `detail` says what
    TRANSACTION = "transaction"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the server would answer to a statement.

    `object` is the name it is about, `schema.name` unquoted as far as known; `detail` a plain sentence part;
    `others` the names of further objects involved (dependents, the keys there are ...). `rejected` is false
    when the fact was applied all the same. `span` is relative to the statement.
    """

    kind: ProblemKind
    span: Span
    object: str
    detail: str = ""
    others: tuple[str, ...] = ()
    rejected: bool = True


class Savepoint(msgspec.Struct, frozen=True):
    """What a rollback returns to. That of BEGIN has no name and comes first."""

    name: str | None
    catalog: Catalog
    search_path: tuple[str, ...]
    role: str
    settings: tuple[tuple[str, str], ...]
    local: tuple[tuple[str, str | tuple[str, ...] | None], ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """The session's settings. `local` holds what SET LOCAL will give back at the end of the transaction."""

    search_path: tuple[str, ...] = DEFAULT_SEARCH_PATH
    role: str = "postgres"
    settings: tuple[tuple[str, str], ...] = ()
    savepoints: tuple[Savepoint, ...] = ()
    local: tuple[tuple[str, str | tuple[str, ...] | None], ...] = ()
    implicit: bool = True  # the file runs in one transaction of the runner's
    default_search_path: tuple[str, ...] = DEFAULT_SEARCH_PATH  # what RESET and a new session give
    default_role: str = "postgres"  # the one that the session started with
    temporary: bool = False  # temporary objects were made: they go with the session

    @property
    def in_transaction(self) -> bool:
        """Whether BEGIN was said and not ended yet."""
        return bool(self.savepoints) and self.savepoints[0].name is None


class State(msgspec.Struct, frozen=True):
    """The catalog and the session at one point of the history."""

    catalog: Catalog = Catalog()
    session: Session = Session()


class At(msgspec.Struct, frozen=True):
    """The place of a fact: file path and index of the statement in it."""

    file: str
    statement: int


class NotAnalysed(msgspec.Struct, frozen=True):
    """A place that was not understood, and why in plain words. `span` is relative to the statement."""

    reason: str
    span: Span


class InnerPart(msgspec.Struct, frozen=True):
    """What one statement inside a block or a called function did. With `exact`, the fact's spans are places in the text of
    the statement that was replayed; else they only begin at the right place."""

    fact: AnyFact
    before: State
    after: State
    problems: tuple[Problem, ...]
    exact: bool


class Part(msgspec.Struct, frozen=True):
    """What one fact did: the state behind it, what the server would answer, what was not understood, and for a block
    what the statements in it did."""

    state: State
    problems: tuple[Problem, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    inner: tuple[InnerPart, ...] = ()
