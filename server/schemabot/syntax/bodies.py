"""Statements that hold a `;` of their own: BEGIN ATOMIC bodies and the actions of CREATE RULE."""

from __future__ import annotations

import re
from typing import NamedTuple

from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_GAP = r"(?:[ \t\n\r\f\v]|--[^\n\r]*+|/\*(?:[^*]|\*(?!/))*+\*/)++"

SPECIAL_HEAD = re.compile(
    rf"(?i:create{_GAP}(?:or{_GAP}replace{_GAP})?(?:(?P<routine>function|procedure)|(?P<rule>rule))\b|(?P<copy>copy)\b)"
)
"""How a statement begins whose end, or what follows it, needs a closer look."""

FROM_STDIN = re.compile(r"\b(?i:from\s+stdin)\b")
_BEGIN_ATOMIC = re.compile(rf"\b(?i:begin{_GAP}atomic)\b")


class Body(NamedTuple):
    """A piece of a statement in which a `;` ends nothing; `end` is None when it is never closed."""

    opener: Span
    end: int | None


def body_around(text: str, start: int, semicolon: int, kind: str) -> Body | None:
    """The body of the statement at `start` (a `routine` or a `rule`) that holds the `;` at `semicolon`."""
    if kind == "rule":
        return _rule_actions(text, start, semicolon)
    if _BEGIN_ATOMIC.search(text, start, semicolon) is None:
        return None
    return _atomic_body(text, start, semicolon)


def _atomic_body(text: str, start: int, semicolon: int) -> Body | None:
    """BEGIN and CASE nest, END closes, as psql counts; not where they are labels (`as end`, `t.case`)."""
    depth = 0
    opener: Span | None = None
    begin: Span | None = None
    label = False
    for token in tokens(text, start):
        span = token.span
        if opener is None and span.start >= semicolon:
            return None
        if token.kind == "comment":
            continue
        word = span.of(text).lower() if token.kind == "word" and not label else ""
        label = word == "as" or text[span.start] == "."
        if opener is None:
            if word == "atomic" and begin is not None:
                opener, depth = begin, 1
            begin = span if word == "begin" else None
        elif word in ("begin", "case"):
            depth += 1
        elif word == "end":
            depth -= 1
            if depth == 0:
                return Body(opener, span.end) if semicolon < span.end else None
    return Body(opener, None) if opener else None


def _rule_actions(text: str, start: int, semicolon: int) -> Body | None:
    depth = 0
    opener = Span(start, start)
    for token in tokens(text, start):
        if depth == 0 and token.span.start >= semicolon:
            return None
        if token.kind != "punctuation":
            continue
        char = text[token.span.start]
        if char == "(":
            depth += 1
            if depth == 1:
                opener = token.span
        elif char == ")" and depth:
            depth -= 1
            if depth == 0 and token.span.end > semicolon:
                return Body(opener, token.span.end)
    return Body(opener, None) if depth else None
