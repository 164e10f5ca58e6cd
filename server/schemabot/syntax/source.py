"""One SQL text as statements, comments and lines, kept up to date edit by edit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from operator import attrgetter

import attrs

from schemabot.syntax.bodies import FROM_STDIN
from schemabot.syntax.model import Comment, Statement
from schemabot.syntax.scan import Pass
from schemabot.syntax.splitter import split
from schemabot.text import Edit, LineIndex, Span

_end = attrgetter("end")


def _start(piece: Statement | Comment) -> int:
    return piece.span.start


@attrs.frozen(slots=False)
class Source:
    """A text and what it is made of. Spans and `end`s are absolute; the statements' own offsets are not.

    `unsure` are the starts of statements whose extent hangs on what is behind them: an unterminated quote, or
    one that would be taken for it if another were.
    """

    text: str
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
    unsure: tuple[int, ...] = ()

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text."""
        return LineIndex(self.text)

    @staticmethod
    def of(text: str) -> Source:
        """The source of any text. Never raises."""
        read = split(text)
        return Source(text, tuple(read.statements), tuple(read.comments), tuple(read.unsure))

    def edited(self, edit: Edit) -> Source:
        """The source after one edit: equal to `Source.of` the new text.

        Only what the edit may have changed is read again. Statements before it stay the same objects, those
        behind it are moved, unless the edit opens or closes a quote.
        """
        lines = self.lines.edited(edit)
        text = lines.text
        old = self.statements
        delta = len(text) - len(self.text)
        first = self._first_affected(edit.span.start)
        start = old[first - 1].end if first else 0
        safe_from = edit.span.start + len(edit.text)
        met = len(old)

        def converged(reading: Pass) -> bool:
            """Whether the rest of the old statements follows from here: then `met` is the first of them."""
            nonlocal met
            behind = reading.position - delta
            if reading.position < safe_from or behind < edit.span.end:
                return False
            index = bisect_left(old, behind, key=_end)
            if index == len(old) or old[index].end != behind or not _ends_by_itself(old, index):
                return False
            if self.unsure and self.unsure[-1] >= behind and (
                reading.suspects or self.unsure[0] < behind or any(s.issue for s in reading.statements)
            ):
                return False
            met = index + 1
            return True

        read = split(text, start, converged)
        new = read.statements
        for index, statement in enumerate(new):
            if first + index >= len(old) or old[first + index] != statement:
                break
            new[index] = old[first + index]
        comments = self.comments
        kept = comments[: bisect_left(comments, start, key=_start)]
        unsure = [at for at in self.unsure if at < start] + read.unsure
        moved: tuple[Statement, ...] = ()
        moved_comments: tuple[Comment, ...] = ()
        if met < len(old) or old and met == len(old) and read_stopped(old, met, delta, new):
            behind = old[met - 1].end
            moved = old[met:]
            moved_comments = comments[bisect_left(comments, behind, key=_start) :]
            if delta:
                moved = tuple([statement.shifted(delta) for statement in moved])
                moved_comments = tuple(
                    [Comment(Span(c.span.start + delta, c.span.end + delta), c.text) for c in moved_comments]
                )
            unsure += [at + delta for at in self.unsure if at >= behind]
        source = Source(
            text, (*old[:first], *new, *moved), (*kept, *read.comments, *moved_comments), tuple(unsure)
        )
        source.__dict__["lines"] = lines
        return source
