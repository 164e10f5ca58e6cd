"""A policy reads its own table: PostgreSQL refuses every query of it.

The condition is a query of the table, which is bound by the same policy, and so on: "infinite recursion
detected in policy" (SQLSTATE 42P17), at run time only. It also happens in a circle, when the policy of one
table reads another whose policy reads the first. A SECURITY DEFINER function whose owner is not bound by the
policies breaks it.

The circle is named in the message.

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
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Policy, Table
from schemabot.facts import expression as ex
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.predicates import name_place


@state_rule(Table, severity=Severity.ERROR, subsumes=("policy-unscoped",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies that lead back to their own table by what they read with the caller's rights."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        if policy.origin.platform:
            continue
        circle = _circle(policy, table, context)
        if circle is None:
            continue
        way = " -> ".join(f'"{qualified(each)}"' for each in circle)
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" leads back to itself ({way}): PostgreSQL refuses every query '
            "that it is for, with infinite recursion.",
            help="Read the rows in a SECURITY DEFINER function with a fixed search_path, and call that.",
            object=qualified(table),
            part=policy.name,
        )


def _circle(policy: Policy, table: Table, context: StateContext[Any]) -> tuple[Table, ...] | None:
    """The tables from this one back to itself; each is read by a policy for reading of the one before."""
    todo = [(table, read) for read in _reads(policy, context)]
    seen: set[int] = set()
    ways: dict[int, tuple[Table, ...]] = {table.oid: (table,)}
    while todo:
        before, oid = todo.pop(0)
        if oid == table.oid:
            return (*ways[before.oid], table)
        found = context.catalog.table_by_oid(oid)
        if found is None or oid in seen or not found.rls:
            continue
        seen.add(oid)
        ways[oid] = (*ways[before.oid], found)
        for other in found.policies:
            if other.command in ("select", "all") and _share_roles(policy, other):
                todo += [(found, read) for read in _reads(other, context)]
    return None


def _share_roles(one: Policy, other: Policy) -> bool:
    return "public" in (*one.roles, *other.roles) or bool(set(one.roles) & set(other.roles))


def _reads(policy: Policy, context: StateContext[Any]) -> Iterator[int]:
    """The tables in the FROM of sub-selects of the policy."""
    for bound in (policy.using, policy.check):
        if bound is None:
            continue
        sources = {part.name.span for part in ex.walk(bound.expression.root) if isinstance(part, ex.TableRef)}
        for use in bound.uses:
            if use.number == 0 and use.span in sources and context.catalog.table_by_oid(use.oid) is not None:
                yield use.oid
