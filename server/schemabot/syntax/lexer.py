"""A tolerant lexer: PostgreSQL's lexical rules, and a token for whatever does not follow them.

Rules: PostgreSQL manual, "Lexical Structure" (4.1), with standard_conforming_strings on. It never fails: an
unterminated quote or comment is one token to the end of the text. The pieces of the patterns are shared with
`syntax.scan`, which only looks for the ends of statements and is several times faster than reading tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from schemabot.text import Span

TokenKind = Literal[
    "word",
    "quoted-identifier",
    "string",
    "dollar-string",
    "number",
    "operator",
    "punctuation",
    "parameter",
    "comment",
]

WHITESPACE = " \t\n\r\f\v"
"""What PostgreSQL's scanner takes for space; any other character outside ASCII belongs to an identifier."""

# The scanner takes every byte from 0x80 on as a letter. The classes say what is none: a range up to the last code
# point takes 9 ms to compile, and there are many of them.
LETTER = r"[^\x00-@\[-^`\x7b-\x7f]"
LETTER_OR_DIGIT = r"[^\x00-/:-@\[-^`\x7b-\x7f]"
NAME_CHARACTER = r"[^\x00-\x23%-/:-@\[-^`\x7b-\x7f]"

ESCAPE_STRING = re.compile(r"'(?:[^'\\]++|\\.|'')*+'", re.S)
"""The quoted part of `E'...'`; no match when it is unterminated."""

DOLLAR_TAG = re.compile(rf"\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$")
BLOCK_COMMENT_MARK = re.compile(r"/\*|\*/")
LINE_COMMENT = re.compile(r"--[^\n\r]*+")

_INTEGER = r"[0-9](?:_?[0-9])*+"
_TOKEN = re.compile(
    rf"""
      (?P<comment>--[^\n\r]*+|/\*)
    | (?P<string>[eE]'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z)|(?:[bBxXnN]|[uU]&)?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<quoted>(?:[uU]&)?"(?:[^"]++|"")*+(?:"|\Z))
    | (?P<dollar>\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$)
    | (?P<parameter>\$[0-9]++)
    | (?P<number>0[xX](?:_?[0-9a-fA-F])++|0[oO](?:_?[0-7])++|0[bB](?:_?[01])++
        |(?:{_INTEGER}(?:\.(?!\.)(?:{_INTEGER})?)?|\.{_INTEGER})(?:[eE][+-]?{_INTEGER})?)
    | (?P<word>{LETTER}{NAME_CHARACTER}*+)
    | (?P<operator>::|:=|\.\.|(?:(?!--|/\*)[~!@\#^&|`?+\-*/%<>=])++)
    | (?P<punctuation>[^{WHITESPACE.encode("unicode_escape").decode().replace(" ", chr(92) + " ")}])
    """,
    re.S | re.X,
)
# An operator of several characters ends in + or - only if it holds one of these (manual 4.1.3).
_FREE_OPERATOR = re.compile(r"[~!@#%^&|`?]")

_KINDS: dict[str, TokenKind] = {
    "string": "string",
    "quoted": "quoted-identifier",
    "parameter": "parameter",
    "number": "number",
    "word": "word",
    "punctuation": "punctuation",
}


class Token(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One token; `span` counts code points of the text that was read."""

    kind: TokenKind
    span: Span


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of `text` from `start`, which must not lie inside one, up to `end`; comments are tokens too.

    A token that begins before `end` and goes on behind it is cut there.
    """
    limit = len(text) if end is None else min(end, len(text))
    search = _TOKEN.search
    position = start
    while (found := search(text, position, limit)) is not None:
        group = str(found.lastgroup)
        begin, position = found.span()
        kind = _KINDS.get(group)
        if kind is None:
            if group == "comment":
                kind = "comment"
                if text.startswith("/*", begin):
                    position = block_comment_end(text, begin, limit) or limit
            elif group == "dollar":
                kind = "dollar-string"
                closing = text.find(found.group(), position, limit)
                position = limit if closing < 0 else closing + position - begin
            else:
                kind = "operator"
                position = _operator_end(text, begin, position)
        yield Token(kind, Span(begin, position))


def block_comment_end(text: str, start: int, end: int | None = None) -> int | None:
    """Where the block comment that opens at `start` ends, nested ones included; None if it does not."""
    depth = 0
    for mark in BLOCK_COMMENT_MARK.finditer(text, start, len(text) if end is None else end):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return None


def _operator_end(text: str, start: int, end: int) -> int:
    if end - start > 1 and text[end - 1] in "+-" and _FREE_OPERATOR.search(text, start, end) is None:
        while end - start > 1 and text[end - 1] in "+-":
            end -= 1
    return end
