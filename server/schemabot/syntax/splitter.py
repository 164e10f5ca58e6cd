"""A text as statements and comments, tolerant of what is half typed.

Quotes, dollar quotes, comments and bodies that are never closed are ordinary while somebody types. When a
pass over the text ends inside one, reading restarts behind the statement that holds it: before the next line
that begins a statement in the first column, or behind the next `;` at the end of a line. Where a quote was
probably closed by the wrong one (it swallowed such a line, and what follows it is odd), that one is taken for
the broken one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from schemabot.syntax.keywords import DEFINING_LINE, STATEMENT_LINE
from schemabot.syntax.lexer import WHITESPACE
from schemabot.syntax.missing_semicolon import separated
from schemabot.syntax.model import Comment, Statement, SyntaxIssue
from schemabot.syntax.scan import Converged, Opened, Pass, Unclosed, statement_of

FREE_RESTARTS = 3
MOST_RESTARTS = 20
MOST_REREAD = 4_000_000
"""Each broken statement costs a pass over the rest of the text. After `MOST_RESTARTS` of them, or when more
than `FREE_RESTARTS` made it read so many code points again, all the rest belongs to the last one."""

_SEMICOLON_AT_LINE_END = re.compile(r";(?=[ \t]*+(?:--[^\n\r]*+)?(?:[\n\r]|\Z))")

_MESSAGES: dict[Opened, str] = {
    "quote": "unterminated quoted string: the closing {opener} is missing",
    "dollar": "unterminated dollar-quoted string: the closing {opener} is missing",
    "comment": "unterminated comment: the closing */ is missing",
    "atomic": "unterminated body: the END of this BEGIN ATOMIC is missing",
    "rule": "unterminated list of actions: the closing ) is missing",
}


class Split(NamedTuple):
    """What was read, in order. `unsure` are the starts of statements with a broken or suspect quote."""

    statements: list[Statement]
    comments: list[Comment]
    unsure: list[int]


def split(text: str, start: int = 0, converged: Converged | None = None) -> Split:
    """The statements and comments of `text` from `start`, which must be the end of a statement.

    Stops early, at the end of a statement, when `converged` says so. Never raises, takes any text.
    """
    reading = Pass(text, start)
    unsure: list[int] = []
    reread = 0
    while (unclosed := reading.run(converged)) is not None:
        culprit = reading.suspects[0] if reading.suspects else unclosed
        unsure.append(culprit.start)
        reread += len(text) - culprit.start
        restarts = len(unsure)
        recover = restarts <= FREE_RESTARTS or (restarts <= MOST_RESTARTS and reread <= MOST_REREAD)
        _give_up(reading, culprit, recover)
    unsure += [suspect.start for suspect in reading.suspects]
    statements = [piece for statement in reading.statements for piece in separated(statement)]
    return Split(statements, reading.comments, unsure)


def _give_up(reading: Pass, culprit: Unclosed, recover: bool) -> None:
    """End the broken statement where the next one seems to begin, and let reading go on there."""
    code = reading.code
    opener, start = culprit.opener, culprit.start
    resume = len(code)
    semicolon: int | None = None
    if recover:
        line = culprit.what in ("quote", "rule")
        found = (STATEMENT_LINE if line else DEFINING_LINE).search(code, opener.end)
        if found is not None:
            resume = found.start()
        if line and (closing := _SEMICOLON_AT_LINE_END.search(code, opener.end, resume)):
            semicolon = closing.start()
    last = resume if semicolon is None else semicolon
    while last > opener.end and code[last - 1] in WHITESPACE:
        last -= 1
    message = _MESSAGES[culprit.what].format(opener=opener.of(code))
    issue = SyntaxIssue(message, opener.shifted(-start))
    masks = [mask for mask in culprit.masks if mask[1] <= opener.start]
    del reading.statements[culprit.number :]
    while reading.comments and reading.comments[-1].span.start >= opener.start:
        reading.comments.pop()
    reading.suspects.clear()
    reading.statements.append(
        statement_of(code, "sql", start, last, None if semicolon is None else semicolon + 1, masks, issue)
    )
    reading.position = reading.statements[-1].end
