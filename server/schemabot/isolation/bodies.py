"""The bodies of functions as far as they are plain: SQL, and plpgsql made of assignments, IF and RETURN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import msgspec

from schemabot.catalog.objects import Function
from schemabot.facts import extract
from schemabot.facts.expression import Query
from schemabot.facts.model import CreateTable, RunQuery
from schemabot.syntax.lexer import tokens
from schemabot.syntax.source import Source

_INTO = re.compile(r"\binto\s+(?:strict\s+)?([a-z_]\w*)(?=\s|\Z)(?!\s*,)", re.I)
_DECLARATION = re.compile(r"\s*([a-z_]\w*)\s+[^:=]*?(?:(?::=|=|\bdefault\b)\s*(.+))?\Z", re.I | re.S)
_ASSIGNMENT = re.compile(r"([a-z_]\w*)\s*:?=\s*(.+)\Z", re.I | re.S)
_MAX_LENGTH = 6000


class Assign(msgspec.Struct, frozen=True):
    """A variable gets the value of a query's first column."""

    name: str
    query: Query


class Return(msgspec.Struct, frozen=True):
    """RETURN of a query's value; with `rows` it is RETURN QUERY, after which the function goes on."""

    query: Query
    rows: bool = False


class If(msgspec.Struct, frozen=True):
    """IF: (condition, statements) pairs, and ELSE."""

    cases: tuple[tuple[Query, tuple[Statement, ...]], ...]
    otherwise: tuple[Statement, ...]


Statement: TypeAlias = Assign | Return | If


class _NotPlain(Exception):  # noqa: N818  # not an error: the body is beyond this reader
    pass


def read_body(function: Function) -> tuple[Statement, ...] | None:
    """What the function does, or None when that is not plain."""
    if function.sql_body:
        return (Return(function.sql_body[-1]),) if len(function.sql_body) == 1 else None
    if function.body is None or len(function.body) > _MAX_LENGTH:
        return None
    return _read(function.language, function.body)


@lru_cache(maxsize=1024)
def _read(language: str, body: str) -> tuple[Statement, ...] | None:
    try:
        if language == "sql":
            texts = [s.text for s in Source.of(body).statements if s.text.strip()]
            return (Return(_query(texts[0])),) if len(texts) == 1 else None
        if language == "plpgsql":
            return _Plpgsql(body).block()
    except (_NotPlain, IndexError):
        return None
    return None


def _query(text: str) -> Query:
    found = extract(text.strip())
    if found.error is None and len(found.facts) == 1:
        fact = found.facts[0]
        if isinstance(fact, RunQuery) and fact.query.verb in ("select", "values"):
            return fact.query
        if isinstance(fact, CreateTable) and fact.query is not None:
            return fact.query.query
    raise _NotPlain


class _Plpgsql:
    """A reader of statements; `words` are what is left to read, each as text, comments dropped."""

    def __init__(self, body: str) -> None:
        self._words = [t.span.of(body) for t in tokens(body) if t.kind != "comment"]
        self._at = 0

    def block(self) -> tuple[Statement, ...]:
        """DECLARE ... BEGIN ... END."""
        found: list[Statement] = []
        if self._next("declare"):
            while not self._is("begin"):
                declared = _DECLARATION.match(self._until(";"))
                if declared is None:
                    raise _NotPlain
                found.append(Assign(declared[1].lower(), _query("select " + (declared[2] or "null"))))
        self._expect("begin")
        found += self._statements()
        self._expect("end")
        return tuple(found)

    def _statements(self) -> Iterator[Statement]:
        while not (self._is("end") or self._is("else") or self._is("elsif") or self._is("elseif")):
            if self._next("if"):
                yield self._if()
            elif self._next("return"):
                yield from self._return()
            elif self._is("select"):
                text = self._until(";")
                into = _INTO.search(text)
                if into is None:
                    raise _NotPlain
                yield Assign(into[1].lower(), _query(text[: into.start()] + text[into.end() :]))
            else:
                assigned = _ASSIGNMENT.match(self._until(";"))
                if assigned is None:
                    raise _NotPlain
                yield Assign(assigned[1].lower(), _query("select " + assigned[2]))

    def _return(self) -> Iterator[Return]:
        if self._is("next"):
            raise _NotPlain
        rows = self._next("query")
        text = self._until(";")
        if rows:
            yield Return(_query(text), rows=True)
        elif text:
            yield Return(_query("select " + text))
        elif not self._is("end"):  # a bare RETURN in the midst of it leaves out what follows
            raise _NotPlain

    def _if(self) -> If:
        cases: list[tuple[Query, tuple[Statement, ...]]] = []
        otherwise: tuple[Statement, ...] = ()
        while True:
            condition = _query("select " + self._until("then"))
            cases.append((condition, tuple(self._statements())))
            if not (self._next("elsif") or self._next("elseif")):
                break
        if self._next("else"):
            otherwise = tuple(self._statements())
        for word in ("end", "if", ";"):
            self._expect(word)
        return If(tuple(cases), otherwise)

    def _is(self, word: str) -> bool:
        return self._words[self._at].lower() == word

    def _next(self, word: str) -> bool:
        if self._is(word):
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._next(word):
            raise _NotPlain

    def _until(self, word: str) -> str:
        """The words before the next `word`, which is passed over; CASE has a THEN of its own."""
        start, depth = self._at, 0
        while depth or not self._is(word):
            current = self._words[self._at].lower()
            if current == ";" or current in (
                "exception",
                "loop",
                "perform",
                "raise",
                "for",
                "while",
                "execute",
            ):
                raise _NotPlain
            depth += (current == "case") - (current == "end" and depth > 0)
            self._at += 1
        text = " ".join(self._words[start : self._at])
        self._at += 1
        return text
