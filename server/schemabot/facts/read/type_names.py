"""TypeName nodes."""

from __future__ import annotations

from schemabot.facts.names import TypeName
from schemabot.facts.read.scan import StatementText
from schemabot.facts.read.tree import Json, constant

# Bits of an interval's field mask: timestamp.h, INTERVAL_MASK and datetime.h's field numbers.
_FIELDS = {
    1 << 2: "year",
    1 << 1: "month",
    1 << 3: "day",
    1 << 10: "hour",
    1 << 11: "minute",
    1 << 12: "second",
}
_ALL_FIELDS = 0x7FFF


def type_name(node: Json, sql: StatementText) -> TypeName:
    """A TypeName node's fields as a type; `pg_catalog.` is dropped, an interval's fields become words."""
    names = node["names"]
    if len(names) == 1:
        parts: tuple[str, ...] = (names[0]["String"]["sval"],)
    else:
        parts = tuple([name["String"]["sval"] for name in names])
        if parts[0] == "pg_catalog" and len(parts) == 2:
            parts = parts[1:]
    modifiers: tuple[int | str, ...] = ()
    if "typmods" in node:
        modifiers = tuple([_modifier(item) for item in node["typmods"]])
        if parts == ("interval",):
            modifiers = _interval_modifiers(modifiers)
    at = node.get("location", 0)
    return TypeName(
        parts,
        modifiers,
        len(node["arrayBounds"]) if "arrayBounds" in node else 0,
        sql.type_span(at, parts == ("interval",)),
        "setof" in node,
        "pct_type" in node,
    )


def _modifier(node: Json) -> int | str:
    value = node.get("A_Const")
    if value is not None and "ival" in value:
        number: int = value["ival"].get("ival", 0)
        return number
    if "ColumnRef" in node:  # geometry(point, 4326)
        return constant(node["ColumnRef"]["fields"][-1])
    return constant(node)


def _interval_modifiers(modifiers: tuple[int | str, ...]) -> tuple[int | str, ...]:
    mask = modifiers[0]
    if not isinstance(mask, int) or mask == _ALL_FIELDS:
        return modifiers[1:]
    fields = [word for bit, word in _FIELDS.items() if mask & bit]
    words = fields[0] if len(fields) == 1 else f"{fields[0]} to {fields[-1]}"
    return (words, *modifiers[1:])
