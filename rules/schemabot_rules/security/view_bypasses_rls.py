"""A view reads protected tables with the rights of its owner: row level security does not hold in it.

A view's tables are read as its owner reads them, and the owner of the tables is not bound by their policies.
Whoever may select from the view sees the rows of everybody. With `security_invoker` (PostgreSQL 15 and later)
the caller's rights and policies count (manual, CREATE VIEW).

Silent where no role of the API may select from the view, in schemas that the API does not serve, and for
PostgreSQL before 15; where none of its tables has row level security, or everybody who may read the view may
read all their rows anyway (`using (true)`); where the view's own WHERE binds the rows to the caller; and where
`security_invoker = false` is written down, which is a decision. A view that shows `auth.users` is
`auth-users-exposed`. Supabase's advisor reports the same as `0010_security_definer_view`.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create view public.titles as select title from public.notes;
--          ^^^^^^^^^^^^^
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create view public.titles as select title from public.notes;

alter view public.titles set (security_invoker = true);
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create view public.titles with (security_invoker = true) as select title from public.notes;
create view public.numbers as select count(*) from generate_series(1, 3);
create schema private;
create view private.titles as select title from public.notes;
create view public.backend as select title from public.notes;
revoke all on public.backend from anon, authenticated;
create view public.own with (security_barrier = true) as select title from public.notes where user_id = auth.uid();
create function public.me() returns uuid language sql stable set search_path = '' as $$ select auth.uid() $$;
create view public.mine as select title from public.notes where user_id = public.me();
create view public.meant with (security_invoker = false) as select title from public.notes;
create table public.countries (id uuid primary key, name text);
alter table public.countries enable row level security;
create policy "Everybody" on public.countries for select to anon, authenticated using (true);
create view public.country_names as select name from public.countries;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table, View
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    qualified,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers_of_api import asks_who_calls, readers_of_view, reads_every_row

_SET = "alter view {} set (security_invoker = true);"
_SINCE = 15
_ASKS = re.compile(r"\bauth\s*\.\s*(uid|jwt|email)\b|request\.jwt", re.I)


@state_rule(
    View,
    severity=Severity.WARNING,
    aliases=("advisor:0010_security_definer_view",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(view: View, context: StateContext[Any]) -> Iterator[Finding]:
    """Report owner-rights views over tables with row level security that API roles may select from."""
    if view.materialized or "security_invoker" in dict(view.options) or not context.concerns(view):
        return
    project, catalog = context.project, context.catalog
    if project.settings.postgres_version < _SINCE or not project.is_exposed(view.schema):
        return
    tables = [
        table
        for oid in {use.oid for use in view.uses if use.number == 0}
        if (table := catalog.table_by_oid(oid)) is not None and not project.is_managed(table.schema)
    ]
    if not any(table.rls for table in tables):
        return
    roles = readers_of_view(view, context)
    hidden = [
        table
        for table in tables
        if _is_hidden(table, view) and not all(reads_every_row(table, role, context) for role in roles)
    ]
    if not roles or not hidden or _is_bound_to_caller(view, context):
        return
    names = ", ".join(f'"{qualified(table)}"' for table in sorted(hidden, key=qualified)[:3])
    at = project.latest(view.origin, *(change.at for change in view.changes))
    sql = project.style(at).sql(_SET, quote_name(view.schema, view.name))
    yield context.finding(
        view.origin,
        f'View "{qualified(view)}" reads {names} with the rights of its owner, whom row level security does not bind: '
        "whoever may select from it sees the rows of everybody.",
        help="Set security_invoker on it.",
        object=qualified(view),
        fixes=(Fix(title="Set security_invoker", steps=(InsertAfter(at, sql),), preferred=True, later=sql),),
    )


def _is_hidden(table: Table, view: View) -> bool:
    """Whether the view goes round the table's row level security."""
    return table.rls and not (table.force_rls and table.owner == view.owner)


def _is_bound_to_caller(view: View, context: StateContext[Any]) -> bool:
    """Whether its WHERE asks who calls, by itself or by a function of the project."""
    where = view.query.query.where
    if where is None:
        return False
    called = (context.catalog.functions.get(use.oid) for use in view.uses if use.number == 0)
    return asks_who_calls(where) or any(
        function is not None and not function.origin.platform and _ASKS.search(function.body or "")
        for function in called
    )
