"""A boolean column with a default may be null.

The default says that yes or no is meant, and that a writer who says nothing means that one. An explicit null,
from a form or an upsert, makes a third answer: `where not archived` leaves such rows out, and so does
`where archived`.

A boolean without a default may well have three answers (yes, no, not asked yet) and is left alone. The fix says
NOT NULL where the column is defined. In a new migration rows that have null get the default first.

## Bad

```sql
create table public.notes (id uuid primary key, archived boolean default false);
--                                              ^^^^^^^^
```

## Fixed

```sql
create table public.notes (id uuid primary key, archived boolean not null default false);
```

## Good

```sql
create table public.notes (id uuid primary key, archived boolean not null default false, agreed boolean);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.not_null import not_null_fix
from schemabot.rulekit.written import own_columns


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report nullable boolean columns that have a default."""
    if not any(_may_be_null(column) for column in table.columns):
        return
    for column in own_columns(context, table):
        if not _may_be_null(column):
            continue
        fix = not_null_fix(context, table, column)
        yield context.finding(
            column.origin,
            f'Column {column.name} of "{qualified(table)}" may be null although it has a default: '
            "neither it nor its negation finds such a row.",
            help="Add NOT NULL.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )


def _may_be_null(column: Column) -> bool:
    return (
        column.type.name == "bool"
        and not column.type.array
        and not column.not_null
        and column.default is not None
        and column.default.text.lower() != "null"
    )
