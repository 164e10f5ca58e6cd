"""The verdicts: grants, row level security and policies together, as PostgreSQL combines them.

A verdict says what one statement reaches while the memberships are as they are. `Judge.judge` then looks whether a
caller may make himself a member: `isolated` stands only where nobody of the API's roles can write the tables that it
rests on otherwise than proven.
"""

from __future__ import annotations

from functools import cached_property

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation.case import Case
from schemabot.isolation.policies import Policies
from schemabot.isolation.sight import Sight
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.isolation.translate import Translator
from schemabot.isolation.verdict import Command, Judgement

_OF_API = ("anon", "authenticated")


class Judge:
    """Verdicts on the tables of one catalog; what is asked twice is worked out once."""

    def __init__(self, catalog: Catalog, model: TenancyModel, platform: str) -> None:
        self.catalog = catalog
        self.model = model
        self.platform = platform
        self.policies = Policies(catalog, Translator(catalog, model, platform))
        self._sights: dict[str, Sight] = {}
        self._verdicts: dict[tuple[int, Command, str], Judgement] = {}
        self._asked: set[tuple[int, Command, str]] = set()  # being worked out
        self._cycles = 0
        self.quiet: set[object] = set()  # for who asks about many tables: what has turned out to be tight

    def judge(self, table: Table, command: Command, role: str) -> Judgement:
        """The verdict on one table, command and role."""
        found = self._single(table, command, role)
        if found.verdict == "isolated":
            for oid in self._rests_on(found.through):
                if (why := self._way_in(oid, role)) is not None:
                    return found.undecided(why)
        return found

    def scoped(self, oid: int, role: str) -> frozenset[int] | None:
        """The tables that it rests on that whoever reads the table with the role's own rights sees only rows of his
        organisations; None where he may see others."""
        table = self.catalog.table_by_oid(oid)
        if table is None:
            return None
        found = self._single(table, "SELECT", role)
        return frozenset(found.through) if found.verdict in ("isolated", "denied") else None

    def sight(self, role: str) -> Sight:
        """What the role sees."""
        if role not in self._sights:
            self._sights[role] = Sight(self.catalog, self.model, self.policies, role)
        return self._sights[role]

    def names_of(self, role: str) -> frozenset[str] | None:
        """What `current_user` may be for callers of the role; None where it may be anything."""
        if self.platform == "supabase":
            return frozenset((role,))
        return None if role not in self.catalog.roles or role in self._groups else frozenset((role,))

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(group for role in self.catalog.roles.values() for group in role.member_of)

    # -- one statement --

    def _single(self, table: Table, command: Command, role: str) -> Judgement:
        """What a single statement reaches."""
        key = (table.oid, command, role)
        known = self._verdicts.get(key)
        if known is not None:
            return known
        case = Case(self, table, command, role)
        if key in self._asked:
            self._cycles += 1
            return case.circular()
        cycles = self._cycles
        self._asked.add(key)
        try:
            found = case.decide()
        finally:
            self._asked.discard(key)
        if cycles == self._cycles or not self._asked:  # what rests on a half-known answer is asked again
            self._verdicts[key] = found
        return found

    # -- several statements --

    def _rests_on(self, through: tuple[int, ...]) -> list[int]:
        """The tables of `through` and those that keeping them rests on."""
        found = list(through)
        for oid in found:
            table = self.catalog.table_by_oid(oid)
            for command in self._decisive(oid) if table is not None else ():
                for role in self._callers():
                    assert table is not None
                    found += [o for o in self._single(table, command, role).through if o not in found]
        return found

    def _decisive(self, oid: int) -> tuple[Command, ...]:
        """The commands by which a caller might make himself a member; an organisation that he makes is his own."""
        return ("INSERT", "UPDATE") if self.model.membership(oid) is not None else ("UPDATE",)

    def _callers(self) -> tuple[str, ...]:
        return tuple(role for role in _OF_API if role in self.catalog.roles) or ("public",)

    def _way_in(self, oid: int, role: str) -> str | None:
        """How callers may make themselves members by the table with that oid; None when they cannot."""
        table = self.catalog.table_by_oid(oid)
        if table is None:
            return "it rests on a table that is not known"
        for command in self._decisive(oid):
            for caller in dict.fromkeys((role, *self._callers())):
                said = self._single(table, command, caller)
                if said.verdict == "leaks":
                    return f"it rests on {table.name}, where {caller} may make himself a member of any organisation"
                if said.verdict == "undecided":
                    return f"it rests on {table.name}, and whether {caller} may {command} there is undecided"
        return None
