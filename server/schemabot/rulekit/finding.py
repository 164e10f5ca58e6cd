"""Findings and fixes: what a rule says, in terms of statements, not of files and lines.

A place is an `Origin` (file, statement index, span within that statement), so a finding stays true while text
elsewhere in the file is edited. `statement == WHOLE_FILE` means that the span counts from the file's start.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from schemabot.catalog.objects import Origin

WHOLE_FILE = -1


class Severity(StrEnum):
    """How much a finding matters; `rank` orders them, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for errors, 3 for hints."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class InsertAfter(msgspec.Struct, frozen=True, tag=True):
    """Put `sql`, one or more whole statements, behind the statement of `at`."""

    at: Origin
    sql: str


class InsertBefore(msgspec.Struct, frozen=True, tag=True):
    """Put `text` in front of the statement of `at`, on lines of its own with its indentation."""

    at: Origin
    text: str


class Replace(msgspec.Struct, frozen=True, tag=True):
    """Replace exactly the span of `at` by `text`; an empty span inserts."""

    at: Origin
    text: str


class RenameFile(msgspec.Struct, frozen=True, tag=True):
    """Give the file a new name in its folder."""

    file: str
    name: str


class WriteWayBack(msgspec.Struct, frozen=True, tag=True):
    """Write what undoes the file, worked out from the schema before and behind it, where its project keeps that."""

    file: str


FixStep: TypeAlias = InsertAfter | InsertBefore | Replace | RenameFile | WriteWayBack


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One way to repair a finding.

    `safe` fixes are right without a look and are what `schemabot fix` and source.fixAll apply; `preferred`
    marks the one that an editor offers first. `later` is the SQL that does the same in a new migration, for a
    file that has been applied and must not be edited; None when there is no such way. `leads_to` names rules
    that have something to say only now: an open table needs no policies before it is protected.
    """

    title: str
    steps: tuple[FixStep, ...]
    safe: bool = False
    preferred: bool = False
    later: str | None = None
    leads_to: tuple[str, ...] = ()


class Related(msgspec.Struct, frozen=True):
    """Another place that explains the finding."""

    at: Origin
    message: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found. `object` is `schema.name` unquoted; `part` a column, constraint, index, policy.

    `message` says what is wrong and why it matters in one or two sentences; `help` what to do.
    """

    rule: str
    severity: Severity
    at: Origin
    message: str
    help: str = ""
    object: str | None = None
    part: str | None = None
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
