"""The column that names the organisation may be null.

A row without an organisation belongs to nobody. Policies that compare the column hide it from every user, so it
looks like lost data; a policy that lets null pass shows it to all organisations. A unique constraint or a
composite foreign key with the column does not bind such a row either (PostgreSQL compares null with nothing).

The rule is silent where null is meant: a policy, a CHECK, an index or the like that asks whether the column is null
says that rows without an organisation are wanted, for instance templates that all share. So do a foreign key
with ON DELETE SET NULL (the rows are to outlive the organisation), a policy that lets rows pass by something else
than the column, and a column such as `is_system`. Tables that only the backend writes, and logs, are left alone too,
and so are projects in which most tables say by a reference whose their rows are. The preset `schemabot`, whose house
style is an organisation on every row, is silent only where something asks for null.

The fix writes NOT NULL. In a new migration PostgreSQL refuses it while there are rows without an organisation: give
them one first.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid references public.organizations(id) on delete cascade
--^^^^^^
);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```

## Bad: in the house's preset, when rows outlive the organisation

```toml
preset = "schemabot"
```

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.notes (
  id uuid primary key,
  org_id uuid references public.organizations(id) on delete set null
--^^^^^^
);
```

## Good: null is meant

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.templates (id uuid primary key, org_id uuid references public.organizations(id));
alter table public.templates enable row level security;
create policy "Own and shared" on public.templates for all to authenticated
using (org_id is null or org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
create table public.files (
  id uuid primary key,
  org_id uuid references public.organizations(id),
  author uuid,
  check (num_nonnulls(org_id, author) = 1)
);
create table public.tags (id uuid primary key, org_id uuid references public.organizations(id), name text);
create unique index tags_name on public.tags (coalesce(org_id, '00000000-0000-0000-0000-000000000000'), name);
create table public.notes (
  id uuid primary key,
  org_id uuid references public.organizations(id) on delete set null
);
create table public.audit_log (id uuid primary key, org_id uuid references public.organizations(id));
create table public.themes (
  id uuid primary key,
  org_id uuid references public.organizations(id),
  is_system boolean not null default false
);
```

## Good: written by the backend, or a user's as well

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.imports (id uuid primary key, org_id uuid references public.organizations(id));
alter table public.imports enable row level security;
create policy "Look" on public.imports for select to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
create policy "Work" on public.imports for all to service_role using (true) with check (true);
create policy "Old clients" on public.imports for all using (auth.role() = 'service_role');
create table public.drafts (
  id uuid primary key,
  org_id uuid references public.organizations(id),
  author uuid
);
alter table public.drafts enable row level security;
create policy "Own or shared" on public.drafts for all to authenticated
using (
  author = (select auth.uid())
  or org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid()))
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    Replace,
    Severity,
    StateContext,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers import binds, demanded_of_new_rows, policies_for_callers
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.tenant_tables import (
    TenantTable,
    foreign_keys,
    is_record,
    scoped_by_column,
    tenant_table,
    tests_for_null,
)
from schemabot.rulekit.written import written_type
from schemabot.text import Span

_LATER = "alter table {} alter column {} set not null;"
_SHARED = re.compile(r"(?:\A|_)(?:scope|global|public|system|shared|template|default)\Z")


@state_rule(Table, severity=Severity.ERROR)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tenant columns that accept null although nothing says that null is meant."""
    found = tenant_table(table, context)
    if found is None or found.column.not_null or _is_meant(found):
        return
    if not house_style(context) and not (
        scoped_by_column(context, found.model) and _belongs_to_organisations(found, context)
    ):
        return
    column = found.column
    yield context.finding(
        column.origin,
        f'Column {column.name} of "{qualified(table)}" may be null: a row without an organisation is lost to all, '
        "and unique and foreign keys with the column do not bind it.",
        help=f"Declare {column.name} not null.",
        object=qualified(table),
        part=column.name,
        fixes=tuple(_fix(found, context)),
    )


def _is_meant(found: TenantTable) -> bool:
    """Whether something of the table asks if the column is null."""
    table, name = found.table, found.column.name
    expressions = [clause for policy in table.policies for clause in (policy.using, policy.check)]
    expressions += [constraint.expression for constraint in table.constraints]
    for index in table.indexes:
        expressions += [index.where, *(key.expression for key in index.keys)]
    return any(tests_for_null(expression, name) for expression in expressions)


def _belongs_to_organisations(found: TenantTable, context: StateContext[Any]) -> bool:
    """Whether rows without an organisation can be no more than an oversight."""
    table, number = found.table, found.column.number
    if any(key.on_delete == "set null" and number in key.columns for key in foreign_keys(table)):
        return False
    if not table.rls and not table.policies:
        shared = any(_SHARED.search(column.name) or column.name == "user_id" for column in table.columns)
        return not shared and not is_record(table)
    policies = list(policies_for_callers(table, context.catalog))
    return any(policy.command not in ("select", "delete") for policy in policies) and all(
        binds(clause, table, number)
        for policy in policies
        for clause in (policy.using, demanded_of_new_rows(policy))
        if clause is not None
    )


def _fix(found: TenantTable, context: StateContext[Any]) -> Iterator[Fix]:
    table, column = found.table, found.column
    written = written_type(context, column)
    if any(key.on_delete == "set null" and column.number in key.columns for key in foreign_keys(table)):
        return  # one of the two has to go, and which is not for us to say
    if written is None or not written.created or any(change.what == "not null" for change in column.changes):
        return
    style = context.project.style(written.at)
    end = written.at.span.end
    yield Fix(
        title="Add NOT NULL",
        steps=(
            Replace(Origin(written.at.file, written.at.statement, Span(end, end)), style.sql(" not null")),
        ),
        preferred=True,
        later=style.sql(_LATER, quote_name(table.schema, table.name), quote(column.name)),
    )
