"""The column that names the organisation has no foreign key to the organisations.

Without it PostgreSQL takes any value: a row may name an organisation that never was, or one that was deleted long
ago. Such rows belong to nobody, are found by no query of the application, and stay when a customer asks for his
data to be deleted.

A foreign key of several columns counts as well, such as `(org_id, customer_id)` to a table whose own `org_id` refers
to the organisations. Tables of logs, events and archives are left alone: they are often meant to outlive
the organisation.

The fix adds the foreign key with ON DELETE CASCADE, as the house's pattern has it: with the organisation go its
rows. Choose RESTRICT if that is not what you want. In a new migration PostgreSQL checks every row there is.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create index idx_org_memberships_user_id on public.org_memberships (user_id);
create table public.orders (
  id uuid primary key,
  org_id uuid not null
--^^^^^^
);
create index idx_orders_org_id on public.orders (org_id);
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create index idx_org_memberships_user_id on public.org_memberships (user_id);
create table public.orders (
  id uuid primary key,
  org_id uuid not null
);

alter table public.orders
  add constraint orders_org_id_fkey foreign key (org_id) references public.organizations (id) on delete cascade;
create index idx_orders_org_id on public.orders (org_id);
```

## Good: through another table

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  unique (org_id, id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null,
  customer_id uuid not null,
  foreign key (org_id, customer_id) references public.customers (org_id, id)
);
```

## Good: a log

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.audit_log (id uuid primary key, org_id uuid not null, what text);
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
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.tenant_tables import (
    TenantTable,
    foreign_keys,
    is_record,
    scoped_by_column,
    tenant_table,
)

_ADD = """alter table {}
  add constraint {} foreign key ({}) references {} ({}) on delete cascade;"""


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tenant columns that no foreign key holds to an organisation."""
    found = tenant_table(table, context)
    if found is None or any(found.column.number in key.columns for key in foreign_keys(table)):
        return
    organisations = context.catalog.table_by_oid(found.model.organisations)
    if organisations is None or not context.concerns(organisations):
        return
    if not house_style(context) and (is_record(table) or not scoped_by_column(context, found.model)):
        return
    column = found.column
    yield context.finding(
        column.origin,
        f'Column {column.name} of "{qualified(table)}" has no foreign key: rows may name organisations that do not '
        "exist, and stay when an organisation is deleted.",
        help=f'Let it refer to "{qualified(organisations)}".',
        object=qualified(table),
        part=column.name,
        fixes=tuple(_fix(found, organisations, context)),
    )


def _fix(found: TenantTable, organisations: Table, context: StateContext[Any]) -> Iterator[Fix]:
    table, column = found.table, found.column
    key = organisations.column_by_number(found.model.key)
    if (
        key is None
        or organisations.partition_of
        or (key.type.name, key.type.oid)
        != (
            column.type.name,
            column.type.oid,
        )
    ):
        return
    changes = (*column.changes, *key.changes)
    at = context.project.latest(
        context.named(table)[0],
        context.named(organisations)[0],
        column.origin,
        key.origin,
        *(change.at for change in changes),
    )
    style = context.project.style(at)
    taken = {constraint.name for constraint in table.constraints}
    name = fitting_name(f"{table.name}_{column.name}_fkey", taken.__contains__)

    def sql(written: str, target: str) -> str:
        return style.sql(_ADD, written, quote(name), quote(column.name), target, quote(key.name))

    full = quote_name(organisations.schema, organisations.name)
    yield Fix(
        title="Add the foreign key to the organisations",
        steps=(InsertAfter(at, sql(context.name_behind(table, at), context.name_behind(organisations, at))),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name), full),
    )
