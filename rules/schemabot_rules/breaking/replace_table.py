"""Dropping a table and making it again loses its rows, and whatever of it is not made again.

The new table has the old one's name and nothing else: no policies, no grants, no triggers, no indexes, unless
the file makes them too. Row level security is off again. If it is meant, say why on the line above the
statement or at its end: `-- schemabot: allow replace-table -- ...`. Migrations that have been applied, or
stand on the default branch, are history and are not asked.

Tables that this file made, and temporary ones, are left alone, and so is a table whose rows the file has read
into its successor, if all its policies and triggers are there again.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
-- file: 20260201000000_again.sql
drop table public.notes;
--         ^^^^^^^^^^^^
create table public.notes (id uuid primary key, title text not null);
alter table public.notes enable row level security;
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_again.sql
-- schemabot: allow replace-table -- it was never used
drop table public.notes;
create table public.notes (id uuid primary key, title text not null);
alter table public.notes enable row level security;
```

## Good: copied

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_again.sql
create table public.new_notes (id uuid primary key, title text not null);
alter table public.new_notes enable row level security;
insert into public.new_notes (id, title) select id, coalesce(title, '') from public.notes;
drop table public.notes;
alter table public.new_notes rename to notes;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import CreatePolicy, CreateTrigger, DropObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_copied, is_made_again, names_of_successor, shown, standing_table


@change_rule(DropObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a table that was there before this file, is dropped and made again."""
    if fact.kind != "table":
        return
    table = standing_table(fact.name, context)
    if table is None or not is_made_again(table, context):
        return
    names = names_of_successor(table, context)
    made = [
        other
        for _, other in context.facts
        if isinstance(other, (CreatePolicy, CreateTrigger)) and other.table.name in names
    ]
    policies = {other.name.name for other in made if isinstance(other, CreatePolicy)}
    triggers = {other.name.name for other in made if isinstance(other, CreateTrigger)}
    lost = [] if is_copied(table, context) else ["all its rows"]
    lost += [f'policy "{p.name}"' for p in table.policies if p.name not in policies]
    lost += [f"trigger {t.name}" for t in table.triggers if t.name not in triggers and not t.inherited]
    if not lost:
        return
    yield context.finding(
        context.origin(fact.span),
        f'This drops "{qualified(table)}" and makes it anew. Lost: {shown(lost)}.',
        help="Alter the table instead, or write above it: -- schemabot: allow replace-table -- and why.",
        object=qualified(table),
    )
