"""A varchar column has a length.

PostgreSQL stores `text` and `varchar(n)` alike; a length saves neither room nor time (manual, 8.3 "Character
Types"). The number is usually a guess, a value one letter too long fails at run time, and to change the length
the type of the column has to change, which PostgreSQL refuses while a view uses it. A CHECK says the same
where a limit has a reason, has a name in the error message, and is quick to replace.

A length that is not round (2, 3, 17, 36: a country, a currency, a MAC address, a uuid) has a reason and is left alone, and
so are 10 or less, and columns whose words a CHECK or a foreign key restricts. Where most columns of text in a project
have a length, nobody there minds. In the presets `schemabot` and `all` every length is reported.

The first fix drops the length, the second keeps it as a CHECK.

## Bad

```sql
create table public.customers (id uuid primary key, name varchar(100) not null default '');
--                                                       ^^^^^^^^^^^^
```

## Fixed: Use text

```sql
create table public.customers (id uuid primary key, name text not null default '');
```

## Fixed: Use text with a check of the length

```sql
create table public.customers (id uuid primary key, name text check (char_length(name) <= 100) not null default '');
```

## Good

```sql
create table public.customers (
  id uuid primary key, name text, short varchar, mac varchar(17),
  kind varchar(20) not null check (kind in ('person', 'company'))
);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, quote, state_rule
from schemabot.rulekit.column_habits import is_against_habit, restricted_columns
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, is_written, own_columns

_SHORT = 10
_ROUND = (64, 128, 191, 256, 512, 1024, 2048, 4096)


@state_rule(Table, severity=Severity.INFORMATION, aliases=("squawk:prefer-text-field",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type varchar(n)."""
    if not any(c.type.name == "varchar" and c.type.modifiers for c in table.columns):
        return
    if is_against_habit(context, "text_unlimited"):
        return
    restricted = restricted_columns(table)
    for column in own_columns(context, table):
        if column.type.name != "varchar" or not column.type.modifiers or column.type.array:
            continue
        length = column.type.modifiers[0]
        if not house_style(context) and (not _is_guess(length) or column.number in restricted):
            continue
        fixes = [retype(context, table, column, "text", "Use text")]
        if is_written(context.project, column.origin, column.name):
            check_length = f" check (char_length({quote(column.name)}) <= {length})"
            title = "Use text with a check of the length"
            fixes.append(retype(context, table, column, "text", title, behind=check_length, preferred=False))
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" is limited to {length} letters by its type: that saves '
            "nothing, and one letter more fails at run time.",
            help="Use text, with a CHECK if the limit has a reason.",
            object=qualified(table),
            part=column.name,
            fixes=tuple(fix for fix in fixes if fix is not None),
        )


def _is_guess(length: int | str) -> bool:
    """Whether somebody took a round number: 20, 50, 255. Who counted letters came to another."""
    return isinstance(length, int) and length > _SHORT and (length % 5 == 0 or length in _ROUND)
