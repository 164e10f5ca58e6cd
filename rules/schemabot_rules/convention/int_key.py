"""A numbered primary key is an integer of four bytes.

`integer` ends at 2,147,483,647. A table that logs, or whose inserts fail and are repeated (each takes a number),
gets there, and then every insert fails at once; the way out, a new type for the key and every column that
refers to it, rewrites them all while nobody can write. `bigint` costs four bytes a row, often none because of
alignment.

Only keys that number themselves (serial, identity) are reported: small tables of fixed codes are fine. Where
other columns refer to the key there is no fix, because they have to change together.

## Bad

```sql
create table public.logs (id int generated always as identity primary key, message text);
--                           ^^^
```

## Fixed

```sql
create table public.logs (id bigint generated always as identity primary key, message text);
```

## Bad: serial

```sql
CREATE TABLE public.logs (id SERIAL PRIMARY KEY, message TEXT);
--                           ^^^^^^
CREATE TABLE public.lines (id UUID PRIMARY KEY, log_id INT UNIQUE REFERENCES public.logs(id) ON DELETE CASCADE);
```

## Good

```sql
create table public.logs (id bigint generated always as identity primary key);
create table public.events (id bigserial primary key);
create table public.levels (id int primary key, name text not null);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns, written_type


@state_rule(Table, severity=Severity.INFORMATION, aliases=("squawk:prefer-bigint-over-int",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report self-numbering primary keys of type integer or smallint."""
    key = table.primary_key
    if key is None or len(key.columns) != 1:
        return
    column = table.column_by_number(key.columns[0])
    if column is None or column.type.name not in ("int2", "int4") or not (column.identity or column.sequence):
        return
    if column not in own_columns(context, table):
        return
    written = written_type(context, column)
    serial = written is not None and "serial" in written.text.lower()
    fix = None
    if not _is_referenced(table, context):
        fix = retype(context, table, column, "bigserial" if serial else "bigint", "Use bigint")
    if fix is not None and fix.later is not None:
        fix = msgspec.structs.replace(fix, later=None)  # the sequence would have to change too
    limit = "32,767" if column.type.name == "int2" else "2,147,483,647"
    yield context.finding(
        column_place(context, column),
        f'The key of "{qualified(table)}" ends at {limit}: then every insert fails, and a wider type takes a rewrite '
        "of the table and of all that refers to it.",
        help="Use bigint (or uuid).",
        object=qualified(table),
        part=column.name,
        fixes=() if fix is None else (fix,),
    )


def _is_referenced(table: Table, context: StateContext[Any]) -> bool:
    others = (
        context.catalog.table_by_oid(o)
        for o in (table.oid, *(context.catalog.dependents.get(table.oid) or ()))
    )
    return any(
        constraint.kind == "foreign key" and constraint.references == table.oid
        for other in others
        if other is not None
        for constraint in other.constraints
    )
