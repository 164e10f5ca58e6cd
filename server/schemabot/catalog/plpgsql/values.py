"""Values of PL/pgSQL: Python's None is NULL, str, int, bool, list (an array), dict (a row), `Reg` (an object's oid).

`UNKNOWN` is a value that cannot be known without the database. Operators on it give UNKNOWN, except where the rest
decides (`false and ?`).
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec


class _Unknown:
    """The type of UNKNOWN, a single value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()

Value = Any
Row = dict[str, Value]

RegKind = Literal["class", "type", "procedure", "namespace", "role", "constraint", "other"]


class Reg(msgspec.Struct, frozen=True):
    """The oid of an object; `key` tells objects of a kind apart, `text` is how a cast to text spells it.

    `full` is how it does where the search_path lacks public, when that is not the same.
    """

    kind: RegKind
    key: int | str
    text: str = ""
    full: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reg) and (self.kind, self.key) == (other.kind, other.key)

    def __hash__(self) -> int:
        return hash((self.kind, self.key))


class SqlError(Exception):
    """The server would raise an error; `condition` is its name in appendix A of the manual."""

    def __init__(self, condition: str, message: str = "") -> None:
        super().__init__(message or condition)
        self.condition = condition
        self.message = message or condition


def as_text(value: Value) -> Value:
    """What a cast to text gives."""
    if value is None or value is UNKNOWN or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Reg):
        return value.text or UNKNOWN
    if isinstance(value, list):
        items = [as_text(item) for item in value]
        if any(item is UNKNOWN for item in items):
            return UNKNOWN
        return "{" + ",".join("NULL" if item is None else _array_item(item) for item in items) + "}"
    return UNKNOWN


def _array_item(text: str) -> str:
    if text and text.lower() != "null" and not any(c in '{},"\\' or c.isspace() for c in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_array(text: str) -> Value:
    """`{a,b}` as a list of texts; UNKNOWN for nested ones and for what is no array."""
    text = text.strip()
    if len(text) < 2 or text[0] != "{" or text[-1] != "}":
        return UNKNOWN
    items: list[Value] = []
    at, end = 1, len(text) - 1
    while at < end:
        if text[at] == '"':
            piece, at = "", at + 1
            while at < end and text[at] != '"':
                at += text[at] == "\\"
                piece += text[at]
                at += 1
            items.append(piece)
            at += 1
        elif text[at] == "{":
            return UNKNOWN
        else:
            stop = text.find(",", at, end)
            stop = end if stop < 0 else stop
            word = text[at:stop].strip()
            items.append(None if word.lower() == "null" else word)
            at = stop
        at += 1
    return items


def equal(left: Value, right: Value) -> Value:
    """`=`: True, False, NULL or UNKNOWN. Numbers and texts of numbers compare as numbers."""
    if left is None or right is None:
        return None
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, Reg) != isinstance(right, Reg):
        reg, other = (left, right) if isinstance(left, Reg) else (right, left)
        return False if other in (0, "0") else UNKNOWN if not isinstance(other, str) else reg.text == other
    if isinstance(left, bool) or isinstance(right, bool):
        sides = [_boolean(side) for side in (left, right)]
        return UNKNOWN if UNKNOWN in sides else sides[0] == sides[1]
    if isinstance(left, int) != isinstance(right, int):
        numbers = [as_number(side) for side in (left, right)]
        return UNKNOWN if UNKNOWN in numbers else numbers[0] == numbers[1]
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        return all_of(equal(a, b) for a, b in zip(left, right, strict=True))
    if type(left) is not type(right):
        return UNKNOWN
    return bool(left == right)


def as_number(value: Value) -> Value:
    """A whole number, or UNKNOWN."""
    if isinstance(value, bool) or value is None:
        return UNKNOWN if value is not None else None
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, str) else UNKNOWN
    except ValueError:
        return UNKNOWN


def _boolean(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    return {"t": True, "true": True, "f": False, "false": False, "yes": True, "no": False}.get(word, UNKNOWN)


def as_boolean(value: Value) -> Value:
    """A truth value, NULL or UNKNOWN."""
    return value if value is None or value is UNKNOWN else _boolean(value)


def all_of(values: Any) -> Value:
    """AND of three-valued truth values; False decides, then UNKNOWN, then NULL."""
    found: Value = True
    for value in values:
        if value is False:
            return False
        if value is UNKNOWN or (value is None and found is True):
            found = value
    return found


def any_of(values: Any) -> Value:
    """OR of three-valued truth values; True decides, then UNKNOWN, then NULL."""
    found: Value = False
    for value in values:
        if value is True:
            return True
        if value is UNKNOWN or (value is None and found is False):
            found = value
    return found


def negated(value: Value) -> Value:
    """NOT."""
    return value if value is None or value is UNKNOWN else not value
