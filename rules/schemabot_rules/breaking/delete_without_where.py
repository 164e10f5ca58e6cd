"""DELETE without WHERE deletes every row of a table.

A condition that was forgotten, or is always true, looks just like one that was meant. If it is meant, say why
on the line above the statement or at its end: `-- schemabot: allow delete-without-where -- ...`. Migrations
that have been applied, or stand on the default branch, are history and are not asked.

Tables that this file made, and temporary ones, are left alone, and so are those that it drops altogether
further on, and so is DELETE with a join that picks the rows.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_clean.sql
delete from public.notes;
--          ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_clean.sql
-- schemabot: allow delete-without-where -- the notes are imported anew each night
delete from public.notes where true;
create table public.scratch (id uuid primary key);
delete from public.scratch;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DeleteRows
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, is_every_row, standing_table


@change_rule(DeleteRows, severity=Severity.ERROR, needs_approval=True)
def check(fact: DeleteRows, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a DELETE of all rows of a table that was there before this file."""
    table = standing_table(fact.table, context)
    if table is None or not is_every_row(fact.query) or is_dropped_later(table, context):
        return
    yield context.finding(
        context.origin(fact.table.span),
        f'This deletes every row of "{qualified(table)}": nothing says which ones.',
        help="Add a WHERE; if all rows are meant, write above it: -- schemabot: allow delete-without-where -- and why.",
        object=qualified(table),
    )
