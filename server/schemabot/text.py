"""Spans, edits and line positions of one SQL text.

Every offset in SchemaBot is a code point offset into the text; only the LSP face converts to the client's
units, through `LineIndex`. Lines end at `\\n`, `\\r\\n` and `\\r` alone, as the protocol says
(LSP 3.17, "Text Documents"): `str.splitlines` would also break at form feeds and U+2028.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal

import msgspec

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\r|\n")


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """A half-open range of code points: `start` included, `end` not."""

    start: int
    end: int

    def shifted(self, by: int) -> Span:
        """The same range `by` code points further on."""
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        """The piece of `text` that this span covers."""
        return text[self.start : self.end]

    def touches(self, other: Span) -> bool:
        """Whether the two ranges overlap or meet at an end."""
        return self.start <= other.end and other.start <= self.end


class Edit(msgspec.Struct, frozen=True, order=True):
    """Replace what `span` covers by `text`; an empty span inserts."""

    span: Span
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` after all `edits`, whose spans all refer to `text` as given.

    Raises `ValueError` if two edits overlap; insertions at one place keep their order.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda e: e.span):
        if edit.span.start < done or edit.span.end < edit.span.start:
            raise ValueError(f"overlapping edits at {edit.span.start}")
        pieces += (text[done : edit.span.start], edit.text)
        done = edit.span.end
    pieces.append(text[done:])
    return "".join(pieces)


class LineIndex:
    """The line starts of one text. Lines are 0-based; columns are counted in the unit asked for."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str, starts: list[int] | None = None) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))] if starts is None else starts

    @property
    def line_count(self) -> int:
        """How many lines the text has; a text that ends in a line end has an empty last line."""
        return len(self._starts)

    def line_span(self, line: int) -> Span:
        """The span of a line without its line end."""
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def position(self, offset: int, encoding: Encoding = "utf-32") -> tuple[int, int]:
        """`(line, column)` of a code point offset; an offset outside the text is clamped into it."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if encoding == "utf-32":
            return line, offset - start
        return line, units(self.text[start:offset], encoding)

    def offset(self, line: int, column: int, encoding: Encoding = "utf-32") -> int:
        """The code point offset of a position; one outside the text or past its line is clamped."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        span = self.line_span(line)
        if column <= 0:
            return span.start
        if encoding == "utf-32":
            return min(span.start + column, span.end)
        content = span.of(self.text)
        if content.isascii():
            return min(span.start + column, span.end)
        counted = 0
        for index, char in enumerate(content):
            counted += units(char, encoding)
            if counted > column:
                return span.start + index
        return span.end

    def edited(self, edit: Edit) -> LineIndex:
        """The index of the text after one edit, without looking at the lines that it leaves alone."""
        text = self.text[: edit.span.start] + edit.text + self.text[edit.span.end :]
        # One character of context each side: the edit may split or join a \r\n pair.
        low = max(0, bisect_right(self._starts, max(0, edit.span.start - 1)) - 1)
        high = bisect_right(self._starts, edit.span.end + 1)
        delta = len(text) - len(self.text)
        from_ = self._starts[low]
        to = (self._starts[high] if high < len(self._starts) else len(self.text)) + delta
        inner = [m.end() for m in _LINE_END.finditer(text, from_, to)]
        if inner and inner[-1] == to and high < len(self._starts):
            inner.pop()
        tail = self._starts[high:] if delta == 0 else [s + delta for s in self._starts[high:]]
        return LineIndex(text, [*self._starts[: low + 1], *inner, *tail])


def units(text: str, encoding: Encoding) -> int:
    """The length of `text` in the code units of `encoding`."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(char > "\uffff" for char in text)


def line_end_of(text: str) -> str:
    """The line end that `text` uses: that of its first line, `\\n` if it has none."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"
