"""Policies exist, but row level security is off: they do nothing.

Somebody wrote down who may do what, and whoever may use the table reaches every row all the same. It happens
when ENABLE ROW LEVEL SECURITY is forgotten, and after a table was made anew. PostgreSQL says nothing about
it.

The fix enables it, behind the last policy. Tables that the API does not reach are reported as well: the
policies say that it matters. Supabase's advisor reports the same as `0007_policy_exists_rls_disabled`.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
--           ^^^^^^^^^^^^
create policy "Everybody reads" on public.notes for select to authenticated using (title is not null);
create policy "Nobody writes" on public.notes for insert to authenticated with check (false);
create policy "Nobody changes" on public.notes for update to authenticated using (false) with check (false);
create policy "Nobody deletes" on public.notes for delete to authenticated using (false);
```

## Fixed

```sql
create table public.notes (id uuid primary key, title text);
create policy "Everybody reads" on public.notes for select to authenticated using (title is not null);
create policy "Nobody writes" on public.notes for insert to authenticated with check (false);
create policy "Nobody changes" on public.notes for update to authenticated using (false) with check (false);
create policy "Nobody deletes" on public.notes for delete to authenticated using (false);

alter table public.notes enable row level security;
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create policy "Everybody reads" on public.notes for select to authenticated using (title is not null);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    qualified,
    quote_name,
    state_rule,
)

_ENABLE = "alter table {} enable row level security;"


@state_rule(
    Table,
    severity=Severity.ERROR,
    aliases=("advisor:0007_policy_exists_rls_disabled",),
    presets=("recommended", "schemabot", "advisors"),
    subsumes=("rls-disabled",),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables that have policies but no row level security."""
    if table.rls or not table.policies or not context.concerns(table):
        return
    count = len(table.policies)
    yield context.finding(
        table.origin,
        f'Table "{qualified(table)}" has {count} {"policy" if count == 1 else "policies"}, but row level security is off: '
        "they do nothing, and whoever may use the table reaches every row.",
        help="Enable row level security for it.",
        object=qualified(table),
        fixes=(_enable(table, context),),
    )


def _enable(table: Table, context: StateContext[Any]) -> Fix:
    switched = (change.at for change in table.changes if "row level security" in change.what)
    places = (policy.origin for policy in table.policies)
    at = context.project.latest(context.named(table)[0], *switched, *places)
    style = context.project.style(at)
    return Fix(
        title="Enable row level security",
        steps=(InsertAfter(at, style.sql(_ENABLE, context.name_behind(table, at))),),
        safe=True,
        preferred=True,
        later=style.sql(_ENABLE, quote_name(table.schema, table.name)),
        leads_to=(
            "policy-missing",
            "policy-always-true",
            "policy-unscoped",
            "policy-call-per-row",
            "policy-open-branch",
            "policy-column-unindexed",
            "policies-overlap",
            "policy-role-public",
            "policy-needs-select",
            "policy-recursive",
            "policy-anon-write",
            "policy-duplicate",
            "policy-missing-check",
            "policy-check-drops-scope",
            "policy-user-metadata",
            "policy-restrictive-only",
        ),
    )
