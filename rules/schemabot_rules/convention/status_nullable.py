"""A status column with a default may be null.

The default is what a row has whose writer says nothing, so nobody means null by it; but an explicit null, from
a form or an upsert, is stored. Such a row has no status: `status <> 'done'` is not true for it, a CHECK lets it
pass, and it drops out of every list.

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
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.not_null import not_null_fix
from schemabot.rulekit.written import own_columns

_NAME = re.compile(r"(?:\w+_)?status\Z|state\Z")
_TYPES = ("text", "varchar")


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report nullable status columns that have a default."""
    if not any(_may_be_null(column) for column in table.columns):
        return
    for column in own_columns(context, table):
        if not _may_be_null(column):
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


def _may_be_null(column: Column) -> bool:
    return (
        _NAME.match(column.name) is not None
        and (column.type.oid != 0 or column.type.name in _TYPES)
        and not column.not_null
        and column.default is not None
        and column.default.text.lower() != "null"
    )
