"""No index begins with the column that names the organisation.

Every policy and nearly every query of a table with organisations asks for the rows of one of them. Without an
index that begins with the tenant column PostgreSQL reads the rows of all organisations to find those of one,
for each query, and the more customers there are the slower it gets for each.

Any index that begins with the column serves: one of its own, a composite one such as `(org_id, status)`, a
primary key or a unique constraint. The tenant column is that of the settings, else the one of `org_id`,
`organization_id`, `tenant_id` and the like that most tables share; a project without one hears nothing.

Where the column is a foreign key, `fk-index-missing` means the same and leaves the word to this rule.

## Bad

```sql
create table public.organizations (id uuid primary key);
alter table public.organizations enable row level security;
create table public.customers (id uuid primary key, org_id uuid not null, unique (org_id, id));
alter table public.customers enable row level security;
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id)
--^^^^^^
);
alter table public.orders enable row level security;
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
alter table public.organizations enable row level security;
create table public.customers (id uuid primary key, org_id uuid not null, unique (org_id, id));
alter table public.customers enable row level security;
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id)
);

create index idx_orders_org_id on public.orders (org_id);
alter table public.orders enable row level security;
```

## Good: a composite index begins with it

```sql
create table public.customers (id uuid primary key, org_id uuid not null, status text not null);
create index idx_customers_org_id_status on public.customers (org_id, status);
create table public.orders (id uuid, org_id uuid not null, primary key (org_id, id));
```

## Good: a project without organisations

```sql
create table public.devices (id uuid primary key, account_id text not null);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits
from schemabot.rulekit.indexing import begins_with, index_fix
from schemabot.rulekit.tenancy import TENANT_COLUMNS


@state_rule(
    Table,
    severity=Severity.WARNING,
    subsumes=("fk-index-missing",),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables with the tenant column that no index begins with."""
    if table.partition_of or table.kind == "foreign":
        return
    names = (context.project.settings.tenancy.column, *TENANT_COLUMNS)
    candidates = [c for c in table.columns if c.name in names and not begins_with(table, c.number)]
    if not candidates or not context.concerns(table):
        return
    name = habits(context).tenant_column
    column = next((c for c in candidates if c.name == name), None)
    if column is None:
        return
    key = next(
        (c for c in table.constraints if c.kind == "foreign key" and c.columns == (column.number,)), None
    )
    yield context.finding(
        column.origin,
        f'No index of "{qualified(table)}" begins with {column.name}: each query and each policy that asks for one '
        "organisation's rows reads those of all.",
        help=f"Create an index on ({column.name}), or one that begins with it.",
        object=qualified(table),
        part=key.name if key is not None else column.name,
        fixes=(index_fix(context, table, (column,)),),
    )
