"""What the clauses of a query do to the number of its rows: aggregates, HAVING, LIMIT, functions that give rows."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.builtins import routines
from schemabot.catalog.objects import Function
from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.scope import Frame

PICKING = frozenset(("array_agg", "min", "max"))
"""Aggregates that give values of the rows themselves, one or all."""


def is_value(query: ex.Query) -> bool:
    """Whether a query is `select x` without anything else."""
    return (
        query.verb == "select" and len(query.targets) == 1 and not query.sources and query.where is None
        and not query.arms and not query.others and not query.with_
    )  # fmt: skip


def own_parts(node: ex.Node) -> Iterator[ex.Part]:
    """The parts of an expression without those of sub-selects in it."""
    inside: set[int] = set()
    for part in ex.walk(node):
        if isinstance(part, ex.SubQuery) and part is not node:
            inside |= {id(inner) for inner in ex.walk(part.query)}
    return (part for part in ex.walk(node) if id(part) not in inside)


def is_aggregate(node: ex.Node, frame: Frame) -> bool:
    """Whether a node is a call of an aggregate."""
    if not isinstance(node, ex.Call) or node.special or node.window:
        return False
    function = frame.names.function(node)
    if function is not None:
        return function.kind == "aggregate"
    return any(routine.kind in "noh" for routine in routines(node.name[-1]))


def has_aggregate(node: ex.Node, frame: Frame) -> bool:
    """Whether an aggregate stands in an expression, outside of its sub-selects."""
    return any(isinstance(part, ex.Call) and is_aggregate(part, frame) for part in own_parts(node))


def gives_rows(call: ex.Call) -> bool:
    """Whether the server's function of that name may give several rows or none."""
    return any(routine.returns_set for routine in routines(call.name[-1]))


def gives_one_value(function: Function) -> bool:
    """Whether a function gives exactly one value, null included."""
    return not function.returns_set and not any(
        p.mode in ("out", "inout", "table") for p in function.parameters
    )


def restrictions(query: ex.Query) -> list[t.Formula]:
    """What GROUP BY, HAVING, LIMIT and OFFSET may take away."""
    if query.grouped:
        return [t.Opaque("group by")]
    counts = [n.value for n in query.others if isinstance(n, ex.Constant) and n.kind == "number"]
    if counts not in ([], ["0"]) if not query.limited else (len(counts) != 1 or counts[0].strip("0") == ""):
        return [t.Opaque("limit or offset")]
    return []


def may_have_having(query: ex.Query) -> bool:
    """HAVING without GROUP BY makes one row of all. It stands among the expressions of ORDER BY and LIMIT."""
    strange = [
        node
        for node in query.others
        if not isinstance(node, ex.Column) and not (isinstance(node, ex.Constant) and node.kind == "number")
    ]
    return bool(strange) or bool(query.others and not (query.ordered or query.limited or query.distinct))
