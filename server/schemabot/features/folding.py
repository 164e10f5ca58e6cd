"""What can be folded: statements, bodies of functions, blocks of comments, sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from schemabot.features.sections import comment_blocks, sections
from schemabot.syntax.lexer import tokens
from schemabot.syntax.model import Statement
from schemabot.syntax.source import Source


class Fold(msgspec.Struct, frozen=True, order=True):
    """The lines from `first` to `last` (0-based, both included) fold into the first."""

    first: int
    last: int
    kind: Literal["region", "comment"] | None = None


def folds(source: Source) -> tuple[Fold, ...]:
    """All folds of a text, the outer before the inner ones."""
    found: dict[tuple[int, int], Fold] = {}
    for fold in (*_sections(source), *_comments(source), *_statements(source)):
        if fold.last > fold.first:
            found.setdefault((fold.first, fold.last), fold)
    return tuple(sorted(found.values(), key=lambda fold: (fold.first, -fold.last)))


def _lines(source: Source, start: int, end: int) -> tuple[int, int]:
    lines = source.lines
    return lines.position(start)[0], lines.position(max(start, end))[0]


def _sections(source: Source) -> Iterator[Fold]:
    for section in sections(source):
        yield Fold(*_lines(source, section.span.start, section.span.end), "region")


def _comments(source: Source) -> Iterator[Fold]:
    for block in comment_blocks(source):
        yield Fold(*_lines(source, block.span.start, block.span.end), "comment")


def _statements(source: Source) -> Iterator[Fold]:
    for statement in source.statements:
        first, last = _lines(source, statement.span.start, statement.end)
        if last > first:
            yield Fold(first, last)
            yield from _inside(source, statement)


def _inside(source: Source, statement: Statement) -> Iterator[Fold]:
    """Parentheses and bodies of several lines; their last line, with what closes them, stays visible."""
    opened: list[int] = []
    for token in tokens(statement.text):
        start, end = token.span.start, token.span.end
        if token.kind == "punctuation" and statement.text[start] == "(":
            opened.append(start)
        elif token.kind == "punctuation" and statement.text[start] == ")" and opened:
            yield _shown_end(source, statement, opened.pop(), end)
        elif token.kind == "dollar-string":
            yield _shown_end(source, statement, start, end)
        elif token.kind == "comment":
            first, last = _lines(source, statement.span.start + start, statement.span.start + end)
            yield Fold(first, last, "comment")


def _shown_end(source: Source, statement: Statement, start: int, end: int) -> Fold:
    first, last = _lines(source, statement.span.start + start, statement.span.start + end)
    return Fold(first, last - 1)
