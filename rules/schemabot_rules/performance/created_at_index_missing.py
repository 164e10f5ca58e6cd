"""A table of an organisation has created_at, but no index on it.

Lists show the newest rows first. Without an index on `created_at` PostgreSQL reads and sorts all rows of the
table for each page of such a list; an index `(created_at desc)`, or `(org_id, created_at)`, hands them out in
order.

An index costs every insert something, and not every table is listed by time. So the rule speaks about
tables with the tenant column only, and only where the project indexes `created_at` on most of its tables and
forgot it on this one. In the presets `schemabot` and `all`, the house's pattern is asked for everywhere.

## Bad

```toml
preset = "schemabot"
```

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.orders (
  id uuid primary key,
  org_id uuid not null,
  created_at timestamptz not null default now()
--^^^^^^^^^^
);
```

## Fixed

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.orders (
  id uuid primary key,
  org_id uuid not null,
  created_at timestamptz not null default now()
);

create index idx_orders_created_at on public.orders (created_at desc);
```

## Good

```toml
preset = "schemabot"
```

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.orders (id uuid primary key, org_id uuid not null, created_at timestamptz not null);
create index idx_orders_org_id_created_at on public.orders (org_id, created_at desc);
create table public.countries (id uuid primary key, created_at timestamptz not null);
```

## Good: the project does not index it

```sql
create table public.customers (id uuid primary key, org_id uuid not null, created_at timestamptz);
create table public.orders (id uuid primary key, org_id uuid not null, created_at timestamptz);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits, house_style
from schemabot.rulekit.indexing import index_fix


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables of organisations whose created_at stands in no index."""
    column = table.column("created_at")
    if (
        column is None
        or table.partition_of
        or table.kind == "foreign"
        or column.type.name not in ("timestamptz", "timestamp", "date")
        or any(key.column == column.number for index in table.indexes for key in index.keys)
        or not context.concerns(table)
    ):
        return
    usual = habits(context)
    if usual.tenant_column is None or table.column(usual.tenant_column) is None:
        return
    if not house_style(context) and not usual.created_at_indexed.usual:
        return
    yield context.finding(
        column.origin,
        f'No index of "{qualified(table)}" has created_at: a list of the newest rows reads and sorts the table.',
        help="Create an index on (created_at desc) if rows are listed by time.",
        object=qualified(table),
        part=column.name,
        fixes=(index_fix(context, table, (column,), descending=True),),
    )
