"""A column is an array of keys of another table.

PostgreSQL has no foreign key for the elements of an array: a member that is deleted stays in every list, and any
number can be put in. A table with a row for each pair has both keys, can say since when and by whom, and is joined
with an index.

Reported are arrays called `..._ids` (or `..._id_list`) whose elements have the type of the key of a table called like
the rest of the name: `member_ids uuid[]` where there is a table `members`. Tables of logs, archives and queues keep what
was said then and are left alone.

## Bad

```sql
create table public.members (id uuid primary key);
create table public.tasks (
  id uuid primary key,
  member_ids uuid[] not null default '{}'
--^^^^^^^^^^
);
```

## Good

```sql
create table public.members (id uuid primary key);
create table public.tasks (id uuid primary key, message_ids uuid[], member_ids text[]);
create table public.task_members (
  task_id uuid references public.tasks(id), member_id uuid references public.members(id), primary key (task_id, member_id)
);
create table public.import_jobs (id uuid primary key, member_ids uuid[]);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import keeps_copies
from schemabot.rulekit.tenant_tables import is_record
from schemabot.rulekit.written import own_columns

_IDS = re.compile(r"(?P<stem>\w+?)_ids?(?:_list)?\Z", re.I)


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report arrays of keys of tables that are there."""
    if not any(column.type.array for column in table.columns) or keeps_copies(table) or is_record(table):
        return
    for column in own_columns(context, table):
        match = _IDS.fullmatch(column.name) if column.type.array else None
        target = None if match is None else _named(match["stem"].lower(), column, table, context)
        if target is not None:
            yield context.finding(
                column.origin,
                f'Column {column.name} of "{qualified(table)}" is a list of keys of "{qualified(target)}", and no foreign '
                "key can hold it: what is deleted there stays in the list.",
                help="Use a table with a row for each pair.",
                object=qualified(table),
                part=column.name,
            )


def _named(stem: str, column: Column, table: Table, context: StateContext[Any]) -> Table | None:
    """The table called like the name's stem, or like its last words, whose key has the type of the elements."""
    words = stem.split("_")
    for start in range(len(words)):
        last = "_".join(words[start:])
        for name in (f"{last}s", last, f"{last}es", f"{last.removesuffix('y')}ies"):
            found = context.catalog.table(table.schema, name)
            key = None if found is None else found.primary_key
            if found is None or key is None or len(key.columns) != 1:
                continue
            keyed = found.column_by_number(key.columns[0])
            if keyed is not None and (keyed.type.name, keyed.type.oid) == (column.type.name, column.type.oid):
                return found
    return None
