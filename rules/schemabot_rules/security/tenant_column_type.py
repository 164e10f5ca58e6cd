"""The column that names the organisation has another type than the organisation's key.

A `text` column cannot have a foreign key to a `uuid` key, so nothing stops a row that names an organisation that does
not exist. Policies have to convert on one side, for every row, and a conversion on the side of the column keeps
PostgreSQL from using its index. Where the types differ in size only (`int` beside `bigint`), the column is full before
the key is.

The key is the primary key of the organisations table. The rule is about columns of the project's tenant column's
name only; a column that refers to another table is not meant. Where a foreign key joins different types,
`fk-type-mismatch` means the same and leaves the word to this rule. Tables of logs, events and archives are left
alone: they keep what they were told.

The fix writes the key's type. It is no fix to apply without a look: functions and programs may hand over the old type.

## Bad

```sql
create table public.organizations (id uuid primary key default gen_random_uuid());
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create index idx_org_memberships_user_id on public.org_memberships (user_id);
create table public.orders (
  id uuid primary key,
  org_id text not null
--       ^^^^
);
create index idx_orders_org_id on public.orders (org_id);
```

## Fixed

```sql
create table public.organizations (id uuid primary key default gen_random_uuid());
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
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
create index idx_orders_org_id on public.orders (org_id);
```

## Good: the key's own type

```sql
create table public.organizations (id bigint generated always as identity primary key);
create table public.org_memberships (
  org_id bigint references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.orders (id uuid primary key, org_id bigint not null references public.organizations(id));
```

## Good: it refers to something else

```sql
create table public.accounts (id uuid primary key);
create table public.account_users (
  account_id uuid references public.accounts(id),
  user_id uuid references auth.users(id),
  primary key (account_id, user_id)
);
create table public.projects (id uuid primary key, account_id uuid not null references public.accounts(id));
create table public.mailboxes (id text primary key);
create table public.mails (id uuid primary key, account_id text not null references public.mailboxes(id));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Fix, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.retype import retype
from schemabot.rulekit.tenant_tables import TenantTable, foreign_keys, is_record, tenant_table
from schemabot.rulekit.written import column_place, type_words

_NUMBERS = ("int2", "int4", "int8")


@state_rule(Table, severity=Severity.ERROR, subsumes=("fk-type-mismatch", "tenant-column-unreferenced"))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tenant columns that are not of the type of the organisation's key."""
    found = tenant_table(table, context)
    key = None if found is None else _key(found, context)
    if found is None or key is None or _same(found.column, key):
        return
    if is_record(table) and not house_style(context):
        return
    column = found.column
    referring = next((k for k in foreign_keys(table) if k.columns == (column.number,)), None)
    organisations = context.catalog.table_by_oid(found.model.organisations)
    yield context.finding(
        column_place(context, column),
        f'Column {column.name} of "{qualified(table)}" is {type_words(column.type)}, the key of the organisations is '
        f"{type_words(key.type)}: "
        + (
            "they are compared by converting one for every row."
            if referring is not None
            else "no foreign key can hold them together, and comparing them takes a conversion for every row."
        ),
        help=f"Declare {column.name} {type_words(key.type)}.",
        object=qualified(table),
        part=referring.name if referring is not None else column.name,
        fixes=tuple(_fix(found, key, context)),
        related=()
        if organisations is None or key.origin.platform
        else (Related(key.origin, f'the key of "{qualified(organisations)}"'),),
    )


def _key(found: TenantTable, context: StateContext[Any]) -> Column | None:
    """The key of the organisations, if its type is known."""
    organisations = context.catalog.table_by_oid(found.model.organisations)
    if organisations is None or not context.concerns(organisations):
        return None
    key = organisations.column_by_number(found.model.key)
    return key if key is not None and key.type.known and found.column.type.known else None


def _same(column: Column, key: Column) -> bool:
    one, other = column.type, key.type
    return (one.name, one.oid, one.array) == (other.name, other.oid, other.array)


def _fix(found: TenantTable, key: Column, context: StateContext[Any]) -> Iterator[Fix]:
    words = type_words(key.type)
    if key.type.oid or found.column.type.array:
        return
    numbers = found.column.type.name in _NUMBERS and key.type.name in _NUMBERS
    using = "" if numbers else f"{{}}::{words}"
    fix = retype(context, found.table, found.column, words, f"Change its type to {words}", using=using)
    if fix is not None:
        yield msgspec.structs.replace(fix, leads_to=("tenant-column-unreferenced",))
