"""The names in function bodies and DO blocks: parameters, variables, and what their SQL speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from schemabot.catalog.apply.session import parse_search_path
from schemabot.catalog.objects import Function
from schemabot.catalog.state import State
from schemabot.facts import extract
from schemabot.facts.model import AnyFact, CreateFunction, RunBlock
from schemabot.facts.names import TypeName
from schemabot.features.names.binder import bind_expression, bind_query
from schemabot.features.names.collector import Collector
from schemabot.features.names.fragments import declarations, fragments
from schemabot.features.names.target import Target
from schemabot.syntax.source import Source
from schemabot.text import Span

EachFact: TypeAlias = Callable[[Collector, AnyFact], None]
"""What notes the names in a fact of a statement inside a body: given by `statements`, which knows all kinds."""

_MOST = 200_000
"""Characters of a body that is looked into; longer ones are generated and nobody reads them."""
_PLPGSQL = ("plpgsql", "sql")


def create_function(c: Collector, fact: CreateFunction, each: EachFact) -> None:
    """The function, its parameters and their types, and its body."""
    inputs = tuple(p.type for p in fact.parameters if p.mode in ("in", "inout", "variadic"))
    function = c.function(fact.name, inputs, late=True, declares=True)
    if function is None:
        function = c.function(fact.name, late=True)
    variables: dict[str, Target] = {}
    start = fact.name.span.end
    for parameter in fact.parameters:
        if parameter.name is not None and function is not None:
            variables[parameter.name] = Target("variable", function.oid, 0, parameter.name)
            place = c.words.find(parameter.name, start, parameter.type.span.start)
            c.add(place, variables[parameter.name], declares=True)
        start = max(start, parameter.type.span.end)
        c.type(parameter.type)
        bind_expression(c, parameter.default)
    c.type(fact.returns)
    if fact.support is not None:
        c.function(fact.support)
    if function is None:
        return
    inner = Collector(
        c.text,
        c.states[0],
        _with_settings(c.states[1], function),
        shift=c.shift,
        variables=variables,
        found=c.found,
    )
    for query in fact.sql_body:
        bind_query(inner, query, late=True)
    if fact.body is not None and fact.body_span is not None and function.language in _PLPGSQL:
        body(inner, fact.body, fact.body_span, function.language, function.oid, each)


def run_block(c: Collector, fact: RunBlock, each: EachFact) -> None:
    """A DO block."""
    if fact.language in _PLPGSQL:
        body(c, fact.body, fact.body_span, fact.language, 0, each)


def body(c: Collector, text: str, span: Span, language: str, function: int, each: EachFact) -> None:
    """The names in a body that stands at `span`. A body with doubled quotes in it has no places and is left out."""
    if span.end - span.start != len(text) or len(text) > _MOST or c.text[span.start : span.end] != text:
        return
    variables = dict(c.variables)
    inner = Collector(text, *c.states, shift=c.shift + span.start, variables=variables, found=c.found)
    pieces: list[tuple[str, int]]
    if language == "plpgsql":
        for declared in declarations(text):
            known = variables.setdefault(declared.name, Target("variable", function, 0, declared.name))
            inner.add(declared.span, known, declares=declared.type.end > 0 or not _is_noted(inner, known))
            _declared_type(inner, declared.type)
        pieces = [(fragment.text, fragment.start) for fragment in fragments(text)]
    else:
        pieces = [(s.text, s.span.start) for s in Source.of(text).statements]
    _assigned(inner, variables)
    _rows(inner, function)
    for piece, start in pieces:
        part = Collector(piece, *c.states, shift=inner.shift + start, variables=variables, found=c.found)
        for fact in extract(piece).facts:
            each(part, fact)


def _is_noted(c: Collector, target: Target) -> bool:
    """Whether a place is known already: FOR may use a variable that was declared."""
    return any(mention.target == target for mention in c.found.values())


def _declared_type(c: Collector, span: Span) -> None:
    if span.end <= span.start:
        return
    names = [word.name for word in c.words.inside(span.start, span.end) if word.name is not None]
    if not names:
        return
    percent = names[-1] in ("type", "rowtype") and "%" in span.of(c.text)
    if percent:
        is_row = names.pop() == "rowtype"
        percent = not is_row
    if names:
        c.type(TypeName(tuple(names), (), 0, span, percent_type=percent))


def _assigned(c: Collector, variables: Mapping[str, Target]) -> None:
    """Variables where they are given a value: before `:=`, and behind INTO."""
    words = c.words.all
    into = False
    for at, word in enumerate(words):
        if word.written == "into":
            into = words[at - 1].written not in ("insert", "merge") if at else False
            continue
        following = words[at + 1].written if at + 1 < len(words) else ""
        target = variables.get(word.name) if word.name is not None else None
        starts = at == 0 or words[at - 1].written in (";", "begin", "then", "else", "loop")
        if target is not None and (into or following == ":=" or (starts and following == "=")):
            c.add(word.span, target)
        into = into and (target is not None or word.written in (",", "strict"))


def _rows(c: Collector, function: int) -> None:
    """The columns of NEW and OLD in a trigger function."""
    found = c.after.catalog.functions.get(function)
    if found is None or found.returns is None or found.returns.name != "trigger":
        return
    words = c.words.all
    for at in range(len(words) - 2):
        row, dot, column = words[at : at + 3]
        if row.written in ("new", "old") and dot.written == "." and column.name is not None:
            c.add(column.span, Target("row", function, 0, column.name))


def _with_settings(state: State, function: Function) -> State:
    """The state in which a body runs: with the search_path that the function sets."""
    setting = dict(function.settings).get("search_path")
    path = None if setting is None else parse_search_path(setting)
    if path is None:
        return state
    return State(state.catalog, msgspec.structs.replace(state.session, search_path=path))
