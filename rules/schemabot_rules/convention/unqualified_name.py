"""A statement names a table, view, function or type without its schema.

What `create table notes` makes depends on the search path of whoever runs the migration: the setting of the role, of
the database, of the runner. Run with another path the table lies in another schema, or another table of that name is
changed. `public.notes` means the same for everybody.

Most projects have one schema and never meet this, so the rule is off unless it is turned on, or the preset is `all`. Names
in queries and in bodies of functions are not looked at, nor temporary tables and what a DO block does. The fix writes
the schema that the search path of the migration leads to.

## Bad

```sql
create table notes (id uuid primary key default gen_random_uuid(), title text);
--           ^^^^^
```

## Fixed

```sql
create table public.notes (id uuid primary key default gen_random_uuid(), title text);
```

## Bad: later, and by another path

```sql
CREATE SCHEMA app;
CREATE TABLE app.notes (id UUID PRIMARY KEY);
CREATE TABLE app.tasks (id UUID PRIMARY KEY);
SET search_path = app, public;
ALTER TABLE notes ADD COLUMN title TEXT, ADD COLUMN text TEXT;
--          ^^^^^
CREATE INDEX idx_tasks_id ON tasks (id, id);
--                           ^^^^^
CREATE FUNCTION add(a INT, b INT) RETURNS INT LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
--              ^^^
```

## Good

```sql
create table public.notes (id uuid primary key);
alter table public.notes add column title text;
create temporary table work (id uuid primary key);
create index on work (id);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from schemabot.facts import model as facts
from schemabot.facts.kinds.alter_table import TableFact
from schemabot.facts.model import AnyFact
from schemabot.facts.names import Name, fold
from schemabot.rulekit import ChangeContext, Finding, Fix, Replace, Severity, change_rule, quote, search_path
from schemabot.text import Span

_CREATES = (
    facts.CreateTable, facts.CreateView, facts.CreateFunction, facts.CreateEnum, facts.CreateDomain,
    facts.CreateComposite, facts.CreateSequence,
)  # fmt: skip
_ON_TABLE = (facts.CreateIndex, facts.CreatePolicy, facts.CreateTrigger, facts.AlterPolicy)
_ALTERS = tuple(kind for kind in get_args(AnyFact) if issubclass(kind, TableFact))


@change_rule(*_CREATES, *_ON_TABLE, *_ALTERS, severity=Severity.INFORMATION, presets=())
def check(fact: AnyFact, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report what is created or changed under a name without schema."""
    name = _name(fact)
    if name is None or name.schema is not None or getattr(fact, "temporary", False):
        return
    at = context.origin(name.span)
    if fold(context.project.place_text(at)) != name.name or _is_repeated(fact, name, context):
        return
    schema = _schema(fact, name, context)
    if schema is None or schema.startswith("pg_") or context.project.is_managed(schema):
        return
    place = context.origin(Span(name.span.start, name.span.start))
    yield context.finding(
        at,
        f'"{name.name}" is named without its schema: what this statement is about depends on the search path of '
        "whoever runs it.",
        help=f"Write {quote(schema)}.{quote(name.name)}.",
        object=f"{schema}.{name.name}",
        fixes=(
            Fix(
                title=f"Write the schema {schema}",
                steps=(Replace(place, f"{quote(schema)}."),),
                preferred=True,
            ),
        ),
    )


def _name(fact: AnyFact) -> Name | None:
    found = getattr(fact, "table" if isinstance(fact, (*_ON_TABLE, TableFact)) else "name", None)
    return found if isinstance(found, Name) else None


def _is_repeated(fact: AnyFact, name: Name, context: ChangeContext[Any]) -> bool:
    """Whether an earlier fact of the statement has the very same name: ALTER TABLE may do several things."""
    for index, other in context.facts:
        if index == context.at.statement:
            if other is fact:
                return False
            if _name(other) == name:
                return True
    return False


def _schema(fact: AnyFact, name: Name, context: ChangeContext[Any]) -> str | None:
    """The schema that the search path leads to: where the object is, or where it will be."""
    path = search_path(context.before)
    if isinstance(fact, _CREATES):
        return path[0] if path else None
    found = (
        schema
        for schema in ("pg_temp", *path)
        if context.before.catalog.relation(schema, name.name) is not None
    )
    return next(found, None)
