"""What belongs to a role: DROP OWNED, REASSIGN OWNED, dropping and renaming the role itself.

Roles are found by name everywhere, so these rare statements look at every object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from schemabot.catalog.apply.acl import without_role
from schemabot.catalog.apply.dependencies import Target, blockers, closure, describe
from schemabot.catalog.apply.removal import remove
from schemabot.catalog.apply.roles import current_role, put_role, require_role, roles_known
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import (
    Acl,
    EventTrigger,
    Function,
    OtherObject,
    OtherType,
    Publication,
    SchemaObject,
    Sequence,
    Table,
    TypeObject,
    View,
)
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import DropObject, DropOwned, ReassignOwned, RenameObject
from schemabot.text import Span

_Owned: TypeAlias = (
    Table | View | Sequence | Function | TypeObject | SchemaObject | OtherObject | Publication | EventTrigger
)


def _everything(step: Step) -> Iterator[_Owned]:
    """Every object that has an owner; composite types once."""
    catalog = step.catalog
    for relation in catalog.relations.values():
        if isinstance(relation, (Table, View, Sequence)):
            yield relation
    yield from catalog.types.values()
    yield from catalog.functions.values()
    yield from catalog.schemas.values()
    yield from catalog.objects.values()
    yield from catalog.publications.values()
    yield from catalog.event_triggers.values()


def _put(step: Step, item: _Owned) -> None:
    catalog = step.catalog
    if isinstance(item, (Table, View, Sequence)):
        step.put_relation(item)
    elif isinstance(item, Function):
        step.put_function(item)
    elif isinstance(item, SchemaObject):
        step.catalog = msgspec.structs.replace(catalog, schemas=catalog.schemas.set(item.name, item))
    elif isinstance(item, OtherObject):
        step.catalog = msgspec.structs.replace(catalog, objects=catalog.objects.set(item.oid, item))
    elif isinstance(item, Publication):
        publications = catalog.publications.set(item.name, item)
        step.catalog = msgspec.structs.replace(catalog, publications=publications)
    elif isinstance(item, EventTrigger):
        triggers = catalog.event_triggers.set(item.name, item)
        step.catalog = msgspec.structs.replace(catalog, event_triggers=triggers)
    else:
        step.put_type(item)
        if isinstance(item, OtherType) and item.oid in catalog.relations:
            step.put_relation(item)


def _change_all(step: Step, change: Callable[[Any], Any]) -> None:
    for item in list(_everything(step)):
        made = change(item)
        if made is not item:
            _put(step, made)


def _target(item: _Owned) -> Target | None:
    """What DROP OWNED drops; row types go with their table."""
    if isinstance(item, (Table, View, Sequence)):
        return Target("relation", item.oid)
    if isinstance(item, Function):
        return Target("function", item.oid)
    if isinstance(item, SchemaObject):
        return Target("schema", name=item.name)
    if isinstance(item, OtherObject):
        return Target("object", item.oid)
    if isinstance(item, EventTrigger):
        return Target("event trigger", name=item.name)
    if isinstance(item, Publication) or (isinstance(item, OtherType) and item.kind == "row"):
        return None
    return Target("type", item.oid)


# -- the role itself ----------------------------------------------------------------------------------------


def drop_role(step: Step, fact: DropObject) -> None:
    """DROP ROLE; refused while the role owns something, has privileges, or a policy is for it."""
    name = fact.name.name
    if name not in step.catalog.roles:
        if fact.if_exists or not roles_known(step) or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_ROLE, fact.name.span, name)
    if name in (step.session.role, step.session.default_role):
        step.reject(ProblemKind.INVALID, fact.name.span, name, "the current user cannot be dropped")
    others = tuple(_tied_to(step, name))
    if others:
        step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.name.span, name, "", others)
    for role in step.catalog.roles.values():
        if name in role.member_of:
            put_role(step, msgspec.structs.replace(role, member_of=role.member_of - {name}))
    step.catalog = msgspec.structs.replace(step.catalog, roles=step.catalog.roles.drop(name))


def _tied_to(step: Step, role: str) -> Iterator[str]:
    for item in _everything(step):
        if isinstance(item, OtherType) and item.kind in ("row", "multirange"):
            continue
        if item.owner == role:
            yield f"owner of {item.name}"
        elif any(holder == role for holder, _ in getattr(item, "acl", ())):
            yield f"privileges for {item.name}"
        elif isinstance(item, Table):
            if any(holder == role for column in item.columns for holder, _ in column.acl):
                yield f"privileges for columns of {item.name}"
            for policy in item.policies:
                if role in policy.roles:
                    yield f"target of policy {policy.name} on table {item.schema}.{item.name}"
        elif isinstance(item, OtherObject) and item.kind == "user mapping" and item.qualifier == role:
            yield f"user mapping for {item.name}"
    for default in step.catalog.default_privileges:
        if default.role == role or any(holder == role for holder, _ in default.acl):
            yield f"default privileges on new {default.kind}s"


def rename_role(step: Step, fact: RenameObject) -> None:
    """ALTER ROLE ... RENAME TO; everything that names the role follows."""
    old, new = fact.name.name, fact.new_name
    require_role(step, old, fact.name.span)
    if new in step.catalog.roles:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, new)
    if old in (step.session.role, step.session.default_role):
        step.reject(ProblemKind.INVALID, fact.name.span, old, "the session's own user cannot be renamed")
    roles = step.catalog.roles
    found = roles.get(old)
    if found is not None:
        roles = roles.drop(old).set(new, msgspec.structs.replace(found, name=new))
    for role in roles.values():
        if old in role.member_of:
            members = role.member_of - {old} | {new}
            roles = roles.set(role.name, msgspec.structs.replace(role, member_of=members))

    def renamed(acl: Acl) -> Acl:
        return tuple((new if holder == old else holder, held) for holder, held in acl)

    defaults = tuple(
        msgspec.structs.replace(item, role=new if item.role == old else item.role, acl=renamed(item.acl))
        for item in step.catalog.default_privileges
    )
    step.catalog = msgspec.structs.replace(step.catalog, roles=roles, default_privileges=defaults)

    def change(item: Any) -> Any:
        if item.owner == old:
            item = msgspec.structs.replace(item, owner=new)
        if any(holder == old for holder, _ in getattr(item, "acl", ())):
            item = msgspec.structs.replace(item, acl=renamed(item.acl))
        if isinstance(item, OtherObject) and item.kind == "user mapping" and item.qualifier == old:
            item = msgspec.structs.replace(item, qualifier=new)
        if isinstance(item, Table):
            item = _with_columns(item, old, renamed)
            item = _with_policies(item, old, new)
        return item

    _change_all(step, change)


def _with_columns(table: Table, role: str, change: Callable[[Acl], Acl]) -> Table:
    if not any(holder == role for column in table.columns for holder, _ in column.acl):
        return table
    columns = tuple(msgspec.structs.replace(c, acl=change(c.acl)) if c.acl else c for c in table.columns)
    return msgspec.structs.replace(table, columns=columns)


def _with_policies(table: Table, old: str, new: str | None) -> Table:
    """The table with `new` in the place of the role `old` in its policies; one for no role any more goes."""
    if not any(old in policy.roles for policy in table.policies):
        return table
    put = () if new is None else (new,)
    policies = []
    for policy in table.policies:
        if old in policy.roles:
            roles = (*(role for role in policy.roles if role != old), *put)
            if not roles:
                continue
            policy = msgspec.structs.replace(policy, roles=roles)
        policies.append(policy)
    return msgspec.structs.replace(table, policies=tuple(policies))


# -- what it owns -------------------------------------------------------------------------------------------


def reassign_owned(step: Step, fact: ReassignOwned) -> None:
    """REASSIGN OWNED BY ... TO; privileges stay as they are, but for the new owner's."""
    roles = _roles(step, fact.roles, fact.span)
    owner = _roles(step, (fact.owner,), fact.span)[0]

    def change(item: Any) -> Any:
        if item.owner not in roles:
            return item
        acl = {"acl": without_role(item.acl, owner)} if hasattr(item, "acl") else {}
        return msgspec.structs.replace(item, owner=owner, **acl)

    _change_all(step, change)


