"""The house's policies for one table: by organisation, by user, or, when neither is known, for nobody yet.

The SQL is that of the snippets. A policy opens access, so no fix that adds one is `safe`.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs

from schemabot.catalog.objects import Origin, Table
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.sql import Style, fitting_name, quote, quote_name
from schemabot.rulekit.tenancy import is_membership, owner_column, tenant_column, tenant_helper
from schemabot_snippets import render

Command = Literal["select", "insert", "update", "delete"]
COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete")

_VERBS: dict[Command, str] = {"select": "view", "insert": "insert", "update": "update", "delete": "delete"}
_NAMES = {
    "": "Users can {} own org data",
    "-own": "Users can {} own data",
    "-nobody": "Nobody can {} data yet",
}


@attrs.frozen
class StandardPolicy:
    """A policy to add: its snippet, the values for it, and the places that must come before it."""

    command: Command
    kind: Literal["", "-own", "-nobody"]
    values: dict[str, str]
    needs: tuple[Origin, ...]

    @property
    def open_to_nobody(self) -> bool:
        """Whether it only marks the place where somebody has to write a condition."""
        return self.kind == "-nobody"

    def sql(self, table: Table, written: str, style: Style) -> str:
        """CREATE POLICY on the table, whose name is `written` so, in the user's style."""
        text = render(
            f"policy-{self.command}{self.kind}", upper=style.upper, table_name=written, **self.values
        )
        name = _NAMES[self.kind].format(_VERBS[self.command])
        taken = {policy.name for policy in table.policies}
        return text.replace(name, fitting_name(name, taken.__contains__)).replace("\n", style.line_end)


def standard_policy(table: Table, command: Command, context: StateContext[Any]) -> StandardPolicy:
    """The policy that the house's pattern wants for `command` on `table`.

    Tables that say who belongs to an organisation get no policy for writing but that for nobody: whoever may
    write them may let himself in.
    """
    catalog, tenancy = context.catalog, context.project.settings.tenancy
    role = "authenticated" if "authenticated" in catalog.roles else "public"
    tenant = tenant_column(table, tenancy)
    member = is_membership(table, tenancy)
    nobody = StandardPolicy(command, "-nobody", {"authenticated": role}, ())
    if member and command != "select":
        return nobody
    if tenant is not None:
        helper = tenant_helper(catalog, tenancy, tenant)
        meets_itself = (
            helper is not None and not helper.security_definer and table.name in (helper.body or "")
        )
        if helper is not None and not meets_itself:
            values = {
                "authenticated": role,
                "org_id": quote(tenant.name),
                "get_user_org_id": quote_name(helper.schema, helper.name),
            }
            needs = (tenant.origin, helper.origin, *(c.at for c in (*tenant.changes, *helper.changes)))
            return StandardPolicy(command, "", values, needs)
    owner = owner_column(table, catalog)
    if owner is not None and catalog.functions_named("auth", "uid") and (tenant is None or member):
        values = {"authenticated": role, "user_id": quote(owner.name)}
        return StandardPolicy(command, "-own", values, (owner.origin, *(c.at for c in owner.changes)))
    return nobody
