"""A policy reads its own table: PostgreSQL refuses every query of it.

The condition is a query of the table, which is bound by the same policy, and so on: "infinite recursion
detected in policy" (SQLSTATE 42P17), at run time only. It also happens in a circle, when the policy of one
table reads another whose policy reads the first, and through views with security_invoker. A function with the
caller's rights that reads the table does it too: then the stack runs full (54001). A SECURITY DEFINER function
whose owner is not bound by the policies breaks the circle.

A policy for writing may read its own table as long as the policies for reading it hold no sub-select:
PostgreSQL takes any sub-select, even `(select auth.uid())`, for a circle there (measured on PostgreSQL 18).

The circle is named in the message; of several policies that make one, the one written last is reported.

## Bad

```sql
create table public.members (
  org_id uuid not null, user_id uuid not null references auth.users(id) on delete cascade, primary key (org_id, user_id)
);
create index idx_members_user_id on public.members (user_id);
alter table public.members enable row level security;
create policy "Colleagues" on public.members for select to authenticated
--            ^^^^^^^^^^^^
using (org_id in (select m.org_id from public.members m where m.user_id = (select auth.uid())));
```

## Good

```sql
create table public.members (org_id uuid not null, user_id uuid not null, primary key (org_id, user_id));
alter table public.members enable row level security;
create function public.my_orgs() returns setof uuid language sql stable security definer set search_path = ''
as $$ select org_id from public.members where user_id = auth.uid() $$;
create policy "Colleagues" on public.members for select to authenticated
using (org_id in (select public.my_orgs()));
create table public.settings (id uuid primary key, user_id uuid not null);
alter table public.settings enable row level security;
create policy "Own" on public.settings for select to authenticated using (user_id = auth.uid());
create policy "First" on public.settings for insert to authenticated
with check (user_id = auth.uid() and not exists (select from public.settings s where s.user_id = auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.predicates import name_place
from schemabot.rulekit.recursion import Circle, circle_of


@state_rule(Table, severity=Severity.ERROR, subsumes=("policy-unscoped",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies that lead back to their own table by what they read with the caller's rights."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        if policy.origin.platform:
            continue
        circle = circle_of(policy, table, context.catalog, context.project.platform)
        if circle is None or (circle.is_seen_from_each and _last(circle, context) != policy.oid):
            continue
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" leads back to itself ({_way(circle)}): PostgreSQL refuses '
            f"every query that it is for, {_answer(circle)}.",
            help=_help(circle),
            object=qualified(table),
            part=policy.name,
        )


def _last(circle: Circle, context: StateContext[Any]) -> int:
    """The policy of the circle that was written last: it closed it."""
    written = {
        policy.oid: context.project.latest(policy.origin, *(change.at for change in policy.changes))
        for policy in circle.policies
    }
    last = context.project.latest(*written.values())
    return next(oid for oid, at in written.items() if at == last)


def _way(circle: Circle) -> str:
    names = [f'"{qualified(table)}"' for table in circle.tables]
    if circle.function is not None:
        names.insert(1, f"{qualified(circle.function)}()")
    return " -> ".join(names)


def _answer(circle: Circle) -> str:
    if circle.function is not None:
        return "as soon as it comes to a row, because the stack runs full (54001)"
    return "with infinite recursion (42P17)"


def _help(circle: Circle) -> str:
    if circle.function is not None:
        return "Make the function SECURITY DEFINER with a fixed search_path."
    return "Read the rows in a SECURITY DEFINER function with a fixed search_path, and call that."
