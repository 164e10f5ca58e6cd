"""Temporary: replaced by the syntax helper."""

from __future__ import annotations

import re
from functools import cached_property

import attrs

from schemabot.syntax.model import Comment, Statement
from schemabot.text import Edit, LineIndex, Span, apply_edits

_TOKEN = re.compile(
    r"(?:[^;'\"$\-/]+|-(?!-)|/(?!\*))+|--[^\n\r]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$(?:[A-Za-z_]\w*)?\$).*?\1|;|.",
    re.S,
)


@attrs.frozen(slots=False)
class Source:
    text: str
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    @staticmethod
    def of(text: str) -> Source:
        statements, comments = [], []
        start = end = None
        for match in _TOKEN.finditer(text):
            piece = match.group()
            if piece.startswith(("--", "/*")):
                comments.append(Comment(Span(*match.span()), piece))
                continue
            if piece == ";":
                if start is not None and end is not None:
                    statements.append(Statement("sql", Span(start, end), text[start:end], match.end()))
                start = None
                continue
            if piece.strip():
                if start is None:
                    start = match.start() + len(piece) - len(piece.lstrip())
                end = match.start() + len(piece.rstrip())
        if start is not None and end is not None:
            statements.append(Statement("sql", Span(start, end), text[start:end], end))
        return Source(text, tuple(statements), tuple(comments))

    def edited(self, edit: Edit) -> Source:
        return Source.of(apply_edits(self.text, [edit]))
