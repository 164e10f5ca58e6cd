"""The verdicts: grants, row level security and policies together, as PostgreSQL combines them.

What applies to which command is the table of the manual's page CREATE POLICY: SELECT's USING also binds UPDATE and
DELETE that read columns (a WHERE does), for the old row and the new one. Without a WHERE it does not; Supabase's API
always has one (its roles load `safeupdate`), so on that platform what only such a statement could reach is not
called a leak, and neither is it called isolated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Policy, Table
from schemabot.isolation import terms as t
from schemabot.isolation.branches import Branch, TooManyError, branches, tables_read
from schemabot.isolation.closure import Closure
from schemabot.isolation.privileges import (
    acting_as,
    columns_granted,
    holds,
    is_unbound,
    may_execute,
    may_use_schema,
)
from schemabot.isolation.reach import Reach, Subject
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.isolation.translate import Translator
from schemabot.isolation.triggers import interfering
from schemabot.isolation.verdict import Command, Judgement, Leak

Clause = Literal["using", "check"]
_PRIVILEGE = {"SELECT": "select", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}


class Judge:
    """Verdicts on the tables of one catalog; what is asked twice is worked out once."""

    def __init__(self, catalog: Catalog, model: TenancyModel, platform: str) -> None:
        self.catalog = catalog
        self.model = model
        self.platform = platform
        self._translator = Translator(catalog, model, platform)
        self._formulas: dict[tuple[int, Clause], tuple[t.Formula, frozenset[int]]] = {}
        self._verdicts: dict[tuple[int, Command, str], Judgement] = {}
        self._asked: set[tuple[int, Command, str]] = set()  # being worked out
        self._cycles = 0
        self.quiet: set[object] = set()  # for who asks about many tables: what has turned out to be tight

    def judge(self, table: Table, command: Command, role: str) -> Judgement:
        """The verdict on one table, command and role."""
        key = (table.oid, command, role)
        known = self._verdicts.get(key)
        if known is not None:
            return known
        case = _Case(self, table, command, role)
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

    # -- formulas --

    def formula(
        self, table: Table, policy: Policy, clause: Clause
    ) -> tuple[t.Formula, frozenset[int]] | None:
        """What a clause demands, and the functions it calls; None when it is not written."""
        bound = policy.using if clause == "using" else policy.check
        if bound is None:
            return None
        key = (policy.oid, clause)
        if key not in self._formulas:
            self._translator.called = set()
            formula = self._translator.policy(bound, table, policy.name)
            self._formulas[key] = (formula, frozenset(self._translator.called))
        return self._formulas[key]

    def applying(self, table: Table, command: Command, role: str) -> tuple[Policy, ...]:
        """The policies for a command and a role."""
        roles = acting_as(self.catalog, role)
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

    # -- what a caller sees --

    def is_scoped(self, oid: int, role: str) -> bool:
        """Whether whoever reads the table with the role's own rights sees rows of his own organisations only."""
        table = self.catalog.table_by_oid(oid)
        return table is not None and self.judge(table, "SELECT", role).verdict in ("isolated", "denied")

    def sees(self, table: Table, role: str, *, own: bool) -> bool:
        """Whether every row, or every own one, is surely visible with the role's rights."""
        roles = acting_as(self.catalog, role)
        if not holds(table.acl, roles, "select") or not may_use_schema(self.catalog, table.schema, roles):
            return False
        if not table.rls or is_unbound(self.catalog, table, role):
            return True
        membership = self.model.membership(table.oid)
        if self.obstacle_to_run(table, ("SELECT",), role) is not None:
            return False
        try:
            found = branches(self.demanded(table, "SELECT", role, "using"))
        except TooManyError:
            return False
        users = {t.Field(t.ROW, user) for user in membership.users} if own and membership else set()
        return any(not b.sources and all(self._is_plain(x, role, users) for x in b.literals) for b in found)

    def _is_plain(self, literal: object, role: str, users: set[t.Field]) -> bool:
        """Whether every caller of the role fulfils it; for the rows that have him in `users`."""
        if isinstance(literal, t.NullTest):
            return isinstance(literal.term, t.Uid) and literal.null == (role == "anon")
        if isinstance(literal, t.Compare) and literal.operator == "=":
            sides = {literal.left, literal.right}
            if any(sides == {user, t.Uid()} for user in users):
                return True
            return t.RoleName() in sides and any(isinstance(s, t.Fixed) and s.text == role for s in sides)
        return False

    def obstacle_to_run(self, table: Table, commands: tuple[Command, ...], role: str) -> str | None:
        """Why the policies might end in an error instead of an answer: then nothing is open."""
        roles = acting_as(self.catalog, role)
        seen: set[int] = set()
        todo: list[tuple[Table, Command]] = [(table, command) for command in commands]
        while todo:
            current, command = todo.pop()
            for policy in self.applying(current, command, role):
                bounds = [(policy.using, "using"), (policy.check, "check")]
                for bound, clause in bounds:
                    if bound is None:
                        continue
                    if bound.unresolved:
                        return f"unknown names in {policy.name}"
                    formula, called = self.formula(current, policy, clause) or (t.TRUE, frozenset())  # type: ignore[arg-type]
                    for oid in called:
                        function = self.catalog.functions.get(oid)
                        if function is None or not may_execute(function, roles):
                            return f"a function that {role} may not execute"
                    for source in tables_read(formula):
                        read = self.catalog.table_by_oid(source.table)
                        if source.rights != "caller" or read is None:
                            continue
                        if read.oid == table.oid and table.rls:
                            return f"{policy.name} reads its own table: PostgreSQL refuses that (42P17)"
                        if not holds(read.acl, roles, "select"):
                            return f"{role} may not read {read.name}"
                        if read.rls and read.oid not in seen:
                            seen.add(read.oid)
                            todo.append((read, "SELECT"))
        return None


