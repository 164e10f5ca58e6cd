"""The SQL in a PL/pgSQL body, statement by statement, with its places.

PostgreSQL's own parser of bodies tells lines only and gives up at the first thing it cannot know; names are wanted in
bodies that somebody is still writing. So this reads words: what stands between `;` and the keywords of PL/pgSQL is
SQL, or an expression, and is given as a text of equal length in which everything else is blank.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import NamedTuple

from schemabot.features.names.words import Word, words_of
from schemabot.text import Span


class Fragment(NamedTuple):
    """A piece of SQL. `text` parses as a statement; its character at `place` is the body's at `start + place`."""

    text: str
    start: int


class Declared(NamedTuple):
    """A declared variable, and the place of its type's name."""

    name: str
    span: Span
    type: Span


_SKIPPED = frozenset(("begin", "else", "loop", "exception", "declare"))
_CONDITIONS = {"if": "then", "elsif": "then", "elseif": "then", "while": "loop", "when": "then", "case": ""}
_QUERIES = frozenset(("select", "insert", "update", "delete", "with", "merge", "values"))
_NOTHING = frozenset(
    ("end", "exit", "continue", "null", "get", "close", "fetch", "move", "commit", "rollback", "assert")
)
_ENDS_INTO = frozenset(("from", "where", "group", "order", "limit", "union", "having", "using", "returning"))


def declarations(body: str) -> Iterator[Declared]:
    """The variables of all DECLARE sections, and of FOR."""
    words = words_of(body).all
    declaring, fresh = False, False
    for at, word in enumerate(words):
        if word.written == "declare":
            declaring, fresh = True, True
        elif word.written == "begin":
            declaring = False
        elif declaring and word.written == ";":
            fresh = True
        elif declaring and fresh and word.name is not None:
            fresh = False
            behind = words[at + 1 :]
            if behind and behind[0].written == "constant":
                behind = behind[1:]
            yield Declared(word.name, word.span, _type_span(behind))
        elif word.written == "for" and at + 2 < len(words) and words[at + 2].written == "in":
            loop = words[at + 1]
            if loop.name is not None:
                yield Declared(loop.name, loop.span, Span(0, 0))


def _type_span(words: list[Word]) -> Span:
    end = 0
    for count, word in enumerate(words):
        joins = word.written in (".", "%") or (count > 0 and words[count - 1].written in (".", "%"))
        if count > 0 and not joins:
            break
        end = word.span.end
    return Span(words[0].span.start, end) if words and end else Span(0, 0)


def fragments(body: str) -> Iterator[Fragment]:
    """All SQL in a body, in order."""
    words = words_of(body).all
    at = 0
    while at < len(words):
        word = words[at].written
        if word in _SKIPPED or word in (";", "<<", ">>"):
            at += 1
            continue
        if word in _CONDITIONS:
            end = _until(words, at + 1, _CONDITIONS[word] or "when")
            yield from _expression(body, words[at + 1 : end])
            at = end if word == "case" else end + 1
            continue
        if word == "for":
            at = yield from _for(body, words, at)
            continue
        end = _until(words, at, ";")
        yield from _statement(body, words[at:end])
        at = end + 1


def _until(words: list[Word], at: int, last: str) -> int:
    """The index of the next `last` outside of parentheses and CASE, or of the `;` before it."""
    depth = 0
    while at < len(words):
        word = words[at].written
        if depth == 0 and word in (last, ";"):
            return at
        if word in ("(", "[") or (word == "case" and last != ";"):
            depth += 1
        elif word in (")", "]") or (word == "end" and depth and last != ";"):
            depth = max(0, depth - 1)
        elif word == ";":
            return at
        at += 1
    return at


