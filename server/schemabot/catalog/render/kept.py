"""Statements that are given back as they were written, with today's names in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from schemabot.catalog.objects import Definition, OtherObject, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.writer import NotExactError, Writer
from schemabot.facts import extract
from schemabot.facts.model import CreateObject, TouchObject
from schemabot.facts.names import Name
from schemabot.text import Span

_WITHOUT_NAME = ("cast", "transform", "user mapping")
_STATISTICS = re.compile(r"\s*create\s+statistics(\s+if\s+not\s+exists)?", re.IGNORECASE)
_METHOD = re.compile(r'\susing\s+(?:[\w$]+|"(?:[^"]|"")*")', re.IGNORECASE)


def kept_statement(w: Writer, kept: Definition, names: Iterable[str]) -> list[str]:
    """The statement. `names` are what it must mention: another one has been renamed
    since."""
    for name in names:
        if name.lower() not in kept.text.lower():
            raise NotExactError(f"{name} had another name when it was made")
    w.searched(kept.path, whole=True)
    return [kept.text.strip().rstrip(";")]


def write_other(w: Writer, item: OtherObject) -> list[str]:
    """The statements that made and changed an operator, cast, server ..."""
    if not item.definition:
        if item.kind != "operator family":
            raise NotExactError("its definition is not known")
        if any(_is_class_of(other, item) for other in w.catalog.objects.values()):
            return []  # comes with the operator class of its name
        return [f"create operator family {_own_name(item)} using {quote_identifier(item.qualifier)}"]
    found: list[str] = []
    for kept in item.definition:
        w.searched(kept.path, whole=True)
        found.append(_with_names(w, item, kept.text).strip().rstrip(";"))
    return found


def _is_class_of(other: OtherObject, family: OtherObject) -> bool:
    """Whether making the operator class makes the family: it has its name (opclasscmds.c)."""
    return (
        other.kind == "operator class"
        and (other.schema, other.name, other.qualifier) == (family.schema, family.name, family.qualifier)
        and any(use.oid == family.oid for use in other.uses)
    )


def _own_name(item: OtherObject) -> str:
    if item.kind == "operator":
        return f"{quote_identifier(item.schema or '')}.{item.name}"
    return quote_identifier(item.name) if item.schema is None else quote_qualified(item.schema, item.name)


def _with_names(w: Writer, item: OtherObject, text: str) -> str:
    fact = next((f for f in extract(text).facts if isinstance(f, (CreateObject, TouchObject))), None)
    if fact is None:
        raise NotExactError("the statement that made it was not understood")
    edits = dict(_named_others(w, item, fact))
    own = fact.name.span
    if item.kind not in _WITHOUT_NAME:
        if fact.name.name:
            edits[own] = _own_name(item)
        elif (written := _STATISTICS.match(text)) is not None:  # PostgreSQL chose the name
            edits[Span(written.end(), written.end())] = " " + _own_name(item)
    if item.kind == "operator class" and isinstance(fact, CreateObject):
        edits.update(_family(w, item, fact, text))
    for place in sorted(edits, key=lambda span: (span.start, span.end), reverse=True):
        text = text[: place.start] + edits[place] + text[place.end :]
    return text


def _family(w: Writer, item: OtherObject, fact: CreateObject, text: str) -> Iterator[tuple[Span, str]]:
    """FAMILY, where the class has no longer the name of the family that was made with it."""
    if any(kind == "operator family" for kind, _ in fact.objects):
        return
    family = _used(w, item, "operator family", item.name)
    method = _METHOD.search(text, fact.name.span.end)
    if family is not None and method is not None and family.name != item.name:
        yield Span(method.end(), method.end()), f" family {_own_name(family)}"


def _named_others(
    w: Writer, item: OtherObject, fact: CreateObject | TouchObject
) -> Iterator[tuple[Span, str]]:
    """The places of other objects' names, with what they are called now. A name whose own place is not known, because
    the fact has it at that of the object, must be what it was."""
    if item.kind == "user mapping" and not fact.objects:  # ALTER names its server alone
        server = _used(w, item, "server", fact.name.name)
        if server is not None:
            yield fact.name.span, _own_name(server)
    for kind, name in fact.objects:
        other = _used(w, item, kind, name.name)
        if other is None:
            continue
        if name.span != fact.name.span or item.kind == "user mapping":
            yield name.span, _own_name(other)
        elif other.name != name.name:
            raise NotExactError(f"{other.name} had another name when it was made")
    for name, _ in fact.functions:
        yield from _function(w, item, fact, name)
    if isinstance(fact, CreateObject) and fact.table is not None:
        yield from _table(w, item, fact, fact.table)


def _used(w: Writer, item: OtherObject, kind: str, name: str) -> OtherObject | None:
    """The object of that kind that the statement named: by its name, or the only one there is under another."""
    found = [
        other
        for use in item.uses
        if (other := w.catalog.objects.get(use.oid)) is not None and other.kind == kind
    ]
    same = [other for other in found if other.name == name]
    return same[0] if same else found[0] if len({other.oid for other in found}) == 1 else None


def _function(
    w: Writer, item: OtherObject, fact: CreateObject | TouchObject, name: Name
) -> Iterator[tuple[Span, str]]:
    found = [f for use in item.uses if (f := w.catalog.functions.get(use.oid)) is not None]
    same = [f for f in found if f.name == name.name]
    chosen = same[0] if same else found[0] if len(found) == 1 and len(fact.functions) == 1 else None
    if chosen is None:
        return
    if name.span != fact.name.span:
        yield name.span, quote_qualified(chosen.schema, chosen.name)
    elif chosen.name != name.name:
        raise NotExactError(f"{chosen.name} had another name when it was made")


def _table(w: Writer, item: OtherObject, fact: CreateObject, name: Name) -> Iterator[tuple[Span, str]]:
    relations: Iterator[Any] = (w.catalog.relations.get(use.oid) for use in item.uses)
    table = next((found for found in relations if isinstance(found, Table)), None)
    if table is None:
        raise NotExactError("its table is not known")
    if any(table.column(column) is None for column in fact.columns):
        raise NotExactError("a column had another name when it was made")
    yield name.span, quote_qualified(table.schema, table.name)
