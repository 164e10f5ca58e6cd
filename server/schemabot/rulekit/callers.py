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
    """The permissive policies that let others in than the backend."""
    for policy in table.policies:
        if policy.permissive and any(is_bound(catalog, role) for role in policy.roles):
            clauses = (policy.using, policy.check)
            if not any(clause is not None and is_closed(clause) for clause in clauses):
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


def is_closed(bound: Bound) -> bool:
    """Whether no caller passes: `false`, or `auth.role() = 'service_role'`."""
    root = bound.expression.root
    if isinstance(root, Constant):
        return root.kind == "boolean" and root.value.startswith("f")
    return _asks_for_role(root, "service_role")


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
    return _asks_for_role(node, "authenticated")


def _asks_for_role(node: Node, role: str) -> bool:
    """Whether it is `auth.role() = '...'` or the same claim of the token."""
    if not isinstance(node, Operator) or node.name != "=" or node.left is None:
        return False
    sides = (_plain(node.left), _plain(node.right))
    return any(
        isinstance(other, Constant) and other.value == role and (_calls(one, "role") or _is_role_claim(one))
        for one, other in (sides, sides[::-1])
    )


def _is_role_claim(node: Node) -> bool:
    if not isinstance(node, Operator) or node.name != "->>" or node.left is None:
        return False
    key = _plain(node.right)
    return isinstance(key, Constant) and key.value == "role" and _calls(node.left, "jwt")


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
