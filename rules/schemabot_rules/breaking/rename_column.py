"""Renaming a column breaks whatever names it: clients that run now, and the text of functions.

PostgreSQL follows the rename in views (which keep the old name for their own column), policies, indexes and
constraints, but not in the text of functions, which fail when they run, and not in applications. Adding a new
column, filling it and dropping the old one later costs two migrations and no failure.

If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow rename-column --
...`. Migrations that have been applied, or stand on the default branch, are history and are not asked.

Columns that this file added, and tables that it made, are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create function public.first_mood() returns text language sql stable set search_path = ''
as $$ select mood from public.notes limit 1 $$;
-- file: 20260201000000_rename.sql
alter table public.notes rename column mood to feeling;
--                                     ^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_rename.sql
alter table public.notes add column weather text;
alter table public.notes rename column weather to sky;
-- schemabot: allow rename-column -- nothing reads it yet
alter table public.notes rename column mood to feeling;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import RenameObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import functions_naming, shown, standing_column, standing_table


@change_rule(RenameObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: RenameObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a column that was there before this file and gets another name."""
    if fact.kind != "column" or fact.part is None:
        return
    table = standing_table(fact.name, context)
    column = None if table is None else standing_column(table, fact.part.name, context)
    if table is None or column is None:
        return
    stale = functions_naming(context.after.catalog, table.name, column.name)
    message = (
        f'This renames column {column.name} of "{qualified(table)}": clients that name it fail until they are '
        "deployed anew"
    )
    message += f", and {shown(stale)} may still say the old name." if stale else "."
    yield context.finding(
        context.origin(fact.part.span),
        message,
        help="Add a new column and drop the old one later, or write above it: -- schemabot: allow rename-column -- and why.",
        object=qualified(table),
        part=column.name,
    )
