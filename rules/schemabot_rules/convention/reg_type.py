"""A column has a type that stands for an object by its number and blocks upgrades.

Columns of type regproc, regprocedure, regoper, regoperator, regconfig, regdictionary, regnamespace and
regcollation keep oids of the system catalogs. pg_upgrade does not keep these numbers and refuses a cluster that
has such a column in a table (manual, pg_upgrade, "Usage"), so the next major version has to wait until it is
gone. regclass, regrole and regtype can be upgraded. Keep the name as text and cast it where it is used.

## Bad

```sql
create table public.jobs (id uuid primary key, handler regprocedure not null);
--                                                     ^^^^^^^^^^^^
```

## Fixed

```sql
create table public.jobs (id uuid primary key, handler text not null);
```

## Good

```sql
create table public.jobs (id uuid primary key, handler text not null, target regclass);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns

_TYPES = frozenset(
    [
        "regproc",
        "regprocedure",
        "regoper",
        "regoperator",
        "regconfig",
        "regdictionary",
        "regnamespace",
        "regcollation",
    ]
)


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of the reg* types that pg_upgrade refuses."""
    if not any(column.type.name in _TYPES for column in table.columns):
        return
    for column in own_columns(context, table):
        if column.type.name not in _TYPES:
            continue
        fix = retype(context, table, column, "text", "Use text")
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is {column.type.name}: pg_upgrade refuses to upgrade a '
            "database that has such a column.",
            help=f"Keep the name as text, and cast it to {column.type.name} where it is used.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )
