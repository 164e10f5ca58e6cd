"""No trigger keeps updated_at.

A column `updated_at` with a default is right once, when the row is made. From then on it says whatever the last
writer said, and a writer that does not think of it (an SQL console, another service, a function) leaves the
old time there: caches, synchronisation and "last changed" lists then miss the change.

Some projects set it in the application on purpose, and then no trigger is needed. So the rule judges by what
the project itself does: where two thirds of the tables with `updated_at` have a trigger for it (at least three do), one
that has none was forgotten, unless the column has no default either: then somebody sets it. In the presets
`schemabot` and `all` every table is asked for it.

A trigger counts if it is BEFORE UPDATE FOR EACH ROW and its function assigns `new.updated_at`, is `moddatetime`, or is
not known. The fix uses the function that the project's other tables use, else makes `set_updated_at`.

## Bad

```toml
preset = "schemabot"
```

```sql
create function public.set_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
create table public.teams (id uuid primary key, updated_at timestamptz not null default now());
create trigger set_updated_at before update on public.teams for each row execute function public.set_updated_at();
create table public.notes (id uuid primary key, updated_at timestamptz not null default now());
--                                              ^^^^^^^^^^
```

## Fixed

```sql
create function public.set_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
create table public.teams (id uuid primary key, updated_at timestamptz not null default now());
create trigger set_updated_at before update on public.teams for each row execute function public.set_updated_at();
create table public.notes (id uuid primary key, updated_at timestamptz not null default now());

create trigger set_updated_at
  before update on public.notes
  for each row
  execute function public.set_updated_at();
```

## Bad: no function yet

```toml
preset = "schemabot"
```

```sql
CREATE TABLE public.notes (id UUID PRIMARY KEY, updated_at TIMESTAMPTZ NOT NULL DEFAULT now());
--                                              ^^^^^^^^^^
```

## Good: the project sets it elsewhere

```sql
create table public.teams (id uuid primary key, updated_at timestamptz not null default now());
create table public.notes (id uuid primary key, updated_at timestamptz not null default now());
```

## Good: moddatetime

```toml
preset = "schemabot"
```

```sql
create extension if not exists moddatetime schema extensions;
create table public.notes (id uuid primary key, updated_at timestamptz not null default now());
create trigger touched before insert or update on public.notes
  for each row execute function extensions.moddatetime(updated_at);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Function, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.column_habits import keeps_copies
from schemabot.rulekit.habits import habits, house_style, keeps_updated_at
from schemabot_snippets import render

_TYPES = ("timestamptz", "timestamp", "date")


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables with updated_at that no trigger keeps."""
    column = table.column("updated_at")
    if (
        column is None
        or table.kind == "foreign"
        or table.partition_of
        or column.type.name not in _TYPES
        or column.generated is not None
        or any(keeps_updated_at(trigger, context.catalog) for trigger in table.triggers)
        or not context.concerns(table)
    ):
        return
    if not house_style(context) and (
        column.default is None or keeps_copies(table) or not habits(context).updated_at_kept.mostly
    ):
        return
    yield context.finding(
        column.origin,
        f'No trigger keeps updated_at of "{qualified(table)}": it shows the time of the insert, whatever happens later.',
        help="Add a BEFORE UPDATE trigger that sets it.",
        object=qualified(table),
        part=column.name,
        fixes=(_fix(table, context),),
    )


def _fix(table: Table, context: StateContext[Any]) -> Fix:
    column = table.column("updated_at")
    setter = _setter(context)
    needs = [] if column is None else [column.origin]
    needs += [] if setter is None else [setter.origin, *(change.at for change in setter.changes)]
    at = context.project.latest(context.named(table)[0], *needs)
    style = context.project.style(at)
    taken = {trigger.name for trigger in table.triggers}
    name = fitting_name("set_updated_at", taken.__contains__)
    function = f"{table.schema}.set_updated_at" if setter is None else quote_name(setter.schema, setter.name)

    def sql(written: str) -> str:
        text = style.sql(
            "create trigger {}\n  before update on {}\n  for each row\n  execute function {}();",
            quote(name),
            written,
            function,
        )
        if setter is None:
            made = render("updated-at-function", upper=style.upper, set_updated_at=function)
            text = made.replace("\n", style.line_end) + style.line_end * 2 + text
        return text

    return Fix(
        title="Add the trigger set_updated_at",
        steps=(InsertAfter(at, sql(context.name_behind(table, at))),),
        safe=setter is not None,
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
    )


def _setter(context: StateContext[Any]) -> Function | None:
    """The function that most tables use, else one called set_updated_at; moddatetime wants an argument."""
    functions = context.catalog.functions
    for oid in habits(context).setters:
        found = functions.get(oid)
        if found is not None and found.extension is None:
            return found
    named = (f for f in context.catalog.functions_named("public", "set_updated_at") if not f.parameters)
    return next(named, None)
