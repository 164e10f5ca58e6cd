"""Where a key stands in a TOML text: `tomllib` gives values without positions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_TABLE = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?\Z")
_BARE = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_BARE}(?:\s*\.\s*{_BARE})*)\s*=")
_PART = re.compile(_BARE)
_SYNTAX_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)\Z")

Step = str | int


class Place(msgspec.Struct, frozen=True):
    """A piece of one line; line and columns are 0-based, columns in code points."""

    line: int
    column: int
    end_column: int


def place_of(text: str, path: Sequence[Step]) -> Place:
    """The place of the longest beginning of `path` that the text spells; the first line when none is.

    Examples of paths: `("rules", "x")`, `("ignore", 1, "rule")`.
    """
    best: tuple[int, Place] = (0, Place(0, 0, _length(text, 0)))
    table: tuple[Step, ...] = ()
    counts: dict[tuple[Step, ...], int] = {}
    for number, line in enumerate(text.split("\n")):
        line = line.rstrip("\r")
        if (head := _TABLE.match(line)) is not None and "=" not in head[2]:
            names = _names(head[2])
            table = names
            if head[1] == "[[":
                index = counts.get(names, -1) + 1
                counts[names] = index
                table = (*names, index)
            elif names[:1] in counts:  # a sub-table of the newest element: [override.rules]
                table = (names[0], counts[names[:1]], *names[1:])
            best = max(best, _matched(path, table, number, head.start(2), head.end(2)), key=_depth)
        elif (key := _KEY.match(line)) is not None:
            full = (*table, *_names(key[1]))
            found = _matched(path, full, number, key.start(1), key.end(1))
            if found[0] == len(full) < len(path):  # look into an inline table or array on the same line
                found = _inside(line, number, key.end(), path[len(full) :], found)
            best = max(best, found, key=_depth)
    return best[1]


def syntax_place(text: str, message: str) -> tuple[str, Place]:
    """The message of a `tomllib.TOMLDecodeError` without its position, and that position."""
    match = _SYNTAX_PLACE.search(message)
    if match is None:  # "(at end of document)"
        line = text.count("\n")
        return message.removesuffix(" (at end of document)"), Place(line, 0, _length(text, line))
    line, column = int(match[1]) - 1, int(match[2]) - 1
    return message[: match.start()], Place(line, column, max(column + 1, _length(text, line)))


def _matched(
    path: Sequence[Step], full: tuple[Step, ...], line: int, start: int, end: int
) -> tuple[int, Place]:
    same = len(full) <= len(path) and all(a == b for a, b in zip(full, path, strict=False))
    return (len(full) if same else 0, Place(line, start, end))


def _inside(
    line: str, number: int, start: int, rest: Sequence[Step], found: tuple[int, Place]
) -> tuple[int, Place]:
    for step in rest:
        if isinstance(step, int):
            continue
        match = re.compile(rf"(?<![\w-])[\"']?{re.escape(step)}[\"']?(?=\s*[.=])").search(line, start)
        if match is None:
            break
        found = (found[0] + 1, Place(number, match.start(), match.end()))
        start = match.end()
    return found


def _depth(found: tuple[int, Place]) -> int:
    return found[0]


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _length(text: str, line: int) -> int:
    lines = text.split("\n")
    return len(lines[line].rstrip("\r")) if line < len(lines) else 0
