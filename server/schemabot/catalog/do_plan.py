"""DO blocks that can be replayed with certainty: plain statements, guarded by the two idioms of migrations.

    begin
      if not exists (select 1 from pg_type where typname = 'mood') then
        create type mood as enum ('sad', 'ok');
      end if;
    exception when duplicate_object then null;
    end

`plan` reads such a body into steps; for anything else (variables, loops, ELSE, dynamic SQL, data) it gives None, and
the block stays not analysed. A condition is not evaluated: it must ask, by name, for the very thing that the guarded
statement makes, and then "not exists" and "would exist already" are one.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from schemabot.syntax.lexer import Token, tokens

_STATEMENTS = frozenset({"create", "alter", "comment", "grant", "revoke"})


class BlockStep(msgspec.Struct, frozen=True):
    """One statement of a block: its place in the body, and the strings of the conditions around it.

    `guards` is empty for a statement that always runs.
    """

    start: int
    end: int
    guards: tuple[frozenset[str], ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """The statements in order, and the conditions (`duplicate_object`, `others` ...) that end the block quietly."""

    steps: tuple[BlockStep, ...]
    forgiven: frozenset[str] = frozenset()


class _Unknown(Exception):  # noqa: N818  # not an error: the block is of another kind
    """The body is not of the shape that is replayed."""


class _Reader:
    """Reads a body token by token; words lower-case, comments left out."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.tokens = [token for token in tokens(body) if token.kind != "comment"]
        self.at = 0

    def word(self, ahead: int = 0) -> str:
        """The token as lower-case text; empty at the end."""
        index = self.at + ahead
        return self.tokens[index].span.of(self.body).lower() if index < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        """Go behind these words if they are next."""
        if any(self.word(n) != word for n, word in enumerate(words)):
            return False
        self.at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Go behind these words; the body is unknown if they are not next."""
        if not self.take(*words):
            raise _Unknown

    def until(self, stop: str) -> list[Token]:
        """The tokens up to the word `stop` outside parentheses, which is taken too."""
        found: list[Token] = []
        depth = 0
        while self.at < len(self.tokens):
            word = self.word()
            if depth == 0 and word == stop:
                self.at += 1
                return found
            depth += (word in ("(", "[")) - (word in (")", "]"))
            found.append(self.tokens[self.at])
            self.at += 1
        raise _Unknown


def plan(body: str) -> Plan | None:
    """The steps of a body; None when it does anything that is not replayed."""
    reader = _Reader(body)
    try:
        reader.expect("begin")
        steps = tuple(_statements(reader, ()))
        forgiven = _handlers(reader) if reader.take("exception") else frozenset[str]()
        reader.expect("end")
        reader.take(";")
    except _Unknown:
        return None
    return Plan(steps, forgiven) if reader.at == len(reader.tokens) else None


def _statements(reader: _Reader, guards: tuple[frozenset[str], ...]) -> Iterator[BlockStep]:
    while reader.word() not in ("end", "exception"):
        if reader.take("null", ";"):
            continue
        if reader.take("if"):
            condition = _condition(reader)
            yield from _statements(reader, (*guards, condition))
            reader.expect("end", "if", ";")
        elif reader.word() in _STATEMENTS:
            found = reader.until(";")
            yield BlockStep(found[0].span.start, found[-1].span.end, guards)
        elif reader.take("raise", "notice"):
            reader.until(";")
        else:
            raise _Unknown


def _condition(reader: _Reader) -> frozenset[str]:
    """The strings in `not exists (...)`."""
    reader.expect("not", "exists")
    inside = reader.until("then")
    depth = 0
    for number, token in enumerate(inside):
        word = token.span.of(reader.body)
        depth += (word == "(") - (word == ")")
        if depth == 0 and number < len(inside) - 1:
            raise _Unknown  # no parenthesis, or something is joined to it by AND or OR
    strings = (t.span.of(reader.body) for t in inside if t.kind == "string")
    return frozenset(text[1:-1].replace("''", "'") for text in strings if text.startswith("'"))


def _handlers(reader: _Reader) -> frozenset[str]:
    names: set[str] = set()
    while reader.take("when"):
        names.add(reader.word())
        reader.at += 1
        while reader.take("or"):
            names.add(reader.word())
            reader.at += 1
        reader.expect("then")
        while reader.word() in ("null", "raise"):
            if not reader.take("null", ";"):
                reader.expect("raise", "notice")
                reader.until(";")
    return frozenset(names)
