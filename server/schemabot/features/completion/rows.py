"""The rows that a query reads from, read from its words."""

from __future__ import annotations

from collections.abc import Sequence

from schemabot.features.completion.frames import closing, output_names
from schemabot.features.completion.reader import Names
from schemabot.features.completion.wanted import Rows
from schemabot.features.names.words import Word

_ENDS_FROM = frozenset(
    ("where", "group", "order", "having", "limit", "offset", "set", "values", "select", "returning", "window", "for",
     "do", "when", "fetch", "then")
)  # fmt: skip
_QUERIES = frozenset(("select", "with", "values", "("))
_NO_ALIAS = frozenset(
    ("on", "using", "where", "set", "join", "left", "right", "inner", "cross", "full", "order", "group", "limit", "for",
     "values", "select", "returning", "natural", "default", "union", "intersect", "except", "having", "offset", "window",
     "fetch", "tablesample", "with", "do", "when", "overriding", "then", "loop")
)  # fmt: skip


def rows_of(
    words: Sequence[Word], place: int, names: Names, ctes: Sequence[Rows]
) -> tuple[tuple[Rows, ...], Rows | None]:
    """The rows in scope of one SELECT, INSERT, UPDATE or DELETE, and the table that it changes."""
    found: list[Rows] = []
    target: Rows | None = None
    at, expecting, in_from, changes = 0, False, False, False
    first = words[0].written if words else ""
    if first == "with":
        first = next(
            (w.written for w in words if w.written in ("insert", "update", "delete", "merge")), "select"
        )
    while at < len(words):
        word = words[at].written
        if word == "(":
            end = closing(words, at)
            if expecting and at + 1 < len(words) and words[at + 1].written not in _QUERIES:
                at += 1  # a join in parentheses
                continue
            if expecting and end < len(words):
                alias, columns, behind = _alias(words, end + 1)
                found.append(Rows(alias, None, columns or output_names(words[at + 1 : end])))
                expecting, at = False, behind
                continue
            at = end + 1
            continue
        if word in ("from", "join", "using") and _is_clause(words, at):
            expecting, in_from = not (word == "using" and not _names_follow(words, at)), True
            changes = False
        elif word in ("into", "update") and _is_clause(words, at):
            expecting = changes = first != "select"
        elif word == "," and in_from:
            expecting = True
        elif word in _ENDS_FROM:
            expecting = in_from = False
        elif word == "on":
            expecting = False
        elif expecting and word in ("lateral", "only"):
            pass
        elif expecting and words[at].name is not None and at != place:
            rows, at = _relation(words, at, names, ctes, changes)
            found.append(rows)
            if target is None and first in ("insert", "update", "delete", "merge"):
                target = rows
            expecting = False
            continue
        at += 1
    if first == "insert" and target is not None:
        found.append(Rows("excluded", target.relation, target.columns))
    return tuple(found), target


def _is_clause(words: Sequence[Word], at: int) -> bool:
    before = words[at - 1].written if at else ""
    if words[at].written == "from":
        return before not in ("distinct",) or (at >= 2 and words[at - 2].written == "select")
    if words[at].written == "update":
        return before not in ("for", "do", "key", "no")
    return True


def _names_follow(words: Sequence[Word], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1].written != "("


def _relation(
    words: Sequence[Word], at: int, names: Names, ctes: Sequence[Rows], changes: bool
) -> tuple[Rows, int]:
    """The relation or function at a place; of one that INSERT or UPDATE `changes`, parentheses hold columns."""
    parts = [words[at].name or ""]
    at += 1
    while at + 1 < len(words) and words[at].written == "." and words[at + 1].name is not None:
        parts.append(words[at + 1].name or "")
        at += 2
    is_function = not changes and at < len(words) and words[at].written == "("
    if is_function:
        at = closing(words, at) + 1
    alias, columns, at = _alias(words, at)
    name = alias or parts[-1]
    if is_function:
        return Rows(name, None, columns or (name,)), at
    if len(parts) == 1 and (cte := next((c for c in ctes if c.name == parts[0]), None)) is not None:
        return Rows(name, cte.relation, columns or cte.columns), at
    return Rows(name, names.rows(parts), columns), at


def _alias(words: Sequence[Word], at: int) -> tuple[str, tuple[str, ...], int]:
    """The alias at a place, the column names behind it, and where reading goes on."""
    if at < len(words) and words[at].written == "with" and at + 1 < len(words):
        at += 2 if words[at + 1].written == "ordinality" else 0
    if at < len(words) and words[at].written == "as":
        at += 1
    if at >= len(words) or words[at].name is None or words[at].written in _NO_ALIAS:
        return "", (), at
    alias = words[at].name or ""
    at += 1
    columns: tuple[str, ...] = ()
    if at < len(words) and words[at].written == "(":
        end = closing(words, at)
        inside = words[at + 1 : end]
        columns = tuple(
            word.name
            for index, word in enumerate(inside)
            if word.name is not None and (index == 0 or inside[index - 1].written == ",")
        )
        at = end + 1
    return alias, columns, at


def queries_by_name(words: Sequence[Word], names: Names, known: Sequence[Rows]) -> tuple[Rows, ...]:
    """The queries that WITH names, with their columns."""
    if not words or words[0].written != "with":
        return ()
    found: list[Rows] = []
    at = 2 if len(words) > 1 and words[1].written == "recursive" else 1
    while at < len(words) and words[at].name is not None:
        name = words[at].name or ""
        at += 1
        columns: tuple[str, ...] = ()
        if at < len(words) and words[at].written == "(":
            end = closing(words, at)
            columns = tuple(word.name for word in words[at + 1 : end] if word.name is not None)
            at = end + 1
        while at < len(words) and words[at].written in ("as", "not", "materialized"):
            at += 1
        if at >= len(words) or words[at].written != "(":
            break
        end = closing(words, at)
        inside = words[at + 1 : end]
        found.append(Rows(name, None, columns or _columns(inside, names, (*known, *found))))
        at = end + 1
        if at >= len(words) or words[at].written != ",":
            break
        at += 1
    return tuple(found)


def _columns(inside: Sequence[Word], names: Names, known: Sequence[Rows]) -> tuple[str, ...]:
    """The output columns of a query; `*` brings those of its rows."""
    listed = output_names(inside)
    star = any(
        word.written == "*"
        and index
        and inside[index - 1].written in ("select", ",", ".", "distinct", "returning")
        for index, word in enumerate(inside)
    )
    if not star:
        return listed
    rows, _ = rows_of(inside, -1, names, known)
    return tuple(dict.fromkeys((*listed, *(name for one in rows for name in one.column_names))))
