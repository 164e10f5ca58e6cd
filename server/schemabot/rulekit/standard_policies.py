"""The house's policies for one table: by organisation, by user, or, when neither is known, for nobody yet.

The SQL is that of the snippets. A policy opens access, so no fix that adds one is `safe`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import attrs

from schemabot.catalog.objects import Origin, Table
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.sql import Style, fitting_name, quote, quote_name
from schemabot.rulekit.tenancy import is_membership, owner_column, tenant_column, tenant_helper
from schemabot_snippets import render

Command = Literal["select", "insert", "update", "delete"]
Kind = Literal["", "-own", "-nobody"]
COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete")

_VERBS: dict[Command, str] = {"select": "view", "insert": "insert", "update": "update", "delete": "delete"}
_NAMES: dict[Kind, str] = {
    "": "Users can {} own org data",
    "-own": "Users can {} own data",
    "-nobody": "Nobody can {} data yet",
}


@attrs.frozen
class StandardPolicy:
    """A policy to add: its snippet, the values for it, and the places that must come before it."""

    command: Command
    kind: Kind
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


def standard_policies(
    table: Table, commands: Iterable[Command], context: StateContext[Any]
) -> tuple[StandardPolicy, ...]:
    """The policies that the house's pattern wants for `commands` on `table`.

    Tables that say who belongs to an organisation get no policy for writing but that for nobody: whoever may
    write them may let himself in.
    """
    role = "authenticated" if "authenticated" in context.catalog.roles else "public"
    kind, values, needs = _pattern(table, context)
    values = {"authenticated": role, **values}
    member = is_membership(table, context.project.settings.tenancy)
    return tuple(
        StandardPolicy(command, "-nobody", {"authenticated": role}, ())
        if member and command != "select"
        else StandardPolicy(command, kind, values, needs)
        for command in commands
    )


def _pattern(table: Table, context: StateContext[Any]) -> tuple[Kind, dict[str, str], tuple[Origin, ...]]:
    """The kind of policy that fits the table, the values for its snippet, and what must stand before it."""
    catalog, tenancy = context.catalog, context.project.settings.tenancy
    tenant = tenant_column(table, tenancy)
    helper = None if tenant is None else tenant_helper(catalog, tenancy, tenant)
    if tenant is not None and helper is not None:
        meets_itself = not helper.security_definer and table.name in (helper.body or "")
        if not meets_itself:
            values = {
                "org_id": quote(tenant.name),
                "get_user_org_id": quote_name(helper.schema, helper.name),
            }
            changes = (*tenant.changes, *helper.changes)
            return "", values, (tenant.origin, helper.origin, *(change.at for change in changes))
    owner = owner_column(table, catalog)
    if owner is None or not catalog.functions_named("auth", "uid"):
        return "-nobody", {}, ()
    if tenant is not None and not is_membership(table, tenancy):
        return "-nobody", {}, ()  # to be a row's user says nothing about its organisation
    return "-own", {"user_id": quote(owner.name)}, (owner.origin, *(change.at for change in owner.changes))
