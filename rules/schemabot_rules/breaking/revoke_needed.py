"""REVOKE takes away what a policy needs: its table answers with an error from then on.

A policy is evaluated with the rights of whoever asks. Without EXECUTE on a function that it calls, every
query of the table fails with "permission denied for function" (SQLSTATE 42501), for the roles that the policy
is for. If it is meant, say why on the line above the statement or at its end: `-- schemabot: allow
revoke-needed -- ...`. Migrations that have been applied, or stand on the default branch, are history and are
not asked.

Silent when the role keeps the privilege another way, and when the file grants it again.

## Bad

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
create table public.notes (id uuid primary key, org uuid not null);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all to authenticated
using (org = (select public.my_org())) with check (org = (select public.my_org()));
-- file: 20260201000000_revoke.sql
revoke execute on function public.my_org() from public, anon, authenticated;
--                         ^^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
create table public.notes (id uuid primary key, org uuid not null);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all to authenticated
using (org = (select public.my_org())) with check (org = (select public.my_org()));
-- file: 20260201000000_revoke.sql
revoke execute on function public.my_org() from public, anon, authenticated;
grant execute on function public.my_org() to authenticated;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Policy, Table
from schemabot.facts.model import ChangePrivileges
from schemabot.isolation.privileges import acting_as, may_execute
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.text import Span


@change_rule(ChangePrivileges, severity=Severity.WARNING, needs_approval=True)
def check(fact: ChangePrivileges, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a REVOKE of EXECUTE on a function that a policy of the project calls for the role."""
    if fact.grant or fact.kind not in ("function", "routine", "procedure") or not fact.objects:
        return
    before, after = context.before.catalog, context.after.catalog
    for oid in after.functions.changed_since(before.functions):
        old, new = before.functions.get(oid), after.functions.get(oid)
        if old is None or new is None or old.origin.platform or _is_granted_later(new, context):
            continue
        for table, policy, role in _users(after, oid):
            roles = acting_as(after, role)
            if may_execute(old, roles) and not may_execute(new, roles):
                yield context.finding(
                    context.origin(_place(fact, new)),
                    f'{role} may no longer execute "{qualified(new)}", which policy "{policy.name}" of '
                    f'"{qualified(table)}" calls: every query of that table fails for {role}.',
                    help=f"Grant it to {role} again, or change the policy first.",
                    object=qualified(new),
                    part=policy.name,
                )
                break


def _users(catalog: Catalog, oid: int) -> Iterator[tuple[Table, Policy, str]]:
    for other in catalog.dependents.get(oid) or ():
        table = catalog.table_by_oid(other)
        for policy in () if table is None else table.policies:
            bounds = [bound for bound in (policy.using, policy.check) if bound is not None]
            if table is not None and any(use.oid == oid for bound in bounds for use in bound.uses):
                for role in policy.roles:
                    yield table, policy, "authenticated" if role == "public" else role


def _place(fact: ChangePrivileges, function: Function) -> Span:
    return next((name.span for name in fact.objects if name.name == function.name), fact.span)


def _is_granted_later(function: Function, context: ChangeContext[Any]) -> bool:
    return any(
        isinstance(other, ChangePrivileges)
        and other.grant
        and any(name.name == function.name for name in other.objects)
        for other in context.later()
    )
