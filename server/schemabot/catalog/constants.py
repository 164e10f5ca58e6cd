"""Constants as PostgreSQL prints them: in the spelling of their type (the output functions, get_const_expr)."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_TRUE: Final = frozenset(("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"))
_FALSE: Final = frozenset(("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"))
_TEXTS: Final = frozenset(("text", "varchar", "bpchar", "name", "json", "xml", "citext", "refcursor"))
_INTEGERS: Final = frozenset(("int2", "int4", "int8", "oid"))
_DECIMAL: Final = re.compile(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)\Z")
_DATE: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\Z")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ELEMENT: Final = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s{}",\\](?:[^{}",\\]*[^\s{}",\\])?))\s*(,|\Z)', re.DOTALL
)
_SPECIAL: Final = re.compile(r'[{}",\\\s]')
_BYTES: Final = re.compile(r"\\x(?:[0-9a-f]{2})*\Z")


def spelled(value: str, type_name: str, array: bool, is_enum: bool) -> str | None:
    """The value of a constant as the type prints it; None where that is not sure.

    `type_name` is the internal name of the type, or of the elements of an array.
    """
    if array:
        return _array(value, type_name, is_enum)
    if is_enum or type_name in _TEXTS:
        return value
    text = value.strip()
    if type_name == "bool":
        word = text.lower()
        return "true" if word in _TRUE else "false" if word in _FALSE else None
    if type_name in _INTEGERS:
        return str(int(text)) if re.fullmatch(r"[-+]?\d+", text) else None
    if type_name == "numeric":
        return _numeric(text)
    if type_name in ("float4", "float8"):
        return _float(text)
    if type_name == "uuid":
        return value.lower() if _UUID.match(value.lower()) else None
    if type_name == "date":
        return text if _DATE.match(text) or text in ("infinity", "-infinity") else None
    if type_name in ("timestamp", "timestamptz"):
        return text if text in ("infinity", "-infinity") else None
    if type_name == "time":
        found = _TIME.match(text)
        return None if found is None else f"{found[1]}:{found[2]}:{found[3] or '00'}"
    if type_name == "interval":
        return _interval(text)
    if type_name == "jsonb":
        return _jsonb(value)
    if type_name == "bytea":
        return value if _BYTES.match(value) else None
    if type_name == "char":
        return value if len(value) == 1 and value.isascii() else None
    if type_name == "regconfig":
        return value if _WORD.match(value) else None
    return None


def quoted(value: str) -> str:
    """A value between quotes (simple_quote_literal)."""
    return "'" + value.replace("'", "''") + "'"


def _numeric(text: str) -> str | None:
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 200:
        return None
    shown = format(number, "f")
    return shown.removeprefix("-") if not number else shown


def _float(text: str) -> str | None:
    if not _DECIMAL.match(text) or len(text) > 15:
        return None
    number = Decimal(text)
    shown = format(number.normalize(), "f")
    return shown if number == 0 or -4 <= number.adjusted() < 6 else None


def _interval(text: str) -> str | None:
    """A plain number of one unit, or of a clock."""
    found = re.fullmatch(r"([-+]?\d+)\s*([a-z]+)", text.lower())
    if found is None:
        clock = re.fullmatch(r"(\d{2,}):([0-5]\d):([0-5]\d)", text)
        return None if clock is None else text
    amount, unit = int(found[1]), found[2].removesuffix("s")
    minus = "-" if amount < 0 else ""
    if unit in ("year", "month", "mon"):
        months = amount * (12 if unit == "year" else 1)
        years, rest = divmod(abs(months), 12)
        parts = [
            f"{minus}{number} {word}{'' if number == 1 and not minus else 's'}"
            for number, word in ((years, "year"), (rest, "mon"))
            if number
        ]
        return " ".join(parts) or "00:00:00"
    if unit in ("day", "week"):
        days = amount * (7 if unit == "week" else 1)
        return f"{days} day{'' if days == 1 else 's'}" if days else "00:00:00"
    seconds = {
        "hour": 3600,
        "hr": 3600,
        "h": 3600,
        "minute": 60,
        "min": 60,
        "m": 60,
        "second": 1,
        "sec": 1,
    }.get(unit)
    if seconds is None:
        return None
    total = abs(amount) * seconds
    return f"{minus if total else ''}{total // 3600:02}:{total // 60 % 60:02}:{total % 60:02}"


def _jsonb(value: str) -> str | None:
    try:
        found = json.loads(value, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return _jsonb_text(found, 0)


def _refused(_: str) -> Any:
    raise ValueError


def _jsonb_text(value: Any, depth: int) -> str | None:
    """jsonb keeps each key once, ordered by length and then by bytes."""
    if depth > 20:
        return None
    if isinstance(value, dict):
        keys = sorted(
            value, key=lambda key: (len(key.encode("utf-8", "replace")), key.encode("utf-8", "replace"))
        )
        inner = [_jsonb_text(value[key], depth + 1) for key in keys]
        if None in inner:
            return None
        pairs = (
            f"{json.dumps(key, ensure_ascii=False)}: {text}" for key, text in zip(keys, inner, strict=True)
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        items = [_jsonb_text(item, depth + 1) for item in value]
        return None if None in items else "[" + ", ".join(str(item) for item in items) + "]"
    return json.dumps(value, ensure_ascii=False)


def _array(value: str, element: str, is_enum: bool) -> str | None:
    """A flat array without nulls (array_in, array_out)."""
    text = value.strip()
    if text[:1] != "{" or text[-1:] != "}":
        return None
    inner = text[1:-1].strip()
    items: list[str] = []
    at = 0
    while inner and (at < len(inner) or not items):
        found = _ELEMENT.match(inner, at)
        if found is None:
            return None
        item = found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
        shown = (
            None if found[1] is None and item.lower() == "null" else spelled(item, element, False, is_enum)
        )
        if shown is None or (found[3] and found.end() == len(inner)):
            return None
        items.append(_element(shown))
        at = found.end()
    return "{" + ",".join(items) + "}"


def _element(value: str) -> str:
    """An element as array_out writes it: between quotes where it could be read as something else."""
    if value and value.lower() != "null" and not _SPECIAL.search(value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
