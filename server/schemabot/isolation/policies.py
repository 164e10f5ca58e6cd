"""The policies of a table as one condition for each command and role, as PostgreSQL combines them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Policy, Table
from schemabot.isolation import terms as t
from schemabot.isolation.branches import tables_read
from schemabot.isolation.privileges import acting_as, holds, may_execute
from schemabot.isolation.translate import Translator
from schemabot.isolation.verdict import Command

Clause = Literal["using", "check"]


class Policies:
    """What the policies of a catalog demand; each clause is read once."""

    def __init__(self, catalog: Catalog, translator: Translator) -> None:
        self._catalog = catalog
        self._translator = translator
        self._formulas: dict[tuple[int, Clause], tuple[t.Formula, frozenset[int]]] = {}

    def formula(
        self, table: Table, policy: Policy, clause: Clause
    ) -> tuple[t.Formula, frozenset[int]] | None:
        """What a clause demands, and the functions it calls; None when it is not written."""
        bound = policy.using if clause == "using" else policy.check
        if bound is None:
            return None
        key = (policy.oid, clause)
        if key not in self._formulas:
            self._translator.calls.called = set()
            formula = self._translator.policy(bound, table, policy.name)
            self._formulas[key] = (formula, frozenset(self._translator.calls.called))
        return self._formulas[key]

    def applying(self, table: Table, command: Command, role: str) -> tuple[Policy, ...]:
        """The policies for a command and a role."""
        roles = acting_as(self._catalog, role)
        return tuple(
            p for p in table.policies if p.command in ("all", command.lower()) and roles & set(p.roles)
        )

    def demanded(self, table: Table, command: Command, role: str, clause: Clause) -> t.Formula:
        """What all policies together demand of a row: permissive ones or-ed, restrictive ones and-ed.

        Where WITH CHECK is not written USING stands for it (rowsecurity.c, QUAL_FOR_WCO); a policy with
        neither allows nothing.
        """
        allowed: list[t.Formula] = []
        narrowed: list[t.Formula] = []
        for policy in self.applying(table, command, role):
            found = self.formula(table, policy, clause)
            if found is None and clause == "check":
                found = self.formula(table, policy, "using")
            if found is not None:
                (allowed if policy.permissive else narrowed).append(found[0])
        return t.both(t.either(*allowed), *narrowed)

    def obstacle_to_run(self, table: Table, commands: tuple[Command, ...], role: str) -> str | None:
        """Why the policies might end in an error instead of an answer: then nothing is open."""
        roles = acting_as(self._catalog, role)
        seen: set[int] = set()
        todo: list[tuple[Table, Command, frozenset[int]]] = [
            (table, command, frozenset((table.oid,))) for command in commands
        ]
        while todo:
            current, command, above = todo.pop()
            for policy in self.applying(current, command, role):
                for formula, called in self._clauses(current, policy):
                    if formula is None:
                        return f"unknown names in {policy.name}"
                    for oid in called:
                        function = self._catalog.functions.get(oid)
                        if function is None or not may_execute(function, roles):
                            return f"a function that {role} may not execute"
                    for source in tables_read(formula):
                        read = self._catalog.table_by_oid(source.table)
                        if source.rights != "caller" or read is None:
                            continue
                        if read.rls and read.oid in above:
                            return f"{policy.name} reads its own table: PostgreSQL refuses that (42P17)"
                        if not holds(read.acl, roles, "select"):
                            return f"{role} may not read {read.name}"
                        if read.rls and read.oid not in seen:
                            seen.add(read.oid)
                            todo.append((read, "SELECT", above | {read.oid}))
        return None

    def _clauses(self, table: Table, policy: Policy) -> Iterator[tuple[t.Formula | None, frozenset[int]]]:
        """Both clauses as far as they are written; None for one with names that nobody knows."""
        clauses: tuple[tuple[Bound | None, Clause], ...] = ((policy.using, "using"), (policy.check, "check"))
        for bound, clause in clauses:
            if bound is not None and bound.unresolved:
                yield None, frozenset()
            elif (found := self.formula(table, policy, clause)) is not None:
                yield found
