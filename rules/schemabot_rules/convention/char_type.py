"""A column has the type char(n), which is padded with blanks.

`char(n)` fills values up with blanks and ignores them in comparisons, but not in LIKE or regular expressions; a
shorter value is accepted and padded, so it does not even hold the length (manual, 8.3 "Character Types": it is
usually the slowest of the three types). `text` with a CHECK says what is meant.

A column that refers to another has that one's type and is not reported; where others refer to the column there is no
fix, because all have to change together.

## Bad

```sql
create table public.countries (code char(2) primary key, name text not null);
--                                  ^^^^^^^
```

## Fixed

```sql
create table public.countries (code text primary key, name text not null);
```

## Bad: changed later

```sql
CREATE TABLE public.countries (id INT PRIMARY KEY, code TEXT);
ALTER TABLE public.countries ALTER COLUMN code TYPE CHARACTER(2) USING code::char(2);
--                                                  ^^^^^^^^^^^^
```

## Bad: referred to

```sql
create table public.countries (code char(2) primary key);
--                                  ^^^^^^^
create table public.towns (
  id uuid primary key, country char(2) not null references public.countries(code) on delete restrict
);
create index idx_towns_country on public.towns (country);
```

## Good

```sql
create table public.countries (code text primary key check (char_length(code) = 2), kind "char");
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.referring import is_referred_to
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns


@state_rule(Table, severity=Severity.WARNING, aliases=("squawk:ban-char-field",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type char(n)."""
    if not any(column.type.name == "bpchar" for column in table.columns):
        return
    keys = {n for c in table.constraints if c.kind == "foreign key" for n in c.columns}
    for column in own_columns(context, table):
        if column.type.name != "bpchar" or column.number in keys:
            continue
        fix = None
        if not is_referred_to(context.catalog, table, column.number):
            fix = retype(context, table, column, "text", "Use text")
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is padded with blanks to its length: LIKE and clients see '
            "them, and shorter values are not refused.",
            help="Use text, with a CHECK of the length if it matters.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )
