"""A table or a column has a name that has to be quoted, or one that PostgreSQL has cut off.

PostgreSQL folds names to small letters unless they stand in double quotes. A table `"OrderItems"`, a column `"order"` or
`"first name"` is found only by whoever writes the quotes, in every query, function and policy, for ever; without
them the server answers that there is no such relation, or a syntax error. Names in snake_case never need them.

A name is at most 63 bytes long; PostgreSQL cuts the rest off with a notice that nobody reads (manual, 4.1.1), and two
long names can become the same.

The rule judges by what the project does: where most tables and their columns have plain names, one that has not is an
oversight; a project that writes camelCase throughout (Prisma does) has decided so. In the presets `schemabot` and
`all` every name is meant. There is one finding for a table: a new name has to be told to all who use the old one.

## Bad

```sql
create table public."OrderItems" (id uuid primary key);
--           ^^^^^^^^^^^^^^^^^^^
```

## Bad: columns

```sql
CREATE TABLE public.tasks (id UUID PRIMARY KEY, "dueDate" DATE, "order" INT NOT NULL);
--                                              ^^^^^^^^^
```

## Bad: too long

```sql
create table public.a (
  id uuid primary key,
  a_name_of_a_column_that_goes_on_and_on_until_nobody_remembers_how_it_began text
--^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
```

## Good

```sql
create table public.order_items (id uuid primary key, "position" int, name text, "value" numeric, größe int);
```

## Good: the project writes camelCase

```sql
create table public."Orders" (id uuid primary key);
create table public."Items" (id uuid primary key);
create table public."Users" (id uuid primary key);
create table public."Teams" (id uuid primary key);
create table public."Plans" (id uuid primary key);
create table public."Notes" (id uuid primary key);
create table public."Rooms" (id uuid primary key);
create table public."Lists" (id uuid primary key);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits, house_style
from schemabot.rulekit.sql import NAME_BYTES, RESERVED
from schemabot.rulekit.written import own_columns

_SHOWN = 5


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables whose name, or a column's, is not plain."""
    wrong = [] if _is_plain(table.name) else [table.name]
    wrong += [column.name for column in table.columns if not _is_plain(column.name)]
    long = max(len(table.name), *(len(column.name) for column in table.columns), 0) > NAME_BYTES // 2
    if not wrong and not long:
        return
    own = own_columns(context, table)
    if not own:
        return
    places = [table.origin, *(column.origin for column in own)]
    if long and (cut := _cut_off(places, context)) is not None:
        yield context.finding(
            cut,
            f'"{context.project.place_text(cut)}" is longer than {NAME_BYTES} bytes: PostgreSQL has cut it off.',
            help="Choose a shorter name.",
            object=qualified(table),
        )
    if not wrong or (not house_style(context) and habits(context).plain_names.unusual):
        return
    place = table.origin if wrong[0] == table.name else None
    if place is None:
        first = next((column for column in own if column.name in wrong), None)
        if first is None:
            return
        place = first.origin
    shown = ", ".join(f'"{name}"' for name in wrong[:_SHOWN]) + (" ..." if len(wrong) > _SHOWN else "")
    what = "it stands" if len(wrong) == 1 else "they stand"
    yield context.finding(
        place,
        f'{shown} of "{qualified(table)}" must be quoted wherever {what}: without the quotes '
        "PostgreSQL looks for another name, or reads a keyword.",
        help="Use small letters, digits and underscores, and no reserved word.",
        object=qualified(table),
        part=None if wrong[0] == table.name else wrong[0],
    )


def _is_plain(name: str) -> bool:
    """Whether the name means the same without quotes: small letters, digits, underscores, no reserved word."""
    return name.replace("$", "_").isidentifier() and name == name.lower() and name not in RESERVED


def _cut_off(places: list[Origin], context: StateContext[Any]) -> Origin | None:
    """The first of these places where a longer name is written than PostgreSQL keeps."""
    for at in places:
        name = context.project.place_text(at).rpartition(".")[2].strip('"')
        if len(name.encode()) > NAME_BYTES and name.replace("_", "").isalnum():
            return at
    return None
