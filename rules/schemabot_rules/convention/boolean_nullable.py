"""A boolean column with a default may be null.

The default says that yes or no is meant, and that a writer who says nothing means that one. An explicit null,
from a form or an upsert, makes a third answer: `where not archived` leaves such rows out, and so does
`where archived`.

A boolean without a default may well have three answers (yes, no, not asked yet) and is left alone, and so is one from
which a later statement took NOT NULL, or that keeps a copy in a table of archives or snapshots. Where most of a
project's boolean columns with a default may be null, nobody there minds: then only the presets `schemabot` and `all`
speak. The fix says NOT NULL where the column is defined. In a new migration rows that have null get the default first.

## Bad

```sql
create table public.notes (id uuid primary key, archived boolean default false);
--                                              ^^^^^^^^
```

## Fixed

```sql
create table public.notes (id uuid primary key, archived boolean not null default false);
```

## Good

```sql
create table public.notes (id uuid primary key, archived boolean not null default false, agreed boolean);
create table public.notes_archive (id uuid primary key, archived boolean default false);
create table public.tasks (id uuid primary key, urgent boolean not null default false);
alter table public.tasks alter column urgent drop not null;
```

## Good: the project does not say NOT NULL

```sql
create table public.houses (
  id uuid primary key, pool boolean default false, garden boolean default false, garage boolean default false,
  lift boolean default false, terrace boolean default false, balcony boolean default false, cellar boolean default false,
  sold boolean default false
);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import is_against_habit, keeps_copies
from schemabot.rulekit.not_null import not_null_fix
from schemabot.rulekit.written import own_columns


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report nullable boolean columns that have a default."""
    if not any(_may_be_null(column) for column in table.columns):
        return
    if keeps_copies(table) or is_against_habit(context, "boolean_not_null"):
        return
    for column in own_columns(context, table):
        if not _may_be_null(column):
            continue
        fix = not_null_fix(context, table, column)
        yield context.finding(
            column.origin,
            f'Column {column.name} of "{qualified(table)}" may be null although it has a default: '
            "neither it nor its negation finds such a row.",
            help="Add NOT NULL.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )


def _may_be_null(column: Column) -> bool:
    return (
        column.type.name == "bool"
        and not column.type.array
        and not column.not_null
        and column.default is not None
        and column.default.text.lower() != "null"
        and not any(change.what == "not null" for change in column.changes)
    )
