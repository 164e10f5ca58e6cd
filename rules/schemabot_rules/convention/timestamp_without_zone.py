"""A column has the type timestamp, which knows no time zone.

`timestamp without time zone` keeps what the clock showed and forgets where. A value written by a server in
UTC and read by a client elsewhere shifts by hours, comparisons with `now()` depend on the session's time zone,
and the day on which clocks are put back has an hour twice. `timestamptz` takes the same 8 bytes and keeps a
moment.

A column whose name says that it is a local time (`local_start`, `starts_local`) is left alone, and so are those of a table
that keeps the time zone in a column of its own. Where most time stamps of a project have no time zone (Prisma writes
them so, always in UTC), only the presets `schemabot` and `all` speak.

In a new migration the fix takes old values for UTC, which is what a server's clock usually shows: look whether yours did.
There is no fix where an index or a generated column computes with the column: the day of a `timestamptz` depends on the
session, so PostgreSQL would refuse it there.

## Bad

```sql
create table public.events (id uuid primary key, starts_at timestamp not null default now());
--                                                         ^^^^^^^^^
```

## Fixed

```sql
create table public.events (id uuid primary key, starts_at timestamptz not null default now());
```

## Bad: with a precision, added later

```sql
CREATE TABLE public.events (id UUID PRIMARY KEY);
ALTER TABLE public.events ADD COLUMN ended_at TIMESTAMP(3) WITHOUT TIME ZONE;
--                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
CREATE TABLE public.events (id UUID PRIMARY KEY);
ALTER TABLE public.events ADD COLUMN ended_at TIMESTAMPTZ(3);
```

## Good

```sql
create table public.events (
  id uuid primary key, starts_at timestamp with time zone, local_start timestamp, day date, opens time
);
create table public.meetings (id uuid primary key, starts_at timestamp not null, timezone text not null);
create table public.mended (at timestamp, id int primary key);
alter table public.mended alter column at type timestamptz using at at time zone 'UTC';
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import is_against_habit
from schemabot.rulekit.retype import is_computed_with, retype
from schemabot.rulekit.written import column_place, own_columns

_ZONE = re.compile(r"(?:\A|_)(?:tz|time_?zone)(?:_name|_id)?\Z")


@state_rule(Table, severity=Severity.WARNING, aliases=("squawk:prefer-timestamp-tz",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type timestamp without time zone."""
    wrong = [c for c in table.columns if c.type.name == "timestamp" and "local" not in c.name.split("_")]
    if not wrong or is_against_habit(context, "time_zone"):
        return
    if any(_ZONE.search(column.name) for column in table.columns):
        return
    for column in own_columns(context, table):
        if column not in wrong:
            continue
        modifiers = f"({column.type.modifiers[0]})" if column.type.modifiers else ""
        using = "" if column.type.array else "{} at time zone 'UTC'"
        fix = None
        if not is_computed_with(table, column):
            fix = retype(context, table, column, f"timestamptz{modifiers}", "Use timestamptz", using=using)
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is a timestamp without time zone: it does not say which '
            "moment it means, and shifts between servers and clients.",
            help="Use timestamptz.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )
