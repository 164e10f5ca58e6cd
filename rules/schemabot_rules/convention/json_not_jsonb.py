"""A column has the type json instead of jsonb.

`json` keeps the text as it came and reads it anew with every access; it has no equality, so DISTINCT, GROUP BY
and UNION fail on it, and no GIN index can find what is in it. `jsonb` is read once, compared and indexed (manual,
8.14 "JSON Types": most applications should prefer it). Only where the very spelling counts (order of keys,
repeated keys, a signed document) `json` is right: then say so in a comment that ignores this rule. A column that a
later statement made `json` is taken to be meant so, and one that holds a JSON schema, whose properties people want to
see in the order in which they wrote them.

## Bad

```sql
create table public.events (id uuid primary key, payload json not null default '{}');
--                                                       ^^^^
```

## Fixed

```sql
create table public.events (id uuid primary key, payload jsonb not null default '{}');
```

## Good

```sql
create table public.events (id uuid primary key, payload jsonb not null, output_schema json);
create table public.prompts (id uuid primary key, config jsonb);
alter table public.prompts alter column config type json using config::json;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns

_ORDERED = re.compile(r"(?:\A|_)schema\Z", re.I)


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type json."""
    if not any(column.type.name == "json" for column in table.columns):
        return
    for column in own_columns(context, table):
        if column.type.name != "json" or _ORDERED.search(column.name):
            continue
        if any(change.what == "type" for change in column.changes):
            continue
        using = "" if column.type.array or column.default is not None else "{}::jsonb"
        fix = retype(context, table, column, "jsonb", "Use jsonb", using=using)
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is json: it is read anew with every access, cannot be '
            "compared, and no index finds what is in it.",
            help="Use jsonb.",
            object=qualified(table),
            part=column.name,
            fixes=() if fix is None else (fix,),
        )
