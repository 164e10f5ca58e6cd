"""A migration deletes rows.

They are gone in every database that runs the migration, and no other migration brings them back. Whoever
reads it later has to know that this was meant. If it is meant, say why on the line above the statement or at
its end: `-- schemabot: allow delete-rows -- ...`. Migrations that have been applied, or stand on the default
branch, are history and are not asked.

Tables that this file made, and temporary ones, are left alone, and so are those that it drops altogether
further on. DELETE without WHERE is `delete-without-where`.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_clean.sql
delete from public.notes where title is null;
--          ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_clean.sql
delete from public.notes where title is null; -- schemabot: allow delete-rows -- left over from the import
create table public.scratch (id uuid primary key);
delete from public.scratch where id is null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DeleteRows
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, is_every_row, standing_table


@change_rule(DeleteRows, severity=Severity.WARNING, needs_approval=True)
def check(fact: DeleteRows, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report rows deleted from a table that was there before this file."""
    table = standing_table(fact.table, context)
    if table is None or is_every_row(fact.query) or is_dropped_later(table, context):
        return
    yield context.finding(
        context.origin(fact.table.span),
        f'This deletes rows of "{qualified(table)}" in every database that runs the migration, and nothing brings '
        "them back.",
        help="If this is meant, write above it: -- schemabot: allow delete-rows -- and why.",
        object=qualified(table),
    )
