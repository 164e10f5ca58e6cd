"""A table has only restrictive policies: nothing is ever visible.

Restrictive policies narrow what permissive ones allow (manual, CREATE POLICY). Without a permissive one there
is nothing to narrow, and every query returns no rows, without an error. It looks like lost data, and is
usually a policy that was meant to be permissive, which is what CREATE POLICY makes unless it says AS
RESTRICTIVE.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes as restrictive for all to authenticated
--            ^^^^^
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
```

## Good: closed on purpose

```sql
create table public.jobs (id uuid primary key);
alter table public.jobs enable row level security;
create policy "Nobody" on public.jobs as restrictive for all to anon, authenticated using (false);
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Mine" on public.notes as restrictive for all to authenticated using (user_id = (select auth.uid()));
create policy "Read" on public.notes for select to authenticated using (title is not null);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.predicates import is_closed_on_purpose, name_place


@state_rule(Table, severity=Severity.WARNING, subsumes=("policy-missing",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables whose policies are all restrictive, at the first of them."""
    if not table.policies or not table.rls or any(policy.permissive for policy in table.policies):
        return
    if not context.concerns(table) or is_closed_on_purpose(table):
        return
    yield context.finding(
        name_place(context, table.policies[0]),
        f'"{qualified(table)}" has only restrictive policies: they narrow what others allow, and nothing is allowed, so '
        "every query returns no rows.",
        help="Make one of them permissive.",
        object=qualified(table),
    )
