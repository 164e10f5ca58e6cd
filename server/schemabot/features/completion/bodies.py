"""Inside of a function's body: which piece of SQL is being written, and the variables that it may use."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from schemabot.catalog.objects import Table, View
from schemabot.features.completion.cursor import Cursor, cursor_in
from schemabot.features.completion.expressions import expression
from schemabot.features.completion.frames import QUERY_STARTS, closing
from schemabot.features.completion.reader import Names, Reader
from schemabot.features.completion.statements import wanted_in
from schemabot.features.completion.wanted import ANY, Kind, Rows, Scope, Wanted
from schemabot.features.names.fragments import declarations
from schemabot.features.names.words import Word
from schemabot.syntax.lexer import DOLLAR_TAG

_CONDITIONS = frozenset(
    ("if", "elsif", "elseif", "while", "when", "perform", "raise", "execute", "assert", "case")
)
_SPLITS = frozenset((";", "begin", "loop", "declare", "exception"))
_DEFINING = frozenset(
    ("create", "alter", "drop", "grant", "revoke", "comment", "truncate", "lock", "call", "refresh")
)
_DECLARED: frozenset[Kind] = frozenset(("type", "table"))
PLPGSQL_STARTS = (
    "if", "for", "return", "raise", "perform", "begin", "declare", "end", "while", "loop", "execute", "elsif", "else",
    "exception", "select", "insert", "update", "delete",
)  # fmt: skip


@attrs.frozen
class Inside:
    """The place in a body: its cursor, what may stand there, and the SQL before it for the grammar."""

    cursor: Cursor
    wanted: Wanted
    before: str


def inside_body(cursor: Cursor, names: Names) -> Inside | None:
    """What may stand at a place in a dollar-quoted body."""
    text = cursor.text
    tag = DOLLAR_TAG.match(text, cursor.chain_begin)
    if tag is None:
        return None
    end = text.find(tag.group(), cursor.offset)
    body = text[cursor.begin : len(text) if end < 0 else end]
    inner = cursor_in(body, cursor.start + cursor.begin, cursor.offset - cursor.begin)
    if inner is None or inner.inside == "body":
        return None
    variables, rows = _variables(cursor.words, body, names)
    scope = Scope(outer=rows, variables=variables)
    heads = {word.written for word in (*cursor.words, *cursor.rest)}
    if "sql" in heads and "plpgsql" not in heads:
        start = _last_start(inner.words, frozenset((";",)))
        words = inner.words[start:]
        wanted = wanted_in(Reader(words, inner.rest, names), scope)
        return Inside(inner, wanted, _text_from(inner, words, ""))
    return _plpgsql(inner, names, scope)


def _plpgsql(inner: Cursor, names: Names, scope: Scope) -> Inside:
    start = _last_start(inner.words, _SPLITS)
    words = inner.words[start:]
    if _declares(inner.words[:start]):
        return Inside(inner, _declaration(words, inner.rest, scope, names), "")
    first = words[0].written if words else ""
    if not words:
        texts = tuple((word, "") for word in PLPGSQL_STARTS)
        return Inside(inner, Wanted(texts=texts, scope=scope, expression=True, head="assignment"), "")
    if first in QUERY_STARTS:
        return Inside(inner, expression(words, inner.rest, scope, names), _text_from(inner, words, ""))
    if first in _DEFINING:
        return Inside(inner, wanted_in(Reader(words, inner.rest, names), scope), _text_from(inner, words, ""))
    value = _value_words(words)
    if value is None:
        return Inside(inner, ANY, "")
    if value and value[0].written in QUERY_STARTS:
        return Inside(inner, expression(value, inner.rest, scope, names), _text_from(inner, value, ""))
    wanted = expression(value, inner.rest, scope, names)
    return Inside(inner, wanted, _text_from(inner, value, "select "))


def _value_words(words: Sequence[Word]) -> Sequence[Word] | None:
    """The words of the expression or query that a statement of PL/pgSQL ends in so far; None where none is."""
    first = words[0].written
    second = words[1].written if len(words) > 1 else ""
    if first == "return":
        return words[2:] if second in ("query", "next") else words[1:]
    if first in _CONDITIONS:
        return words[1:]
    if first == "for":
        place = next((n for n, word in enumerate(words) if word.written == "in"), None)
        return None if place is None else words[place + 1 :]
    place = next((n for n, word in enumerate(words) if word.written in (":=", "=")), None)
    return None if place is None else words[place + 1 :]


def _last_start(words: Sequence[Word], splits: frozenset[str]) -> int:
    """The index of the first word of the statement that is being written."""
    start, at, cases = 0, 0, 0
    first = ""
    while at < len(words):
        word = words[at].written
        if word == "(":
            end = closing(words, at)
            if end >= len(words):
                break
            at = end + 1
            continue
        if at == start:
            first = word
        if word == "case":
            cases += 1
        elif word == "end" and cases:
            cases -= 1
        elif word in splits or (
            not cases and word in ("then", "else") and len(splits) > 1 and first not in QUERY_STARTS
        ):
            start = at + 1
            cases = 0
        at += 1
    return start


def _declares(words: Sequence[Word]) -> bool:
    for word in reversed(words):
        if word.written == "declare":
            return True
        if word.written == "begin":
            return False
    return False


def _declaration(words: Sequence[Word], rest: Sequence[Word], scope: Scope, names: Names) -> Wanted:
    """`name type := value` in DECLARE."""
    place = next((n for n, word in enumerate(words) if word.written in (":=", "=", "default")), None)
    if place is not None:
        return expression(words[place + 1 :], rest, scope, names)
    if len(words) == 1 or (len(words) == 2 and words[1].written == "constant"):
        return Wanted(kinds=_DECLARED, keywords=False)
    return Wanted(texts=(("begin", ""),) if not words else (), keywords=False)


def _variables(head: Sequence[Word], body: str, names: Names) -> tuple[tuple[str, ...], tuple[Rows, ...]]:
    """Parameters and declared variables; NEW and OLD and variables of a row's type as rows."""
    found: list[str] = []
    rows: list[Rows] = []
    written = [word.written for word in head]
    opened = written.index("(") if "(" in written else len(written)
    parameters = head[opened + 1 : closing(head, opened)] if opened < len(head) else ()
    fresh = True
    for index, word in enumerate(parameters):
        follows = parameters[index + 1] if index + 1 < len(parameters) else None
        if word.written == ",":
            fresh = True
        elif fresh and word.name is not None and word.written not in ("in", "out", "inout", "variadic"):
            fresh = False
            if follows is not None and follows.name is not None:
                found.append(word.name)
    for declared in declarations(body):
        found.append(declared.name)
        kind = declared.type.of(body).removesuffix("%rowtype").removesuffix("%ROWTYPE")
        parts = [part.strip().strip('"') for part in kind.split(".")]
        if kind and (table := names.rows([part.lower() for part in parts])) is not None:
            rows.append(Rows(declared.name, table))
    if "trigger" in written:
        table = _trigger_table(head, names)
        rows += [Rows("new", table), Rows("old", table)]
    return tuple(dict.fromkeys(found)), tuple(rows)


def _trigger_table(head: Sequence[Word], names: Names) -> Table | View | None:
    """The table whose triggers call the function that is being written, if it is known by now."""
    start = next((n for n, word in enumerate(head) if word.written == "function"), None)
    if start is None:
        return None
    parts = [word.name for word in head[start + 1 : start + 4] if word.name is not None]
    dotted = start + 2 < len(head) and head[start + 2].written == "."
    name = tuple(part for part in (parts[:2] if dotted else parts[:1]))
    for relation in names.catalog.tables():
        for trigger in relation.triggers:
            if trigger.function_name[-1:] == name[-1:]:
                return relation
    return None


def _text_from(inner: Cursor, words: Sequence[Word], prefix: str) -> str:
    begin = words[0].span.start if words else inner.chain_begin
    return prefix + inner.text[begin : inner.chain_begin]
