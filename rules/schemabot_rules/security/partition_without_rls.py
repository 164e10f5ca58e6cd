"""A partition or child of a protected table is open itself.

Policies of the parent hold for queries of the parent. Whoever queries the partition by its own name, and the
API serves it like any table, is bound by the partition's own row level security, which is off by default
(manual, 5.9).

The fix enables it on the partition: without a policy of its own it can then be reached through the parent
only.

## Bad

```sql
create table public.events (id uuid not null, day date not null, primary key (id, day)) partition by range (day);
alter table public.events enable row level security;
create policy "Nobody" on public.events for all to authenticated using (false) with check (false);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
--           ^^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
create table public.events (id uuid not null, day date not null, primary key (id, day)) partition by range (day);
alter table public.events enable row level security;
create policy "Nobody" on public.events for all to authenticated using (false) with check (false);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');

alter table public.events_2026 enable row level security;
```

## Good

```sql
create schema parts;
create table public.events (id uuid not null, day date not null, primary key (id, day)) partition by range (day);
alter table public.events enable row level security;
create table parts.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
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


@state_rule(Table, severity=Severity.WARNING, subsumes=("rls-disabled",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report exposed partitions and children without row level security whose parent has it."""
    if table.rls or table.kind == "foreign" or not context.concerns(table):
        return
    if not context.project.is_exposed(table.schema):
        return
    oids = (table.partition_of, *table.parents)
    parent = next((p for oid in oids if (p := context.catalog.table_by_oid(oid)) is not None and p.rls), None)
    if parent is None:
        return
    at, written = context.named(table)
    style = context.project.style(at)
    fix = Fix(
        title="Enable row level security",
        steps=(InsertAfter(at, style.sql(_ENABLE, written)),),
        safe=bool(table.partition_of),
        preferred=True,
        later=style.sql(_ENABLE, quote_name(table.schema, table.name)),
        leads_to=("policy-missing",),
    )
    word = "partition" if table.partition_of else "child"
    yield context.finding(
        table.origin,
        f'"{qualified(table)}" is a {word} of "{qualified(parent)}" and has no row level security: under its own name '
        "everybody's rows are reached.",
        help="Enable row level security for it, too.",
        object=qualified(table),
        fixes=(fix,),
    )
