"""A table has no primary key.

Without a primary key nothing tells two equal rows apart: a row cannot be updated or deleted by itself, other
tables cannot refer to it, logical replication (Supabase Realtime among others) refuses UPDATE and DELETE, and
the API's upsert has nothing to go by.

Partitions and inheriting tables follow their parents and are left alone, foreign tables cannot have a key.

The fix depends on what is there: a column `id` becomes the key, a join table gets the pair of its foreign
keys, anything else gets a new column `id`.

Supabase's advisor reports the same as `0004_no_primary_key`.

## Bad: an id that is no key

```sql
create table public.notes (id uuid not null, body text);
--           ^^^^^^^^^^^^
alter table public.notes enable row level security;
```

## Fixed: Make id the primary key

```sql
create table public.notes (id uuid not null, body text);

alter table public.notes add primary key (id);
alter table public.notes enable row level security;
```

## Bad: a join table

```sql
CREATE TABLE public.posts (id UUID PRIMARY KEY);
CREATE TABLE public.tags (id UUID PRIMARY KEY);
CREATE TABLE public.post_tags (
--           ^^^^^^^^^^^^^^^^
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  tag_id UUID NOT NULL REFERENCES public.tags(id) ON DELETE CASCADE
);
CREATE INDEX idx_post_tags_tag_id ON public.post_tags (tag_id);
```

## Fixed: Make (post_id, tag_id) the primary key

```sql
CREATE TABLE public.posts (id UUID PRIMARY KEY);
CREATE TABLE public.tags (id UUID PRIMARY KEY);
CREATE TABLE public.post_tags (
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  tag_id UUID NOT NULL REFERENCES public.tags(id) ON DELETE CASCADE
);

ALTER TABLE public.post_tags ADD PRIMARY KEY (post_id, tag_id);
CREATE INDEX idx_post_tags_tag_id ON public.post_tags (tag_id);
```

## Bad: nothing to make a key of

```sql
create table public.readings (at timestamptz not null, value numeric);
--           ^^^^^^^^^^^^^^^
```

## Fixed: Add a column id as the primary key

```sql
create table public.readings (at timestamptz not null, value numeric);

alter table public.readings add column id uuid primary key default gen_random_uuid();
```

## Good

```sql
create table public.notes (id uuid not null);
alter table public.notes add constraint notes_pk primary key (id);
create table public.events (day date not null, id uuid not null, primary key (day, id)) partition by range (day);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
create temporary table scratch (value int);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    qualified,
    quote,
    quote_name,
    state_rule,
)

_KEY_TYPES = ("uuid", "int2", "int4", "int8", "text", "varchar")
_ADD = "alter table {} add primary key ({});"
_ADD_COLUMN = "alter table {} add column id uuid primary key default gen_random_uuid();"


@state_rule(
    Table,
    severity=Severity.WARNING,
    aliases=("advisor:0004_no_primary_key",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables without a primary key."""
    if (
        table.primary_key is not None
        or table.kind == "foreign"
        or table.partition_of
        or table.parents
        or not table.columns_known
        or not context.concerns(table)
    ):
        return
    yield context.finding(
        table.origin,
        f'Table "{qualified(table)}" has no primary key: equal rows cannot be told apart, other tables cannot refer '
        "to them, and replication refuses to update or delete them.",
        help="Give it a primary key.",
        object=qualified(table),
        fixes=tuple(_fixes(table, context)),
    )


def _fixes(table: Table, context: StateContext[Any]) -> Iterator[Fix]:
    key = _natural_key(table)
    if key:
        listed = ", ".join(quote(name) for name in key)
        title = "Make id the primary key" if key == ("id",) else f"Make ({listed}) the primary key"
        yield _fix(title, _ADD, (listed,), table, context)
    elif table.column("id") is None and table.kind == "table":
        yield _fix("Add a column id as the primary key", _ADD_COLUMN, (), table, context)


def _natural_key(table: Table) -> tuple[str, ...]:
    """The column id, else the columns of a join table's two foreign keys, when they are never null."""
    own = table.column("id")
    if own is not None and own.type.name in _KEY_TYPES and table.kind == "table":
        return ("id",)
    keys = [c.columns[0] for c in table.constraints if c.kind == "foreign key" and len(c.columns) == 1]
    pair = [column for column in table.columns if column.number in keys]
    others = [column for column in table.columns if column.number not in keys and column.default is None]
    if len(set(keys)) == len(keys) == 2 and not others and all(column.not_null for column in pair):
        return tuple(column.name for column in pair)
    return ()


def _fix(title: str, template: str, values: tuple[str, ...], table: Table, context: StateContext[Any]) -> Fix:
    columns = (column.origin for column in table.columns)
    changes = (change.at for column in table.columns for change in column.changes)
    at = context.project.latest(context.named(table)[0], *columns, *changes)
    style = context.project.style(at)
    return Fix(
        title=title,
        steps=(InsertAfter(at, style.sql(template, context.name_behind(table, at), *values)),),
        preferred=True,
        later=style.sql(template, quote_name(table.schema, table.name), *values),
    )
