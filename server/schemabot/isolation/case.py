"""One table, command and role on the way to a verdict.

What applies to which command is the table of the manual's page CREATE POLICY: SELECT's USING also binds UPDATE and
DELETE that read columns (a WHERE does), for the old row and the new one. Without a WHERE it does not; Supabase's API
always has one (its roles load `safeupdate`), so on that platform what only such a statement could reach is not
called a leak, and neither is it called isolated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from schemabot.catalog.objects import Table
from schemabot.isolation import terms as t
from schemabot.isolation.alternatives import Alternatives
from schemabot.isolation.branches import Branch
from schemabot.isolation.closure import Closure
from schemabot.isolation.policies import Clause
from schemabot.isolation.privileges import acting_as, columns_granted, holds, is_unbound, may_use_schema
from schemabot.isolation.reach import Reach
from schemabot.isolation.triggers import interfering
from schemabot.isolation.verdict import Command, Judgement, Leak

if TYPE_CHECKING:
    from schemabot.isolation.judge import Judge

_PRIVILEGE = {"SELECT": "select", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}


class Case:
    """One table, command and role on the way to a verdict."""

    def __init__(self, judge: Judge, table: Table, command: Command, role: str) -> None:
        self._judge = judge
        self._policies_of = judge.policies
        self.table = table
        self.command: Command = command
        self.role = role
        self.model = judge.model
        self._on_platform = judge.platform == "supabase"
        self._anonymous = role == "anon" and self._on_platform
        self._roles = acting_as(judge.catalog, role)
        self._policies: tuple[str, ...] = ()

    def circular(self) -> Judgement:
        """The answer to a question that hangs on itself."""
        return self._undecided("its policies hang on themselves")

    def decide(self) -> Judgement:
        """The verdict."""
        table, command, catalog = self.table, self.command, self._judge.catalog
        refused = self._not_granted()
        if refused:
            return self._said("denied", refused)
        if catalog.is_tainted(table.schema, table.name) or not table.columns_known:
            return self._undecided("a statement that was not understood speaks about this table")
        if not table.rls or is_unbound(catalog, table, self.role):
            return self._unprotected()
        applying = self._policies_of.applying(table, command, self.role)
        self._policies = tuple(p.name for p in applying)
        if not any(p.permissive for p in applying):
            return self._said("denied", f"row level security is on, and no policy lets {self.role} {command}")
        if command == "INSERT":
            return self._insert()
        if command == "UPDATE":
            return self._update()
        return self._select_or_delete()

    # -- grants --

    def _not_granted(self) -> str | None:
        privilege = _PRIVILEGE[self.command]
        if not may_use_schema(self._judge.catalog, self.table.schema, self._roles):
            return f"{self.role} has no USAGE on schema {self.table.schema}"
        if self.table.owner in self._roles or holds(self.table.acl, self._roles, privilege):
            return None
        if privilege != "delete" and columns_granted(self.table, self._roles, privilege):
            return None
        return f"{self.role} has no {self.command} privilege"

    def _may_change_owner(self) -> bool:
        """Whether the columns that say whose row it is may be written."""
        privilege = _PRIVILEGE[self.command]
        if self.table.owner in self._roles or holds(self.table.acl, self._roles, privilege):
            return True
        granted = columns_granted(self.table, self._roles, privilege)
        ownership = self.model.ownership(self.table.oid)
        columns = set(ownership.columns) | {c for p in ownership.parents for c in p.columns}
        return bool(columns & granted) or not columns

    def _may_read(self) -> bool:
        return self.table.owner in self._roles or holds(self.table.acl, self._roles, "select")

    # -- without row level security --

    def _unprotected(self) -> Judgement:
        words = (
            "row level security is off" if not self.table.rls else "row level security does not bind the role"
        )
        if self.model.ownership(self.table.oid).kind == "none":
            return self._undecided(f"{words}; nothing says whose its rows are")
        if self.command == "INSERT" and self.table.oid == self.model.organisations:
            return self._undecided(f"{words}; a new organisation is nobody's yet")
        obstacle = self._outside()
        if obstacle:
            return self._undecided(f"{words}, but {obstacle}", obstacle)
        return self._leaks(words, Leak(None, writes=self.command in ("INSERT", "UPDATE")))

    def _outside(self) -> str | None:
        """What may stop the command although no policy does."""
        trigger = interfering(self.table, self.command, self._judge.catalog)
        if trigger:
            return f"trigger or rule {trigger}"
        if not self._may_read() and self.command in ("UPDATE", "DELETE") and self._on_platform:
            return f"{self.role} may not read the table"
        if self.command == "INSERT" and not holds(self.table.acl, self._roles, "insert"):
            return "only some columns may be written"
        if self.command == "SELECT" and not holds(self.table.acl, self._roles, "select"):
            return "only some columns may be read"
        if self.command == "INSERT" and self.model.ownership(self.table.oid).kind == "user":
            return "it is the caller's own doing in whose name a row stands"
        return None

    # -- with policies --

    def _read(
        self, command: Command, clause: Clause, *, new: bool, also: Command | None = None
    ) -> Alternatives:
        formula = self._policies_of.demanded(self.table, command, self.role, clause)
        if also is not None:
            formula = t.both(formula, self._policies_of.demanded(self.table, also, self.role, "using"))
        return self._alternatives(formula, new=new)

    def _alternatives(self, formula: t.Formula, *, new: bool) -> Alternatives:
        judge, role = self._judge, self.role
        sight = judge.sight(role)
        return Alternatives(
            self.table, formula, self.model, new=new,
            closure=lambda branch: Closure(
                branch, self.table, self.model, judge.catalog, lambda oid: judge.scoped(oid, role), existing=not new
            ),
            is_impossible=lambda closure: closure.is_impossible(judge.names_of(role), anonymous=self._anonymous),
            reach=lambda closure, subject: Reach(
                closure, self.model, sight, subject, new=new, anonymous=self._anonymous
            ),
        )  # fmt: skip

    def _select_or_delete(self) -> Judgement:
        rows = self._read(self.command, "using", new=False)
        settled = self._settled(rows)
        if settled is not None:
            return settled
        if self.command == "DELETE":
            return self._proved((self._with_select(rows, "using", new=False),), rows)
        return self._proved((rows,), rows)

    def _insert(self) -> Judgement:
        rows = self._read("INSERT", "check", new=True)
        if self.table.oid == self.model.organisations and not rows.denied:
            return self._undecided("a new organisation is nobody's yet", "a new organisation")
        settled = self._settled(rows)
        if settled is not None:
            return settled
        return self._proved((rows,), rows)

    def _update(self) -> Judgement:
        old = self._read("UPDATE", "using", new=False)
        new = self._read("UPDATE", "check", new=True)
        if old.denied or new.denied:
            return self._said("denied", "no row passes the policies")
        fixed = not self._may_change_owner()
        if old.isolated and (new.isolated or fixed):
            old.shared = old.shared or new.shared
            old.through |= new.through
            return self._kept(old)
        seen = self._with_select(old, "using", new=False)
        kept = self._with_select(new, "check", new=True)
        foreign, own = seen.proof("foreign"), seen.proof("own")
        moved, taken = kept.proof("foreign"), kept.proof("own")
        if foreign is not None and (self._same(seen, kept) or taken is not None):
            return self._proved((seen,), old)
        if own is not None and moved is not None and not fixed:
            return self._proved((kept,), new)
        reasons = tuple(dict.fromkeys((*old.obstacles(), *(() if fixed else new.obstacles()))))
        return self._undecided(
            _listed(reasons) or "only an UPDATE without WHERE reaches rows of others", *reasons
        )

    def _same(self, seen: Alternatives, kept: Alternatives) -> bool:
        """Whether a foreign row that may be changed may also stay as it is."""
        policies = self._policies_of
        using = policies.demanded(self.table, "UPDATE", self.role, "using")
        check = policies.demanded(self.table, "UPDATE", self.role, "check")
        if using == check:
            return True
        together = t.both(using, check, policies.demanded(self.table, "SELECT", self.role, "using"))
        return self._alternatives(together, new=False).proof("foreign") is not None

    def _with_select(self, rows: Alternatives, clause: Clause, *, new: bool) -> Alternatives:
        """What passes where SELECT's policies apply too: everywhere but in statements without WHERE."""
        if not self._on_platform:
            return rows
        return self._read(self.command, clause, new=new, also="SELECT")

    def _settled(self, rows: Alternatives) -> Judgement | None:
        if rows.denied:
            return self._said("denied", "no row passes the policies")
        return self._kept(rows) if rows.isolated else None

    def _kept(self, rows: Alternatives) -> Judgement:
        model = self.model
        if rows.shared and self.command != "SELECT":
            return self._undecided("rows without an organisation are open to every caller", "is null")
        user = "user" in (model.kind, model.ownership(self.table.oid).kind)
        whose = "the caller" if user else "an organisation of the caller"
        rest = "; rows without an organisation are shared" if rows.shared else ""
        return self._said(
            "isolated", f"every row that passes belongs to {whose}{rest}", through=tuple(sorted(rows.through))
        )

    def _proved(self, reads: tuple[Alternatives, ...], first: Alternatives) -> Judgement:
        """A leak if one of `reads` has a proof and nothing else stops the command."""
        if self.model.ownership(self.table.oid).kind == "none":
            return self._undecided("nothing says whose the rows of this table are", "no owner")
        for rows in reads:
            found = rows.proof("foreign")
            if found is None:
                continue
            needed: tuple[Command, ...] = (self.command,)
            if self.command in ("UPDATE", "DELETE"):
                needed = (self.command, "SELECT")
            obstacle = self._outside() or self._policies_of.obstacle_to_run(self.table, needed, self.role)
            if obstacle:
                return self._undecided(obstacle, obstacle)
            return self._leaking(found[0].branch, found[1], rows)
        reasons = first.obstacles()
        return self._undecided(
            _listed(reasons) or "only a statement without WHERE reaches rows of others", *reasons
        )

    def _leaking(self, branch: Branch, conditions: tuple[str, ...], rows: Alternatives) -> Judgement:
        own = [tag for tag in branch.tags if tag[0] in self._policies]
        name, number = own[0] if own else (None, 0)
        policy = next((p for p in self.table.policies if p.name == name), None)
        clause: Clause = "check" if rows.new and policy is not None and policy.check is not None else "using"
        words = (
            f'policy "{name}" does not tie the row to the caller'
            if name
            else "no policy ties the row to the caller"
        )
        return self._leaks(words, Leak(name, clause, number, conditions, writes=rows.new))

    # -- saying it --

    def _leaks(self, because: str, leak: Leak) -> Judgement:
        user = "user" in (self.model.kind, self.model.ownership(self.table.oid).kind)
        whose = "another user" if user else "another organisation"
        verbs = {"SELECT": "read", "INSERT": "insert", "UPDATE": "change", "DELETE": "delete"}
        verb = verbs[self.command]
        if self.command == "UPDATE" and leak.writes and leak.policy is not None:
            what = f"{self.role} can move a row to {whose}"
        elif self.command == "INSERT":
            what = f"{self.role} can insert a row for {whose}"
        else:
            what = f"{self.role} can {verb} a row of {whose}"
        if leak.conditions:
            what += f" with {_listed(leak.conditions)}"
        return self._said("leaks", because, example=what, leak=leak)

    def _undecided(self, because: str, *constructs: str) -> Judgement:
        return self._said("undecided", because, constructs=constructs or (because,))

    def _said(
        self, verdict: Literal["isolated", "leaks", "undecided", "denied"], because: str, **more: object
    ) -> Judgement:
        return Judgement(
            table=self.table.oid, command=self.command, role=self.role, verdict=verdict, because=because,
            policies=self._policies, **more,  # type: ignore[arg-type]  # fields of Judgement
        )  # fmt: skip


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:4])
