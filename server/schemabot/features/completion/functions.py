"""CREATE FUNCTION and what names a function with its arguments."""

from __future__ import annotations

from schemabot.features.completion.expressions import expression
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.wanted import NOTHING, TYPES, Scope, Wanted, of

_MODES = ("in", "out", "inout", "variadic")


def create_function(r: Reader) -> None:
    """CREATE FUNCTION name (parameters) RETURNS type ..."""
    r.name(of("function", "procedure"))
    r.group(_parameters)
    while not r.ended:
        if r.take("returns"):
            r.take("setof")
            if r.take("table"):
                r.group(_parameters)
            elif r.next not in ("null", "trigger"):
                r.name(Wanted(kinds=TYPES, head="returns"))
        elif r.take("language"):
            r.name(of("language"))
        elif r.take("set"):
            _setting(r)
        elif r.take("return"):
            words = r.remaining()
            raise Here(expression(words, r.rest, Scope(), r.names))
        else:
            r.at += 1
    r.here()


def _setting(r: Reader) -> None:
    setting = r.name(of("setting"))
    if r.take_any("to", "=") and setting == ("search_path",):
        r.names_list(lambda named: Wanted(kinds=frozenset(("schema",)), named=named))


def _parameters(r: Reader) -> None:
    """Parameters between commas: a mode, a name, a type, a default."""
    while not r.ended:
        r.take_any(*_MODES)
        start = r.at
        r.name(NOTHING)
        if r.ended or r.next not in (",", "default", "=", "("):
            r.name(Wanted(kinds=TYPES, keywords=r.at > start + 1))
        while not r.ended and r.next != ",":
            if r.next == "(":
                r.group(lambda _: None)
            elif r.take_any("default", "="):
                r.here(Wanted(expression=True))
            else:
                r.at += 1
        if not r.take(","):
            r.here()
    raise Here(Wanted(kinds=TYPES))


def arguments(r: Reader) -> None:
    """The types that tell overloads apart."""
    words = r.remaining()
    if not words or words[-1].written in (",", *_MODES):
        raise Here(Wanted(kinds=TYPES))
    raise Here(Wanted(kinds=TYPES) if words[-1].name is not None else Wanted())


def alter_function(r: Reader) -> None:
    """ALTER FUNCTION name (types) ..."""
    r.name(of("function", "procedure"))
    r.group(arguments)
    r.here()
    if r.take("owner", "to"):
        r.name(of("role"))
    elif r.take("set", "schema"):
        r.name(of("schema"))
    elif r.take("set"):
        _setting(r)
    elif r.take("rename", "to"):
        r.name(NOTHING)
