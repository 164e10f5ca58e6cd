"""The header of a migration: comments before its first statement that say what it is, as `Field: value`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from schemabot.rulekit.context import MigrationView
from schemabot.text import Span

FIELDS = ("Migration", "Author", "Date", "Reversible")
"""The fields of the house's header, in order."""

_LINE = re.compile(
    r"^[ \t]*(?:--+|/?\*+)?[ \t]*(migration|description|author|date|reversible)[ \t]*:[ \t]*"
    r"([^\r\n]*?)[ \t]*(?:\*/)?[ \t]*$",
    re.I | re.M,
)
_SAME = {"Description": "Migration"}


class HeaderField(msgspec.Struct, frozen=True):
    """One field: its value, where that stands in the file, and the end of the comment it is in.

    `in_block` is true in `/* ... */`.
    """

    value: str
    span: Span
    comment_end: int
    in_block: bool


def read_header(migration: MigrationView) -> Mapping[str, HeaderField]:
    """The fields that the comments before the first statement state, by name; the first of each counts."""
    found: dict[str, HeaderField] = {}
    start = migration.statements[0].span.start if migration.statements else len(migration.text)
    for comment in migration.comments:
        if comment.span.start >= start:
            break
        for match in _LINE.finditer(comment.text):
            name = match[1].capitalize()
            at = comment.span.start + match.start(2)
            span = Span(at, at + len(match[2]))
            in_block = comment.text.startswith("/*")
            found.setdefault(_SAME.get(name, name), HeaderField(match[2], span, comment.span.end, in_block))
    return found
