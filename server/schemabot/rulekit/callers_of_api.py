"""Which policies speak to the clients of the API, and what keeps strangers out of them."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.objects import Policy, Table, View
from schemabot.facts import expression as ex
from schemabot.isolation.privileges import PUBLIC, acting_as, columns_granted, holds
from schemabot.rulekit.callers import is_bound
from schemabot.rulekit.constancy import conjuncts, constant_truth, or_branches
from schemabot.rulekit.context import StateContext

_WHO = frozenset(("uid", "jwt", "email"))


def is_for_clients(policy: Policy, context: StateContext[Any]) -> bool:
    """Whether the policy counts for a role that row level security binds; that of a backend does not."""
    return any(role == "public" or is_bound(context.catalog, role) for role in policy.roles)


def is_for_strangers(policy: Policy, context: StateContext[Any]) -> bool:
    """Whether callers who are not signed in are among those that it is for."""
    catalog = context.catalog
    return "anon" in policy.roles or ("public" in policy.roles and "anon" in catalog.roles)


def is_granted(table: Table, policy: Policy, context: StateContext[Any], *roles: str) -> bool:
    """Whether a role that the policy is for, of `roles` if any are named, holds a privilege for what it allows.

    On Supabase; elsewhere the grants are as often made outside the migrations.
    """
    catalog = context.catalog
    if context.project.platform != "supabase":
        return True
    wanted = ("select", "insert", "update", "delete") if policy.command == "all" else (policy.command,)
    named = ("anon", "authenticated") if "public" in policy.roles else policy.roles
    return any(
        holds(table.acl, acting_as(catalog, role), privilege)
        or (privilege != "delete" and columns_granted(table, acting_as(catalog, role), privilege))
        for role in roles or named
        for privilege in wanted
    )


def readers_of_view(view: View, context: StateContext[Any]) -> tuple[str, ...]:
    """The roles that clients act as and that may select from the view: on Supabase those of its API, else whoever
    row level security binds and was granted it."""
    catalog = context.catalog
    if context.project.platform == "supabase":
        known = tuple(role for role in ("anon", "authenticated") if role in catalog.roles)
        return tuple(role for role in known if holds(view.acl, acting_as(catalog, role), "select"))
    return tuple(
        role
        for role, given in view.acl
        if role != view.owner
        and (role == PUBLIC or is_bound(catalog, role))
        and given & {"select", "select*"}
    )


def reads_every_row(table: Table, role: str, context: StateContext[Any]) -> bool:
    """Whether a policy lets the role read all rows, and none narrows that."""
    roles = acting_as(context.catalog, role)
    open_to_all = False
    for policy in table.policies:
        if policy.command not in ("select", "all") or not roles & set(policy.roles) or policy.using is None:
            continue
        is_true = constant_truth(policy.using.expression.root) is True
        if not policy.permissive and not is_true:
            return False
        open_to_all |= policy.permissive and is_true
    return open_to_all


def asks_who_calls(node: ex.Node) -> bool:
    """Whether every alternative of a predicate compares something with the signed-in caller: false, or null, for
    strangers, whose auth.uid() is null."""
    return all(any(_needs_caller(each) for each in conjuncts(branch)) for branch in or_branches(node))


def _needs_caller(node: ex.Node) -> bool:
    if isinstance(node, ex.Logical):
        return node.operator == "or" and asks_who_calls(node)
    if isinstance(node, ex.Operator) and node.name == "=":
        return _mentions_caller(node)
    if isinstance(node, ex.Test):
        return node.operator == "not null" and _mentions_caller(node.arg)
    if isinstance(node, ex.SubQuery) and node.kind in ("exists", "in", "any"):
        where = node.query.where
        mentioned = node.arg is not None and _mentions_caller(node.arg)
        return mentioned or (where is not None and asks_who_calls(where))
    return False


def _mentions_caller(node: ex.Node) -> bool:
    return any(
        isinstance(part, ex.Call) and part.name[:-1] == ("auth",) and part.name[-1] in _WHO
        for part in ex.walk(node)
    )
