"""A column gets a type that keeps less, or that clients do not expect.

PostgreSQL converts every row, under a lock that keeps readers out, and fails at the first value that does not
fit. Clients that were written for the old type get the new one. A second column, filled step by step, avoids
both. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
change-column-type -- ...`. Migrations that have been applied, or stand on the default branch, are history and
are not asked.

Silent on what PostgreSQL does without touching a row and without losing a value: a longer varchar, varchar to
text, more digits of a numeric, more precision of a time. Columns and tables that this file made are left
alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_types.sql
alter table public.notes alter column title type integer using title::integer;
--                                    ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title varchar(20), price numeric(8, 2), at timestamptz(3));
alter table public.notes enable row level security;
-- file: 20260201000000_types.sql
alter table public.notes alter column title type varchar(80), alter column price type numeric(12, 2);
alter table public.notes alter column title type text, alter column at type timestamptz;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import AlterColumnType
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import standing_column, standing_table
from schemabot.rulekit.widening import is_widening
from schemabot.rulekit.written import type_words


@change_rule(AlterColumnType, severity=Severity.WARNING, needs_approval=True)
def check(fact: AlterColumnType, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a column that was there before this file and gets a type that is no mere widening."""
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    after = None if table is None else context.after.catalog.table_by_oid(table.oid)
    new = None if column is None or after is None else after.column_by_number(column.number)
    if table is None or column is None or new is None or is_widening(column.type, new.type):
        return
    yield context.finding(
        context.origin(fact.column.span),
        f'Column {column.name} of "{qualified(table)}" becomes {type_words(new.type)} instead of '
        f"{type_words(column.type)}: every row is converted under a lock, and clients get another type.",
        help="Add a column of the new type and fill it, or write above it: "
        "-- schemabot: allow change-column-type -- and why.",
        object=qualified(table),
        part=column.name,
    )
