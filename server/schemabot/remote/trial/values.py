"""A value of any type, as text that a cast takes."""

from __future__ import annotations

import re
from typing import Final

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Domain, EnumType, OtherType, TypeRef

_FIXED: Final = {
    "bool": "false", "date": "2026-01-15", "time": "12:00", "timetz": "12:00+00", "interval": "1 hour",
    "timestamp": "2026-01-15 12:00", "timestamptz": "2026-01-15 12:00+00", "json": "{}", "jsonb": "{}",
    "bytea": "\\x00", "inet": "10.0.0.1", "cidr": "10.0.0.0/8", "macaddr": "08:00:2b:01:02:03",
    "macaddr8": "08:00:2b:01:02:03:04:05", "point": "(0,0)", "line": "{1,1,0}", "lseg": "[(0,0),(1,1)]",
    "box": "(1,1),(0,0)", "path": "[(0,0),(1,1)]", "polygon": "((0,0),(1,1),(1,0))", "circle": "<(0,0),1>",
    "tsvector": "a", "tsquery": "a", "xml": "<a/>", "pg_lsn": "0/0", "oid": "1", "regclass": "pg_class",
    "hstore": "", "ltree": "a", "geometry": "POINT(0 0)", "geography": "POINT(0 0)",
}  # fmt: skip
NUMBERS: Final = frozenset(("int2", "int4", "int8", "numeric", "float4", "float8", "money"))
"""Types whose values are numbers, by their internal names."""

_TEXTS: Final = frozenset(("text", "varchar", "bpchar", "char", "name", "citext"))
_PATTERNS: Final = (
    (re.compile("e_?mail"), "user{}@example.com"),
    (re.compile(r"url|link|website|avatar|image"), "https://example.com/{}"),
    (re.compile("phone|mobile"), "+1555{:07d}"),
    (re.compile("colou?r"), "#a0b0c0"),
    (re.compile("currency"), "EUR"),
    (re.compile("country"), "DE"),
    (re.compile("locale|lang"), "en"),
    (re.compile("time_?zone"), "UTC"),
)


def base_type(catalog: Catalog, ref: TypeRef) -> TypeRef:
    """The type behind domains."""
    seen = 0
    while not ref.array and seen < 32 and isinstance(found := catalog.types.get(ref.oid), Domain):
        ref = found.base
        seen += 1
    return ref


def labels(catalog: Catalog, ref: TypeRef) -> tuple[str, ...]:
    """The labels of an enum; empty for other types."""
    found = None if ref.array else catalog.types.get(base_type(catalog, ref).oid)
    return found.labels if isinstance(found, EnumType) else ()


def value_of(catalog: Catalog, column: Column, number: int) -> str | None:
    """A value for the column, another one for another number where the type has that many; None for NULL."""
    ref = base_type(catalog, column.type)
    if ref.array:
        return "{}"
    found = catalog.types.get(ref.oid)
    if isinstance(found, EnumType):
        return found.labels[number % len(found.labels)] if found.labels else None
    if isinstance(found, OtherType) and found.kind in ("range", "multirange"):
        return "empty" if found.kind == "range" else "{}"
    name = found.name if found is not None else ref.name
    if name == "uuid":
        return f"{number:08x}-0000-4000-9000-{column.number:012d}"
    if name in NUMBERS:
        return str(number)
    if name in _TEXTS:
        return _text(column, ref, number)
    if name in ("bit", "varbit"):
        return "0" * int(ref.modifiers[0] if ref.modifiers else 1)
    if name in ("vector", "halfvec"):
        return "[" + ",".join("0" * int(ref.modifiers[0])) + "]" if ref.modifiers else "[0]"
    if name.endswith("multirange"):
        return "{}"
    return "empty" if name.endswith("range") else _FIXED.get(name)


def _text(column: Column, ref: TypeRef, number: int) -> str:
    text = next(
        (form.format(number) for pattern, form in _PATTERNS if pattern.search(column.name.lower())),
        f"{column.name.lower()}{number}",
    )
    longest = next((m for m in ref.modifiers if isinstance(m, int)), None)
    if ref.name in ("char", "bpchar") and longest is None:
        longest = 1
    if longest is not None and len(text) > longest:
        text = f"{number}"[-longest:].rjust(longest, "a") if longest > 2 else "a" * longest
    return text
