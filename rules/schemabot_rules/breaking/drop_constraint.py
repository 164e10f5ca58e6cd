"""DROP CONSTRAINT lets rows in that were refused until now.

A foreign key, a unique or primary key and a CHECK are promises that readers rely on, and the first row that
breaks one keeps it from being put back. If it is meant, say why on the line above the statement or at its
end: `-- schemabot: allow drop-constraint -- ...`. Migrations that have been applied, or stand on the default
branch, are history and are not asked.

Silent when the file adds a constraint of the same name, a CHECK for a CHECK, or a key that shares a column
with the old one or refers to the same table: that is how a constraint is changed. So it is when another one
says the same, when the columns go, and when they get a type that takes the place of the CHECK. Tables that
this file made or drops are left alone.

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
create table public.notes (
  id uuid primary key,
  mood text constraint moods check (mood in ('good', 'bad')),
  slug text constraint slugs unique,
  other text constraint others unique
);
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
alter table public.notes drop constraint moods, drop constraint if exists never;
alter table public.notes add constraint moods check (mood in ('good', 'bad', 'ugly'));
alter table public.notes drop constraint slugs, add unique (mood, slug);
-- schemabot: allow drop-column -- nobody has ever written it
alter table public.notes drop constraint others, drop column other;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Constraint, Table
from schemabot.facts.model import (
    AddConstraint,
    AlterColumnType,
    CreateIndex,
    DropColumn,
    DropConstraint,
    RenameObject,
)
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
    """Whether another constraint, an index or a type says the same, or the column goes."""
    if _is_said_twice(table, constraint):
        return True
    names = _names(table, constraint, context)
    target = context.before.catalog.table_by_oid(constraint.references)
    is_key = constraint.kind in ("unique", "primary key")
    for fact in context.later():
        if (
            # a new type says what a CHECK of the values said
            (
                isinstance(fact, DropColumn)
                or (isinstance(fact, AlterColumnType) and constraint.kind == "check")
            )
            and fact.column.name in names
            and means(fact.table, table.schema, table.name, context)
        ):
            return True
    for _, fact in context.facts:
        if isinstance(fact, AddConstraint):
            added = fact.constraint
            same = added.name is not None and added.name.name == constraint.name
            if constraint.kind == "check" or added.kind == "primary key" == constraint.kind:
                same = same or added.kind == constraint.kind
            elif added.kind == constraint.kind or (is_key and added.kind in ("unique", "primary key")):
                same = same or bool(names & set(added.columns)) or added.using_index is not None
                same = same or (
                    target is not None
                    and added.references is not None
                    and added.references.name == target.name
                )
            if same and means(fact.table, table.schema, table.name, context):
                return True
        elif (
            isinstance(fact, CreateIndex)
            and fact.unique
            and is_key
            and means(fact.table, table.schema, table.name, context)
        ):
            return True
    return False


def _names(table: Table, constraint: Constraint, context: ChangeContext[Any]) -> set[str]:
    """The names of its columns, with those that they get further on."""
    names = set(table.column_names(constraint.columns))
    for fact in context.later():
        if (
            isinstance(fact, RenameObject)
            and fact.kind == "column"
            and fact.part is not None
            and fact.part.name in names
            and means(fact.name, table.schema, table.name, context)
        ):
            names.add(fact.new_name)
    return names


def _is_said_twice(table: Table, constraint: Constraint) -> bool:
    others = [c for c in table.constraints if c.oid != constraint.oid]
    if constraint.kind == "foreign key":
        return any(
            (c.kind, c.columns, c.references, c.references_columns)
            == ("foreign key", constraint.columns, constraint.references, constraint.references_columns)
            for c in others
        )
    if constraint.kind == "unique":
        columns = set(constraint.columns)
        return any(c.kind in ("unique", "primary key") and set(c.columns) <= columns for c in others)
    return False
