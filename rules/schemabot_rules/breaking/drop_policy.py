"""DROP POLICY without a new one: who could reach rows cannot any more, or a restriction is gone.

Without a permissive policy for a command nobody gets a row, without an error. Without a restrictive one more
rows are reached than before. If it is meant, say why on the line above the statement or at its end: `--
schemabot: allow drop-policy -- ...`. Migrations that have been applied, or stand on the default branch, are
history and are not asked.

Silent when the file makes a policy of that name again, or another one for the same command, on the table, when
another policy says the same, and about tables that it drops. When no policy at all is left, `rls-turned-off` says so.

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
from schemabot.facts.canonical import canonical
from schemabot.facts.model import AnyFact, CreatePolicy, DropObject, SetRowSecurity
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_table


@change_rule(DropObject, severity=Severity.WARNING, needs_approval=True)
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a policy that was there before this file and that no other takes the place of."""
    lost = _lost(fact, context)
    if lost is None:
        return
    table, policy = lost
    in_loop = (
        other
        for index, other in context.facts
        if index == context.at.statement
        and isinstance(other, DropObject)
        and other.name.span == fact.name.span
        and _lost(other, context) is not None
    )
    if next(in_loop, fact) is not fact:
        return  # a loop drops one after the other: it is said once
    others = sum(1 for _ in in_loop)
    more = f" (and {others} more in a loop)" if others else ""
    effect = (
        "whoever only this one let through is shut out"
        if policy.permissive
        else "it no longer narrows what the others let through"
    )
    yield context.finding(
        context.origin(fact.name.span),
        f'This drops policy "{policy.name}" of "{qualified(table)}"{more} for {policy.command.upper()}, and nothing '
        f"takes its place: {effect}.",
        help="Create its successor in the same migration, or write above it: -- schemabot: allow drop-policy -- and why.",
        object=qualified(table),
        part=policy.name,
    )


def _lost(fact: AnyFact, context: ChangeContext[Any]) -> tuple[Table, Policy] | None:
    """The policy that the statement drops and its table, both from before the file; None when nothing is lost."""
    if not isinstance(fact, DropObject) or fact.kind != "policy" or fact.table is None:
        return None
    table = standing_table(fact.table, context)
    before = None if table is None else context.file_start.catalog.table_by_oid(table.oid)
    policy = None if before is None else _policy(before, fact.name.name)
    if table is None or before is None or policy is None or is_dropped_later(table, context):
        return None
    about = [other for _, other in context.facts if _is_about(other, table, context)]
    dropped = {other.name.name for other in about if isinstance(other, DropObject)}
    made = [other for other in about if isinstance(other, CreatePolicy)]
    left = [other for other in before.policies if other.name not in dropped]
    if not left and not made:
        return None  # `rls-turned-off` says so
    if any(isinstance(other, SetRowSecurity) and other.action == "disable" for other in about):
        return None
    if any(_takes_place(other, policy) for other in made) or any(_is_same(other, policy) for other in left):
        return None
    return table, policy


def _policy(table: Table, name: str) -> Policy | None:
    return next((policy for policy in table.policies if policy.name == name), None)


def _is_about(fact: AnyFact, table: Table, context: ChangeContext[Any]) -> bool:
    on = fact.table if isinstance(fact, (CreatePolicy, SetRowSecurity, DropObject)) else None
    if isinstance(fact, DropObject) and fact.kind != "policy":
        return False
    return on is not None and means(on, table.schema, table.name, context)


def _takes_place(made: CreatePolicy, policy: Policy) -> bool:
    if made.name.name == policy.name:
        return True
    return made.permissive == policy.permissive and (
        made.command in ("all", policy.command) or policy.command == "all"
    )


def _is_same(one: Policy, other: Policy) -> bool:
    """Whether a policy that stays lets through what the other did: it was there twice."""
    return (
        one.permissive == other.permissive
        and one.command in ("all", other.command)
        and ("public" in one.roles or set(one.roles) >= set(other.roles))
        and _predicates(one) == _predicates(other)
    )


def _predicates(policy: Policy) -> tuple[str, ...]:
    return tuple(
        "" if bound is None else canonical(bound.expression.root) for bound in (policy.using, policy.check)
    )
