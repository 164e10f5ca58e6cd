"""Who may use what: grants, inherited ones included, and whom row level security does not bind."""

from __future__ import annotations

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Acl, Function, Table

PUBLIC = "public"


def acting_as(catalog: Catalog, role: str) -> frozenset[str]:
    """The roles whose privileges `role` has, itself and PUBLIC included (manual 21.3: INHERIT)."""
    found = {PUBLIC, role}
    todo = [role]
    while todo:
        known = catalog.roles.get(todo.pop())
        if known is None or "noinherit" in known.attributes:
            continue
        more = known.member_of - found
        found |= more
        todo += more
    return frozenset(found)


def holds(acl: Acl, roles: frozenset[str], privilege: str) -> bool:
    """Whether one of `roles` was granted the privilege on the whole object."""
    return any(role in roles and (privilege in given or privilege + "*" in given) for role, given in acl)


def columns_granted(table: Table, roles: frozenset[str], privilege: str) -> frozenset[int]:
    """The columns on which one of `roles` was granted the privilege by itself."""
    return frozenset(column.number for column in table.columns if holds(column.acl, roles, privilege))


def may_use_schema(catalog: Catalog, schema: str, roles: frozenset[str]) -> bool:
    """Whether names in the schema can be reached."""
    found = catalog.schemas.get(schema)
    return found is None or found.owner in roles or holds(found.acl, roles, "usage")


def may_execute(function: Function, roles: frozenset[str]) -> bool:
    """Whether the function can be called."""
    return function.owner in roles or holds(function.acl, roles, "execute")


def is_unbound(catalog: Catalog, table: Table, role: str) -> bool:
    """Whether row level security does not bind the role on this table."""
    known = catalog.roles.get(role)
    if known is not None and {"superuser", "bypassrls"} & known.attributes:
        return True
    return table.owner in acting_as(catalog, role) and not table.force_rls


def judged_roles(catalog: Catalog, platform: str, tables: tuple[Table, ...]) -> tuple[str, ...]:
    """The roles that a matrix speaks about: those of the API, else whoever was granted something."""
    if platform == "supabase":
        return tuple(role for role in ("anon", "authenticated") if role in catalog.roles)
    found: set[str] = set()
    for table in tables:
        for acl in (table.acl, *(column.acl for column in table.columns)):
            found |= {role for role, _ in acl}
        for policy in table.policies:
            found |= set(policy.roles)
    plain = []
    for role in found - {PUBLIC}:
        known = catalog.roles.get(role)
        if known is not None and not {"superuser", "bypassrls"} & known.attributes:
            plain.append(role)
    if any(
        holds(table.acl, frozenset((PUBLIC,)), p)
        for table in tables
        for p in ("select", "insert", "update", "delete")
    ):
        return (PUBLIC, *sorted(plain))
    return tuple(sorted(plain))
