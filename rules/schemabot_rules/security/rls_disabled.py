"""A table that API clients reach has no row level security.

Supabase serves every table of an exposed schema over REST and GraphQL, and the `anon` key stands in every web
page that uses it. Grants decide per table, not per row: without row level security whoever may read the table
reads the rows of every organisation, and whoever may write it changes them. Policies on such a table are not
looked at (PostgreSQL manual, 5.9 "Row Security Policies": they apply only once row security is enabled).

Enabling row level security closes the table for everybody but its owner and roles with BYPASSRLS (such as
`service_role`) until a policy opens it, so the first fix never opens anything. The second one adds the
policies of the house's pattern too.

The rule looks at the end of the history: a table that a later migration protects is no finding. Tables of
schemas that are not exposed, of extensions and of the platform are left alone, and so are temporary and
foreign tables. A partition does not inherit row level security, and a query that names it goes round the
policies of its parent (measured on PostgreSQL 15 and 18): that is `partition-without-rls`. Where neither is,
the parent is reported, and the fix takes in the partitions.

Supabase's advisor reports the same as `0013_rls_disabled_in_public`.

## Bad

```sql
create table public.notes (
--           ^^^^^^^^^^^^
  id uuid primary key default gen_random_uuid(),
  body text not null
);
```

## Fixed

```sql
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  body text not null
);

alter table public.notes enable row level security;
```

## Bad: with an organisation

```sql
CREATE TABLE public.organizations (id UUID PRIMARY KEY);
ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION public.get_user_org_id() RETURNS UUID
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT NULL::uuid;
$$;

CREATE TABLE public.notes (
--           ^^^^^^^^^^^^
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL REFERENCES public.organizations(id)
);
CREATE INDEX idx_notes_org_id ON public.notes (org_id);
```

## Fixed: Enable row level security with the standard policies

```sql
CREATE TABLE public.organizations (id UUID PRIMARY KEY);
ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION public.get_user_org_id() RETURNS UUID
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT NULL::uuid;
$$;

CREATE TABLE public.notes (
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL REFERENCES public.organizations(id)
);

ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Users can view own org data"
ON public.notes FOR SELECT
TO authenticated
USING (org_id = (SELECT public.get_user_org_id()));

CREATE POLICY "Users can insert own org data"
ON public.notes FOR INSERT
TO authenticated
WITH CHECK (org_id = (SELECT public.get_user_org_id()));

CREATE POLICY "Users can update own org data"
ON public.notes FOR UPDATE
TO authenticated
USING (org_id = (SELECT public.get_user_org_id()))
WITH CHECK (org_id = (SELECT public.get_user_org_id()));

CREATE POLICY "Users can delete own org data"
ON public.notes FOR DELETE
TO authenticated
USING (org_id = (SELECT public.get_user_org_id()));
CREATE INDEX idx_notes_org_id ON public.notes (org_id);
```

## Good

```sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
-- file: 20260102000000_protect_notes.sql
alter table public.notes enable row level security;
```

## Good: not exposed

```sql
create schema private;
create table private.jobs (id uuid primary key);
create temporary table scratch (id int);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
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
from schemabot.rulekit.standard_policies import COMMANDS, Command, standard_policies

_ENABLE = "alter table {} enable row level security;"


@state_rule(
    Table,
    severity=Severity.ERROR,
    aliases=("advisor:0013_rls_disabled_in_public",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report exposed tables without row level security."""
    if not _open(table, context):
        return
    parent = context.catalog.table_by_oid(table.partition_of)
    if parent is not None and _open(parent, context):
        return
    if context.project.platform == "supabase":
        who = f"the API serves schema {table.schema}, and whoever may use the table"
    else:
        who = "whoever may use it"
    yield context.finding(
        table.origin,
        f'Table "{qualified(table)}" has no row level security: {who} reaches the rows of everybody.',
        help="Enable row level security for it, and add a policy for each thing that users may do.",
        object=qualified(table),
        fixes=(_enable(table, context), _with_policies(table, context)),
    )


def _open(table: Table, context: StateContext[Any]) -> bool:
    return (
        not table.rls
        and table.kind != "foreign"
        and context.concerns(table)
        and context.project.is_exposed(table.schema)
    )


def _open_partitions(table: Table, context: StateContext[Any]) -> Iterator[Table]:
    """The partitions, of partitions too, that are as open as `table`."""
    for other in context.catalog.tables() if table.kind == "partitioned" else ():
        if other.partition_of == table.oid and _open(other, context):
            yield other
            yield from _open_partitions(other, context)


def _enable(table: Table, context: StateContext[Any]) -> Fix:
    steps: list[InsertAfter] = []
    later: list[str] = []
    for each in (table, *_open_partitions(table, context)):
        at, written = context.named(each)
        steps.append(InsertAfter(at, context.project.style(at).sql(_ENABLE, written)))
        later.append(context.project.style(at).sql(_ENABLE, quote_name(each.schema, each.name)))
    return Fix(
        title="Enable row level security",
        steps=tuple(steps),
        safe=True,
        preferred=True,
        later="\n".join(later),
        leads_to=("policy-missing",),
    )


def _with_policies(table: Table, context: StateContext[Any]) -> Fix:
    """Enabling and all the policies in one place, behind everything that the policies name."""
    enable = _enable(table, context)
    allowed = {policy.command for policy in table.policies if policy.permissive}
    missing: list[Command] = [c for c in COMMANDS if c not in allowed and "all" not in allowed]
    policies = standard_policies(table, missing, context)
    needs = (need for policy in policies for need in policy.needs)
    at = context.project.latest(context.named(table)[0], *needs)
    style = context.project.style(at)
    name, full = context.name_behind(table, at), quote_name(table.schema, table.name)
    gap = style.line_end * 2
    added = gap.join(policy.sql(table, name, style) for policy in policies)
    later = gap.join((enable.later or "", *(policy.sql(table, full, style) for policy in policies)))
    steps = (*enable.steps, InsertAfter(at, added)) if policies else enable.steps
    return Fix(title="Enable row level security with the standard policies", steps=steps, later=later)
