"""What the predicates of policies compare and call, and where each stands in a statement of the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from schemabot.catalog.objects import Bound, Origin, Policy, Table
from schemabot.facts import expression as ex
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.context import StateContext
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

Clause = Literal["using", "check"]


class CallInPredicate(msgspec.Struct, frozen=True):
    """A function call that PostgreSQL makes for every row. `wrappable` is false where `(select ...)` would mean
    something else: as the array of `= any (...)`, which a sub-select turns into a list of rows."""

    call: ex.Call
    wrappable: bool


def clauses(policy: Policy) -> Iterator[tuple[Clause, Bound]]:
    """USING and WITH CHECK, as far as they are there."""
    if policy.using is not None:
        yield "using", policy.using
    if policy.check is not None:
        yield "check", policy.check


def clause_origin(context: StateContext[Any], policy: Policy, clause: Clause) -> Origin:
    """The statement that a clause's spans are relative to: CREATE POLICY, or the last ALTER POLICY that wrote it."""
    changes = [change.at for change in policy.changes if change.what == clause]
    return context.project.latest(*changes) if changes else policy.origin


def calls_per_row(root: ex.Node) -> Iterator[CallInPredicate]:
    """The calls outside a sub-select without FROM, which PostgreSQL evaluates once for a statement.

    The arguments of a call are looked at too; calls of aggregates and window functions are no such calls.
    """
    todo: list[tuple[object, bool]] = [(root, True)]
    while todo:
        item, wrappable = todo.pop()
        if isinstance(item, tuple):
            todo.extend((part, wrappable) for part in item)
            continue
        if not isinstance(item, ex.ExpressionPart | ex.Query | ex.Target | ex.CommonTable):
            continue
        if (
            isinstance(item, ex.SubQuery)
            and item.kind in ("scalar", "array")
            and is_constant_query(item.query)
        ):
            continue
        if isinstance(item, ex.Call) and not item.special and not item.window and not item.star:
            yield CallInPredicate(item, wrappable)
        if isinstance(item, ex.FunctionRef):
            todo.extend((arg, True) for call in item.calls if isinstance(call, ex.Call) for arg in call.args)
            continue
        if isinstance(item, ex.Operator) and item.quantifier:
            todo += [(item.left, True), (item.right, False)]
            continue
        keep = wrappable or not isinstance(item, ex.Cast)
        todo.extend((getattr(item, field), keep) for field in item.__struct_fields__)


def call_span(text: str, name: Span) -> Span:
    """The whole call in a statement's text, from the span of the function's name to its closing parenthesis."""
    depth = 0
    for token in tokens(text, name.end):
        word = token.span.of(text)
        depth += (word == "(") - (word == ")")
        if depth == 0 and token.kind != "comment":
            return Span(name.start, token.span.end)
    return name


def is_constant_query(query: ex.Query) -> bool:
    """Whether a sub-select reads no table: its value is the same for every row if it names no column."""
    return (
        not query.sources
        and not query.arms
        and not query.with_
        and not any(isinstance(part, ex.Column) for part in ex.walk(query))
    )


def has_column(node: ex.Node) -> bool:
    """Whether the value depends on a row: a column is named somewhere in it."""
    return any(isinstance(part, ex.Column) for part in ex.walk(node))


def filtered_columns(bound: Bound, table: Table) -> Iterator[int]:
    """The table's columns that a predicate compares with something that no row of the table decides.

    These are what an index could find rows by: `column = value`, `column in (select ...)`, `column = any (...)`,
    outside of sub-selects. A column that is cast or handed to a function first is none, and neither is one
    that is compared with a constant: few different values, most rows.
    """
    own = {use.span.end: use.number for use in bound.uses if use.oid == table.oid and use.number}
    todo: list[ex.Node] = [bound.expression.root]
    while todo:
        node = todo.pop()
        if isinstance(node, ex.Logical) and node.operator != "not":
            todo.extend(node.args)
        elif isinstance(node, ex.Operator) and node.name == "=" and node.left is not None:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, ex.Column) and one.span.end in own and not _of_row(other, own):
                    yield own[one.span.end]
        elif (
            isinstance(node, ex.SubQuery)
            and node.kind in ("in", "any")
            and node.operator in ("", "=")
            and isinstance(node.arg, ex.Column)
            and node.arg.span.end in own
            and not _mentions(node.query, own)
        ):
            yield own[node.arg.span.end]


def _of_row(node: ex.Node, own: dict[int, int]) -> bool:
    """Whether it is made of constants, or depends on the row itself."""
    parts = list(ex.walk(node))
    if all(isinstance(part, (ex.Constant, ex.Cast, ex.Items)) for part in parts):
        return True
    return any(isinstance(part, ex.Column) and part.span.end in own for part in parts)


def _mentions(part: ex.Part, own: dict[int, int]) -> bool:
    return any(isinstance(each, ex.Column) and each.span.end in own for each in ex.walk(part))


def name_place(context: StateContext[Any], policy: Policy) -> Origin:
    """The policy's name as CREATE POLICY writes it; the statement's own place where it is not found there."""
    text = context.project.statement_text(policy.origin)
    at = text.find(policy.name, policy.origin.span.start)
    if at < 0:
        return policy.origin
    quoted = at > 0 and text[at - 1] == '"'
    span = Span(at - quoted, at + len(policy.name) + quoted)
    return Origin(policy.origin.file, policy.origin.statement, span)


def is_closed_on_purpose(table: Table) -> bool:
    """Whether a restrictive policy lets nobody do anything: the table is for the backend alone."""
    return any(
        not policy.permissive
        and policy.command == "all"
        and policy.using is not None
        and constant_truth(policy.using.expression.root) is False
        for policy in table.policies
    )