def drop_owned(step: Step, fact: DropOwned) -> None:
    """DROP OWNED BY: objects go, privileges and default privileges too, and the role's place in policies."""
    roles = _roles(step, fact.roles, fact.span)
    roots = [t for item in _everything(step) if item.owner in roles and (t := _target(item)) is not None]
    catalog = step.catalog
    gone = closure(catalog, roots, cascade=fact.cascade)
    if not fact.cascade and (found := blockers(catalog, gone)):
        others = tuple(describe(catalog, target) for target in found)
        step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.span, ", ".join(roles), "", others)
    remove(step, gone, fact.span)
    publications = step.catalog.publications
    for publication in publications.values():
        if publication.owner in roles:
            publications = publications.drop(publication.name)
    defaults = []
    for item in step.catalog.default_privileges:
        if item.role not in roles:
            acl = item.acl
            for role in roles:
                acl = without_role(acl, role)
            defaults.append(msgspec.structs.replace(item, acl=acl))
    step.catalog = msgspec.structs.replace(
        step.catalog, publications=publications, default_privileges=tuple(d for d in defaults if d.acl)
    )
    for role in roles:
        _forget(step, role)


def _forget(step: Step, role: str) -> None:
    """Take all privileges from a role, and take it out of policies."""

    def change(item: Any) -> Any:
        if any(holder == role for holder, _ in getattr(item, "acl", ())):
            item = msgspec.structs.replace(item, acl=without_role(item.acl, role))
        if isinstance(item, Table):
            item = _with_columns(item, role, lambda acl: without_role(acl, role))
            item = _with_policies(item, role, None)
        return item

    _change_all(step, change)


def _roles(step: Step, written: tuple[str, ...], span: Span) -> tuple[str, ...]:
    for role in written:
        require_role(step, role, span)
    return tuple(current_role(step, role) for role in written)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    DropOwned: drop_owned,
    ReassignOwned: reassign_owned,
}
