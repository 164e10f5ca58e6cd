"""A policy's condition is always true: it decides nothing.

`using (true)` for a write lets everybody of the policy's roles change or delete every row; `with check
(true)` lets them write any row. For reading it is reported on tables whose rows belong to an organisation or
a user; a list of countries may well be read by all, and so may what users show to everybody when the policy's
name says so ("Anyone can read comments"). A restrictive policy that is always true narrows nothing.

Left alone are policies beside a restrictive one that does narrow them, those for roles that row level security
does not bind (`service_role`), commands that the roles hold no privilege for, and new organisations, which
whoever signs up has to be able to make. Supabase's advisor reports the writes as
`0024_permissive_rls_policy`.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Write" on public.notes for update to authenticated using (true) with check (true);
--                                                                       ^^^^
```

## Good

```sql
create table public.countries (id uuid primary key, name text);
alter table public.countries enable row level security;
create policy "Read" on public.countries for select to anon, authenticated using (true);
create policy "Backend" on public.countries for all to service_role using (true) with check (true);
create table public.comments (id uuid primary key, user_id uuid not null references auth.users(id), title text);
alter table public.comments enable row level security;
create policy "Anyone can read comments" on public.comments for select using (true);
create policy "Write" on public.comments for all to authenticated using (true) with check (true);
create policy "Own" on public.comments as restrictive for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Policy, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_clients, is_granted
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import Clause, clause_origin, clauses
from schemabot.rulekit.tenancy_model import tenancy_model

_SHOWN_TO_ALL = re.compile(r"\b(public(ly)?|any(one|body)|every(one|body)|(to|view|read|see) all)\b", re.I)
_CHANGING = {"update": "change", "delete": "delete", "all": "read, change and delete"}


@state_rule(
    Table,
    severity=Severity.WARNING,
    aliases=("advisor:0024_permissive_rls_policy",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies whose predicate is constantly true; each policy once."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        if policy.origin.platform or not is_for_clients(policy, context):
            continue
        for clause, bound in clauses(policy):
            if constant_truth(bound.expression.root) is not True:
                continue
            what = _effect(policy, clause, table, context)
            if what is None:
                continue
            at = clause_origin(context, policy, clause)
            yield context.finding(
                Origin(at.file, at.statement, bound.expression.span),
                f'Policy "{policy.name}" of "{qualified(table)}" is always true: {what}.',
                help="Say whose rows are meant, or drop the policy.",
                object=qualified(table),
                part=policy.name,
            )
            break


def _effect(policy: Policy, clause: Clause, table: Table, context: StateContext[Any]) -> str | None:
    """What it lets whom do; None where that is as it should be."""
    if not policy.permissive:
        return _effect_of_restrictive(policy, clause)
    if _is_narrowed(policy, clause, table) or not is_granted(table, policy, context):
        return None
    who = " and ".join("everybody" if role == "public" else role for role in policy.roles)
    model = tenancy_model(context)
    if policy.command == "select":
        kind = model.ownership(table.oid).kind
        shown = kind == "user" and _SHOWN_TO_ALL.search(policy.name.replace("_", " "))
        if kind not in ("organisation", "user") or shown:
            return None
        return f"{who} may read every row, whosever it is"
    if policy.command == "insert" and table.oid == model.organisations and not model.owners:
        return None
    if policy.command == "insert" or clause == "check":
        return f"{who} may write any row, also in the name of others"
    return f"{who} may {_CHANGING[policy.command]} every row"


def _effect_of_restrictive(policy: Policy, clause: Clause) -> str | None:
    """A restrictive policy may be true in one clause and narrow in the other."""
    other = policy.check if clause == "using" else policy.using
    if other is not None and constant_truth(other.expression.root) is not True:
        return None
    return "as a restrictive policy it narrows nothing"


def _is_narrowed(policy: Policy, clause: Clause, table: Table) -> bool:
    """Whether a restrictive policy decides in its place for all of its roles and commands."""
    for other in table.policies:
        if other.permissive or other.command not in ("all", policy.command):
            continue
        if "public" not in other.roles and not set(policy.roles) <= set(other.roles):
            continue
        narrowing = other.using if clause == "using" or other.check is None else other.check
        if narrowing is not None and constant_truth(narrowing.expression.root) is not True:
            return True
    return False
