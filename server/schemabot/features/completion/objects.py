"""Statements about objects of the other kinds, and DROP and COMMENT of every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schemabot.features.completion.expressions import expression
from schemabot.features.completion.functions import arguments
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.relations import column_list, dropped_part
from schemabot.features.completion.wanted import NEW, NOTHING, ROWS, TYPES, Kind, Scope, Wanted, of

_KINDS: Mapping[tuple[str, ...], frozenset[Kind]] = {
    ("table",): frozenset(("table",)),
    ("foreign", "table"): frozenset(("table",)),
    ("view",): frozenset(("view",)),
    ("materialized", "view"): frozenset(("materialized view",)),
    ("sequence",): frozenset(("sequence",)),
    ("index", "concurrently"): frozenset(("index",)),
    ("index",): frozenset(("index",)),
    ("type",): TYPES,
    ("domain",): TYPES,
    ("function",): frozenset(("function", "procedure")),
    ("procedure",): frozenset(("procedure",)),
    ("routine",): frozenset(("function", "procedure")),
    ("aggregate",): frozenset(("function",)),
    ("schema",): frozenset(("schema",)),
    ("extension",): frozenset(("extension",)),
    ("publication",): frozenset(("publication",)),
    ("role",): frozenset(("role",)),
    ("user",): frozenset(("role",)),
    ("owned", "by"): frozenset(("role",)),
}
_ROUTINES = frozenset(("function", "procedure"))


def drop(r: Reader) -> None:
    """DROP kind name, name ..."""
    for kind in ("policy", "trigger", "rule"):
        if r.take(kind):
            dropped_part(r, kind if kind != "rule" else "trigger")
            return
    for phrase, kinds in _KINDS.items():
        if not r.take(*phrase):
            continue
        r.take("if", "exists")
        while True:
            r.name(Wanted(kinds=kinds, head="own"))
            if kinds & _ROUTINES and r.next == "(":
                r.group(arguments)
            if not r.take(","):
                return


def comment(r: Reader) -> None:
    """COMMENT ON kind name IS ..."""
    if r.take("column"):
        _column(r)
        return
    for kind in ("constraint", "policy", "trigger"):
        if r.take(kind):
            dropped_part(r, kind)
            return
    for phrase, kinds in _KINDS.items():
        if r.take(*phrase):
            r.name(Wanted(kinds=kinds))
            if kinds & _ROUTINES and r.next == "(":
                r.group(arguments)
            return


def _column(r: Reader) -> None:
    """A column by its table; the table's name is a qualifier of what is being written."""
    r.here(Wanted(kinds=ROWS, head="column of"))
    r.name(Wanted(kinds=ROWS))


def altered(kind: Kind) -> Callable[[Reader], None]:
    """ALTER of an object of which only the name, the owner and the schema are known here."""

    def read(r: Reader) -> None:
        r.take("if", "exists")
        r.name(Wanted(kinds=frozenset((kind,)), head="own"))
        _common(r)

    return read


def _common(r: Reader) -> None:
    r.here()
    if r.take("owner", "to"):
        r.name(of("role"))
    elif r.take("set", "schema"):
        r.name(of("schema"))
    elif r.take("rename", "to"):
        r.name(NOTHING)
    elif r.take("owned", "by"):
        r.here(Wanted(kinds=ROWS, head="column of"))


def create_type(r: Reader) -> None:
    """CREATE TYPE name AS (...)"""
    r.name(NEW)
    r.here()
    r.take("as")
    r.take("range")
    r.group(_attributes)


def _attributes(r: Reader) -> None:
    while not r.ended:
        r.name(NOTHING)
        r.name(Wanted(kinds=TYPES, keywords=False))
        while not r.ended and r.next != ",":
            r.at += 1
        r.take(",")
    r.here(NOTHING)


def alter_type(r: Reader) -> None:
    """ALTER TYPE name ..."""
    r.name(Wanted(kinds=TYPES, head="own"))
    r.here()
    if r.take("add", "attribute") or r.take("alter", "attribute"):
        r.name(NOTHING)
        r.take("type")
        r.name(Wanted(kinds=TYPES))
        return
    _common(r)


def create_domain(r: Reader) -> None:
    """CREATE DOMAIN name AS type ..."""
    r.name(NEW)
    r.take("as")
    r.name(Wanted(kinds=TYPES))
    while not r.ended:
        if r.next == "(":
            r.group(lambda inner: _value(inner))
        else:
            r.at += 1


def _value(r: Reader) -> None:
    scope = Scope(variables=("value",))
    raise Here(expression(r.remaining(), r.rest, scope, r.names))


def create_extension(r: Reader) -> None:
    """CREATE EXTENSION name WITH SCHEMA schema"""
    r.take("if", "not", "exists")
    r.name(Wanted(kinds=frozenset(("extension",)), head="new"))
    r.take("with")
    if r.take("schema"):
        r.name(of("schema"))


def create_sequence(r: Reader) -> None:
    """CREATE SEQUENCE name ... OWNED BY table.column"""
    r.take("if", "not", "exists")
    r.name(NEW)
    while not r.ended:
        if r.take("owned", "by"):
            r.here(Wanted(kinds=ROWS, head="column of"))
        elif r.take("as"):
            r.name(Wanted(kinds=TYPES))
        else:
            r.at += 1


def create_schema(r: Reader) -> None:
    """CREATE SCHEMA name AUTHORIZATION role"""
    r.take("if", "not", "exists")
    if r.next != "authorization":
        r.name(NOTHING)
    if r.take("authorization"):
        r.name(of("role"))


def create_publication(r: Reader) -> None:
    """CREATE PUBLICATION name FOR TABLE ..."""
    r.name(NOTHING)
    r.here()
    if r.take("for"):
        _published(r)


def alter_publication(r: Reader) -> None:
    """ALTER PUBLICATION name ADD TABLE ..."""
    r.name(of("publication"))
    r.here()
    r.take_any("add", "drop", "set")
    _published(r)
    _common(r)


def _published(r: Reader) -> None:
    if r.take("tables", "in", "schema"):
        r.name(of("schema"))
        return
    if r.take("table"):
        r.take("only")
        table = r.names.rows(r.names_list(lambda _: of("table"))[-1])
        if table is not None and r.next == "(":
            r.group(lambda inner: column_list(inner, table))


def create_statistics(r: Reader) -> None:
    """CREATE STATISTICS name ON columns FROM table"""
    r.take("if", "not", "exists")
    r.name(NOTHING)
    while not r.ended and not r.take("from"):
        r.at += 1
    r.name(of("table"))
