"""A column gets a type that keeps less, or that clients do not expect.

PostgreSQL converts every row, under a lock that keeps readers out, and fails at the first value that does not
fit. Clients that were written for the old type get the new one. A second column, filled step by step, avoids
both. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
change-column-type -- ...`. Migrations that have been applied, or stand on the default branch, are history and
are not asked.

Silent on what PostgreSQL does without touching a row and without losing a value: a longer varchar, varchar to
text, more digits of a numeric, more precision of a time. An enum in place of another one is reported when it lacks
a value of the old one. Columns and tables that this file made or drops are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_types.sql
alter table public.notes alter column title type integer using title::integer;
--                                    ^^^^^
```

## Bad: a value is taken out of an enum

```sql
-- file: 20260101000000_create.sql
create type public.mood as enum ('good', 'bad', 'ugly');
create table public.notes (id uuid primary key, mood public.mood);
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
alter type public.mood rename to mood_old;
create type public.mood as enum ('good', 'bad');
alter table public.notes alter column mood type public.mood using mood::text::public.mood;
--                                    ^^^^
drop type public.mood_old;
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title varchar(20), price numeric(8, 2), at timestamptz(3));
alter table public.notes enable row level security;
-- file: 20260201000000_types.sql
alter table public.notes alter column title type varchar(80), alter column price type numeric(12, 2);
alter table public.notes alter column title type text, alter column at type timestamptz;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, EnumType, TypeRef
from schemabot.facts import expression as ex
from schemabot.facts.model import AlterColumnType
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_column_dropped_later, listed, standing_column, standing_table
from schemabot.rulekit.widening import is_widening
from schemabot.rulekit.written import type_words


@change_rule(AlterColumnType, severity=Severity.WARNING, needs_approval=True)
def check(fact: AlterColumnType, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a column that was there before this file and gets a type that is no mere widening."""
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    after = None if table is None else context.after.catalog.table_by_oid(table.oid)
    new = None if column is None or after is None else after.column_by_number(column.number)
    if table is None or column is None or new is None or column.type == new.type:
        return
    if is_widening(column.type, new.type) and _keeps_values(fact.using, column):
        return
    if is_column_dropped_later(table, column.name, context):
        return
    missing = _missing_labels(column.type, new.type, context.after.catalog)
    if missing == ():
        return
    subject = f'Column {column.name} of "{qualified(table)}"'
    if missing:
        values = listed([f"'{label}'" for label in missing])
        message = f"{subject} can no longer be {values}: "
        if _keeps_values(fact.using, column):
            message += (
                "the migration fails at the first row that has it, and clients that write it fail later."
            )
        else:
            message += "clients that write it or wait for it fail."
        help_ = "Give those rows another value first"
    else:
        message = (
            f"{subject} becomes {type_words(new.type)} instead of {type_words(column.type)}: clients that were "
            "written for the old type fail, and rows may have to be rewritten under a lock."
        )
        help_ = "Add a column of the new type and fill it"
    yield context.finding(
        context.origin(fact.column.span),
        message,
        help=f"{help_}, or write above it: -- schemabot: allow change-column-type -- and why.",
        object=qualified(table),
        part=column.name,
    )


def _keeps_values(using: ex.Expression | None, column: Column) -> bool:
    """Whether USING, if written, gives the column itself."""
    root = None if using is None else using.root
    while isinstance(root, ex.Cast):
        root = root.arg
    return root is None or (isinstance(root, ex.Column) and root.parts[-1:] == (column.name,))


def _missing_labels(old: TypeRef, new: TypeRef, catalog: Catalog) -> tuple[str, ...] | None:
    """What an enum allows and the one in its place does not; None when they are not two enums."""
    one, other = catalog.types.get(old.oid), catalog.types.get(new.oid)
    if not isinstance(one, EnumType) or not isinstance(other, EnumType) or old.array != new.array:
        return None
    return tuple(label for label in one.labels if label not in other.labels)
