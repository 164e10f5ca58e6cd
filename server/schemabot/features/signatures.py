"""Signature help: what the call around a place takes, and which parameter is being written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.builtins import Routine, routines
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Function, FunctionParameter, Table, View, ViewColumn
from schemabot.catalog.printed import printed
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.words import words as words_of
from schemabot.features.completion.complete import statement_text
from schemabot.features.completion.cursor import Cursor, cursor_in
from schemabot.features.completion.frames import QUERY_STARTS, closing, open_groups
from schemabot.features.completion.reader import Names
from schemabot.features.names.names_at import replay_of
from schemabot.features.names.words import Word
from schemabot.syntax.lexer import DOLLAR_TAG

_MOST = 20
_NO_CALL = words_of(
    "table function procedure routine aggregate into references index view type key unique exists column as"
)
"""Words before a name whose parentheses are no call."""


class Signature(msgspec.Struct, frozen=True):
    """One way to call: `parameters` are spans (start, end) of `label`, `takes` whether any number may follow the last."""

    label: str
    parameters: tuple[tuple[int, int], ...]
    names: tuple[str, ...] = ()
    documentation: str = ""
    takes_more: bool = False


class Signatures(msgspec.Struct, frozen=True):
    """The ways to call, which of them fits, and the index of the parameter that is being written."""

    signatures: tuple[Signature, ...]
    active: int
    parameter: int


def signature_help(analysis: Analysis, path: str, offset: int) -> Signatures | None:
    """What the innermost call around an absolute offset takes; None where there is none, and in comments."""
    replay = replay_of(analysis, path)
    if replay is None:
        return None
    text, start, state = statement_text(replay, offset)
    cursor = _code(cursor_in(text, start, offset - start))
    if cursor is None:
        return None
    names = Names(state.catalog, state.session.search_path)
    words = list(cursor.words)
    for opened in reversed(open_groups(words)):
        inside = words[opened + 1 :]
        if words[opened].written != "(" or (inside and inside[0].written in QUERY_STARTS):
            return None
        found = _inserted(words, opened, names) or _called(words, opened, names)
        if found:
            return _answer(found, inside)
        if opened and words[opened - 1].name is not None:
            return None  # a call or a list of which nothing is known
    return None


def _code(cursor: Cursor | None) -> Cursor | None:
    """The place in the body of a function, where it is in one."""
    if cursor is None or cursor.inside != "body":
        return cursor
    tag = DOLLAR_TAG.match(cursor.text, cursor.chain_begin)
    end = -1 if tag is None else cursor.text.find(tag.group(), cursor.offset)
    body = cursor.text[cursor.begin : len(cursor.text) if end < 0 else end]
    inner = cursor_in(body, cursor.start + cursor.begin, cursor.offset - cursor.begin)
    return None if inner is None or inner.inside == "body" else inner


def _answer(found: list[Signature], inside: Sequence[Word]) -> Signatures:
    written, name = _argument(inside)
    fitting = sorted(found, key=lambda one: not (written < max(1, len(one.parameters)) or one.takes_more))
    chosen = fitting[0]
    parameter = written
    if name and name in chosen.names:
        parameter = chosen.names.index(name)
    elif chosen.takes_more:
        parameter = min(written, len(chosen.parameters) - 1)
    return Signatures(tuple(fitting[:_MOST]), 0, parameter)


def _argument(inside: Sequence[Word]) -> tuple[int, str]:
    """How many arguments are written before the one at the end, and the name that one is given by."""
    depth, commas, start = 0, 0, 0
    for index, word in enumerate(inside):
        depth += (word.written in ("(", "[")) - (word.written in (")", "]"))
        if depth == 0 and word.written == ",":
            commas, start = commas + 1, index + 1
    named = len(inside) > start + 1 and inside[start + 1].written in ("=>", ":=")
    return commas, (inside[start].name or "") if named else ""


# -- calls ---------------------------------------------------------------------------------------------------


def _chain(words: Sequence[Word], end: int) -> tuple[tuple[str, ...], int]:
    """The qualified name that ends before `end`, and the index of its first word."""
    at = end - 1
    if at < 0 or words[at].name is None:
        return (), end
    parts = [words[at].name or ""]
    while at >= 2 and words[at - 1].written == "." and words[at - 2].name is not None:
        at -= 2
        parts.insert(0, words[at].name or "")
    return tuple(parts), at


def _called(words: Sequence[Word], opened: int, names: Names) -> list[Signature]:
    chain, first = _chain(words, opened)
    if not chain or (first and words[first - 1].written in _NO_CALL):
        return []
    *qualifiers, name = chain
    catalog = names.catalog
    schemas = qualifiers[-1:] or names.path
    found = [
        _of_function(catalog, function)
        for schema in schemas
        for function in catalog.functions_named(schema, name)
    ]
    if not found and qualifiers[-1:] in ([], ["pg_catalog"]):
        found = [_of_routine(name, routine) for routine in routines(name)]
    return found


def _labelled(name: str, parts: Sequence[str], behind: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a signature, and where its parameters are in it."""
    label = f"{name}("
    spans: list[tuple[int, int]] = []
    for part in parts:
        if spans:
            label += ", "
        spans.append((len(label), len(label) + len(part)))
        label += part
    return f"{label}){behind}", tuple(spans)


