"""Constants in one spelling: PostgreSQL prints a constant in its type's own, whatever was written."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation

from schemabot.facts.expression import Constant

_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?\Z")
_INTEGER = re.compile(r"([-+]?)0([xXoObB])([0-9a-fA-F_]+)\Z")
_BASES = {"x": 16, "o": 8, "b": 2}
_MONTHS = {"year": 12, "decade": 120, "century": 1200, "millennium": 12000, "month": 1, "mon": 1}
_SECONDS = {"hour": 3600, "minute": 60, "second": 1, "hr": 3600, "min": 60, "sec": 1}
_UNIT = re.compile(
    r"\s*(?:([-+]?\d+(?:\.\d+)?)\s*(millennium|century|decade|year|month|mon|week|day|hour|hr|minute|min|second|sec)s?\b"
    r"|([-+]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?)",
    re.IGNORECASE,
)


def canonical_literal(node: Constant) -> str:
    """The constant's canonical text.

    A string that reads as a number, an interval or JSON is spelled as that: the same text always gives the
    same spelling, so that two constants are only taken for equal when one type at least would do so.
    """
    if node.kind == "null":
        return "null"
    if node.kind == "boolean":
        return node.value
    if node.kind == "bit":
        base, digits = node.value[0], node.value[1:]
        return digits if base in "bB" else "".join(f"{int(digit, 16):04b}" for digit in digits)
    value = node.value
    if value in ("true", "false"):
        return value
    number = _number(value)
    if number is not None:
        return number
    if node.kind == "number":
        return value
    return _interval(value) or _json(value) or "'" + value.replace("'", "''") + "'"


def _number(value: str) -> str | None:
    if match := _INTEGER.match(value):
        try:
            return match[1].replace("+", "") + str(int(match[3].replace("_", ""), _BASES[match[2].lower()]))
        except ValueError:
            return None
    if not _NUMBER.match(value) or len(value) > 100:
        return None
    if "e" in value or "E" in value:
        try:
            number = Decimal(value.replace("_", ""))
        except InvalidOperation:
            return None
        return format(number, "f") if abs(number.adjusted()) < 100 else str(number)
    return value.replace("_", "").removeprefix("+")


def _interval(value: str) -> str | None:
    """Months, days and seconds of `1 day`, `01:30:00`, `2 hours 30 min`.

    These three are what an interval keeps (manual 8.5.4).
    """
    at = 0
    months = days = seconds = Decimal(0)
    while at < len(value):
        match = _UNIT.match(value, at)
        if match is None:
            return None
        at = match.end()
        if match[2] is None:
            time = int(match[4]) * 3600 + int(match[5]) * 60 + Decimal(match[6] or 0)
            seconds += -time if match[3] == "-" else time
            continue
        amount, unit = Decimal(match[1]), match[2].lower()
        if unit in _MONTHS:
            months += amount * _MONTHS[unit]
        elif unit in _SECONDS:
            seconds += amount * _SECONDS[unit]
        else:
            days += amount * (7 if unit == "week" else 1)
    if at == 0:
        return None
    return f"interval {months.normalize():f} {days.normalize():f} {seconds.normalize():f}"


def _json(value: str) -> str | None:
    if value[:1] not in ("{", "["):
        return None
    try:
        return json.dumps(json.loads(value), sort_keys=True)
    except (ValueError, RecursionError):
        return None
