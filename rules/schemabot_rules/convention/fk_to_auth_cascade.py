"""What happens to rows when a user is deleted is not what the table needs.

A foreign key to `auth.users` without ON DELETE forbids to delete the user: Supabase's dashboard and
`auth.admin.deleteUser` answer "Database error deleting user", and whoever asks for his account to be deleted cannot
be served. Rows that are the user's own go with him (`on delete cascade`), rows that only say who made them stay
without the name (`on delete set null`).

The other way round, `on delete cascade` on a column like `created_by` or `approved_by` deletes the order when the employee
who wrote it leaves.

`restrict` and `no action` that somebody wrote down are taken to be meant. Where most foreign keys of a project to its
users state nothing, only the presets `schemabot` and `all` report those. The fix writes the action where the key is
defined; a column that must not be null cannot be set to null, and gets none if it only says who did it.

## Bad

```sql
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users(id)
--                      ^^^^^^^^^^^^^^^^^^^^^^^^^
);
create index idx_notes_user_id on public.notes (user_id);
```

## Fixed

```sql
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users(id) on delete cascade
);
create index idx_notes_user_id on public.notes (user_id);
```

## Bad: an order goes with the employee

```sql
CREATE TABLE public.orders (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  created_by UUID REFERENCES auth.users(id) ON DELETE CASCADE
--                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
CREATE INDEX idx_orders_created_by ON public.orders (created_by);
```

## Fixed

```sql
CREATE TABLE public.orders (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  created_by UUID REFERENCES auth.users(id) ON DELETE SET NULL
);
CREATE INDEX idx_orders_created_by ON public.orders (created_by);
```

## Good

```sql
create table public.notes (
  id uuid primary key,
  user_id uuid not null references auth.users(id) on delete cascade,
  created_by uuid references auth.users(id) on delete set null,
  approved_by uuid references auth.users(id) on delete restrict
);
create table public.invitations (
  id uuid primary key, invited_by uuid not null references auth.users(id) on delete cascade
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Constraint, Table
from schemabot.rulekit import Finding, Fix, Replace, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import is_against_habit
from schemabot.rulekit.written_reference import WrittenReference, written_reference

_ACTOR = re.compile(r"_by(?:_user)?(?:_id)?\Z")
_OWN = re.compile(r"(?:owned|invited|requested|submitted|reported|uploaded|liked|followed|blocked|shared)_by")


@state_rule(Table, severity=Severity.INFORMATION, subsumes=("fk-on-delete-unstated",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report foreign keys to auth.users that forbid to delete users, or delete what only names one."""
    keys = [
        c for c in table.constraints if c.kind == "foreign key" and len(c.columns) == 1 and not c.inherited
    ]
    users = context.catalog.table("auth", "users") if keys else None
    if users is None or table.partition_of or not context.concerns(table):
        return
    for key in keys:
        column = table.column_by_number(key.columns[0])
        if key.references != users.oid or column is None:
            continue
        names_actor = _ACTOR.search(column.name) is not None
        if key.on_delete == "no action" and not is_against_habit(context, "users_deletable"):
            message = (
                f'A user whom {column.name} of "{qualified(table)}" names cannot be deleted: this foreign key says '
                "nothing of ON DELETE, so PostgreSQL refuses."
            )
        elif key.on_delete == "cascade" and names_actor and not _OWN.match(column.name):
            message = (
                f'When the user whom {column.name} of "{qualified(table)}" names is deleted, the row goes with him, '
                "although it only says who did something."
            )
        else:
            continue
        written = written_reference(context.project, key)
        if written is None or (key.on_delete == "no action" and written.on_delete is not None):
            continue
        yield context.finding(
            key.origin,
            message,
            help="State on delete cascade for what is the user's own, on delete set null for what only names him.",
            object=qualified(table),
            part=key.name,
            fixes=tuple(_fix(key, column, written, context, names_actor=names_actor)),
        )


def _fix(
    key: Constraint,
    column: Column,
    written: WrittenReference,
    context: StateContext[Any],
    *,
    names_actor: bool,
) -> Iterator[Fix]:
    actions = [] if column.not_null else ["set null"]
    if not names_actor:
        actions.append("cascade")
    style = context.project.style(written.place)
    for number, action in enumerate(actions):
        step = (
            Replace(written.place, style.sql(f" on delete {action}"))
            if written.on_delete is None
            else Replace(written.on_delete, style.sql(f"on delete {action}"))
        )
        yield Fix(title=f"Say on delete {action}", steps=(step,), preferred=number == 0)
