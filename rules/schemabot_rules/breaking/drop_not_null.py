"""A column that always had a value may be null from now on.

Clients that were written for a value get null: a type generated from the schema changes, a comparison is
neither true nor false, a sum skips the row. The way back is closed by the first null. If it is meant, say why
on the line above the statement or at its end: `-- schemabot: allow drop-not-null -- ...`. Migrations that
have been applied, or stand on the default branch, are history and are not asked.

Columns and tables that this file made are left alone, and so is a column that is dropped or made NOT NULL
again further on.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text not null);
alter table public.notes enable row level security;
-- file: 20260201000000_nulls.sql
alter table public.notes alter column title drop not null;
--                                    ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text not null, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_nulls.sql
alter table public.notes alter column mood drop not null;
alter table public.notes alter column title drop not null;
alter table public.notes alter column title set not null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DropColumn, SetNotNull
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_column, standing_table


@change_rule(SetNotNull, severity=Severity.INFORMATION, needs_approval=True)
def check(fact: SetNotNull, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report DROP NOT NULL of a column that was there before this file."""
    if fact.not_null:
        return
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    if table is None or column is None or not column.not_null or is_dropped_later(table, context):
        return
    for later in context.later():
        if (
            isinstance(later, (SetNotNull, DropColumn))
            and later.column.name == column.name
            and means(later.table, table.schema, table.name, context)
        ):
            return
    yield context.finding(
        context.origin(fact.column.span),
        f'Column {column.name} of "{qualified(table)}" may be null from now on: clients that were written for a value '
        "get none.",
        help="If this is meant, write above it: -- schemabot: allow drop-not-null -- and why.",
        object=qualified(table),
        part=column.name,
    )
