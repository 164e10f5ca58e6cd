"""A NOT NULL column loses its default: clients that leave it out fail.

Until now PostgreSQL filled the column in; from now on an INSERT that does not name it is refused (SQLSTATE
23502). If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
drop-default -- ...`. Migrations that have been applied, or stand on the default branch, are history and are
not asked.

Silent when the file gives the column another default, an identity or a generated value, about columns that
may be null, and about a default that the same file added to fill old rows.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text not null default 'untitled');
alter table public.notes enable row level security;
-- file: 20260201000000_titles.sql
alter table public.notes alter column title drop default;
--                                    ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text not null default 'untitled', mood text default 'good');
alter table public.notes enable row level security;
-- file: 20260201000000_titles.sql
alter table public.notes alter column title drop default;
alter table public.notes alter column title set default 'new';
alter table public.notes alter column mood drop default;
alter table public.notes add column weather text not null default 'fine';
alter table public.notes alter column weather drop default;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DropColumn, SetDefault, SetIdentity, SetNotNull
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_column, standing_table


@change_rule(SetDefault, severity=Severity.WARNING, needs_approval=True)
def check(fact: SetDefault, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report DROP DEFAULT of a NOT NULL column that had it before this file."""
    if fact.default is not None:
        return
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    if table is None or column is None or column.default is None or not column.not_null:
        return
    if is_dropped_later(table, context):
        return
    before = context.file_start.catalog.table_by_oid(table.oid)
    old = None if before is None else before.column_by_number(column.number)
    if old is None or old.default is None:
        return
    for later in context.later():
        if (
            isinstance(later, (SetDefault, SetIdentity, DropColumn, SetNotNull))
            and not (isinstance(later, SetNotNull) and later.not_null)
            and later.column.name == column.name
            and means(later.table, table.schema, table.name, context)
        ):
            return
    yield context.finding(
        context.origin(fact.column.span),
        f'Column {column.name} of "{qualified(table)}" has no default any more and is NOT NULL: an INSERT that leaves '
        "it out fails.",
        help="If this is meant, write above it: -- schemabot: allow drop-default -- and why.",
        object=qualified(table),
        part=column.name,
    )
