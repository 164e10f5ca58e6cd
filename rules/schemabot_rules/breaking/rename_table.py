"""Renaming a table breaks whatever names it: clients that run now, and the text of functions.

PostgreSQL follows the rename in views, policies, foreign keys and triggers, but not in the text of functions,
which fail when they run, and not in applications: between the migration and the next deployment they ask for
a table that is not there. A view under the old name bridges that time.

If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow rename-table --
...`. Migrations that have been applied, or stand on the default branch, are history and are not asked.

Tables that this file made, partitions, and a table whose old name is given to a view or table in the same
file are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_rename.sql
alter table public.notes rename to memos;
--          ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_rename.sql
alter table public.notes rename to memos;
create view public.notes with (security_invoker = true) as select * from public.memos;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import RenameObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, is_named_anew, shown, standing_table
from schemabot.rulekit.stale_text import functions_reading


@change_rule(RenameObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: RenameObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a table that was there before this file and gets another name."""
    if fact.kind != "table" or fact.part is not None:
        return
    table = standing_table(fact.name, context)
    if table is None or table.partition_of or is_named_anew(table, context):
        return
    renamed = context.after.catalog.table_by_oid(table.oid)
    if renamed is None or renamed.name == table.name or is_dropped_later(renamed, context):
        return
    old = context.file_start.catalog.table_by_oid(table.oid)
    if old is None or old.name != table.name:
        return  # it lost its name earlier in this file
    stale = functions_reading(context, table.name)
    message = f'This renames "{qualified(table)}": clients that name it fail until they are deployed anew'
    if stale:
        message += (
            f", and so {'does' if len(stale) == 1 else 'do'} {shown(stale)}, whose text keeps the old name."
        )
    else:
        message += "."
    yield context.finding(
        context.origin(fact.name.span),
        message,
        help="Leave a view under the old name for a while, or write above it: -- schemabot: allow rename-table -- and why.",
        object=qualified(table),
    )
