"""A row may refer to a row of another organisation.

PostgreSQL checks a foreign key with the rights of the table's owner, so row level security does not count there
(manual, 5.9 "Row Security Policies": "referential integrity checks ... always bypass row security"). Between two
tables with the tenant column, a foreign key on the id alone takes any row of any organisation: who knows or guesses the
id of a foreign row can hang his own rows on it. He learns whether it exists, keeps it from being deleted, his rows
show up where reports join by the id, and the other organisation's delete takes them along. More often it is no
attack but a mistake of the program, and nothing notices.

A composite key closes it: `unique (org_id, id)` on the table that is referred to, and a foreign key
`(org_id, customer_id)` to it. Then both rows are of one organisation, whatever a policy says.

The rule asks whether a caller can do it. It is silent where

* callers may not insert or update the table, or row level security is off: that is told by other rules;
* every policy that lets them write looks at the referring column or at the other table, as in
  `exists (select from customers c where c.id = customer_id and ...)`;
* a trigger of the table reads the other table or the column;
* the tenant column of either side may be null: a composite key does not bind such rows, see `tenant-column-nullable`;
* the reference is to the organisations, to users or to memberships.

Where the key is a random uuid, somebody has to come by it first: then the finding is an information. It is a warning
where keys can be guessed (numbers, codes), where the project has composite tenant keys already, and in the preset
`schemabot`.

The fix replaces the foreign key, and adds the unique key and the index that it needs. In a new migration PostgreSQL
checks every row there is, and refuses if some cross already.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (org_id uuid references public.organizations(id) on delete cascade, user_id uuid references auth.users(id) on delete cascade, primary key (org_id, user_id));
create table public.customers (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.orders (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade,
  customer_id bigint not null references public.customers(id) on delete restrict
--                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
create index idx_orders_org_id on public.orders (org_id);
create index idx_orders_customer_id on public.orders (customer_id);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())))
with check (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (org_id uuid references public.organizations(id) on delete cascade, user_id uuid references auth.users(id) on delete cascade, primary key (org_id, user_id));
create table public.customers (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.orders (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade,
  customer_id bigint not null references public.customers(id) on delete restrict
);

alter table public.customers add constraint customers_org_id_id_key unique (org_id, id);

alter table public.orders
  drop constraint orders_customer_id_fkey,
  add constraint orders_org_id_customer_id_fkey foreign key (org_id, customer_id)
    references public.customers (org_id, id) on delete restrict;

create index idx_orders_org_id_customer_id on public.orders (org_id, customer_id);
create index idx_orders_org_id on public.orders (org_id);
create index idx_orders_customer_id on public.orders (customer_id);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())))
with check (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Policy, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Related,
    Severity,
    StateContext,
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers import demanded_of_new_rows, may_write, policies_for_callers
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.tenant_tables import (
    TenantTable,
    composite_keys_are_usual,
    foreign_keys,
    is_person,
    scoped_by_column,
    tenant_column_of,
    tenant_table,
)

_UNIQUE = "alter table {} add constraint {} unique ({});"
_REPLACE = (
    "alter table {}\n  drop constraint {},\n  add constraint {} foreign key ({})\n    references {} ({}){};"
)
_INDEX = "create index {} on {} ({});"


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report foreign keys between tenant tables that do not carry the tenant column."""
    keys = foreign_keys(table)
    if len(keys) < 2:
        return
    found = tenant_table(table, context)
    if found is None or not found.column.not_null or not scoped_by_column(context, found.model):
        return
    for key in keys:
        parent = _crossing(key, keys, found, context)
        if parent is not None and _may_be_written(key, parent, found, context):
            yield _finding(key, parent, found, context)
"""
