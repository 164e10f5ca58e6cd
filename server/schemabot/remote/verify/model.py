"""What a verification finds. Offsets are code points of the file's text, absolute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import attrs

from schemabot.text import Span

Progress = Callable[[int, int, str], None]
"""Told what is done, of how much, and what is being done now."""

WayBackKind = Literal["written", "generated"]
TripResult = Literal["exact", "differs", "failed", "irreversible"]


class Cancelled(Exception):  # noqa: N818 - nothing is wrong: somebody asked for it
    """The verification was told to stop."""


@attrs.frozen
class Failure:
    """A statement that the server refused; `span` is where in the file, one character where the server says so."""

    path: str
    span: Span
    message: str
    hint: str = ""
    sqlstate: str = ""


@attrs.frozen
class Trip:
    """One migration taken back and run again.

    `way_back` tells whose way back that was; `effect` what a generated one can bring back. `differs` says, for a way
    back that ran, what is not as it was before (`back`) or not as it was the first time (`again`).
    """

    path: str
    way_back: WayBackKind
    result: TripResult
    effect: str = "exact"
    back: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    failure: Failure | None = None
    why: str = ""


@attrs.frozen
class Answer:
    """What became of one question: a `-- verify:` line (`span` is its place) or an invariant of the settings."""

    path: str
    span: Span
    question: str
    passed: bool
    message: str = ""


@attrs.frozen
class Verification:
    """Everything. `differences` are replay's mistakes: where it and the server disagree; `compared` counts objects."""

    server: str
    files: int
    statements: int
    failures: tuple[Failure, ...] = ()
    trips: tuple[Trip, ...] = ()
    answers: tuple[Answer, ...] = ()
    compared: int = 0
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is to be mended."""
        return not (
            self.failures
            or self.differences
            or any(trip.result in ("differs", "failed") for trip in self.trips)
            or any(not answer.passed for answer in self.answers)
        )
