"""A policy lets callers change or delete rows that no policy lets them see.

UPDATE and DELETE with a WHERE, and INSERT ... RETURNING, read the row: PostgreSQL then demands the SELECT
policy as well (manual, CREATE POLICY). Without one the statement matches no row and reports success, or, for
RETURNING, fails with 42501. The API always has a WHERE or RETURNING.

Silent where `policy-missing` speaks: this rule is about policies for roles that no SELECT policy is for.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to service_role using (true);
create policy "Change" on public.notes for update to authenticated using (user_id = (select auth.uid()));
--            ^^^^^^^^
create policy "Add" on public.notes for insert to service_role with check (true);
create policy "Delete" on public.notes for delete to service_role using (true);
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select using (user_id = (select auth.uid()));
create policy "Change" on public.notes for update to authenticated using (user_id = (select auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.isolation.privileges import acting_as
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers import is_bound
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import name_place


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report UPDATE and DELETE policies for a role that no SELECT policy is for, while there is one for others."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    reading = [p for p in table.policies if p.permissive and p.command in ("select", "all")]
    if not reading or not context.project.is_exposed(table.schema):
        return
    readers = {role for policy in reading for role in policy.roles}
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or policy.command not in ("update", "delete"):
            continue
        if policy.using is not None and constant_truth(policy.using.expression.root) is False:
            continue  # it lets nobody do anything
        blind = [
            role
            for role in policy.roles
            if role != "public"
            and is_bound(context.catalog, role)
            and not readers & acting_as(context.catalog, role)
        ]
        if not blind:
            continue
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" lets {" and ".join(blind)} {policy.command} rows that '
            "no policy lets them read: a statement with WHERE matches none.",
            help="Add a SELECT policy for the same rows.",
            object=qualified(table),
            part=policy.name,
        )
