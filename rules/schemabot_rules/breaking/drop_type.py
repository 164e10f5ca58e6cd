"""DROP TYPE or DROP DOMAIN deletes a type that clients may name.

With CASCADE every column of the type goes as well, with its values, silently. Without it the server refuses
as long as a column or function uses the type; what is left to break are clients that cast to it or were
generated from it. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
drop-type -- ...`. Migrations that have been applied, or stand on the default branch, are history and are not
asked.

A type that the same file made is left alone, and so is one whose name another type has when the file is through:
that is how a value is taken out of an enum.

## Bad

```sql
-- file: 20260101000000_create.sql
create type public.mood as enum ('good', 'bad');
create table public.notes (id uuid primary key, mood public.mood);
alter table public.notes enable row level security;
-- file: 20260201000000_drop.sql
drop type public.mood cascade;
--        ^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create type public.mood as enum ('good', 'bad');
create domain public.score as int;
-- file: 20260201000000_drop.sql
drop type if exists public.never;
drop type public.mood;
create type public.mood as enum ('good', 'bad', 'ugly');
alter type public.mood rename to mood_old;
create type public.mood as enum ('good');
drop type public.mood_old;
drop domain public.score; -- schemabot: allow drop-type -- no column has ever used it
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import TypeObject
from schemabot.facts.model import (
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    DropObject,
    RenameObject,
)
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, search_path
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import go, means, shown


@change_rule(DropObject, severity=Severity.ERROR, needs_approval=True, subsumes=("drop-cascade",))
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a type that was there before this file and is not made again in it."""
    if fact.kind not in ("type", "domain"):
        return
    found = _type(fact, context)
    if found is None or found.oid not in context.file_start.catalog.types or found.extension is not None:
        return
    if found.origin.platform or context.project.is_managed(found.schema):
        return
    lost = gone_besides(context, found.oid)
    if not lost and _is_made_again(found, context):
        return
    name = f"{found.schema}.{found.name}"
    message = f'This deletes type "{name}"'
    message += f", and with it {go(lost)} {shown(lost)}." if lost else ": clients that name it fail."
    yield context.finding(
        context.origin(fact.span),
        message,
        help="If this is meant, write above it: -- schemabot: allow drop-type -- and why.",
        object=name,
    )


def _is_made_again(found: TypeObject, context: ChangeContext[Any]) -> bool:
    """Whether a type has the name again that this one had before the file."""
    old = context.file_start.catalog.types[found.oid]
    if old.name != found.name and context.before.catalog.type_named(old.schema, old.name) is not None:
        return True
    return any(
        (
            isinstance(other, (CreateEnum, CreateDomain, CreateComposite, CreateType))
            and means(other.name, old.schema, old.name, context)
        )
        or (
            isinstance(other, RenameObject)
            and other.kind in ("type", "domain")
            and other.part is None
            and other.new_name == old.name
        )
        for other in context.later()
    )


def _type(fact: DropObject, context: ChangeContext[Any]) -> TypeObject | None:
    catalog = context.before.catalog
    schemas = (fact.name.schema,) if fact.name.schema is not None else search_path(context.before)
    found = (catalog.type_named(schema, fact.name.name) for schema in schemas)
    return next((item for item in found if item is not None), None)
