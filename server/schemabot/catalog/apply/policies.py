"""Row level security policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import PUBLIC
from schemabot.catalog.apply.altered import refuse_foreign
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.lookup import depend_on, require_table
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Policy, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.expression import Expression
from schemabot.facts.model import AlterPolicy, CreatePolicy, PolicyCommand
from schemabot.text import Span


def create_policy(step: Step, fact: CreatePolicy) -> None:
    table = require_table(step, fact.table)
    refuse_foreign(step, table, fact.table.span, "policies")
    label = f"{table.schema}.{table.name}.{fact.name.name}"
    if fact.check is not None and fact.command in ("select", "delete"):
        step.reject(
            ProblemKind.INVALID, fact.check.span, label, "WITH CHECK cannot be applied to SELECT or DELETE"
        )
    if fact.using is not None and fact.command == "insert":
        step.reject(
            ProblemKind.INVALID, fact.using.span, label, "only WITH CHECK expression allowed for INSERT"
        )
    roles = _roles(step, fact.roles, fact.span)
    if any(policy.name == fact.name.name for policy in table.policies):
        if step.is_tainted(fact.table):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, label)
    policy = Policy(
        oid=step.new_oid(),
        name=fact.name.name,
        origin=step.origin(fact.name.span),
        command=fact.command,
        permissive=fact.permissive,
        roles=roles,
        using=_bound(step, table, fact.using),
        check=_bound(step, table, fact.check),
    )
    _put(step, table, (*table.policies, policy), policy)


def alter_policy(step: Step, fact: AlterPolicy) -> None:
    table = require_table(step, fact.table)
    label = f"{table.schema}.{table.name}.{fact.name.name}"
    old = next((policy for policy in table.policies if policy.name == fact.name.name), None)
    if old is None:
        if step.is_tainted(fact.table):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, "no such policy")
    _check_clauses(step, fact, old.command, label)
    changed: dict[str, Any] = {}
    if fact.roles is not None:
        changed["roles"] = _roles(step, fact.roles, fact.span)
    if fact.using is not None:
        changed["using"] = _bound(step, table, fact.using)
    if fact.check is not None:
        changed["check"] = _bound(step, table, fact.check)
    notes = tuple(step.change(what, fact.span) for what in changed)
    new = msgspec.structs.replace(old, changes=(*old.changes, *notes), **changed)
    policies = tuple(new if policy is old else policy for policy in table.policies)
    _put(step, table, policies, new)


def _check_clauses(step: Step, fact: AlterPolicy, command: PolicyCommand, label: str) -> None:
    if fact.check is not None and command in ("select", "delete"):
        step.reject(
            ProblemKind.INVALID, fact.check.span, label,
            "only USING expression allowed for SELECT, DELETE",
        )  # fmt: skip
    if fact.using is not None and command == "insert":
        step.reject(
            ProblemKind.INVALID, fact.using.span, label, "only WITH CHECK expression allowed for INSERT"
        )


def _roles(step: Step, written: tuple[str, ...], span: Span) -> tuple[str, ...]:
    if PUBLIC in written:
        return (PUBLIC,)  # the server ignores the other roles, with a warning
    for role in written:
        require_role(step, role, span)
    return tuple(current_role(step, role) for role in written)


def _bound(step: Step, table: Table, expression: Expression | None) -> Bound | None:
    return None if expression is None else bind(step, expression, table, report=True)


def _put(step: Step, table: Table, policies: tuple[Policy, ...], policy: Policy) -> None:
    step.put_relation(msgspec.structs.replace(table, policies=policies))
    for bound in (policy.using, policy.check):
        if bound is not None:
            depend_on(step, table.oid, bound.uses)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreatePolicy: create_policy,
    AlterPolicy: alter_policy,
}
