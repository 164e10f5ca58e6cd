"""Row level security is switched off, or the last policy is dropped, on a table that had it.

From the moment the migration runs, whoever may use the table reaches the rows of everybody, or, without a
policy, nobody reaches his own. It is written to make an error go away, and then it stays.

Silent when the same file switches it on again or makes a policy, when it drops the table, about tables that
it made itself, and in files that have run.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- file: 20260201000000_off.sql
alter table public.notes disable row level security;
--                       ^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Bad: the last policy

```sql
-- file: 20260101000000_create.sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- file: 20260201000000_off.sql
drop policy "Own" on public.notes;
--          ^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- file: 20260201000000_on.sql
alter table public.notes disable row level security;
drop policy "Own" on public.notes;
update public.notes set title = '' where title is null;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
alter table public.notes enable row level security;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.facts.model import CreatePolicy, DropObject, SetRowSecurity
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import is_dropped_later, means, standing_table


@change_rule(SetRowSecurity, DropObject, severity=Severity.ERROR)
def check(fact: SetRowSecurity | DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report DISABLE ROW LEVEL SECURITY, and the drop of a table's last policy, unless the file puts it back."""
    if isinstance(fact, SetRowSecurity):
        table = standing_table(fact.table, context) if fact.action == "disable" else None
        if table is None or not table.rls or _comes_back(table, context) or is_dropped_later(table, context):
            return
        yield context.finding(
            context.origin(fact.span),
            f'Row level security of "{qualified(table)}" is switched off: whoever may use the table reaches the rows of '
            "everybody.",
            help="Leave it on and mend the policy, or switch it on again in this file.",
            object=qualified(table),
        )
        return
    if fact.kind != "policy" or fact.table is None:
        return
    table = standing_table(fact.table, context)
    after = None if table is None else context.after.catalog.table_by_oid(table.oid)
    if table is None or after is None or not after.rls or after.policies or not table.policies:
        return
    if _has_policy_again(table, context) or is_dropped_later(table, context):
        return
    yield context.finding(
        context.origin(fact.name.span),
        f'This drops the last policy of "{qualified(table)}": nobody reaches a row of it any more.',
        help="Create its successor in the same migration.",
        object=qualified(table),
        part=fact.name.name,
    )


def _comes_back(table: Table, context: ChangeContext[Any]) -> bool:
    return any(
        isinstance(later, SetRowSecurity)
        and later.action == "enable"
        and means(later.table, table.schema, table.name, context)
        for later in context.later()
    )


def _has_policy_again(table: Table, context: ChangeContext[Any]) -> bool:
    return any(
        isinstance(later, CreatePolicy) and means(later.table, table.schema, table.name, context)
        for later in context.later()
    )
