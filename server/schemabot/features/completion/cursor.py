"""The place where somebody writes: the words before it and behind it, and the piece of a name that is typed."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import attrs

from schemabot.facts.names import fold
from schemabot.features.names.words import Word
from schemabot.syntax.lexer import DOLLAR_TAG, Token, tokens
from schemabot.text import Span

_SHORTCUT = re.compile(r"\s*([A-Za-z]+(?:-[A-Za-z]*)+)")
"""The name of a snippet at the beginning of a statement: `policy-select`."""
Inside: TypeAlias = Literal["code", "string", "body"]


@attrs.frozen
class Cursor:
    """A place in a statement. Offsets are relative to `text`, which begins at `start` of the file.

    `words` are the tokens before the name that is being typed and its qualifiers `chain`, `rest` those behind the
    place. `typed` is what there is of the name, from `begin` on; `quoted` tells that it opened with a quote.
    """

    text: str
    start: int
    offset: int
    words: tuple[Word, ...]
    rest: tuple[Word, ...]
    chain: tuple[str, ...] = ()
    typed: str = ""
    begin: int = 0
    quoted: bool = False
    inside: Inside = "code"
    chain_begin: int = 0

    @property
    def span(self) -> Span:
        """What a proposal replaces, absolute."""
        return Span(self.start + self.begin, self.start + self.offset)

    @property
    def before(self) -> str:
        """The text before the name and its qualifiers."""
        return self.text[: self.chain_begin]


def cursor_in(text: str, start: int, offset: int) -> Cursor | None:
    """The place at `offset` of a statement's text that begins at `start` of the file; None inside of a comment."""
    before = list(tokens(text, 0, offset))
    last = before[-1] if before and before[-1].span.end == offset else None
    if last is not None and last.kind == "comment" and not _closed(text, last):
        return None
    rest = _behind(text, offset, last)
    words = [_word(text, token) for token in before if token.kind != "comment"]
    if last is not None and last.kind == "string" and not _closed(text, last):
        begin = last.span.start + 1
        return Cursor(
            text,
            start,
            offset,
            tuple(words[:-1]),
            rest,
            (),
            text[begin:offset],
            begin,
            False,
            "string",
            last.span.start,
        )
    if last is not None and last.kind == "dollar-string" and not _closed(text, last):
        tag = DOLLAR_TAG.match(text, last.span.start)
        begin = last.span.start if tag is None else tag.end()
        if begin <= offset:
            return Cursor(
                text, start, offset, tuple(words[:-1]), rest, (), "", begin, False, "body", last.span.start
            )
    if last is not None and last.kind in ("number", "parameter"):
        return None
    shortcut = _SHORTCUT.fullmatch(text, 0, offset)
    if shortcut is not None:
        return Cursor(
            text, start, offset, (), rest, (), shortcut[1], shortcut.start(1), chain_begin=shortcut.start(1)
        )
    typed, begin, quoted = "", offset, False
    if last is not None and last.kind == "word":
        typed, begin = text[last.span.start : offset], last.span.start
        words.pop()
    elif last is not None and last.kind == "quoted-identifier" and not _closed(text, last):
        begin = last.span.start
        typed, quoted = text[begin + 1 : offset].replace('""', '"'), True
        words.pop()
    chain: list[str] = []
    chain_begin = begin
    while len(words) >= 2 and words[-1].written == "." and words[-2].name is not None:
        chain.insert(0, words[-2].name)
        chain_begin = words[-2].span.start
        del words[-2:]
    return Cursor(
        text, start, offset, tuple(words), rest, tuple(chain), typed, begin, quoted, "code", chain_begin
    )


def _behind(text: str, offset: int, last: Token | None) -> tuple[Word, ...]:
    """The tokens behind the place, without the rest of the token that it stands in."""
    whole = next(tokens(text, last.span.start), None) if last is not None else None
    begin = offset if whole is None else max(offset, whole.span.end)
    return tuple(_word(text, token) for token in tokens(text, begin) if token.kind != "comment")


def _closed(text: str, token: Token) -> bool:
    """Whether a token ends because it is whole, and not because the text was cut there."""
    written = token.span.of(text)
    if token.kind == "comment":
        return written.startswith("/*") and written.endswith("*/") and len(written) >= 4
    if token.kind == "dollar-string":
        tag = DOLLAR_TAG.match(written)
        return tag is not None and len(written) >= 2 * tag.end() and written.endswith(tag.group())
    quote = '"' if token.kind == "quoted-identifier" else "'"
    body = written[written.index(quote) + 1 :] if quote in written else ""
    return body.count(quote) % 2 == 1


def _word(text: str, token: Token) -> Word:
    written = token.span.of(text)
    name = fold(written) if token.kind in ("word", "quoted-identifier") else None
    return Word(token.span, name, written.lower())
