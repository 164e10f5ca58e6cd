"""Statements that run into the next one because their `;` is missing.

Only the grammar can tell: `create table t (a text` followed by a line `create policy ...` does not parse,
while what begins with that line does, or is refused further on than the whole was.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from schemabot.syntax.keywords import STATEMENT_LINE
from schemabot.syntax.lexer import Token, tokens
from schemabot.syntax.model import Parsed, Statement, SyntaxIssue
from schemabot.syntax.parse import parse_statement
from schemabot.text import Span

MOST_READ = 2_000_000
"""How many code points are given to the parser, in all, to find the cuts of one statement."""

_ATOMIC = re.compile(r"(?i:\bbegin\s+atomic\b)")
_BLANK_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t]*+(?:\r\n|\r|\n)")


class _Cut(NamedTuple):
    """A place where another statement may begin: its keyword, and the last token before it."""

    keyword: Span
    before: Span
    weak: bool


def separated(statement: Statement) -> tuple[Statement, ...]:
    """The statements that `statement` probably is, each but the last with an issue; mostly just itself."""
    text = statement.text
    if statement.kind != "sql" or statement.issue or not STATEMENT_LINE.search(text) or _ATOMIC.search(text):
        return (statement,)
    parsed = parse_statement(text)
    if parsed.issue is None:
        return (statement,)
    cuts = _cuts(text)
    pieces: list[Statement] = []
    begin = read = 0
    while parsed.issue is not None and read < MOST_READ:
        read += len(text) - begin
        error = parsed.issue.span.start + begin
        found = _choose(text, cuts, begin, error)
        if found is None:
            break
        cut, rest = found
        issue = parsed.issue
        if cut.keyword.start <= error:
            word = cut.keyword.of(text)
            message = f'syntax error at or near "{word}": a `;` may be missing before it'
            issue = SyntaxIssue(message, cut.before.shifted(-begin))
        elif issue.span.end + begin > cut.before.end:
            # It is about a comment behind the last token.
            issue = SyntaxIssue(issue.message, cut.before.shifted(-begin))
        pieces.append(_piece(statement, begin, cut.before.end, issue))
        begin, parsed = cut.keyword.start, rest
    if not pieces:
        return (statement,)
    last = _piece(statement, begin, len(text), None)
    span = last.span
    pieces.append(Statement("sql", span, last.text, statement.end, None, last.placeholders))
    return tuple(pieces)


def _offset(cut: _Cut) -> int:
    return cut.keyword.start


def _choose(text: str, cuts: list[_Cut], begin: int, error: int) -> tuple[_Cut, Parsed] | None:
    """Where to cut a text that is refused at `error`, and what is behind the cut."""
    first = bisect_right(cuts, begin, key=_offset)
    behind = bisect_right(cuts, error, key=_offset)
    if first < behind:
        cut = cuts[behind - 1]
        rest = parse_statement(text[cut.keyword.start :])
        further = rest.issue is None or rest.issue.span.start + cut.keyword.start > error
        return (cut, rest) if further or cut.keyword.start == error else None
    if behind < len(cuts):
        cut = cuts[behind]
        rest = parse_statement(text[cut.keyword.start :])
        if not cut.weak or rest.tree is not None:
            return cut, rest
    return None


def _cuts(text: str) -> list[_Cut]:
    """Lines outside of quotes and comments that look like the beginning of a statement.

    Words that also begin lines inside a statement (`select`, `set`) need a blank line before.
    """
    cuts: list[_Cut] = []
    before: Token | None = None
    for token in tokens(text):
        if token.kind == "comment":
            continue
        span = token.span
        if token.kind == "word" and before is not None and text[span.start - 1] in "\n\r":
            found = STATEMENT_LINE.match(text, span.start)
            if found is not None:
                weak = found["weak"] is not None
                if not weak or _BLANK_LINE.search(text, before.span.end, span.start):
                    cuts.append(_Cut(span, before.span, weak))
        before = token
    return cuts


def _piece(statement: Statement, begin: int, end: int, issue: SyntaxIssue | None) -> Statement:
    at = statement.span.start
    span = Span(at + begin, at + end)
    placeholders = tuple(
        p.shifted(-begin) for p in statement.placeholders if begin <= p.start and p.end <= end
    )
    return Statement("sql", span, statement.text[begin:end], span.end, issue, placeholders)
