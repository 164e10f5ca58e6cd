"""What a hover tells of row level security: who reaches whose rows at the end of the history."""

from __future__ import annotations

from threading import Lock

from schemabot.analysis import Analysis
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Policy, Table
from schemabot.features.hover.markdown import code, listed, table
from schemabot.isolation import Judge, TenancyModel
from schemabot.isolation.privileges import judged_roles
from schemabot.isolation.verdict import COMMANDS, Command, Judgement
from schemabot.rulekit.tenancy_model import detected

_MOST_POLICIES = 4
_MOST_ROLES = 4


class _Judges:
    """The last judge of a catalog. One at a time is asked: it remembers what it is working out."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: tuple[Catalog, TenancyModel, Judge] | None = None

    def verdict(
        self, catalog: Catalog, model: TenancyModel, platform: str, case: tuple[Table, Command, str]
    ) -> Judgement:
        with self._lock:
            last = self._last
            if last is None or last[0] is not catalog or last[1] is not model:
                last = self._last = (catalog, model, Judge(catalog, model, platform))
            return last[2].judge(*case)


_settled = _Judges()
_fresh = _Judges()


def verdict(analysis: Analysis, owner: Table, command: Command, role: str) -> Judgement:
    """The verdict on one command and role of a table at the head of the history.

    For a table that no key has touched since the last whole analysis it is that of then: it is known already when
    somebody looks again, however many keys are typed meanwhile.
    """
    settled = analysis.settled
    model = detected(settled, analysis.project.settings)
    platform = analysis.project.platform
    case: tuple[Table, Command, str] = (owner, command, role)
    if settled.table_by_oid(owner.oid) is owner:
        return _settled.verdict(settled, model, platform, case)
    return _fresh.verdict(analysis.head.catalog, model, platform, case)


def roles_of(analysis: Analysis, owner: Table) -> tuple[str, ...]:
    """The roles that a table is judged for."""
    return judged_roles(analysis.head.catalog, analysis.project.platform, (owner,))[:_MOST_ROLES]


def is_judged(analysis: Analysis, owner: Table) -> bool:
    """Whether API clients reach the table at all, so that a verdict means something."""
    return analysis.view.is_exposed(owner.schema) and not owner.origin.platform and not owner.temporary


def policies_for(owner: Table, command: Command) -> list[Policy]:
    """The policies that speak of a command."""
    return [p for p in owner.policies if p.command in ("all", command.lower())]


def row_security(owner: Table) -> str:
    """The state of row level security in words."""
    if not owner.rls:
        return "Row level security is **off**."
    return (
        "Row level security is **on**, for the owner too."
        if owner.force_rls
        else "Row level security is **on**."
    )


def matrix(analysis: Analysis, owner: Table) -> str:
    """Commands by roles with the verdicts, and the policies of each command."""
    if not is_judged(analysis, owner):
        return ""
    roles = roles_of(analysis, owner)
    if not owner.rls and all(
        verdict(analysis, owner, command, role).verdict == "undecided"
        for command in COMMANDS
        for role in roles
    ):
        return ""  # what there is to say has been said: it is off
    rows = [
        (
            command,
            *(verdict(analysis, owner, command, role).verdict for role in roles),
            listed([code(policy.name) for policy in policies_for(owner, command)], _MOST_POLICIES),
        )
        for command in COMMANDS
    ]
    return table(("", *(code(role) for role in roles), "policies"), rows)


def policy_verdicts(analysis: Analysis, owner: Table, policy: Policy) -> str:
    """The verdicts on the commands that a policy speaks of, with the reason where rows leak."""
    if not is_judged(analysis, owner):
        return ""
    commands: list[Command] = [c for c in COMMANDS if policy.command in ("all", c.lower())]
    rows = [
        (command, code(role), said.verdict, said.because)
        for command in commands
        for role in roles_of(analysis, owner)
        for said in (verdict(analysis, owner, command, role),)
    ]
    return table(("command", "role", "verdict", "because"), rows)
