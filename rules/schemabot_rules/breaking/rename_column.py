"""Renaming a column breaks whatever names it: clients that run now, and the text of functions.

PostgreSQL follows the rename in views (which keep the old name for their own column), policies, indexes and
constraints, but not in the text of functions, which fail when they run, and not in applications. Adding a new
column, filling it and dropping the old one later costs two migrations and no failure.

If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow rename-column --
...`. Migrations that have been applied, or stand on the default branch, are history and are not asked.

Columns that this file added, drops or renames back, and tables that it made, are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create function public.first_mood() returns text language sql stable set search_path = ''
as $$ select mood from public.notes limit 1 $$;
-- file: 20260201000000_rename.sql
alter table public.notes rename column mood to feeling;
--                                     ^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_rename.sql
alter table public.notes add column weather text;
alter table public.notes rename column weather to sky;
alter table public.notes rename column title to passing;
alter table public.notes rename column passing to title;
-- schemabot: allow rename-column -- nothing reads it yet
alter table public.notes rename column mood to feeling;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.facts.model import AddColumn, RenameObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import (
    is_column_dropped_later,
    means,
    shown,
    standing_column,
    standing_table,
)
from schemabot.rulekit.stale_text import functions_with_column


@change_rule(RenameObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: RenameObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a column that was there before this file and gets another name."""
    if fact.kind != "column" or fact.part is None:
        return
    table = standing_table(fact.name, context)
    column = None if table is None else standing_column(table, fact.part.name, context)
    if table is None or column is None or is_column_dropped_later(table, fact.new_name, context):
        return
    if not _had_that_name(table, column, context) or _is_renamed_back(fact, table, context):
        return
    stale = functions_with_column(context, table.name, column.name)
    effect = "get another column" if _is_named_anew(table, column, context) else "fail"
    message = (
        f'This renames column {column.name} of "{qualified(table)}": clients that name it {effect} until they are '
        "deployed anew"
    )
    message += f", and {shown(stale)} may still say the old name." if stale else "."
    yield context.finding(
        context.origin(fact.part.span),
        message,
        help="Add a new column and drop the old one later, or write above it: -- schemabot: allow rename-column -- and why.",
        object=qualified(table),
        part=column.name,
    )


def _had_that_name(table: Table, column: Column, context: ChangeContext[Any]) -> bool:
    """Whether clients know it by this name: the file has not renamed it before."""
    before = context.file_start.catalog.table_by_oid(table.oid)
    old = None if before is None else before.column_by_number(column.number)
    return old is not None and old.name == column.name


def _is_renamed_back(fact: RenameObject, table: Table, context: ChangeContext[Any]) -> bool:
    return any(
        isinstance(later, RenameObject)
        and later.kind == "column"
        and later.part is not None
        and fact.part is not None
        and (later.part.name, later.new_name) == (fact.new_name, fact.part.name)
        and means(later.name, table.schema, table.name, context)
        for later in context.later()
    )


def _is_named_anew(table: Table, column: Column, context: ChangeContext[Any]) -> bool:
    return any(
        (
            isinstance(later, AddColumn)
            and later.column.name.name == column.name
            and means(later.table, table.schema, table.name, context)
        )
        or (
            isinstance(later, RenameObject)
            and later.kind == "column"
            and later.new_name == column.name
            and means(later.name, table.schema, table.name, context)
        )
        for later in context.later()
    )