class _Sight:
    """What one role sees."""

    def __init__(self, judge: Judge, role: str) -> None:
        self._judge = judge
        self._role = role

    def sees_all(self, table: Table) -> bool:
        return self._judge.sees(table, self._role, own=False)

    def sees_own(self, table: Table) -> bool:
        return self._judge.sees(table, self._role, own=True)


class _Read:
    """The alternatives of a formula, read for one role."""

    def __init__(self, case: _Case, formula: t.Formula, *, new: bool) -> None:
        self._case = case
        self.new = new
        self.through: set[int] = set()
        self.shared = False
        try:
            self.branches: list[Branch] | None = branches(formula)
        except TooManyError:
            self.branches = None
        closures = [case.closure(b, new=new) for b in self.branches or ()]
        self.possible = [c for c in closures if not c.is_impossible(case.role, anonymous=case.anonymous)]
        self.open = [c for c in self.possible if not self._is_kept(c)]

    def _is_kept(self, closure: Closure) -> bool:
        """Whether the alternative lets no row of somebody else pass."""
        if closure.row_is_own:
            self.through |= closure.through
            return True
        ownership = self._case.model.ownership(self._case.table.oid)
        columns = ownership.columns
        if ownership.kind == "parent" and len(ownership.parents) == 1:
            columns = ownership.parents[0].columns
        if ownership.kind != "user" and any(
            isinstance(x, t.NullTest) and x.null and isinstance(x.term, t.Field)
            and x.term.source == t.ROW and x.term.number in columns
            for x in closure.branch.literals
        ):  # fmt: skip
            self.shared = True
            return True
        return False

    @property
    def denied(self) -> bool:
        """Whether nothing passes."""
        return self.branches is not None and not self.possible

    @property
    def isolated(self) -> bool:
        """Whether only the caller's rows pass."""
        return self.branches is not None and not self.open

    def proof(self, subject: Subject) -> tuple[Closure, tuple[str, ...]] | None:
        """An alternative that is surely open to such a row, the plainest first."""
        found = []
        for closure in self.open if subject == "foreign" else self.possible:
            reach = self._case.reach(closure, subject, new=self.new)
            if reach.obstacle() is None:
                found.append((closure, tuple(dict.fromkeys(reach.conditions))))
        return min(found, key=lambda each: len(each[1]), default=None)

    def obstacles(self) -> tuple[str, ...]:
        """What keeps the open alternatives from being decided."""
        if self.branches is None:
            return ("too many alternatives",)
        reasons = [self._case.reach(c, "foreign", new=self.new).obstacle() for c in self.open]
        return tuple(dict.fromkeys(reason for reason in reasons if reason))


