"""The sections of a migration: what headings in comments and the up and down parts divide it into.

A heading is a comment between statements with a ruler in it: a line of its own with three or more of one of
`-`, `=`, `*`, `#`, `~`, or a line that begins and ends with such a ruler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from schemabot.syntax.model import Comment
from schemabot.syntax.source import Source
from schemabot.text import Span

_RULER = re.compile(r"[-=*#~─═]{3,}")
_MARKS = re.compile(r"^\s*(?:--+|/\*+|\*+/?)?[ \t]*|[ \t]*(?:\*+/)?\s*$")


class Section(msgspec.Struct, frozen=True):
    """A heading and what follows it up to the next one. `span` begins with the heading's comment."""

    title: str
    heading: Span
    span: Span


class CommentBlock(msgspec.Struct, frozen=True):
    """Comments on lines that follow one another, with nothing else on them."""

    span: Span
    lines: tuple[str, ...]


def comment_blocks(source: Source) -> Iterator[CommentBlock]:
    """The blocks of comments between statements."""
    group: list[Comment] = []
    for comment in _between_statements(source):
        if group and not _adjoins(source.text, group[-1], comment):
            yield _block(group)
            group = []
        group.append(comment)
    if group:
        yield _block(group)


def _between_statements(source: Source) -> Iterator[Comment]:
    """Comments outside of statements that begin their line."""
    statements = iter(source.statements)
    statement = next(statements, None)
    for comment in source.comments:
        while statement is not None and statement.end <= comment.span.start:
            statement = next(statements, None)
        if statement is not None and statement.span.start < comment.span.start:
            continue
        line = source.text.rfind("\n", 0, comment.span.start) + 1
        if not source.text[line : comment.span.start].strip():
            yield comment


def _adjoins(text: str, before: Comment, after: Comment) -> bool:
    between = text[before.span.end : after.span.start]
    return not between.strip() and between.count("\n") <= 1


def _block(group: Sequence[Comment]) -> CommentBlock:
    lines = tuple(line for comment in group for line in comment.text.splitlines())
    return CommentBlock(Span(group[0].span.start, group[-1].span.end), lines)


def sections(source: Source) -> tuple[Section, ...]:
    """The sections of a text, in order; none when it has no headings."""
    headings = [(title, block.span) for block in comment_blocks(source) if (title := _title(block))]
    if not headings:
        return ()
    ends = [span.start for _, span in headings[1:]] + [len(source.text)]
    return tuple(
        Section(title, span, Span(span.start, _trimmed(source.text, span.start, end)))
        for (title, span), end in zip(headings, ends, strict=True)
    )


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _title(block: CommentBlock) -> str:
    """The first words of a block that has a ruler; empty when it has none."""
    ruled = False
    title = ""
    for line in block.lines:
        words = _MARKS.sub("", line)
        if _RULER.search(line.strip().lstrip("-") if line.strip().startswith("--") else line):
            ruled = True
            words = _RULER.sub(" ", words)
        elif re.fullmatch(r"\s*-{5,}\s*", line):
            ruled = True
            words = ""
        words = words.strip(" \t-=*#~/─═")
        title = title or words
    return title if ruled else ""
