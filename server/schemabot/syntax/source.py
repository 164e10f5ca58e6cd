"""One SQL text as statements, comments and lines, kept up to date edit by edit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from operator import attrgetter

import attrs

from schemabot.syntax.bodies import FROM_STDIN
from schemabot.syntax.model import Comment, Statement
from schemabot.syntax.scan import Pass
from schemabot.syntax.splitter import split
from schemabot.text import Edit, LineIndex

_LINE_END = re.compile(r"[\n\r]")
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
        met: int | None = None

        def converged(reading: Pass) -> bool:
            """Whether the old statements from some on follow here; `met` is then the first of them."""
            nonlocal met
            behind = reading.position - delta
            if behind >= edit.span.end and self._continues(reading, behind):
                met = bisect_right(old, behind, key=_end)
            return met is not None

        read = split(text, start, converged)
        new = read.statements
        for index, (before, after) in enumerate(zip(old[first:], new, strict=False)):
            if before != after:
                break
            new[index] = before
        comments = self.comments
        statements = [*old[:first], *new]
        kept = [*comments[: bisect_left(comments, start, key=_start)], *read.comments]
        unsure = [at for at in self.unsure if at < start] + read.unsure
        if met is not None:
            behind = old[met - 1].end
            statements += [statement.shifted(delta) for statement in old[met:]] if delta else old[met:]
            moved = comments[bisect_left(comments, behind, key=_start) :]
            kept += [comment.shifted(delta) for comment in moved] if delta else moved
            unsure += [at + delta for at in self.unsure if at >= behind]
        source = Source(text, tuple(statements), tuple(kept), tuple(unsure))
        source.__dict__["lines"] = lines
        return source

    def _first_affected(self, at: int) -> int:
        """The index of the first statement that an edit at `at` may change; reading restarts before it."""
        statements = self.statements
        first = bisect_right(statements, at, key=_end)
        while first and not self._settled(first - 1, at):
            first -= 1
        if self.unsure:
            first = min(first, bisect_left(statements, self.unsure[0], key=_start))
        return first

    def _continues(self, reading: Pass, behind: int) -> bool:
        """Whether a pass over the edited text now goes on as it did behind the old offset `behind`."""
        statements = self.statements
        index = bisect_left(statements, behind, key=_end)
        if index == len(statements) or statements[index].end != behind:
            return False
        statement = statements[index]
        if statement.kind == "sql" and not statement.terminated:
            return False
        if index + 1 < len(statements) and statements[index + 1].kind == "copy-data":
            return False
        if not self.unsure or self.unsure[-1] < behind:
            return True
        # Behind here reading was restarted; from where, depends on all that was read before.
        unsure_before = (
            self.unsure[0] < behind or reading.suspects or any(s.issue for s in reading.statements)
        )
        return not unsure_before

    def _settled(self, index: int, at: int) -> bool:
        """Whether an edit at `at`, not before the end of that statement, leaves the statement as it is."""
        statement = self.statements[index]
        if statement.kind == "sql":
            if not statement.terminated or (statement.text[0] in "cC" and FROM_STDIN.search(statement.text)):
                return False
            # Behind one without a `;`, it was read as a piece of that.
            before = self.statements[index - 1] if index else None
            return before is None or before.kind != "sql" or before.terminated
        if statement.kind == "copy-data" and not statement.text.endswith("\\."):
            return False
        return _LINE_END.search(self.text, statement.end, at) is not None
