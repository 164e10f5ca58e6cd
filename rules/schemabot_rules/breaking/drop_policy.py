"""DROP POLICY without a new one: who could reach rows cannot any more, or a restriction is gone.

Without a permissive policy for a command nobody gets a row, without an error. Without a restrictive one more
rows are reached than before. If it is meant, say why on the line above the statement or at its end: `--
schemabot: allow drop-policy -- ...`. Migrations that have been applied, or stand on the default branch, are
history and are not asked.

Silent when the file makes a policy of that name again, or another one for the same command, on the table, and
about tables that it drops. When no policy at all is left, `rls-turned-off` says so.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
create policy "Write" on public.notes for insert to authenticated with check (true);
-- file: 20260201000000_policies.sql
drop policy "Write" on public.notes;
--          ^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
create policy "Write" on public.notes for insert to authenticated with check (true);
-- file: 20260201000000_policies.sql
drop policy "Write" on public.notes;
create policy "Add" on public.notes for all to authenticated using (true) with check (title is not null);
drop policy if exists "Never" on public.notes;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Policy, Table
from schemabot.facts.model import CreatePolicy, DropObject, SetRowSecurity
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_table


@change_rule(DropObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a policy that was there before this file and that no other takes the place of."""
    if fact.kind != "policy" or fact.table is None:
        return
    table = standing_table(fact.table, context)
    if table is None or is_dropped_later(table, context):
        return
    policy = next((p for p in table.policies if p.name == fact.name.name), None)
    after = context.after.catalog.table_by_oid(table.oid)
    before = context.file_start.catalog.table_by_oid(table.oid)
    if (
        policy is None
        or after is None
        or before is None
        or policy.oid not in {p.oid for p in before.policies}
    ):
        return
    if not after.policies or _is_replaced(policy, table, context):
        return
    effect = (
        "nobody it let through reaches those rows any more"
        if policy.permissive
        else "it no longer narrows the others"
    )
    command = policy.command.upper()
    yield context.finding(
        context.origin(fact.name.span),
        f'This drops policy "{policy.name}" of "{qualified(table)}" for {command}, and nothing takes its place: {effect}.',
        help="Create its successor in the same migration, or write above it: -- schemabot: allow drop-policy -- and why.",
        object=qualified(table),
        part=policy.name,
    )


def _is_replaced(policy: Policy, table: Table, context: ChangeContext[Any]) -> bool:
    made = [
        fact
        for _, fact in context.facts
        if isinstance(fact, CreatePolicy) and means(fact.table, table.schema, table.name, context)
    ]
    if any(isinstance(fact, SetRowSecurity) and fact.action == "disable" for fact in context.later()):
        return True
    return any(
        fact.name.name == policy.name
        or (fact.permissive == policy.permissive and fact.command in ("all", policy.command))
        or (policy.command == "all" and fact.permissive == policy.permissive)
        for fact in made
    )
