"""One text for expressions that mean the same by their spelling.

PostgreSQL prints an expression differently from how it was written (ruleutils.c): casts added, IN as `= ANY
(ARRAY[...])`, BETWEEN as two comparisons, columns qualified inside sub-queries, `*` expanded, literals in
their type's own spelling. `canonical` gives both the same text, so that comparing what a migration says with
what a server answers finds true differences only. It does not look anything up: where a cast or a qualifier
could be either PostgreSQL's or the writer's, it is left out. The text is for comparing, never for people or
servers.

Expressions are as deep as `facts.read.build` makes them (some 60 levels), so recursion is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from schemabot.facts.expression import (
    Between,
    Call,
    Case,
    Cast,
    Column,
    Constant,
    FunctionRef,
    InList,
    Items,
    Join,
    Logical,
    Node,
    Opaque,
    Operator,
    Parameter,
    Query,
    QueryRef,
    Source,
    SubQuery,
    TableRef,
    Test,
    walk,
)
from schemabot.facts.literals import canonical_literal
from schemabot.facts.names import TypeName

DROPPED_SCHEMAS = frozenset(("pg_catalog", "public", "extensions"))
"""Schemas that are usually on the search path: `public.f()` and `f()` are taken for the same."""

# PostgreSQL adds these casts to columns and calls on its own (manual 10.2, implicit casts between strings,
# numbers, times); where one of them is written out it changes no comparison.
_IMPLICIT = frozenset(
    (
        "text",
        "varchar",
        "bpchar",
        "name",
        "numeric",
        "float8",
        "int8",
        "timestamp",
        "timestamptz",
        "regclass",
        "oid",
    )
)
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
# The transition rows of triggers and rules, and the proposed row of ON CONFLICT: never the table itself.
_ROWS = frozenset(("new", "old", "excluded"))
_Scope = tuple[str, ...] | None


def canonical(part: Node | Query, schemas: frozenset[str] = DROPPED_SCHEMAS) -> str:
    """The canonical text of an expression or query; prefixes of `schemas` are dropped from names."""
    return _Canonical(schemas).text(part, None)


class _Canonical:
    """`scope` is the names of the innermost query's sources; None outside any query."""

    def __init__(self, schemas: frozenset[str]) -> None:
        self.schemas = schemas

    def text(self, part: Any, scope: _Scope) -> str:
        if isinstance(part, Query):
            return self.query(part)
        part = _stored(part)
        return _WRITERS[type(part)](self, part, scope)

    def all(self, parts: tuple[Any, ...], scope: _Scope) -> list[str]:
        return [self.text(part, scope) for part in parts]

    def name(self, parts: tuple[str, ...]) -> str:
        dropped = len(parts) > 1 and parts[-2] in self.schemas
        return ".".join(map(_ident, parts[-1:] if dropped else parts))

    # -- leaves --

    def literal(self, node: Constant, scope: _Scope) -> str:
        return canonical_literal(node)

    def column(self, node: Column, scope: _Scope) -> str:
        if node.star:
            return "*"
        name = _ident(node.parts[-1])
        return f"{node.parts[-2]}.{name}" if len(node.parts) > 1 and node.parts[-2] in _ROWS else name

    def parameter(self, node: Parameter, scope: _Scope) -> str:
        return f"${node.number}"

    # -- calls and operators --

    def call(self, node: Call, scope: _Scope) -> str:
        name = self.name(node.name)
        if node.special and not node.args and not node.extra:
            return name.upper()
        args = "*" if node.star else ", ".join(self.all(node.args, scope))
        extra = "".join(f" {text}" for text in self.all(node.extra, scope))
        return f"{name}({'distinct ' if node.distinct else ''}{args}{extra}){' over' if node.window else ''}"

    def operator(self, node: Operator, scope: _Scope) -> str:
        name, left, right = _operator_name(node), node.left, node.right
        if left is None:
            return f"({name} {self.text(right, scope)})"
        left_text = self.text(left, scope)
        if node.quantifier:
            array = _array(right)
            items = (
                self.text(right, scope) if array is None else f"[{', '.join(self.all(array.items, scope))}]"
            )
            return f"({left_text} {name} {node.quantifier} {items})"
        right_text = self.text(right, scope)
        if isinstance(left, Column) and isinstance(right, Column) and left_text == right_text:
            # `m.org = t.org` is not `m.org = m.org`, although both qualifiers are dropped.
            right_text += "'" if _source_of(left, scope) != _source_of(right, scope) else ""
        return f"({left_text} {name} {right_text})"

    def logical(self, node: Logical, scope: _Scope) -> str:
        if node.operator == "not":
            return f"(not {self.text(node.args[0], scope)})"
        found: list[str] = []
        todo = list(reversed(node.args))
        while todo:
            arg = _stored(todo.pop())
            if isinstance(arg, Logical) and arg.operator == node.operator:
                todo.extend(reversed(arg.args))
            else:
                found.append(self.text(arg, scope))
        return f"({f' {node.operator} '.join(found)})"

    def test(self, node: Test, scope: _Scope) -> str:
        return f"({self.text(node.arg, scope)} is {node.operator})"

    def cast(self, node: Cast, scope: _Scope) -> str:
        arg = node.arg
        if isinstance(_uncast(arg), Constant):  # '1'::text::integer
            arg = _uncast(arg)
        if isinstance(arg, Constant) or (isinstance(arg, Items) and arg.kind == "array"):
            return self.text(arg, scope)
        if node.type.name in _IMPLICIT and not node.type.modifiers and not node.type.dimensions:
            return self.text(arg, scope)
        return f"{self.text(arg, scope)}::{self.type(node.type)}"

    def type(self, node: TypeName) -> str:
        modifiers = f"({','.join(map(str, node.modifiers))})" if node.modifiers else ""
        return self.name(node.parts) + modifiers + "[]" * min(node.dimensions, 1)

    def case(self, node: Case, scope: _Scope) -> str:
        text = "case" if node.arg is None else f"case {self.text(node.arg, scope)}"
        for condition, result in node.whens:
            text += f" when {self.text(condition, scope)} then {self.text(result, scope)}"
        default = "null" if node.default is None else self.text(node.default, scope)
        return f"{text} else {default} end"

    def items(self, node: Items, scope: _Scope) -> str:
        return f"{node.kind}[{', '.join(self.all(node.items, scope))}]"

    def opaque(self, node: Opaque, scope: _Scope) -> str:
        return f"{node.kind}({', '.join(self.all(node.children, scope))})"

    def sub_query(self, node: SubQuery, scope: _Scope) -> str:
        # What EXISTS selects is of no account, and PostgreSQL expands its `*`.
        query = self.query(node.query, targets=node.kind != "exists")
        kind = node.kind
        if kind == "any" and node.operator == "=":
            kind = "in"
        if node.arg is None:
            return f"({kind} {query})"
        operator = f" {node.operator}" if kind != "in" else ""
        return f"({self.text(node.arg, scope)}{operator} {kind} {query})"

    # -- queries --

    def query(self, node: Query, targets: bool = True) -> str:
        scope = _names(node)
        parts: list[str] = [node.verb]
        parts += [
            f"with {'recursive ' if cte.recursive else ''}{_ident(cte.name)} as {self.query(cte.query)}"
            for cte in node.with_
        ]
        if node.operator:
            every = "" if node.distinct else " all"
            parts.append(f" {node.operator}{every} ".join(self.query(arm) for arm in node.arms))
        if targets or node.verb != "select" or node.grouped:
            distinct = "distinct " if node.distinct and not node.operator else ""
            parts.append(distinct + ", ".join(self.text(target.value, scope) for target in node.targets))
        if node.into is not None:
            parts.append(f"into {self.name(node.into.parts)}")
        if node.values:
            parts.append(", ".join(f"({', '.join(self.all(row, scope))})" for row in node.values))
        if node.sources:
            parts.append("from " + ", ".join(self.source(source, scope) for source in node.sources))
        if node.where is not None:
            parts.append(f"where {self.text(node.where, scope)}")
        if node.others:
            parts.append(f"others {', '.join(self.all(node.others, scope))}")
        flags = [flag for flag in ("grouped", "ordered", "limited") if getattr(node, flag)]
        return "{" + " ".join(part for part in (*parts, *flags) if part) + "}"

    def source(self, node: Source, scope: _Scope) -> str:
        if isinstance(node, TableRef):
            return self.name(node.name.parts)
        if isinstance(node, QueryRef):
            return self.query(node.query)
        if isinstance(node, FunctionRef):
            return ", ".join(self.all(node.calls, scope))
        on = f" on {self.text(node.on, scope)}" if node.on is not None else ""
        using = f" using ({', '.join(map(_ident, node.using))})" if node.using else ""
        # A cross join is an inner join without a condition; NATURAL is printed as it was written.
        kind = "natural " + node.kind if node.natural else node.kind
        return f"({self.source(node.left, scope)} {kind} join {self.source(node.right, scope)}{on}{using})"


