"""A varchar column has a length.

PostgreSQL stores `text` and `varchar(n)` alike; a length saves neither room nor time (manual, 8.3 "Character
Types"). The number is usually a guess, a value one letter too long fails at run time, and to change the length
the type of the column has to change, which PostgreSQL refuses while a view uses it. A CHECK says the same
where a limit has a reason, has a name in the error message, and is quick to replace.

The first fix drops the length, the second keeps it as a CHECK.

## Bad

```sql
create table public.customers (id uuid primary key, name varchar(100) not null default '');
--                                                       ^^^^^^^^^^^^
```

## Fixed: Use text

```sql
create table public.customers (id uuid primary key, name text not null default '');
```

## Fixed: Use text with a check of the length

```sql
create table public.customers (id uuid primary key, name text check (char_length(name) <= 100) not null default '');
```

## Good

```sql
create table public.customers (id uuid primary key, name text, short varchar, code text check (char_length(code) = 3));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, quote, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns


@state_rule(Table, severity=Severity.INFORMATION, aliases=("squawk:prefer-text-field",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type varchar(n)."""
    if not any(c.type.name == "varchar" and c.type.modifiers for c in table.columns):
        return
    for column in own_columns(context, table):
        if column.type.name != "varchar" or not column.type.modifiers or column.type.array:
            continue
        length = column.type.modifiers[0]
        fixes = (
            retype(context, table, column, "text", "Use text"),
            retype(
                context,
                table,
                column,
                "text",
                "Use text with a check of the length",
                behind=f" check (char_length({quote(column.name)}) <= {length})",
                preferred=False,
            ),
        )
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is limited to {length} letters by its type: that saves '
            "nothing, and is hard to change.",
            help="Use text, with a CHECK if the limit has a reason.",
            object=qualified(table),
            part=column.name,
            fixes=tuple(fix for fix in fixes if fix is not None),
        )
