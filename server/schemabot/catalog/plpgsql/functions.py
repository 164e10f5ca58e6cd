"""Functions of pg_catalog on known values; those that are not here give UNKNOWN.

The evaluator calls them with no UNKNOWN among the arguments; most are strict: NULL in, NULL out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from schemabot.catalog.plpgsql.values import UNKNOWN, Reg, Value, as_number, as_text
from schemabot.catalog.quoting import quote_identifier

_LIMIT: Final = 100_000
"""How long a text may get; nobody builds a longer statement, and loops may double one."""


def quote_literal(text: str) -> str:
    """A text as a constant (quote_literal)."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


_SPECIFIER: Final = re.compile(r"%(?:(?P<at>\d+)\$)?(?P<flags>-?\*?\d*)(?P<kind>[sIL%])")


def format_text(arguments: Sequence[Value]) -> Value:
    """format(text, ...)."""
    if not arguments or arguments[0] is None:
        return None
    pattern, values = arguments[0], arguments[1:]
    following = 0
    pieces: list[str] = []
    end = 0
    for match in _SPECIFIER.finditer(pattern):
        pieces.append(pattern[end : match.start()])
        end = match.end()
        if match["kind"] == "%":
            pieces.append("%")
            continue
        if match["flags"]:
            return UNKNOWN
        following = int(match["at"]) if match["at"] else following + 1
        if following > len(values):
            return UNKNOWN
        text = as_text(values[following - 1])
        if text is UNKNOWN:
            return UNKNOWN
        if match["kind"] == "I":
            if text is None:
                return UNKNOWN
            pieces.append(quote_identifier(text))
        elif match["kind"] == "L":
            pieces.append("NULL" if text is None else quote_literal(text))
        else:
            pieces.append(text or "")
    return "".join((*pieces, pattern[end:]))


def known_beginning(pattern: str) -> str:
    """What a text made by format() begins with, whatever its values are."""
    found = _SPECIFIER.search(pattern)
    return pattern if found is None else pattern[: found.start()]


def concatenate(values: Sequence[Value]) -> Value:
    """concat(...): NULL counts as nothing."""
    texts = [as_text(value) for value in values]
    return UNKNOWN if UNKNOWN in texts else "".join(text or "" for text in texts)[:_LIMIT]


def _split_part(text: str, separator: str, number: Value) -> Value:
    at = as_number(number)
    parts = text.split(separator) if separator else [text]
    if at is UNKNOWN or not isinstance(at, int) or at == 0:
        return UNKNOWN
    index = at - 1 if at > 0 else len(parts) + at
    return parts[index] if 0 <= index < len(parts) else ""


def _substring(text: str, start: Value, length: Value = None) -> Value:
    first, count = as_number(start), as_number(length)
    if not isinstance(first, int):
        return UNKNOWN  # substring(text from pattern)
    begin = max(first - 1, 0)
    if count is None:
        return text[begin:]
    return text[begin : max(first - 1 + count, 0)] if isinstance(count, int) else UNKNOWN


def _regexp_replace(text: str, pattern: str, by: str, flags: str = "") -> Value:
    if not _plain_pattern(pattern) or set(flags) - {"g", "i"}:
        return UNKNOWN
    by = re.sub(
        r"\\(\d|&)", lambda m: "\\g<0>" if m[1] == "&" else f"\\g<{m[1]}>", by.replace("\\\\", "\\\\\\\\")
    )
    try:
        return re.sub(pattern, by, text, count=0 if "g" in flags else 1, flags=re.I if "i" in flags else 0)
    except re.error:
        return UNKNOWN


def matches_pattern(text: str, pattern: str, ignore_case: bool) -> Value:
    """`~` and `~*`, for patterns that mean the same to both engines."""
    if not _plain_pattern(pattern):
        return UNKNOWN
    try:
        return re.search(pattern, text, re.I if ignore_case else 0) is not None
    except re.error:
        return UNKNOWN


def _plain_pattern(pattern: str) -> bool:
    """Whether a regular expression is short and has only what means the same in PostgreSQL and in Python."""
    return len(pattern) < 200 and not re.search(r"\\[^dwsDWS.()\[\]{}|+*?^$\\/-]|\(\?|[*+?}][*+]", pattern)


def matches_like(text: str, pattern: str, ignore_case: bool) -> bool:
    """LIKE and ILIKE with the backslash as escape."""
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            at += 1
            pieces.append(re.escape(pattern[at]))
        else:
            pieces.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
        at += 1
    return re.fullmatch("".join(pieces), text, re.S | (re.I if ignore_case else 0)) is not None


