"""pg_catalog's functions, operators, casts and types, as PostgreSQL 18 has them.

The data files are written by `tests/support/write_builtins.py` from pg_proc, pg_operator, pg_cast and pg_type. A
line is a name and what goes by it, between tabs; types have their internal names, arrays as `_int4`. They are
read on first use, and a line is taken apart when somebody asks for its name.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple


class Routine(NamedTuple):
    """A function of pg_catalog. `kind` is `f`, `w` (window), or an aggregate: `n`, `o` and `h` (ordered set).

    `arguments` are the input types; the last `defaults` of them may be left out; `variadic` is the element type
    of the last one when it takes any number. `names` are those of the arguments, `outputs` the OUT parameters.
    """

    kind: str
    returns_set: bool
    volatility: str
    result: str
    arguments: tuple[str, ...]
    variadic: str
    defaults: int
    names: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]


class BuiltinType(NamedTuple):
    """`kind` is pg_type.typtype. `element` is what a subscript gives; a range has its `subtype`, and it and its
    multirange are each other's `partner`."""

    kind: str
    category: str
    preferred: bool
    element: str
    subtype: str = ""
    partner: str = ""


_NO_ELEMENT: Final = "-"


def _lines(file: str) -> dict[str, str]:
    text = (files("schemabot.catalog") / "builtins" / f"{file}.txt").read_text("utf-8")
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, _, rest = line.partition("\t")
        found[name] = rest
    return found


@cache
def _functions() -> dict[str, str]:
    return _lines("functions")


@cache
def server_functions() -> frozenset[str]:
    """The names of all functions of pg_catalog."""
    return frozenset(_functions())


@cache
def routines(name: str) -> tuple[Routine, ...]:
    """The functions of that name."""
    text = _functions().get(name)
    return () if text is None else tuple(_routine(part.split(" ")) for part in text.split("\t"))


def _routine(fields: list[str]) -> Routine:
    says, result, arguments, *options = fields
    given = {option[0]: option[2:] for option in options}
    outputs = given["o"].split(",") if "o" in given else ()
    return Routine(
        kind=says[0],
        returns_set="*" in says,
        volatility={"i": "immutable", "s": "stable", "v": "volatile"}[says[-1]],
        result=result,
        arguments=() if arguments == "-" else tuple(arguments.split(",")),
        variadic=given.get("v", ""),
        defaults=int(given.get("d", "0")),
        names=tuple(given["n"].split(",")) if "n" in given else (),
        outputs=tuple((output.rpartition(":")[0], output.rpartition(":")[2]) for output in outputs),
    )


@cache
def _operators() -> dict[str, tuple[tuple[str, str, str], ...]]:
    found: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for name, text in _lines("operators").items():
        rows = (row.split(" ") for row in text.split("\t"))
        found[name] = tuple((left, right, result) for left, right, result in rows)
    return found


def operators(name: str) -> tuple[tuple[str, str, str], ...]:
    """(left, right, result) of the operators of that name; the left of a prefix operator is `-`."""
    return _operators().get(name, ())


@cache
def _casts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for source, text in _lines("casts").items():
        rows = (row.split(" ") for row in text.split("\t"))
        found[source] = {target: context + method for target, context, method in rows}
    return found


def cast(source: str, target: str) -> str:
    """How pg_cast converts one type to the other, "" when it does not.

    The context is `i` (implicit), `a` (in assignments) or `e` (explicit only), the method behind it `f` (by a
    function), `i` (through text) or `b` (the values are the same).
    """
    return _casts().get(source, {}).get(target, "")


@cache
def types() -> dict[str, BuiltinType]:
    """The types by name, without the array types that every type has."""
    found: dict[str, BuiltinType] = {}
    for name, text in _lines("types").items():
        says, element, *further = text.split(" ")
        own = "" if element == _NO_ELEMENT else element
        found[name] = BuiltinType(says[0], says[1], says.endswith("!"), own, *further)
    return found
