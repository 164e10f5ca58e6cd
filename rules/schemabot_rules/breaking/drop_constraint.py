"""DROP CONSTRAINT lets rows in that were refused until now.

A foreign key, a unique or primary key and a CHECK are promises that readers rely on, and the first row that
breaks one keeps it from being put back. If it is meant, say why on the line above the statement or at its
end: `-- schemabot: allow drop-constraint -- ...`. Migrations that have been applied, or stand on the default
branch, are history and are not asked.

Silent when the file adds a constraint of the same name, or of the same kind on the same columns, further on:
that is how a CHECK is changed. Tables that this file made or drops are left alone, and so are columns that
go.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, mood text constraint moods check (mood in ('good', 'bad')));
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
alter table public.notes drop constraint moods;
--                                       ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, mood text constraint moods check (mood in ('good', 'bad')));
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
alter table public.notes drop constraint moods, drop constraint if exists never;
alter table public.notes add constraint moods check (mood in ('good', 'bad', 'ugly'));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Constraint, Table
from schemabot.facts.model import AddConstraint, CreateIndex, DropColumn, DropConstraint
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_table

_PROMISES = {
    "check": "rows that it refused are let in",
    "unique": "equal rows are let in",
    "exclude": "rows that exclude each other are let in",
    "primary key": "equal rows are let in, and nothing identifies a row",
    "foreign key": "rows may refer to what is not there",
}


@change_rule(DropConstraint, severity=Severity.WARNING, needs_approval=True)
def check(fact: DropConstraint, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a constraint that was there before this file and does not come back in another form."""
    table = standing_table(fact.table, context)
    before = None if table is None else context.file_start.catalog.table_by_oid(table.oid)
    if table is None or before is None or is_dropped_later(table, context):
        return
    constraint = next((c for c in table.constraints if c.name == fact.name.name), None)
    if constraint is None or constraint.kind not in _PROMISES or constraint.inherited:
        return
    if constraint.oid not in {c.oid for c in before.constraints} or _comes_back(table, constraint, context):
        return
    yield context.finding(
        context.origin(fact.name.span),
        f'This drops {constraint.kind} {constraint.name} of "{qualified(table)}": {_PROMISES[constraint.kind]}.',
        help="If this is meant, write above it: -- schemabot: allow drop-constraint -- and why.",
        object=qualified(table),
        part=constraint.name,
    )


def _comes_back(table: Table, constraint: Constraint, context: ChangeContext[Any]) -> bool:
    names = set(table.column_names(constraint.columns))
    for fact in context.later():
        if isinstance(fact, DropColumn) and fact.column.name in names:
            return True
        if isinstance(fact, CreateIndex) and fact.unique and constraint.kind == "unique":
            return True
        if not isinstance(fact, AddConstraint) or not means(fact.table, table.schema, table.name, context):
            continue
        added = fact.constraint
        if added.name is not None and added.name.name == constraint.name:
            return True
        if constraint.kind in added.kind or set(added.columns) == names:
            return True
    return False
