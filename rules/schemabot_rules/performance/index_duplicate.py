"""Two indexes of a table are the same.

Each index is written with every insert and most updates, and takes room and memory. A second one of the same
columns in the same order, method and condition never answers a query that the first does not.

It usually comes from a `create index` beside a `unique` or primary key that has made its own, or from two
migrations that had the same thought under different names. The one without a constraint behind it goes; of two
plain ones the younger. An index that a foreign key relies on stays.

Supabase's advisor reports the same as `0009_duplicate_index`.

## Bad

```sql
create table public.orders (id uuid primary key, number int not null);
create index idx_orders_number on public.orders (number);
create index orders_by_number on public.orders (number);
--           ^^^^^^^^^^^^^^^^
```

## Fixed

```sql
create table public.orders (id uuid primary key, number int not null);
create index idx_orders_number on public.orders (number);
create index orders_by_number on public.orders (number);

drop index public.orders_by_number;
```

## Bad: beside a constraint

```sql
CREATE TABLE public.users (id UUID PRIMARY KEY, email TEXT UNIQUE);
CREATE UNIQUE INDEX users_email ON public.users (email);
--                  ^^^^^^^^^^^
```

## Good

```sql
create table public.orders (id uuid primary key, number int, closed boolean);
create index a on public.orders (number);
create index b on public.orders (number desc);
create index c on public.orders (number) where closed;
create index d on public.orders using hash (number);
create index e on public.orders (number) include (closed);
create index f on public.orders (lower(number::text));
create index g on public.orders (number, closed);
create unique index h on public.orders (number);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Index, Table
from schemabot.rulekit import Finding, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.index_shape import drop_fix, is_needed, shape


@state_rule(
    Table,
    severity=Severity.WARNING,
    aliases=("advisor:0009_duplicate_index",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report indexes that have a twin."""
    if len(table.indexes) < 2 or table.partition_of:
        return
    first: dict[tuple[object, ...], Index] = {}
    for index in sorted(table.indexes, key=lambda i: (not i.primary, not i.constraint, i.oid)):
        twin = first.setdefault((shape(index), index.unique, index.nulls_not_distinct), index)
        if (
            twin is index
            or index.constraint
            or is_needed(index, table, context.catalog)
            or index.origin.platform
        ):
            continue
        if context.concerns(table):
            yield context.finding(
                index.origin,
                f'Index "{index.name}" is the same as "{twin.name}": it slows every write and helps no query.',
                help="Drop one of them.",
                object=qualified(table),
                part=index.name,
                fixes=(drop_fix(index, twin, table, context),),
                related=() if twin.origin.platform else (Related(twin.origin, "the same index"),),
            )
