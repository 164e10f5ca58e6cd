"""What a role surely sees of other tables with its own rights: needed to prove that something is open."""

from __future__ import annotations

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation import terms as t
from schemabot.isolation.branches import TooManyError, branches
from schemabot.isolation.policies import Policies
from schemabot.isolation.privileges import acting_as, holds, is_unbound, may_use_schema
from schemabot.isolation.tenancy_model import TenancyModel


class Sight:
    """What one role sees."""

    def __init__(self, catalog: Catalog, model: TenancyModel, policies: Policies, role: str) -> None:
        self._catalog = catalog
        self._model = model
        self._policies = policies
        self._role = role

    def sees_all(self, table: Table) -> bool:
        """Whether every row of the table is surely visible."""
        return self._sees(table, frozenset())

    def sees_own(self, table: Table) -> bool:
        """Whether the rows that say that the caller belongs to an organisation are surely visible to him."""
        membership = self._model.membership(table.oid)
        users = membership.users if membership else ()
        return self._sees(table, frozenset(t.Field(t.ROW, user) for user in users))

    def _sees(self, table: Table, users: frozenset[t.Field]) -> bool:
        role = self._role
        roles = acting_as(self._catalog, role)
        if not holds(table.acl, roles, "select") or not may_use_schema(self._catalog, table.schema, roles):
            return False
        if not table.rls or is_unbound(self._catalog, table, role):
            return True
        if self._policies.obstacle_to_run(table, ("SELECT",), role) is not None:
            return False
        try:
            found = branches(self._policies.demanded(table, "SELECT", role, "using"))
        except TooManyError:
            return False
        return any(not b.sources and all(self._is_plain(x, users) for x in b.literals) for b in found)

    def _is_plain(self, literal: object, users: frozenset[t.Field]) -> bool:
        """Whether every caller of the role fulfils it; for the rows that have him in `users`."""
        if isinstance(literal, t.NullTest):
            return isinstance(literal.term, t.Uid) and literal.null == (self._role == "anon")
        if isinstance(literal, t.Compare) and literal.operator == "=":
            sides = {literal.left, literal.right}
            if any(sides == {user, t.Uid()} for user in users):
                return True
            return t.RoleName() in sides and any(
                isinstance(s, t.Fixed) and s.text == self._role for s in sides
            )
        return False
