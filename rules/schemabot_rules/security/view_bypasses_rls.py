"""A view reads protected tables with the rights of its owner: row level security does not hold in it.

A view's tables are read as its owner reads them, and the owner of the tables is not bound by their policies.
Whoever may select from the view sees the rows of everybody. With `security_invoker` (PostgreSQL 15 and later)
the caller's rights and policies count (manual, CREATE VIEW).

Silent where no role of the API may select from the view, in schemas that the API does not serve, where none
of its tables has row level security, and for PostgreSQL before 15. A view that shows `auth.users` is
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
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table, View
from schemabot.isolation.privileges import acting_as, holds
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

_SET = "alter view {} set (security_invoker = true);"
_SINCE = 15


@state_rule(
    View,
    severity=Severity.WARNING,
    aliases=("advisor:0010_security_definer_view",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(view: View, context: StateContext[Any]) -> Iterator[Finding]:
    """Report owner-rights views over tables with row level security that API roles may select from."""
    if view.materialized or view.security_invoker or not context.concerns(view):
        return
    if context.project.settings.postgres_version < _SINCE or not context.project.is_exposed(view.schema):
        return
    catalog = context.catalog
    read = {use.oid for use in view.uses}
    tables = [t for oid in read if (t := catalog.table_by_oid(oid)) is not None and t.rls]
    if any(isinstance(t, Table) and t.schema == "auth" for t in tables):
        return
    roles = [
        role
        for role in ("authenticated", "anon")
        if role in catalog.roles and holds(view.acl, acting_as(catalog, role), "select")
    ]
    if not tables or (not roles and context.project.platform == "supabase"):
        return
    if any(table.force_rls and table.owner == view.owner for table in tables):
        return
    names = ", ".join(f'"{qualified(table)}"' for table in sorted(tables, key=qualified)[:3])
    at = context.project.latest(view.origin, *(change.at for change in view.changes))
    sql = context.project.style(at).sql(_SET, quote_name(view.schema, view.name))
    yield context.finding(
        view.origin,
        f'View "{qualified(view)}" reads {names} with the rights of its owner, whom row level security does not bind: '
        "whoever may select from it sees the rows of everybody.",
        help="Set security_invoker on it.",
        object=qualified(view),
        fixes=(Fix(title="Set security_invoker", steps=(InsertAfter(at, sql),), preferred=True, later=sql),),
    )