def _array_length(array: Value, dimension: Value) -> Value:
    if not isinstance(array, list):
        return UNKNOWN
    return (len(array) or None) if as_number(dimension) == 1 else UNKNOWN


def _array_to_string(array: Value, separator: str, null: str | None = None) -> Value:
    if not isinstance(array, list):
        return UNKNOWN
    texts = [as_text(null if item is None else item) for item in array]
    return UNKNOWN if UNKNOWN in texts else separator.join(text for text in texts if text is not None)


def _listed(array: Value) -> Value:
    return array if isinstance(array, list) else UNKNOWN


def _array_append(array: Value, item: Value) -> Value:
    return [*(array or []), item] if array is None or isinstance(array, list) else UNKNOWN


def _oidvectortypes(types: Value) -> Value:
    if not isinstance(types, list):
        return UNKNOWN
    return ", ".join(item.text for item in types if isinstance(item, Reg))


def _like_escape(pattern: str, escape: str) -> Value:
    """The pattern with the backslash as its escape."""
    if escape == "\\":
        return pattern
    doubled = pattern.replace("\\", "\\\\")
    return doubled.replace(escape, "\\") if len(escape) == 1 and escape * 2 not in doubled else UNKNOWN


_TEXT: Final[dict[str, Callable[..., Value]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "initcap": lambda text: re.sub(r"[^\W_]+", lambda m: m[0].capitalize(), text),
    "length": len,
    "char_length": len,
    "btrim": lambda text, characters=" ": text.strip(characters),
    "ltrim": lambda text, characters=" ": text.lstrip(characters),
    "rtrim": lambda text, characters=" ": text.rstrip(characters),
    "replace": lambda text, old, new: text.replace(old, new)[:_LIMIT] if old else text,
    "left": lambda text, n: text[: int(n)],
    "right": lambda text, n: (text[-int(n) :] if int(n) else "") if int(n) >= 0 else text[-int(n) :],
    "split_part": _split_part,
    "substring": _substring,
    "substr": _substring,
    "strpos": lambda text, part: text.find(part) + 1,
    "position": lambda part, text: text.find(part) + 1,
    "starts_with": str.startswith,
    "quote_ident": quote_identifier,
    "quote_literal": quote_literal,
    "regexp_replace": _regexp_replace,
    "string_to_array": lambda text, separator: text.split(separator) if text else [],
    "like_escape": _like_escape,
    "reverse": lambda text: text[::-1],
    "lpad": lambda text, n, fill=" ": (
        text[: int(n)] if len(text) >= int(n) else _pad(text, int(n), fill) + text
    ),
    "rpad": lambda text, n, fill=" ": (
        text[: int(n)] if len(text) >= int(n) else text + _pad(text, int(n), fill)
    ),
}
"""Functions whose first argument is a text; strict."""

_OTHER: Final[dict[str, Callable[..., Value]]] = {
    "array_length": _array_length,
    "cardinality": lambda array: len(array) if isinstance(array, list) else UNKNOWN,
    "array_to_string": _array_to_string,
    "unnest": _listed,
    "oidvectortypes": _oidvectortypes,
    "abs": lambda n: abs(n) if isinstance(n, int) else UNKNOWN,
}
"""Other strict functions."""

_NOT_STRICT: Final[dict[str, Callable[..., Value]]] = {
    "concat": lambda *values: concatenate(values),
    "format": lambda *values: format_text(values),
    "quote_nullable": lambda value: "NULL" if value is None else quote_literal(str(as_text(value))),
    "array_append": _array_append,
    "array_cat": lambda a, b: [*(a or []), *(b or [])],
}


def _pad(text: str, length: int, fill: str) -> str:
    missing = min(length, _LIMIT) - len(text)
    return (fill * (missing // len(fill) + 1))[:missing] if fill else ""


def call(name: str, arguments: Sequence[Value]) -> Value:
    """The result of a function for arguments that are all known; UNKNOWN when it is not one of these."""
    try:
        if name in _NOT_STRICT:
            return _NOT_STRICT[name](*arguments)
        function = _TEXT.get(name) or _OTHER.get(name)
        if function is None:
            return UNKNOWN
        if any(argument is None for argument in arguments):
            return None
        if name in _TEXT:
            texts = [as_text(a) if isinstance(a, (Reg, str)) else a for a in arguments]
            if not isinstance(texts[0], str):
                return UNKNOWN
            return function(*texts)
        return function(*arguments)
    except (TypeError, ValueError, IndexError):
        return UNKNOWN
