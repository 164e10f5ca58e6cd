"""A policy lets rows of another organisation through.

The predicate is decided by its logic, not by its words: AND, OR and NOT, sub-selects on membership tables,
helper functions with their bodies, claims of the token, permissive and restrictive policies together, the row
before and the row after an UPDATE. Reported is only what is proven: somebody of the role reaches a row of an
organisation that is not his. Typical are a sub-select that is tied to the caller but not to the row, a name
that means the inner table (`where org_id = org_id`), an OR that belongs into parentheses, `auth.uid() is not
null` alone, and a column of `user_metadata`, which users edit themselves.

What cannot be decided is not reported here: `schemabot isolation` shows the verdict on every table, command
and role, and names the construct that was not understood.

A caller who may put his own row into another organisation (`with check (user_id = auth.uid())`) is a warning;
on the table of memberships it is an error, because whoever puts himself into an organisation reads all that
it has.

Silent on projects without organisations and on tables without the tenant column; where `policy-always-true`
or `policy-open-branch` says the same; on SELECT of rows that say themselves that they are public
(`is_public`, `status = 'published'`); and on policies for administrators, staff or a service, which are meant
to see all. While somebody types, the finding waits for a pause.

## Bad: tied to the caller, not to the row

```sql
create table public.organizations (id uuid primary key);
alter table public.organizations enable row level security;
create table public.org_members (
  org_id uuid not null references public.organizations(id) on delete cascade,
  user_id uuid not null references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create index idx_org_members_user_id on public.org_members (user_id);
alter table public.org_members enable row level security;
create policy "Own" on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create table public.notes (
  id uuid primary key, org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_notes_org_id on public.notes (org_id);
alter table public.notes enable row level security;
create policy "Members" on public.notes for select to authenticated
using (exists (select 1 from public.org_members m where m.org_id = org_id and m.user_id = (select auth.uid())));
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.organizations (id uuid primary key);
create table public.org_members (
  org_id uuid not null references public.organizations(id), user_id uuid not null references auth.users(id),
  primary key (org_id, user_id)
);
alter table public.org_members enable row level security;
create policy "Own" on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create table public.notes (
  id uuid primary key, org_id uuid not null references public.organizations(id), is_public boolean not null
);
alter table public.notes enable row level security;
create policy "Members" on public.notes for all to authenticated
using (exists (select 1 from public.org_members m where m.org_id = notes.org_id and m.user_id = (select auth.uid())));
create policy "Published" on public.notes for select to anon using (is_public);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Origin, Policy, Table
from schemabot.facts import expression as ex
from schemabot.isolation.translate import or_branches
from schemabot.isolation.verdict import COMMANDS, Judgement
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.isolation import judge_of
from schemabot.rulekit.predicates import Clause, clause_origin
from schemabot.rulekit.tenancy_model import tenancy_model

_ROLES = ("anon", "authenticated")
_FOR_ALL = re.compile(r"admin|super|staff|moderator|internal|support|service|backend|system|operator", re.I)


@state_rule(Table, severity=Severity.ERROR, patient=True)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies of tables with the tenant column that are proven to let foreign rows through."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    model = tenancy_model(context)
    if model.kind != "organisation" or model.ownership(table.oid).kind != "organisation":
        return
    judge = judge_of(context)
    pattern = _pattern(table)
    if pattern is not None and pattern in judge.quiet:
        return
    roles = [role for role in _ROLES if role in context.catalog.roles] or ["public"]
    told: set[str] = set()
    is_tight = True
    for role in roles:
        for command in COMMANDS:
            said = judge.judge(table, command, role)
            is_tight = is_tight and said.verdict in ("isolated", "denied")
            policy = _leaking(said, table)
            if policy is None or policy.name in told or _is_meant(said, policy):
                continue
            told.add(policy.name)
            is_member = model.membership(table.oid) is not None
            own_row = said.leak is not None and any("is the caller" in each for each in said.leak.conditions)
            joins = ": whoever does belongs to it then" if is_member and own_row else ""
            yield context.finding(
                _place(said, policy, context),
                f'Policy "{policy.name}" of "{qualified(table)}" does not keep organisations apart: '
                f"{said.example}{joins}.",
                help="Compare the row's own organisation with one of the caller, in every branch of the condition.",
                object=qualified(table),
                part=policy.name,
                severity=Severity.WARNING if own_row and not is_member else None,
            )

    if pattern is not None and is_tight:
        judge.quiet.add(pattern)


def _pattern(table: Table) -> tuple[object, ...] | None:
    """What the verdicts on a table hang on, where its predicates read no other table: tables of one pattern are as
    tight as each other. None where that is not so."""
    said: list[object] = []
    columns: dict[str, object] = {}
    for policy in table.policies:
        for bound in (policy.using, policy.check):
            if bound is None:
                continue
            if any(isinstance(part, ex.TableRef | ex.QueryRef) for part in ex.walk(bound.expression.root)):
                return None
            for use in bound.uses:
                column = table.column_by_number(use.number) if use.oid == table.oid else None
                if column is not None:
                    keys = [
                        (c.kind, c.references, c.columns == (column.number,))
                        for c in table.constraints
                        if column.number in c.columns and c.kind != "check"
                    ]
                    columns[column.name] = (column.type, column.not_null, tuple(keys))
        said.append(
            (
                policy.command,
                policy.permissive,
                policy.roles,
                None if policy.using is None else (policy.using.text, policy.using.path),
                None if policy.check is None else (policy.check.text, policy.check.path),
            )
        )
    return (tuple(said), tuple(columns.items()), table.acl, table.owner, table.force_rls, table.schema)


def _leaking(said: Judgement, table: Table) -> Policy | None:
    if said.verdict != "leaks" or said.leak is None:
        return None
    return next((policy for policy in table.policies if policy.name == said.leak.policy), None)


def _is_meant(said: Judgement, policy: Policy) -> bool:
    """Whether it is publication, access for those who run the service, or told by another rule."""
    bound = _bound(said, policy)
    if bound is None or policy.origin.platform:
        return True
    if _FOR_ALL.search(policy.name) or _FOR_ALL.search(bound.text):
        return True
    assert said.leak is not None
    if said.command == "SELECT" and said.leak.conditions:
        return True
    branch = _branch(said, bound)
    return isinstance(branch, ex.Constant) or (isinstance(branch, ex.Test) and branch.operator == "null")


def _bound(said: Judgement, policy: Policy) -> Bound | None:
    clause = said.leak.clause if said.leak is not None else "using"
    return policy.check if clause == "check" and policy.check is not None else policy.using or policy.check


def _branch(said: Judgement, bound: Bound) -> ex.Node:
    branches = or_branches(bound.expression.root)
    number = said.leak.branch if said.leak is not None else 0
    return branches[number] if number < len(branches) else bound.expression.root


def _place(said: Judgement, policy: Policy, context: StateContext[Any]) -> Origin:
    bound = _bound(said, policy)
    assert bound is not None
    clause: Clause = "check" if bound is policy.check else "using"
    at = clause_origin(context, policy, clause)
    return Origin(at.file, at.statement, bound.expression.span)
