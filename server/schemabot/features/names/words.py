"""The words of a statement's text, for names whose places the facts do not hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from schemabot.facts.names import NAME_BYTES, fold
from schemabot.syntax.lexer import tokens
from schemabot.text import Span


class Word(NamedTuple):
    """One token: `name` is the folded identifier, or None for anything that is no word; `written` is its text."""

    span: Span
    name: str | None
    written: str


@lru_cache(maxsize=512)
def words_of(text: str) -> Words:
    """The words of a text; those of the last texts are remembered."""
    return Words(text)


class Words:
    """The tokens of one text, comments left out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.all: list[Word] = []
        for token in tokens(text):
            kind = token.kind
            if kind == "comment":
                continue
            written = token.span.of(text)
            lower = written.lower()
            name: str | None = None
            if kind == "word" and len(lower) < NAME_BYTES and written.isascii():
                name = lower
            elif kind in ("word", "quoted-identifier"):
                name = fold(written)
            self.all.append(Word(token.span, name, lower))
        self._starts = [word.span.start for word in self.all]

    def index(self, at: int) -> int:
        """The index of the first token that starts at `at` or behind it."""
        return bisect_left(self._starts, at)

    def inside(self, start: int, end: int) -> Iterator[Word]:
        """The tokens that lie between two offsets."""
        for word in self.all[self.index(start) :]:
            if word.span.end > end:
                return
            yield word

    def find(self, name: str, start: int, end: int | None = None) -> Span | None:
        """The first place of an identifier."""
        limit = len(self.text) if end is None else end
        return next((word.span for word in self.inside(start, limit) if word.name == name), None)

    def find_all(self, names: Iterable[str], start: int, end: int | None = None) -> list[tuple[str, Span]]:
        """The places of several identifiers that are written one after the other."""
        found: list[tuple[str, Span]] = []
        for name in names:
            span = self.find(name, start, end)
            if span is not None:
                found.append((name, span))
                start = span.end
        return found

    def find_last(self, name: str, start: int = 0) -> Span | None:
        """The last place of an identifier."""
        return next(
            (word.span for word in reversed(self.all[self.index(start) :]) if word.name == name), None
        )

    def after(self, *phrase: str, start: int = 0) -> int | None:
        """The offset behind the first place of these words, each as written in small letters."""
        first = self.index(start)
        for at in range(first, len(self.all) - len(phrase) + 1):
            if all(self.all[at + n].written == word for n, word in enumerate(phrase)):
                return self.all[at + len(phrase) - 1].span.end
        return None

    def parentheses(self, start: int) -> Span | None:
        """What stands between the first `(` at `start` or behind it and its `)`; to the end where that is missing."""
        depth = 0
        opened = start
        for word in self.all[self.index(start) :]:
            if word.written == "(":
                depth += 1
                if depth == 1:
                    opened = word.span.end
            elif word.written == ")" and depth:
                depth -= 1
                if depth == 0:
                    return Span(opened, word.span.start)
        return Span(opened, len(self.text)) if depth else None

    def parts(self, span: Span) -> list[Span]:
        """The identifiers of the qualified name at `span`."""
        return [word.span for word in self.inside(span.start, span.end) if word.name is not None]


def plain_parts(written: str, start: int) -> list[Span] | None:
    """The places of the parts of a qualified name that starts at `start`; None when it has quotes, blanks or more."""
    if not written.replace(".", "_").isidentifier():
        return None
    found: list[Span] = []
    for part in written.split("."):
        found.append(Span(start, start + len(part)))
        start += len(part) + 1
    return found
