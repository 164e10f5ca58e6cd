"""Completion inside of queries: which clause it is, and which rows are in scope."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from schemabot.catalog.objects import Table
from schemabot.features.completion.conditions import join_conditions
from schemabot.features.completion.frames import behind_groups, one_select, open_groups
from schemabot.features.completion.reader import Names
from schemabot.features.completion.rows import queries_by_name, rows_of
from schemabot.features.completion.values import begins_value, operand
from schemabot.features.completion.wanted import ANY, NOTHING, ROWS, Kind, Rows, Scope, Wanted
from schemabot.features.names.words import Word

_CLAUSES = frozenset(
    ("select", "from", "join", "on", "where", "group", "having", "order", "limit", "offset", "into", "update", "set",
     "values", "returning", "using", "conflict", "for", "window", "insert", "delete", "merge", "with", "do", "fetch",
     "then")
)  # fmt: skip


_CHANGED: frozenset[Kind] = frozenset(("table", "view"))


@attrs.frozen
class Frame:
    """One query around the place: its words up to the place, all its words with those behind, and its rows."""

    words: Sequence[Word]
    rows: tuple[Rows, ...]
    target: Rows | None


def query(
    words: Sequence[Word], rest: Sequence[Word], starts: Sequence[int], scope: Scope, names: Names
) -> Wanted:
    """What may stand at the end of `words`; `starts` are the indexes of the queries around it, outermost first."""
    outer = (*scope.rows, *scope.outer)
    ctes = scope.ctes
    frame: Frame | None = None
    groups = open_groups(words)
    for start in starts:
        own = words[start:]
        closed = sum(1 for opened in groups if opened >= start)
        whole = [*own, *behind_groups(rest, closed)]
        ctes = (*queries_by_name(whole, names, ctes), *ctes)
        part, place = one_select(whole, len(own))
        rows, target = rows_of(part, place, names, ctes)
        if frame is not None:
            outer = (*frame.rows, *outer)
        frame = Frame(part[:place], rows, target)
    assert frame is not None
    return _clause(frame, Scope(frame.rows, outer, scope.variables, ctes), names)


def _clause(frame: Frame, scope: Scope, names: Names) -> Wanted:
    words = frame.words
    clause, at = _last_clause(words)
    opened = open_groups(words)
    inside = words[at + 1 :]
    last = words[-1] if words else None
    if last is None:
        return ANY
    if opened:
        return _in_group(frame, clause, words, opened[-1], scope, names)
    if clause in ("from", "join", "into", "update", "using") and _relation_follows(clause, inside):
        if clause == "into" and _first(words) == "select":
            return Wanted(scope=attrs.evolve(scope, rows=(), outer=()), expression=True)
        kinds = ROWS if clause in ("from", "join", "using") else _CHANGED
        rows = Wanted(kinds=kinds, scope=Scope(ctes=scope.ctes), head=clause)
        return attrs.evolve(rows, kinds=rows.kinds | {"function"}) if clause in ("from", "join") else rows
    if clause in (
        "from",
        "join",
        "into",
        "update",
        "using",
        "with",
        "insert",
        "delete",
        "merge",
        "conflict",
        "do",
    ):
        if clause == "conflict" and last.written == "constraint" and frame.target is not None:
            relation = frame.target.relation
            return Wanted(
                kinds=frozenset(("constraint",)), parts_of=relation if isinstance(relation, Table) else None
            )
        return ANY
    if clause == "on":
        wanted = operand(inside, scope)
        if inside:
            return wanted
        joined, _ = rows_of(words, len(words), names, scope.ctes)
        return attrs.evolve(wanted, texts=join_conditions(joined))
    if clause == "set":
        return _assignment(frame, inside, scope)
    if clause in ("group", "order") and not inside:
        return ANY
    if clause == "for" and last.written == "of":
        return Wanted(columns=(), scope=scope, expression=True)
    if clause == "select" and last.written == "as":
        return NOTHING
    return operand(inside or words, scope)


def _last_clause(words: Sequence[Word]) -> tuple[str, int]:
    """The last clause that begins in this query itself, and the index of its word."""
    depth, found, at = 0, "", -1
    for index, word in enumerate(words):
        if word.written in ("(", "["):
            depth += 1
        elif word.written in (")", "]"):
            depth -= 1
        elif depth == 0 and word.written in _CLAUSES:
            before = words[index - 1].written if index else ""
            if word.written == "from" and before == "distinct" and found != "select":
                continue
            if word.written == "then" and "case" in {w.written for w in words[at + 1 : index]}:
                continue
            if word.written == "update" and before in ("for", "no", "key"):
                continue
            if word.written == "on" and index + 1 < len(words) and words[index + 1].written == "conflict":
                continue
            found, at = word.written, index
    return found, at


def _relation_follows(clause: str, inside: Sequence[Word]) -> bool:
    if not inside:
        return True
    depth = 0
    last = inside[-1].written
    for word in inside:
        depth += (word.written == "(") - (word.written == ")")
    return last in ("lateral", "only") or (clause in ("from", "using") and last == "," and depth == 0)


def _in_group(
    frame: Frame, clause: str, words: Sequence[Word], opened: int, scope: Scope, names: Names
) -> Wanted:
    """Inside of parentheses that are no query."""
    before = words[opened - 1].written if opened else ""
    inside = words[opened + 1 :]
    listed = frozenset(word.name for word in inside if word.name is not None)
    plain = len(open_groups(words)) == 1
    if plain and clause in ("from", "join") and before in ("from", "join", ","):
        # a join in parentheses: FROM goes on in there
        going_on = [word for word in words[:opened] if word.written == "from"][-1:]
        return _clause(Frame([*going_on, *inside], frame.rows, frame.target), scope, names)
    if plain and clause in ("into", "conflict") and before != "values" and frame.target is not None:
        if not inside or inside[-1].written == ",":
            return Wanted(
                columns=(frame.target,), named=listed, keywords=False, expression=clause == "conflict"
            )
        return ANY
    if plain and clause == "set" and before == "set" and frame.target is not None:
        return Wanted(columns=(frame.target,), named=listed, keywords=False)
    if plain and clause == "using" and before == "using" and (not inside or inside[-1].written == ","):
        shared = _shared(scope.rows)
        return Wanted(
            columns=(Rows("", None, shared),) if shared else scope.rows, named=listed, keywords=False
        )
    if plain and clause == "with":
        return NOTHING
    if (
        plain
        and before not in ("(", ",")
        and clause in ("from", "join")
        and opened
        and words[opened - 1].name
    ):
        two = words[opened - 2].written if opened > 1 else ""
        if two in ("as", ")"):
            return NOTHING
    if inside and not begins_value(inside[-1]) and inside[-1].written != "::" and inside[-1].written != "as":
        return ANY
    return operand(words[opened:], scope)


def _shared(rows: Sequence[Rows]) -> tuple[str, ...]:
    if len(rows) < 2:
        return ()
    others = {name for one in rows[:-1] for name in one.column_names}
    return tuple(name for name in rows[-1].column_names if name in others)


def _assignment(frame: Frame, inside: Sequence[Word], scope: Scope) -> Wanted:
    """Behind SET: the column first, then a value."""
    start = 0
    depth = 0
    named: set[str] = set()
    for index, word in enumerate(inside):
        depth += (word.written == "(") - (word.written == ")")
        if depth == 0 and word.written == ",":
            start = index + 1
        elif depth == 0 and word.written == "=" and index and inside[index - 1].name:
            named.add(inside[index - 1].name or "")
    if start == len(inside) and frame.target is not None:
        return Wanted(columns=(frame.target,), named=frozenset(named), keywords=False)
    return operand(inside[start:], scope) if start < len(inside) else ANY


def _first(words: Sequence[Word]) -> str:
    return words[0].written if words else ""
