"""SET NOT NULL on a column that may hold nulls: the migration fails on the first one.

On the developer's machine the table is empty and it works; in production one old row without a value stops
the deployment. Clients that still write null fail afterwards.

Silent when the file fills the column first (an UPDATE that sets it), when a CHECK that has been validated
says the column is not null, and about columns and tables that this file made. If it is meant, say why on the
line above the statement or at its end: `-- schemabot: allow set-not-null -- ...`. Migrations that have been
applied, or stand on the default branch, are history and are not asked.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_titles.sql
alter table public.notes alter column title set not null;
--                                    ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
alter table public.notes add constraint notes_mood_given check (mood is not null) not valid;
alter table public.notes validate constraint notes_mood_given;
-- file: 20260201000000_titles.sql
update public.notes set title = 'untitled' where title is null;
alter table public.notes alter column title set not null;
alter table public.notes alter column mood set not null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.facts import expression as ex
from schemabot.facts.model import DeleteRows, SetNotNull, TruncateTable, UpdateRows
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.constancy import conjuncts
from schemabot.rulekit.removal import is_column_dropped_later, means, standing_column, standing_table


@change_rule(SetNotNull, severity=Severity.WARNING, needs_approval=True)
def check(fact: SetNotNull, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report SET NOT NULL of a column that nothing has filled."""
    if not fact.not_null:
        return
    table = standing_table(fact.table, context)
    column = None if table is None else standing_column(table, fact.column.name, context)
    if table is None or column is None or column.not_null:
        return
    if _is_checked(table, column) or _is_filled(table, column, context):
        return
    if is_column_dropped_later(table, column.name, context):
        return
    yield context.finding(
        context.origin(fact.column.span),
        f'This fails if a row of "{qualified(table)}" has no {column.name}, and nothing here fills it before.',
        help=f"Fill {column.name} first, in the rows where it is null.",
        object=qualified(table),
        part=column.name,
    )


def _is_checked(table: Table, column: Column) -> bool:
    return any(
        isinstance(part, ex.Test)
        and part.operator == "not null"
        and isinstance(part.arg, ex.Column)
        and part.arg.parts[-1:] == (column.name,)
        for constraint in table.constraints
        if constraint.kind == "check" and constraint.validated and constraint.enforced
        for part in (
            () if constraint.expression is None else conjuncts(constraint.expression.expression.root)
        )
    )


def _is_filled(table: Table, column: Column, context: ChangeContext[Any]) -> bool:
    """Whether an earlier statement of the file writes the column, or deletes rows of the table."""
    return any(
        isinstance(fact, (UpdateRows, DeleteRows, TruncateTable))
        and (not isinstance(fact, UpdateRows) or any(c.name == column.name for c in fact.columns))
        and means(fact.table, table.schema, table.name, context)
        for fact in context.earlier()
    )