_Writer = Callable[[_Canonical, Any, _Scope], str]
_WRITERS: dict[type, _Writer] = {
    Constant: _Canonical.literal,
    Column: _Canonical.column,
    Parameter: _Canonical.parameter,
    Call: _Canonical.call,
    Operator: _Canonical.operator,
    Logical: _Canonical.logical,
    Test: _Canonical.test,
    Cast: _Canonical.cast,
    Case: _Canonical.case,
    Items: _Canonical.items,
    Opaque: _Canonical.opaque,
    SubQuery: _Canonical.sub_query,
}


# -- what PostgreSQL stores instead of what was written -----------------------------------------------------


def _stored(node: Node) -> Node:
    """`node` as the parser's analysis rewrites it; its parts are left alone."""
    while True:
        rewritten = _rewritten(node)
        if rewritten is node:
            return node
        node = rewritten


def _rewritten(node: Node) -> Node:
    if isinstance(node, InList):
        return _in_list(node)
    if isinstance(node, Between):
        return _between(node)
    if isinstance(node, Logical) and node.operator != "not" and len(node.args) == 1:
        return node.args[0]
    if not isinstance(node, Operator) or node.left is None:
        return node
    if node.name == "is not distinct from":
        return Logical("not", (Operator("is distinct from", node.left, node.right),))
    if node.quantifier:
        array = _array(node.right)
        return Operator(node.name, node.left, array.items[0]) if array and len(array.items) == 1 else node
    left, right, name = node.left, node.right, _operator_name(node)
    if not isinstance(left, Items) or not isinstance(right, Items) or "array" in (left.kind, right.kind):
        return node
    if name not in ("=", "<>") or len(left.items) != len(right.items):
        return node
    # `(a, b) = (1, 2)` compares column by column (parse_expr.c, make_row_comparison_op).
    pairs = zip(left.items, right.items, strict=True)
    return Logical("and" if name == "=" else "or", tuple([Operator(name, a, b) for a, b in pairs]))


