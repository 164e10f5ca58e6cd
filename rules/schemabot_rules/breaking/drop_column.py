"""DROP COLUMN deletes the values of a column in every row.

No other migration brings them back. Indexes, constraints and, with CASCADE, views, policies and triggers that
use the column go with it, and clients that still name the column fail. If it is meant, say why on the line
above the statement or at its end: `-- schemabot: allow drop-column -- ...`. Migrations that have been
applied, or stand on the default branch, are history and are not asked.

Columns that this file added, generated columns (their values can be computed again), temporary tables and
tables that this file made or drops altogether are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_drop.sql
alter table public.notes drop column mood;
--                       ^^^^^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
alter table public.notes add column loud text generated always as (upper(title)) stored;
-- file: 20260201000000_drop.sql
-- schemabot: allow drop-column -- moved to public.moods in January
alter table public.notes drop column mood;
alter table public.notes drop column loud, add column draft text;
alter table public.notes drop column draft, drop column if exists never;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DropColumn
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import go, is_dropped_later, shown, standing_column, standing_table


@change_rule(DropColumn, severity=Severity.ERROR, needs_approval=True)
def check(fact: DropColumn, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a column that was there before this file."""
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    if table is None or column is None or column.generated is not None or is_dropped_later(table, context):
        return
    message = f'This deletes column {column.name} of "{qualified(table)}" with its values in every row.'
    others = [
        words for words in gone_besides(context) if words != f"column {column.name} of {qualified(table)}"
    ]
    if others:
        message += f" With it {go(others)} {shown(others)}."
    yield context.finding(
        context.origin(fact.span),
        message,
        help="If this is meant, write above it: -- schemabot: allow drop-column -- and why.",
        object=qualified(table),
        part=column.name,
    )
