"""DROP SCHEMA deletes everything in the schema.

With CASCADE, tables with their rows, functions, types and views go, and so does what refers to them from
other schemas. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
drop-schema -- ...`. Migrations that have been applied, or stand on the default branch, are history and are
not asked.

An empty schema, one that this file made, and schemas of the platform are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create schema shop;
create table shop.orders (id uuid primary key);
alter table shop.orders enable row level security;
-- file: 20260201000000_drop.sql
drop schema shop cascade;
--          ^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create schema shop;
create schema old;
create table old.orders (id uuid primary key);
-- file: 20260201000000_drop.sql
drop schema shop;
drop schema if exists never cascade;
-- schemabot: allow drop-schema -- nothing has read it since March
drop schema old cascade;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DropObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import shown


@change_rule(DropObject, severity=Severity.ERROR, needs_approval=True, subsumes=("drop-cascade",))
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a schema that was there before this file and holds something."""
    name = fact.name.name
    if (
        fact.kind != "schema"
        or name not in context.file_start.catalog.schemas
        or context.project.is_managed(name)
    ):
        return
    lost = gone_besides(context)
    if not lost:
        return
    yield context.finding(
        context.origin(fact.span),
        f'This deletes schema "{name}" with all that is in it: {shown(lost)}.',
        help="If this is meant, write above it: -- schemabot: allow drop-schema -- and why.",
        object=name,
    )