def _for(body: str, words: list[Word], at: int) -> Generator[Fragment, None, int]:
    """FOR over a query or numbers; gives the index behind its LOOP."""
    end = _until(words, at, "loop")
    inside = words[at + 1 : end]
    place = next((n for n, word in enumerate(inside) if word.written in ("in", "array")), len(inside))
    rest = inside[place + 1 :]
    if rest and rest[0].written in _QUERIES | {"("}:
        yield from _query(body, rest)
    elif rest:
        skip = 1 if rest[0].written in ("execute", "reverse") else 0
        dots = next((n for n, word in enumerate(rest) if word.written == ".."), None)
        yield from _expression(body, rest[skip:dots])
        if dots is not None:
            yield from _expression(body, rest[dots + 1 :])
    return end + 1


def _statement(body: str, words: list[Word]) -> Iterator[Fragment]:
    if not words:
        return
    first = words[0].written
    second = words[1].written if len(words) > 1 else ""
    if first in _NOTHING:
        return
    if first == "perform":
        yield from _expression(body, words[1:])
    elif first == "return":
        if second == "query" and len(words) > 2 and words[2].written != "execute":
            yield from _query(body, words[2:])
        elif second not in ("query", ";"):
            yield from _expression(body, words[2:] if second == "next" else words[1:])
    elif first == "raise":
        comma = next((n for n, word in enumerate(words) if word.written == ","), None)
        if comma is not None:
            yield from _expression(body, words[comma + 1 : _until(words, comma, "using")])
    elif first == "execute":
        yield from _expression(body, words[1 : _first_of(words, ("into", "using"))])
    elif first == "open":
        start = next((n for n, word in enumerate(words) if word.written in _QUERIES), len(words))
        yield from _query(body, words[start:])
    elif (place := _assignment(words)) is not None:
        yield from _expression(body, words[place + 1 :])
    else:
        yield from _query(body, words)


def _assignment(words: list[Word]) -> int | None:
    """The index of the `:=` or `=` that an assignment has behind its target or its declaration."""
    if words[0].name is None or words[0].written in _QUERIES:
        return None
    for at, word in enumerate(words):
        if word.written == ":=":
            return at
        if word.written == "=":
            return at if at <= 1 or words[at - 2].written == "." or words[at - 1].written == "]" else None
        if word.written == "default" and at >= 2 and words[0].written not in ("alter", "create"):
            return at
    return None


def _first_of(words: list[Word], wanted: tuple[str, ...]) -> int:
    depth = 0
    for at, word in enumerate(words):
        depth += (word.written == "(") - (word.written == ")")
        if depth == 0 and at and word.written in wanted:
            return at
    return len(words)


def _expression(body: str, words: list[Word]) -> Iterator[Fragment]:
    """An expression as the SELECT of it."""
    if words:
        start = words[0].span.start
        yield Fragment("select " + body[start : words[-1].span.end], start - 7)


def _query(body: str, words: list[Word]) -> Iterator[Fragment]:
    """A statement of SQL, its INTO left out."""
    if not words:
        return
    start, end = words[0].span.start, words[-1].span.end
    text = body[start:end]
    depth = 0
    for at, word in enumerate(words):
        depth += (word.written == "(") - (word.written == ")")
        if word.written != "into" or depth or words[at - 1].written in ("insert", "merge") or not at:
            continue
        if words[0].written in ("create", "alter", "drop", "grant", "comment"):
            continue
        last = at + 1
        while last < len(words) and _is_target(words, last):
            last += 1
        cut = Span(word.span.start - start, words[last - 1].span.end - start)
        text = text[: cut.start] + " " * (cut.end - cut.start) + text[cut.end :]
        break
    yield Fragment(text, start)


def _is_target(words: list[Word], at: int) -> bool:
    """Whether a word behind INTO belongs to the list of variables."""
    word, before = words[at], words[at - 1]
    if word.written in (",", ".", "[", "]"):
        return True
    if before.written in ("into", "strict", ",", ".", "["):
        return word.written not in _ENDS_INTO or before.written == "."
    return False
