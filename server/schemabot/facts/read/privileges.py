"""GRANT and REVOKE of privileges and roles, ALTER DEFAULT PRIVILEGES.

The span of ChangePrivileges reaches from GRANT or REVOKE to the last object, that of the others is the
whole statement.
"""

from __future__ import annotations

from schemabot.facts.model import AnyFact, ChangeDefaultPrivileges, ChangePrivileges, GrantRole
from schemabot.facts.names import Name, TypeName
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import object_name
from schemabot.facts.read.tree import (
    OBJECTS,
    Json,
    cascades,
    items,
    object_kind,
    options,
    roles,
    string,
    strings,
)
from schemabot.text import Span


def change_privileges(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    objtype = node["objtype"]
    kind, words = OBJECTS.get(objtype, ("other", ""))
    grant = "is_grant" in node
    objects: list[Name] = []
    arguments: list[tuple[TypeName, ...] | None] = []
    in_schemas: tuple[str, ...] = ()
    end = sql.begins("grant", "revoke")
    listed = node.get("objects", [])
    if node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        in_schemas = strings(listed)
        end = sql.find(end, "to" if grant else "from")
    else:
        start = sql.after(end, "on")
        start = sql.skip(start, "foreign" if kind == "server" else "", *words.split())
        places = sql.items(start)
        for index, item in enumerate(listed):
            at = places[index].start if index < len(places) else start
            if objtype == "OBJECT_PARAMETER_ACL":
                name, types = sql.name_at(at, tuple(string(item).split("."))), None
            else:
                name, types = object_name(item, at, b)
            objects.append(name)
            arguments.append(types)
            end = name.span.end
        if any(types is not None for types in arguments):
            end = sql.find(end, "to" if grant else "from")
    option = "grant_option" in node
    return [
        ChangePrivileges(
            span=sql.trimmed(sql.start, end),
            grant=grant,
            kind=kind,
            privileges=_privileges(node),
            grantees=roles(node.get("grantees")),
            objects=tuple(objects),
            arguments=tuple(arguments) if kind in ("function", "procedure", "routine") else (),
            in_schemas=in_schemas,
            grant_option=option and grant,
            option_only=option and not grant,
            cascade=cascades(node),
        )
    ]


def _privileges(node: Json) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The privileges with their columns; ALL is none, ALL (columns) is `all` with its columns."""
    found = [item["AccessPriv"] for item in node.get("privileges", ())]
    return tuple([(item.get("priv_name", "all").lower(), strings(item.get("cols"))) for item in found])


def grant_role(node: Json, b: Builder) -> list[AnyFact]:
    """REVOKE ADMIN OPTION FOR and its like take no membership away: no roles then."""
    grant = "is_grant" in node
    option_only = not grant and "opt" in node
    granted = tuple([item["AccessPriv"]["priv_name"] for item in node.get("granted_roles", ())])
    return [
        GrantRole(
            span=_whole(b),
            grant=grant,
            roles=() if option_only else granted,
            members=roles(node.get("grantee_roles")),
        )
    ]


def change_default_privileges(node: Json, b: Builder) -> list[AnyFact]:
    action = node["action"]
    for_roles: tuple[str, ...] = ()
    in_schemas: tuple[str, ...] = ()
    for option, fields in options(node.get("options")):
        if option == "roles":
            for_roles = roles(items(fields["arg"]))
        elif option == "schemas":
            in_schemas = strings(items(fields["arg"]))
    grant = "is_grant" in action
    return [
        ChangeDefaultPrivileges(
            span=_whole(b),
            grant=grant,
            kind=object_kind(action["objtype"]),
            privileges=tuple([name for name, _ in _privileges(action)]),
            grantees=roles(action.get("grantees")),
            for_roles=for_roles,
            in_schemas=in_schemas,
            grant_option=grant and "grant_option" in action,
            option_only=not grant and "grant_option" in action,
        )
    ]


def _whole(b: Builder) -> Span:
    return b.sql.rest(b.sql.start)
