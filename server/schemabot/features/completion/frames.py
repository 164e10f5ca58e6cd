"""Parentheses around a place, and the queries among them."""

from __future__ import annotations

from collections.abc import Sequence

from schemabot.features.names.words import Word

QUERY_STARTS = frozenset(("select", "with", "insert", "update", "delete", "merge", "values"))
SET_OPERATIONS = frozenset(("union", "intersect", "except"))


def open_groups(words: Sequence[Word]) -> list[int]:
    """The indexes of the `(` that are not closed, outermost first."""
    found: list[int] = []
    for index, word in enumerate(words):
        if word.written in ("(", "["):
            found.append(index)
        elif word.written in (")", "]") and found:
            found.pop()
    return found


def closing(words: Sequence[Word], opened: int) -> int:
    """The index of the `)` that closes the `(` at `opened`; the length where there is none."""
    depth = 0
    for index in range(opened, len(words)):
        depth += (words[index].written == "(") - (words[index].written == ")")
        if depth == 0:
            return index
    return len(words)


def behind_groups(rest: Sequence[Word], closed: int) -> Sequence[Word]:
    """What of the words behind the place belongs to the group `closed` levels further out, up to its own end."""
    depth, start = 0, 0
    for index, word in enumerate(rest):
        if word.written == "(":
            depth += 1
        elif word.written == ")":
            if depth:
                depth -= 1
            elif closed:
                closed -= 1
                start = index + 1
            else:
                return rest[start:index]
        elif word.written == ";" and not depth:
            return rest[start:index] if not closed else ()
    return rest[start:] if not closed else ()


def one_select(words: Sequence[Word], place: int) -> tuple[Sequence[Word], int]:
    """The part between set operations that holds the index `place`, and the place in it."""
    depth, start = 0, 0
    for index, word in enumerate(words):
        if word.written == "(":
            depth += 1
        elif word.written == ")":
            depth -= 1
        elif depth == 0 and word.written in SET_OPERATIONS:
            if index >= place:
                return words[start:index], place - start
            start = index + 1
            if start < len(words) and words[start].written in ("all", "distinct"):
                start += 1
    return words[start:], place - start


def output_names(words: Sequence[Word]) -> tuple[str, ...]:
    """The names of the columns that a query gives, as far as they are written."""
    depth, begun = 0, False
    names: list[str] = []
    last: str | None = None
    for word in words:
        if word.written == "(":
            depth += 1
            continue
        if word.written == ")":
            depth -= 1
            continue
        if depth:
            continue
        if word.written in ("select", "returning"):
            begun, last = True, None
        elif begun and word.written in ("from", "where", ";", *SET_OPERATIONS):
            break
        elif begun and word.written == ",":
            names.extend([last] if last else [])
            last = None
        elif begun and word.name is not None and word.written != "distinct":
            last = word.name
    return tuple([*names, last] if last else names)
