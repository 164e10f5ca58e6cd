"""DROP FUNCTION takes a function away that clients may call.

The API serves functions of exposed schemas as `rpc`, so a client that calls it fails from that moment on.
Functions and triggers that call it in their text are not followed by PostgreSQL either: they fail when they
run. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow drop-function
-- ...`. Migrations that have been applied, or stand on the default branch, are history and are not asked.

A function that the same file makes again, with whatever arguments, is left alone: that is how a signature is
changed. So is one of several of the same name. So are functions of a schema that the API does not serve when
nothing names them, trigger functions that no trigger uses, and those of extensions.

## Bad

```sql
-- file: 20260101000000_create.sql
create function public.add(a int, b int) returns int language sql immutable set search_path = ''
as $$ select a + b $$;
-- file: 20260201000000_drop.sql
drop function public.add(int, int);
--            ^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create function public.add(a int, b int) returns int language sql immutable set search_path = ''
as $$ select a + b $$;
create function public.stamp() returns trigger language plpgsql set search_path = ''
as $$ begin return new; end $$;
-- file: 20260201000000_drop.sql
drop function public.add(int, int);
create function public.add(a bigint, b bigint) returns bigint language sql immutable set search_path = ''
as $$ select a + b $$;
drop function public.stamp();
drop function if exists public.never();
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Function
from schemabot.facts.model import CreateFunction, DropObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified, search_path
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import go, means, shown
from schemabot.rulekit.stale_text import functions_calling


@change_rule(DropObject, severity=Severity.WARNING, needs_approval=True, subsumes=("drop-cascade",))
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a function that was there before this file and is not made again in it."""
    if fact.kind not in ("function", "procedure", "routine", "aggregate"):
        return
    before, after = context.before.catalog, context.after.catalog
    schemas = (fact.name.schema,) if fact.name.schema is not None else search_path(context.before)
    for schema in schemas:
        for function in before.functions_named(schema, fact.name.name):
            if after.functions_named(schema, function.name):
                return  # another overload is left: the way to take one away that calls could not tell apart
            if function.oid not in after.functions and _concerns(function, context):
                yield from _finding(fact, function, context)


def _concerns(function: Function, context: ChangeContext[Any]) -> bool:
    if function.oid not in context.file_start.catalog.functions or function.extension is not None:
        return False
    if function.origin.platform or context.project.is_managed(function.schema):
        return False
    return not any(
        isinstance(other, CreateFunction) and means(other.name, function.schema, function.name, context)
        for other in context.later()
    )


def _finding(fact: DropObject, function: Function, context: ChangeContext[Any]) -> Iterator[Finding]:
    lost = gone_besides(context, function.oid)
    name = qualified(function)
    callers = [other for other in functions_calling(context, function.name) if other != name]
    is_called = function.returns is None or function.returns.name != "trigger"
    if not lost and not callers and not (is_called and context.project.is_exposed(function.schema)):
        return
    message = f'This deletes function "{name}"'
    if lost:
        message += f", and with it {go(lost)} {shown(lost)}."
    elif callers:
        message += f": {shown(callers)} still {'calls' if len(callers) == 1 else 'call'} it and will fail."
    else:
        message += ": clients that call it fail from then on."
    yield context.finding(
        context.origin(fact.span),
        message,
        help="If this is meant, write above it: -- schemabot: allow drop-function -- and why.",
        object=name,
    )