def _in_list(node: InList) -> Node:
    """Constants become one array, everything with columns comparisons (parse_expr.c, transformAExprIn)."""
    name = "<>" if node.negated else "="
    fixed = tuple([item for item in node.items if not any(isinstance(part, Column) for part in walk(item))])
    found: list[Node] = []
    rest = node.items
    if len(fixed) > 1 and not isinstance(node.arg, Items):
        found.append(Operator(name, node.arg, Items("array", fixed), "all" if node.negated else "any"))
        rest = tuple([item for item in node.items if item not in fixed])
    found += [Operator(name, node.arg, item) for item in rest]
    return Logical("and" if node.negated else "or", tuple(found))


def _between(node: Between) -> Node:
    first, second = ("<", ">") if node.negated else (">=", "<=")
    arms = [
        Logical(
            "or" if node.negated else "and",
            (Operator(first, node.arg, low), Operator(second, node.arg, high)),
        )
        for low, high in ((node.low, node.high), (node.high, node.low))
    ]
    if not node.symmetric:
        return arms[0]
    return Logical("and" if node.negated else "or", tuple(arms))


def _array(node: Node) -> Items | None:
    """The array constructor that `node` is, casts left out."""
    while isinstance(node, Cast) and node.type.dimensions:
        node = node.arg
    return node if isinstance(node, Items) and node.kind == "array" else None


def _uncast(node: Node) -> Node:
    while isinstance(node, Cast):
        node = node.arg
    return node


def _operator_name(node: Operator) -> str:
    return node.name if node.name.startswith("is ") else node.name.rpartition(".")[2]


# -- names ------------------------------------------------------------------------------------------------


def _ident(name: str) -> str:
    return name if _PLAIN.match(name) else '"' + name.replace('"', '""') + '"'


def _names(query: Query) -> tuple[str, ...]:
    """What the sources of `query` are called."""
    found: list[str] = []
    todo: list[Source] = list(query.sources)
    while todo:
        source = todo.pop()
        if isinstance(source, Join):
            todo += [source.left, source.right]
        elif source.alias is not None:
            found.append(source.alias)
        elif isinstance(source, TableRef):
            found.append(source.name.name)
    return tuple(found)


def _source_of(column: Column, scope: _Scope) -> str:
    """Which source a column means, as far as its spelling tells; "" is the only source of its own query."""
    if scope is None or len(column.parts) == 1:
        return ""
    qualifier = column.parts[-2]
    return "" if scope == (qualifier,) else qualifier
