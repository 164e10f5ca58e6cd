"""A policy filters by a column that no index begins with.

The predicate of a policy is added to every query of the table. If it compares a column with the caller
(`user_id = (select auth.uid())`) or with a list (`team_id in (select ...)`) and no index begins with that
column, PostgreSQL reads the whole table for each query and throws most of it away: Supabase's guide to row
level security measures a hundredfold difference.

Only comparisons that an index can answer count: a plain column, `=`, IN or ANY, on the side of the row, with a
value that does not come from the row. Comparisons with constants (`status in ('a', 'b')`) do not count, nor does WITH
CHECK, which finds no rows. Columns of foreign keys and the tenant column are left to `fk-index-missing` and
`tenant-index-missing`.

## Bad

```sql
create table public.notes (id uuid primary key, user_id uuid not null);
--                                              ^^^^^^^
alter table public.notes enable row level security;
create policy "Own notes" on public.notes for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
```

## Fixed

```sql
create table public.notes (id uuid primary key, user_id uuid not null);

create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own notes" on public.notes for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
```

## Good

```sql
create table public.members (user_id uuid, team uuid, primary key (user_id, team));
create table public.notes (id uuid primary key, user_id uuid not null, team uuid, open boolean, kind text);
alter table public.notes enable row level security;
create index notes_by_user on public.notes (user_id, open);
create policy "Own notes" on public.notes for select to authenticated
using (user_id = (select auth.uid()) and open = true and kind = any (array['note'::text, 'log'])
and lower(kind) = (select auth.role()));
create policy "New notes" on public.notes for insert to authenticated with check (team = (select auth.uid()));
create policy "Same team" on public.notes for update to authenticated
using (exists (select 1 from public.members m where m.team = notes.team and m.user_id = (select auth.uid())));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Policy, Table
from schemabot.rulekit import Finding, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits
from schemabot.rulekit.indexing import begins_with, index_fix
from schemabot.rulekit.predicates import filtered_columns

_FEW_VALUES = ("bool",)


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns that policies find rows by and no index begins with; each column once."""
    if not table.policies or not table.rls or table.partition_of or table.kind == "foreign":
        return
    wanted: dict[int, Policy] = {}
    for policy in table.policies:
        if policy.using is not None and policy.command != "insert" and not policy.origin.platform:
            for number in filtered_columns(policy.using, table):
                if number not in wanted and not begins_with(table, number):
                    wanted[number] = policy
    if not wanted or not context.concerns(table):
        return
    keys = {c.columns[0] for c in table.constraints if c.kind == "foreign key" and len(c.columns) == 1}
    for number, policy in wanted.items():
        column = table.column_by_number(number)
        if column is None or number in keys or not _worth(column, context):
            continue
        yield context.finding(
            column.origin,
            f'Policy "{policy.name}" finds the rows of "{qualified(table)}" by {column.name}, and no index begins '
            "with it: each query reads the whole table.",
            help=f"Create an index on ({column.name}).",
            object=qualified(table),
            part=column.name,
            fixes=(index_fix(context, table, (column,)),),
            related=(Related(policy.origin, "the policy"),),
        )


def _worth(column: Column, context: StateContext[Any]) -> bool:
    if column.type.oid or column.type.name in _FEW_VALUES or column.type.array:
        return False
    return column.name != habits(context).tenant_column
