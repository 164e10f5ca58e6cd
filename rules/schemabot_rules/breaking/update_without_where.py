"""UPDATE without WHERE overwrites a column in every row.

The old values are gone: a condition that was forgotten, or is always true, looks just like one that was
meant. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
update-without-where -- ...`. Migrations that have been applied, or stand on the default branch, are history
and are not asked.

Filling columns that this same file added, or drops further on, is no loss and is left alone, and so are tables
that it made, temporary ones, UPDATE with FROM, and a value that is made of the old one (`set email =
lower(email)`).

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
update public.notes set mood = 'good';
--     ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
alter table public.notes add column shout text;
update public.notes set shout = upper(title);
update public.notes set title = trim(title);
update public.notes set mood = 'good' where mood is null;
-- schemabot: allow update-without-where -- moods start over
update public.notes set mood = 'good';
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts import expression as ex
from schemabot.facts.model import UpdateRows
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import (
    is_column_dropped_later,
    is_every_row,
    listed,
    standing_column,
    standing_table,
)


@change_rule(UpdateRows, severity=Severity.ERROR, needs_approval=True)
def check(fact: UpdateRows, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report an UPDATE of all rows that overwrites columns which were there before this file."""
    table = standing_table(fact.table, context)
    if table is None or not is_every_row(fact.query):
        return
    values = fact.query.values[0] if fact.query.values else ()
    lost = [
        column.name
        for place, column in enumerate(fact.columns)
        if standing_column(table, column.name, context) is not None
        and not is_column_dropped_later(table, column.name, context)
        and not (place < len(values) and _is_made_of(values[place], column.name))
    ]
    if not lost:
        return
    yield context.finding(
        context.origin(fact.table.span),
        f'This overwrites {listed(lost)} in every row of "{qualified(table)}": nothing says which ones.',
        help="Add a WHERE; if all rows are meant, write above it: -- schemabot: allow update-without-where -- and why.",
        object=qualified(table),
    )


def _is_made_of(value: ex.Node, name: str) -> bool:
    return any(isinstance(part, ex.Column) and part.parts[-1:] == (name,) for part in ex.walk(value))
