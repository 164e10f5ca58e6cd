"""A column has the type money.

`money` shows and reads amounts by the setting lc_monetary of the server, so the same value means another
currency after a move or a restore elsewhere (manual, 8.2 "Monetary Types"); it keeps no currency, has the
digits of that locale only, and rounds in divisions. `numeric` with a scale is exact and the same everywhere.

## Bad

```sql
create table public.products (id uuid primary key, price money not null default 0);
--                                                       ^^^^^
```

## Fixed

```sql
create table public.products (id uuid primary key, price numeric(14, 2) not null default 0);
```

## Good

```sql
create table public.products (id uuid primary key, price numeric(14, 2) not null, currency text not null);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type money."""
    if not any(column.type.name == "money" for column in table.columns):
        return
    for column in own_columns(context, table):
        if column.type.name != "money":
            continue
        fix = retype(context, table, column, "numeric(14, 2)", "Use numeric(14, 2)")
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is money: what its values mean depends on a setting of the '
            "server.",
            help="Use numeric with the digits that the currency has, and a column for the currency if there are several.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )
