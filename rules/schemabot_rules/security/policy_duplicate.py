"""Two policies of a table say the same.

Same command, same roles, same condition: PostgreSQL evaluates both for every row, and whoever changes one of
them has changed nothing. Spelling does not count: a cast or a pair of parentheses more is the same condition.
The fix drops the later one.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "Mine" on public.notes for select to authenticated using ((select auth.uid()) = user_id and true);
create policy "Again" on public.notes for select to authenticated using (user_id = (select auth.uid()));
--            ^^^^^^^
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "Own rows" on public.notes for update to authenticated using (user_id = (select auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Policy, Table
from schemabot.facts.canonical import canonical
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Related,
    Severity,
    StateContext,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.predicates import name_place

_DROP = "drop policy {} on {};"


@state_rule(Table, severity=Severity.INFORMATION, subsumes=())
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report a policy that repeats an earlier one of the table."""
    if len(table.policies) < 2 or not context.concerns(table):
        return
    seen: dict[tuple[object, ...], Policy] = {}
    for policy in table.policies:
        key = (
            policy.command,
            policy.permissive,
            frozenset(policy.roles),
            "" if policy.using is None else canonical(policy.using.expression.root),
            "" if policy.check is None else canonical(policy.check.expression.root),
        )
        first = seen.setdefault(key, policy)
        if first is policy or policy.origin.platform:
            continue
        at = context.project.latest(
            policy.origin, first.origin, *(change.at for change in (*policy.changes, *first.changes))
        )
        sql = context.project.style(at).sql(_DROP, quote(policy.name), quote_name(table.schema, table.name))
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" says the same as "{first.name}": both are '
            "evaluated for every row.",
            help="Drop one of them.",
            object=qualified(table),
            part=policy.name,
            fixes=(Fix(title=f'Drop policy "{policy.name}"', steps=(InsertAfter(at, sql),), later=sql),),
            related=(Related(first.origin, "the other one"),),
        )
