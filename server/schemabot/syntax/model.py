"""What the syntax layer gives: a source as statements, comments and what is wrong in them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from schemabot.text import Span

Tree = dict[str, Any]
"""One statement's parse tree as libpg_query's JSON spells it, offsets already in code points of the
statement's text: `{"CreateStmt": {...}}`. Only `schemabot.facts` reads it."""

StatementKind = Literal["sql", "psql", "copy-data"]


class SyntaxIssue(msgspec.Struct, frozen=True, gc=False):
    """Where and why a statement does not parse. `span` is relative to the statement's text."""

    message: str
    span: Span


class Comment(msgspec.Struct, frozen=True, gc=False):
    """A `-- ...` or `/* ... */` comment; `span` is absolute, `text` includes the comment marks."""

    span: Span
    text: str

    def shifted(self, by: int) -> Comment:
        """The same comment `by` code points further on in its source."""
        return Comment(Span(self.span.start + by, self.span.end + by), self.text)


class Statement(msgspec.Struct, frozen=True, gc=False):
    """One top-level statement of a source.

    `span` is absolute: from the first character of its first token to the end of its last, without the
    `;`. `text` is that piece with everything that PostgreSQL's grammar does not know masked (see
    `syntax.masking`), so its length is the span's: offsets relative to `text` are offsets in the source.
    `end` is absolute and lies behind the `;` when there is one.
    `issue` is an error that splitting found: an unterminated quote, dollar quote, comment or body, or a
    missing `;`. The statement then ends where the next one seems to begin.
    `placeholders` are the pieces of `text`, relative to it, that stand for psql variables and templates:
    what is written there is not the value that the server will see.
    """

    kind: StatementKind
    span: Span
    text: str
    end: int
    issue: SyntaxIssue | None = None
    placeholders: tuple[Span, ...] = ()

    @property
    def terminated(self) -> bool:
        """Whether a `;` ends it (a psql command and COPY data never have one)."""
        return self.end > self.span.end

    def shifted(self, by: int) -> Statement:
        """The same statement `by` code points further on in its source."""
        span = self.span
        return Statement(
            self.kind,
            Span(span.start + by, span.end + by),
            self.text,
            self.end + by,
            self.issue,
            self.placeholders,
        )


class Parsed(msgspec.Struct, frozen=True):
    """A statement's parse tree, or the one error that the server would answer.

    `too_deep` is set, with neither tree nor issue, when the text is nested beyond what can be read.
    """

    tree: Tree | None = None
    issue: SyntaxIssue | None = None
    too_deep: bool = False
