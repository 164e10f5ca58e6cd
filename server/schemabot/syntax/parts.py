"""The up and down parts that comments mark in a migration file.

What is read here are whole comments outside of quotes, so a marker inside a function body marks nothing. What the
markers are is the business of each runner; see `workspace.layouts.markers`.
"""

from __future__ import annotations

import re

import msgspec

from schemabot.syntax.model import Statement
from schemabot.syntax.source import Source


class Markers(msgspec.Struct, frozen=True):
    """How a runner marks parts: patterns that match a comment from its start, `down` asked first.

    `starts_up` tells to which part statements before the first marker belong. `down_is_postgres` is false when what
    is called `down` here is meant for another server, so that its syntax is not ours to judge.
    """

    up: str
    down: str
    starts_up: bool = True
    down_is_postgres: bool = True


ALL_DOWN = Markers(up=r"(?!)", down=r"(?!)", starts_up=False)
"""A file that is nothing but a down part."""


def down_statements(source: Source, markers: Markers) -> frozenset[int]:
    """The indexes of the statements of `source` that belong to down parts. Never raises, takes any text."""
    if markers.up == markers.down == ALL_DOWN.up:
        return frozenset() if markers.starts_up else frozenset(range(len(source.statements)))
    up, down = re.compile(markers.up, re.I), re.compile(markers.down, re.I)
    turns: list[tuple[int, bool]] = []
    for comment in source.comments:
        if down.match(comment.text):
            turns.append((comment.span.start, False))
        elif up.match(comment.text):
            turns.append((comment.span.start, True))
    found: set[int] = set()
    is_up, reached = markers.starts_up, 0
    for index, statement in enumerate(source.statements):
        while reached < len(turns) and turns[reached][0] < statement.span.start:
            is_up = turns[reached][1]
            reached += 1
        if not is_up:
            found.add(index)
    return frozenset(found)


def ended_by_part(statement: Statement, following: Statement | None) -> Statement:
    """`statement` as the last one of its part, which needs no `;`: the next one belongs to the other part."""
    issue = statement.issue
    if issue is None or following is None or "a `;` may be missing" not in issue.message:
        return statement
    return msgspec.structs.replace(statement, issue=None)
