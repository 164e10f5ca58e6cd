"""An index is the beginning of another one.

An index on `(a, b)` finds rows by `a` alone nearly as fast as an index on `(a)` does (PostgreSQL manual, 11.3
"Multicolumn Indexes"). The shorter one is then written with every insert for little: it is smaller, and that
is all. A plain index beside a unique one of the same columns is worth nothing at all.

The rule compares B-tree indexes without conditions and with plain keys in the same order. An index on the
tenant column alone is left alone: the house's pattern has one on every table. Whether the shorter one may go
is your decision, so the fix is never applied without a look; where both have the same columns it is safe.

## Bad

```sql
create table public.logs (id uuid primary key, device_id uuid not null, at timestamptz not null);
create index idx_logs_device_id on public.logs (device_id);
--           ^^^^^^^^^^^^^^^^^^
create index idx_logs_device_id_at on public.logs (device_id, at);
```

## Fixed

```sql
create table public.logs (id uuid primary key, device_id uuid not null, at timestamptz not null);
create index idx_logs_device_id on public.logs (device_id);
create index idx_logs_device_id_at on public.logs (device_id, at);

drop index public.idx_logs_device_id;
```

## Bad: beside a unique constraint

```sql
CREATE TABLE public.users (id UUID PRIMARY KEY, email TEXT NOT NULL UNIQUE);
CREATE INDEX idx_users_email ON public.users (email);
--           ^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.logs (id uuid primary key, org_id uuid not null, kind text, at timestamptz not null);
create table public.devices (id uuid primary key, org_id uuid not null);
create index idx_devices_org_id on public.devices (org_id);
create index idx_logs_org_id on public.logs (org_id);
create index idx_logs_org_id_at on public.logs (org_id, at);
create index idx_logs_at on public.logs (at);
create index idx_logs_kind_at on public.logs (kind, at desc);
create unique index logs_kind on public.logs (kind);
create index some on public.logs (at, kind) where kind is not null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Index, Table
from schemabot.rulekit import Finding, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits
from schemabot.rulekit.index_shape import drop_fix, is_needed, key_shape, shape


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report plain indexes that a longer or unique one serves as well."""
    if len(table.indexes) < 2 or table.partition_of:
        return
    for index in table.indexes:
        if index.unique or index.constraint or not _plain(index) or index.origin.platform:
            continue
        wider = next((other for other in table.indexes if _serves(other, index)), None)
        if wider is None or is_needed(index, table, context.catalog) or not context.concerns(table):
            continue
        if len(index.keys) == 1 and len(wider.keys) > 1:
            column = table.column_by_number(index.keys[0].column)
            if column is not None and column.name == habits(context).tenant_column:
                continue
        same = len(wider.keys) == len(index.keys)
        yield context.finding(
            index.origin,
            f'Index "{index.name}" is {"the same as the unique" if same else "the beginning of"} "{wider.name}", which '
            "serves its queries too: every write pays for both.",
            help=f'Drop "{index.name}"' + ("." if same else ", unless its smaller size matters."),
            object=qualified(table),
            part=index.name,
            fixes=(drop_fix(index, wider, table, context, safe=same),),
            related=()
            if wider.origin.platform
            else (Related(wider.origin, "the index that serves as well"),),
        )


def _plain(index: Index) -> bool:
    return (
        index.method == "btree"
        and index.where is None
        and not index.include
        and all(key.column for key in index.keys)
    )


def _serves(other: Index, index: Index) -> bool:
    if other is index or other.method != "btree" or other.where is not None:
        return False
    if len(other.keys) < len(index.keys) or (len(other.keys) == len(index.keys) and not other.unique):
        return False
    if shape(other) == shape(index) and not other.unique:
        return False
    return all(key_shape(a) == key_shape(b) for a, b in zip(index.keys, other.keys, strict=False))
