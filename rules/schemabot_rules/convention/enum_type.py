"""A type is an enum.

A label of an enum can be added, but never removed, and not be used in the transaction that adds it; to take one away the
type has to be made anew and every column, function and view that uses it changed. `text` with a CHECK says the same,
is replaced in one statement, and needs no cast in any query.

This is a matter of taste: enums take four bytes, keep the order of their labels, and generators of types read them. So
the rule is off unless it is turned on, or the preset is `all`.

## Bad

```sql
create type public.mood as enum ('good', 'bad');
--          ^^^^^^^^^^^
```

## Good

```sql
create table public.days (id uuid primary key, mood text not null check (mood in ('good', 'bad')));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import EnumType
from schemabot.rulekit import Finding, Severity, StateContext, state_rule


@state_rule(EnumType, severity=Severity.INFORMATION, presets=())
def check(enum: EnumType, context: StateContext[Any]) -> Iterator[Finding]:
    """Report enums of the project."""
    if (
        enum.origin.platform
        or enum.extension is not None
        or context.project.is_managed(enum.schema)
        or context.catalog.is_tainted(enum.schema, enum.name)
    ):
        return
    yield context.finding(
        enum.origin,
        f'Type "{enum.schema}.{enum.name}" is an enum: its labels can be added to, but none can be taken away.',
        help="Use text with a CHECK.",
        object=f"{enum.schema}.{enum.name}",
    )
