"""CREATE POLICY and ALTER POLICY. The fact's span is the policy's name."""

from __future__ import annotations

from typing import cast

from schemabot.facts.expression import Expression
from schemabot.facts.model import AlterPolicy, AnyFact, CreatePolicy, PolicyCommand
from schemabot.facts.names import Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.tree import Json, roles


def create_policy(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.ident_at(b.sql.begins("create", "policy"), node["policy_name"])
    table = b.sql.relation(node["table"])
    using, check = _conditions(node, table, b)
    return [
        CreatePolicy(
            span=name.span,
            name=name,
            table=table,
            command=cast(PolicyCommand, node.get("cmd_name", "all")),
            permissive="permissive" in node,
            roles=roles(node["roles"]),
            # Without TO the grammar adds a PUBLIC that has no place.
            roles_written=node["roles"][0]["RoleSpec"].get("location", 0) >= 0,
            using=using,
            check=check,
        )
    ]


def alter_policy(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.ident_at(b.sql.begins("alter", "policy"), node["policy_name"])
    table = b.sql.relation(node["table"])
    using, check = _conditions(node, table, b)
    return [
        AlterPolicy(
            span=name.span,
            name=name,
            table=table,
            roles=roles(node["roles"]) if "roles" in node else None,
            using=using,
            check=check,
        )
    ]


def _conditions(node: Json, table: Name, b: Builder) -> tuple[Expression | None, Expression | None]:
    """USING and WITH CHECK, in that order by the grammar."""
    sql = b.sql
    at = table.span.end
    listed = node.get("roles")
    if listed:  # the last role is nearer; a role that was not written has no place
        at = max(at, listed[-1]["RoleSpec"].get("location", -1))
    using = check = None
    if "qual" in node:
        at = sql.find(at, "using")
        span = sql.inside(at)
        using = b.expression(node["qual"], span)
        at = span.end
        if "with_check" in node:
            at = sql.token(at).end  # the parenthesis that closes USING
    if "with_check" in node:
        check = b.expression(node["with_check"], sql.inside(sql.find(at, "check")))
    return using, check
