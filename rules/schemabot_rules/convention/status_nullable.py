"""A status column with a default may be null.

The default is what a row has whose writer says nothing, so nobody means null by it; but an explicit null, from
a form or an upsert, is stored. Such a row has no status: `status <> 'done'` is not true for it, a CHECK lets it
pass, and it drops out of every list.

Left alone are columns from which a later statement took NOT NULL, those that keep a copy (`old_status`, tables of
archives and snapshots), and `state` beside a city, which is a part of an address. Where most status columns of a
project may be null, only the presets `schemabot` and `all` speak.

The fix says NOT NULL where the column is defined. In a new migration rows that have null get the default first.

## Bad

```sql
create table public.orders (
  id uuid primary key,
  status text default 'draft' check (status in ('draft', 'sent'))
--^^^^^^
);
```

## Fixed

```sql
create table public.orders (
  id uuid primary key,
  status text not null default 'draft' check (status in ('draft', 'sent'))
);
```

## Good

```sql
create table public.orders (
  id uuid primary key, status text not null default 'draft' check (status in ('draft', 'sent')),
  payment_status text check (payment_status in ('paid'))
);
create table public.companies (id uuid primary key, city text, state text default 'CA');
create table public.orders_archive (id uuid primary key, status text default 'draft');
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import is_against_habit, is_status
from schemabot.rulekit.not_null import not_null_fix
from schemabot.rulekit.written import own_columns

_TYPES = ("text", "varchar")


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report nullable status columns that have a default."""
    if not any(_may_be_null(column, table) for column in table.columns):
        return
    if is_against_habit(context, "status_not_null"):
        return
    for column in own_columns(context, table):
        if not _may_be_null(column, table):
            continue
        fix = not_null_fix(context, table, column)
        yield context.finding(
            column.origin,
            f'Column {column.name} of "{qualified(table)}" may be null although it has a default: '
            "such a row drops out of every comparison.",
            help="Add NOT NULL.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )


def _may_be_null(column: Column, table: Table) -> bool:
    return (
        not column.not_null
        and column.default is not None
        and (column.type.oid != 0 or column.type.name in _TYPES)
        and is_status(column, table)
        and column.default.text.lower() != "null"
        and not any(change.what == "not null" for change in column.changes)
    )
