"""Roles: creating them, membership, and whether one is known."""

from __future__ import annotations

from typing import Final

import msgspec

from schemabot.catalog.apply.acl import PUBLIC
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Role
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateRole, GrantRole
from schemabot.text import Span

_CURRENT: Final = frozenset({"current_user", "current_role", "session_user"})


def current_role(step: Step, written: str) -> str:
    """The role that `written` means: CURRENT_USER and the like are the session's."""
    return step.session.role if written in _CURRENT else written


def roles_known(step: Step) -> bool:
    """Whether the catalog knows all roles of the server.

    Roles belong to the server and are mostly made outside of the migrations. A platform that brings its own,
    as Supabase does, says which there are.
    """
    known = step.catalog.roles.get("authenticated")
    return known is not None and known.origin.platform


def require_role(step: Step, role: str, span: Span) -> None:
    """Reject when the server would not know `role`; silent as long as that is not certain."""
    if role == PUBLIC or role in _CURRENT or role in step.catalog.roles or role.startswith("pg_"):
        return
    if roles_known(step) and (role,) not in step.catalog.tainted:
        step.reject(ProblemKind.UNKNOWN_ROLE, span, role)


def create_role(step: Step, fact: CreateRole) -> None:
    name = fact.name.name
    known = step.catalog.roles.get(name)
    if fact.alter:
        require_role(step, name, fact.name.span)
        if known is None:
            step.skip()
        turned = {option for option in fact.options if not option.startswith("no")}
        cleared = {option[2:] for option in fact.options if option.startswith("no")}
        attributes = (known.attributes | turned) - cleared
        inherits = ("inherit" in turned or known.inherits) and "inherit" not in cleared
        put_role(step, msgspec.structs.replace(known, attributes=attributes, inherits=inherits))
        return
    if known is not None:
        if (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    attributes = frozenset(option for option in fact.options if not option.startswith("no"))
    put_role(step, Role(
        name=name, origin=step.origin(fact.name.span), attributes=attributes,
        inherits="noinherit" not in fact.options,
    ))  # fmt: skip


def put_role(step: Step, role: Role) -> None:
    """Store a role under its name."""
    step.catalog = msgspec.structs.replace(step.catalog, roles=step.catalog.roles.set(role.name, role))


def _refuse_circles(step: Step, fact: GrantRole, granted: frozenset[str]) -> None:
    """No role may be a member of itself, directly or not (user.c, AddRoleMems)."""
    members = {current_role(step, member) for member in fact.members}
    above: set[str] = set()
    todo = list(granted)
    while todo:
        role = todo.pop()
        if role not in above:
            above.add(role)
            found = step.catalog.roles.get(role)
            todo += found.member_of if found is not None else ()
    for member in sorted(members & above):
        step.reject(ProblemKind.INVALID, fact.span, member, f"{member} would be a member of itself")


def grant_role(step: Step, fact: GrantRole) -> None:
    granted = frozenset(current_role(step, role) for role in fact.roles)
    for role in (*granted, *fact.members):
        require_role(step, role, fact.span)
    if fact.grant:
        _refuse_circles(step, fact, granted)
    for written in fact.members:
        member = step.catalog.roles.get(current_role(step, written))
        if member is None:
            continue
        now = member.member_of | granted if fact.grant else member.member_of - granted
        put_role(step, msgspec.structs.replace(member, member_of=now))
