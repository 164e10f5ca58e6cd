"""Which policies speak to the clients of the API, and what keeps strangers out of them."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.objects import Policy
from schemabot.facts import expression as ex
from schemabot.rulekit.callers import is_bound
from schemabot.rulekit.constancy import conjuncts, or_branches
from schemabot.rulekit.context import StateContext

_WHO = frozenset(("uid", "jwt", "email"))


def is_for_clients(policy: Policy, context: StateContext[Any]) -> bool:
    """Whether the policy counts for a role that row level security binds; that of a backend does not."""
    return any(role == "public" or is_bound(context.catalog, role) for role in policy.roles)


def is_for_strangers(policy: Policy, context: StateContext[Any]) -> bool:
    """Whether callers who are not signed in are among those that it is for."""
    catalog = context.catalog
    return "anon" in policy.roles or ("public" in policy.roles and "anon" in catalog.roles)


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
