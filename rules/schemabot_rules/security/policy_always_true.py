"""A policy's condition is always true: it decides nothing.

`using (true)` for a write lets everybody of the policy's roles change or delete every row; `with check
(true)` lets them write any row. For reading it is reported on tables whose rows belong to an organisation or
a user; a list of countries may well be read by all. A restrictive policy that is always true narrows nothing.

Policies for roles that row level security does not bind (`service_role`) are left alone. Supabase's advisor
reports the writes as `0024_permissive_rls_policy`.

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
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Policy, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_clients
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import clause_origin, clauses
from schemabot.rulekit.tenancy_model import tenancy_model


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


def _effect(policy: Policy, clause: str, table: Table, context: StateContext[Any]) -> str | None:
    who = " and ".join("everybody" if role == "public" else role for role in policy.roles)
    if not policy.permissive:
        return "as a restrictive policy it narrows nothing"
    if policy.command == "select":
        if tenancy_model(context).ownership(table.oid).kind not in ("organisation", "user"):
            return None
        return f"{who} may read the rows of everybody"
    if policy.command == "insert" or (clause == "check" and policy.command != "delete"):
        return f"{who} may write any row, also in the name of others"
    verb = {"update": "change", "delete": "delete", "all": "read, change and delete"}[policy.command]
    return f"{who} may {verb} every row"
