"""TRUNCATE deletes every row of a table.

It asks no trigger for rows and no policy: row level security does not apply to it. With CASCADE every table
that refers to it is emptied as well. If it is meant, say why on the line above the statement or at its end:
`-- schemabot: allow truncate -- ...`. Migrations that have been applied, or stand on the default branch, are
history and are not asked.

Tables that this file made, and temporary ones, are left alone, and so are those that it drops altogether
further on.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_empty.sql
truncate public.notes;
--       ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_empty.sql
-- schemabot: allow truncate -- the notes are imported anew each night
truncate public.notes;
create table public.scratch (id uuid primary key);
truncate public.scratch;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import TruncateTable
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, standing_table


@change_rule(TruncateTable, severity=Severity.ERROR, needs_approval=True)
def check(fact: TruncateTable, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a table that was there before this file and is emptied."""
    table = standing_table(fact.table, context)
    if table is None or is_dropped_later(table, context):
        return
    more = " CASCADE empties every table that refers to it, too." if fact.cascade else ""
    yield context.finding(
        context.origin(fact.table.span),
        f'This deletes every row of "{qualified(table)}", whatever its policies say.{more}',
        help="If this is meant, write above it: -- schemabot: allow truncate -- and why.",
        object=qualified(table),
    )
