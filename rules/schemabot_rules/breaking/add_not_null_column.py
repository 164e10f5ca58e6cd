"""A new column without a default is NOT NULL: the migration fails when the table has rows.

PostgreSQL has no value for the rows that are there and refuses (SQLSTATE 23502). On an empty database it
works, so it is noticed when it is deployed. Give the column a default, or add it nullable, fill it, and say
NOT NULL then. The default can be dropped in the same migration.

Tables that this file made or emptied are left alone. If it is meant, say why on the line above the statement
or at its end: `-- schemabot: allow add-not-null-column -- ...`. Migrations that have been applied, or stand
on the default branch, are history and are not asked.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_weather.sql
alter table public.notes add column weather text not null;
--                                  ^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_weather.sql
alter table public.notes add column weather text not null default 'fine';
alter table public.notes add column number int generated always as identity;
create table public.moods (id uuid primary key);
alter table public.moods add column name text not null;
delete from public.notes; -- schemabot: allow delete-without-where -- the notes are imported anew each night
alter table public.notes add column author text not null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import AddColumn
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, is_emptied, standing_table


@change_rule(AddColumn, severity=Severity.WARNING, needs_approval=True)
def check(fact: AddColumn, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a NOT NULL column without a value for the rows of a table that was there before this file."""
    table = standing_table(fact.table, context)
    if table is None or table.kind == "foreign":
        return
    after = context.after.catalog.table_by_oid(table.oid)
    column = None if after is None else after.column(fact.column.name.name)
    if column is None or table.column_by_number(column.number) is not None:
        return
    if not column.not_null or column.default is not None or column.identity or column.generated is not None:
        return
    if is_emptied(table, context) or is_dropped_later(table, context):
        return
    yield context.finding(
        context.origin(fact.column.name.span),
        f'Column {column.name} is NOT NULL without a default: this fails if "{qualified(table)}" has a row.',
        help="Give it a default, or add it nullable, fill it, and set NOT NULL then.",
        object=qualified(table),
        part=column.name,
    )