class _Case:
    """One table, command and role on the way to a verdict."""

    def __init__(self, judge: Judge, table: Table, command: Command, role: str) -> None:
        self._judge = judge
        self.table = table
        self.command: Command = command
        self.role = role
        self.model = judge.model
        self.anonymous = role == "anon" and judge.platform == "supabase"
        self._roles = acting_as(judge.catalog, role)
        self._policies: tuple[str, ...] = ()
        self._sight = _Sight(judge, role)

    def closure(self, branch: Branch, *, new: bool) -> Closure:
        """The consequences of an alternative."""
        judge = self._judge
        scoped: Callable[[int], bool] = lambda oid: judge.is_scoped(oid, self.role)  # noqa: E731  # one use
        return Closure(branch, self.table, self.model, judge.catalog, scoped, existing=not new)

    def reach(self, closure: Closure, subject: Subject, *, new: bool) -> Reach:
        """The search for a proof that an alternative is open."""
        return Reach(closure, self.model, self._sight, subject, new=new, anonymous=self.anonymous)

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
        applying = self._judge.applying(table, command, self.role)
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
        if (
            not self._may_read()
            and self.command in ("UPDATE", "DELETE")
            and self._judge.platform == "supabase"
        ):
            return f"{self.role} may not read the table"
        if self.command == "INSERT" and not holds(self.table.acl, self._roles, "insert"):
            return "only some columns may be written"
        if self.command == "SELECT" and not holds(self.table.acl, self._roles, "select"):
            return "only some columns may be read"
        if self.command == "INSERT" and self.model.ownership(self.table.oid).kind == "user":
            return "it is the caller's own doing in whose name a row stands"
        return None

    # -- with policies --

    def _read(self, command: Command, clause: Clause, *, new: bool, also: Command | None = None) -> _Read:
        formula = self._judge.demanded(self.table, command, self.role, clause)
        if also is not None:
            formula = t.both(formula, self._judge.demanded(self.table, also, self.role, "using"))
        return _Read(self, formula, new=new)

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

    def _same(self, seen: _Read, kept: _Read) -> bool:
        """Whether a foreign row that may be changed may also stay as it is."""
        judge = self._judge
        using = judge.demanded(self.table, "UPDATE", self.role, "using")
        check = judge.demanded(self.table, "UPDATE", self.role, "check")
        if using == check:
            return True
        together = t.both(using, check, judge.demanded(self.table, "SELECT", self.role, "using"))
        return _Read(self, together, new=False).proof("foreign") is not None

    def _with_select(self, rows: _Read, clause: Clause, *, new: bool) -> _Read:
        """What passes where SELECT's policies apply too: everywhere but in statements without WHERE."""
        if self._judge.platform != "supabase":
            return rows
        return self._read(self.command, clause, new=new, also="SELECT")

    def _settled(self, rows: _Read) -> Judgement | None:
        if rows.denied:
            return self._said("denied", "no row passes the policies")
        return self._kept(rows) if rows.isolated else None

    def _kept(self, rows: _Read) -> Judgement:
        catalog, model = self._judge.catalog, self.model
        if rows.shared and self.command != "SELECT":
            return self._undecided("rows without an organisation are open to every caller", "is null")
        for oid in sorted(rows.through):
            table = catalog.table_by_oid(oid)
            if table is None or oid == self.table.oid:
                continue
            writing: tuple[Command, ...] = ("INSERT", "UPDATE")
            if any(self._judge.judge(table, command, self.role).verdict == "leaks" for command in writing):
                return self._undecided(
                    f"it rests on {table.name}, where {self.role} may make himself a member of any organisation",
                    f"{table.name} may be written",
                )
        user = "user" in (model.kind, model.ownership(self.table.oid).kind)
        whose = "the caller" if user else "an organisation of the caller"
        rest = "; rows without an organisation are shared" if rows.shared else ""
        return self._said("isolated", f"every row that passes belongs to {whose}{rest}")

    def _proved(self, reads: tuple[_Read, ...], first: _Read) -> Judgement:
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
            obstacle = self._outside() or self._judge.obstacle_to_run(self.table, needed, self.role)
            if obstacle:
                return self._undecided(obstacle, obstacle)
            return self._leaking(found[0].branch, found[1], rows)
        reasons = first.obstacles()
        return self._undecided(
            _listed(reasons) or "only a statement without WHERE reaches rows of others", *reasons
        )

    def _leaking(self, branch: Branch, conditions: tuple[str, ...], rows: _Read) -> Judgement:
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
