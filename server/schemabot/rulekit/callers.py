"""What policies let ordinary callers do: those whom row level security binds, not the backend's own role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Policy, Table
from schemabot.facts.expression import (
    Call,
    Cast,
    Column,
    Constant,
    Logical,
    Node,
    Operator,
    SubQuery,
    Test,
    walk,
)
from schemabot.isolation.privileges import acting_as, columns_granted, holds
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.predicates import is_constant_query

WRITING = ("insert", "update")
_UNBOUND = frozenset(("superuser", "bypassrls"))


def caller_roles(catalog: Catalog, platform: str, table: Table) -> tuple[str, ...]:
    """The roles that clients act as: on Supabase those of its API, else whoever was granted something."""
    if platform == "supabase":
        return tuple(role for role in ("authenticated", "anon") if role in catalog.roles)
    granted = {role for role, _ in table.acl}
    return tuple(sorted(role for role in granted if role == "public" or is_bound(catalog, role)))


def is_bound(catalog: Catalog, role: str) -> bool:
    """Whether row level security holds for the role. An unknown role (PUBLIC among them) counts as bound."""
    known = catalog.roles.get(role)
    return known is None or not known.attributes & _UNBOUND


def policies_for_callers(table: Table, catalog: Catalog) -> Iterator[Policy]:
    """The permissive policies that say something to others than the backend and are not simply false."""
    for policy in table.policies:
        if policy.permissive and any(is_bound(catalog, role) for role in policy.roles):
            clauses = (policy.using, policy.check)
            if not any(clause is not None and is_false(clause) for clause in clauses):
                yield policy


def demanded_of_new_rows(policy: Policy) -> Bound | None:
    """What a policy demands of a row that is written: WITH CHECK, else USING (manual, CREATE POLICY)."""
    return policy.check if policy.check is not None else policy.using


def may_write(table: Table, context: StateContext[Any]) -> bool:
    """Whether some caller holds the privilege to insert or update rows, or single columns of them."""
    catalog = context.catalog
    for role in caller_roles(catalog, context.project.platform, table):
        roles = acting_as(catalog, role)
        if any(holds(table.acl, roles, command) for command in WRITING):
            return True
        if any(columns_granted(table, roles, command) for command in WRITING):
            return True
    return False


def is_false(bound: Bound) -> bool:
    """Whether nobody passes."""
    root = bound.expression.root
    return isinstance(root, Constant) and root.kind == "boolean" and root.value.startswith("f")


def lets_everybody_in(bound: Bound | None) -> bool:
    """Whether every signed-in caller passes, with whatever row: `true`, `auth.uid() is not null` and the like."""
    return bound is not None and _open(bound.expression.root)


def _open(node: Node) -> bool:
    if isinstance(node, Logical):
        decide = any if node.operator == "or" else all
        return node.operator != "not" and decide(_open(arg) for arg in node.args)
    if isinstance(node, Constant):
        return node.kind == "boolean" and node.value.startswith("t")
    if isinstance(node, Test):
        return node.operator == "not null" and _calls(node.arg, "uid")
    if isinstance(node, Operator) and node.name == "=" and node.left is not None:
        sides = (_plain(node.left), _plain(node.right))
        return any(
            _calls(one, "role") and isinstance(other, Constant) and other.value == "authenticated"
            for one, other in (sides, sides[::-1])
        )
    return False


def _calls(node: Node, name: str) -> bool:
    """Whether it is `auth.<name>()`, in a sub-select of its own or not."""
    node = _plain(node)
    if isinstance(node, SubQuery) and node.kind == "scalar" and is_constant_query(node.query):
        node = _plain(node.query.targets[0].value) if node.query.targets else node
    return isinstance(node, Call) and node.name == ("auth", name)


def _plain(node: Node) -> Node:
    while isinstance(node, Cast):
        node = node.arg
    return node


def binds(bound: Bound | None, table: Table, number: int) -> bool:
    """Whether no row passes without a look at that column: it stands in every alternative."""
    if bound is None:
        return False
    own = {use.span.end for use in bound.uses if use.oid == table.oid and use.number == number}
    return bool(own) and _looks_at(bound.expression.root, own)


def _looks_at(node: Node, own: set[int]) -> bool:
    if isinstance(node, Logical) and node.operator != "not":
        decide = all if node.operator == "or" else any
        return decide(_looks_at(arg, own) for arg in node.args)
    return _names(node, own)


def _names(node: Node, own: set[int]) -> bool:
    return any(isinstance(part, Column) and part.span.end in own for part in walk(node))