def _of_function(catalog: Catalog, function: Function) -> Signature:
    given = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
    result = ""
    if function.returns is not None:
        result = f" → {'setof ' if function.returns_set else ''}{format_type(catalog, function.returns)}"
    label, spans = _labelled(function.name, [_parameter(catalog, p) for p in given], result)
    return Signature(
        label,
        spans,
        tuple(p.name or "" for p in given),
        function.comment or "",
        any(p.mode == "variadic" for p in given),
    )


def _parameter(catalog: Catalog, parameter: FunctionParameter) -> str:
    words = ["variadic"] if parameter.mode == "variadic" else []
    if parameter.name:
        words.append(quote_identifier(parameter.name))
    words.append(format_type(catalog, parameter.type))
    if parameter.default is not None:
        words.append(f"default {printed(catalog, parameter.default)}")
    return " ".join(words)


def _of_routine(name: str, routine: Routine) -> Signature:
    parts = list(_builtin_parts(routine))
    label, spans = _labelled(
        name, parts, f" → {'setof ' if routine.returns_set else ''}{_spelled(routine.result)}"
    )
    return Signature(label, spans, routine.names, takes_more=bool(routine.variadic))


def _builtin_parts(routine: Routine) -> Iterator[str]:
    optional = len(routine.arguments) - routine.defaults
    for index, kind in enumerate(routine.arguments):
        named = routine.names[index] if index < len(routine.names) else ""
        last = index == len(routine.arguments) - 1
        words = ["variadic"] if routine.variadic and last else []
        words += [named] if named else []
        words.append(_spelled(kind))
        yield " ".join(words) + (" (optional)" if index >= optional else "")


def _spelled(kind: str) -> str:
    return f"{kind[1:]}[]" if kind.startswith("_") else kind


# -- INSERT --------------------------------------------------------------------------------------------------


def _inserted(words: Sequence[Word], opened: int, names: Names) -> list[Signature]:
    """The columns that INSERT lists, or their values, as the parameters of the table."""
    into = next((n for n in range(opened - 1, -1, -1) if words[n].written == "into"), None)
    if into is None or not into or words[into - 1].written != "insert":
        return []
    at = into + 1
    end = at
    while end + 1 < len(words) and words[end + 1].written == ".":
        end += 2
    if end >= len(words):
        return []
    table = names.rows([word.name or "" for word in words[at : end + 1 : 2]])
    if table is None:
        return []
    if opened == end + 1:
        return [_of_columns(names.catalog, table, None)]
    before = words[opened - 1].written
    if before != "values" and not (before == "," and any(w.written == "values" for w in words[end:opened])):
        return []
    if len(open_groups(words[:opened])) > len(open_groups(words[:into])):
        return []
    listed: list[str] | None = None
    if words[end + 1].written == "(":
        listed = [word.name for word in words[end + 2 : closing(words, end + 1)] if word.name is not None]
    return [_of_columns(names.catalog, table, listed)]


def _of_columns(catalog: Catalog, table: Table | View, listed: Sequence[str] | None) -> Signature:
    known: dict[str, Column | ViewColumn] = {column.name: column for column in table.columns}
    wanted = list(known) if listed is None else listed
    parts = [_column(catalog, name, known.get(name)) for name in wanted]
    label, spans = _labelled(table.name, parts, "")
    return Signature(label, spans, tuple(wanted))


def _column(catalog: Catalog, name: str, column: Column | ViewColumn | None) -> str:
    if column is None or column.type is None:
        return quote_identifier(name)
    return f"{quote_identifier(name)} {format_type(catalog, column.type)}"
