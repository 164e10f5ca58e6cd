"""A policy for writing does not say which rows may be written.

An INSERT policy without WITH CHECK admits no row at all: every insert fails with 42501. An UPDATE or ALL
policy without WITH CHECK uses its USING for the new row too (manual, CREATE POLICY): that is safe, and a hint
only, because the standard pattern writes both, and a later change of USING is easily made without thinking of
the new row.

## Bad: a hint

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for update to authenticated
--            ^^^^^
using (user_id = (select auth.uid()));
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for update to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
```

## Bad: no row can be inserted

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "New" on public.notes for insert to authenticated;
--            ^^^^^
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "New" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Old" on public.notes for delete to authenticated using (user_id = (select auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Policy, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Replace,
    Severity,
    StateContext,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers_of_api import is_for_clients
from schemabot.rulekit.predicates import clause_origin, name_place
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_CHECK = " with check ({})"
_ALTER = "alter policy {} on {} with check ({});"


@state_rule(Table, severity=Severity.ERROR)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report INSERT policies without WITH CHECK, and hint at UPDATE and ALL policies without one."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        if policy.origin.platform or policy.check is not None or not is_for_clients(policy, context):
            continue
        if policy.command == "insert" and policy.permissive:
            yield context.finding(
                name_place(context, policy),
                f'Policy "{policy.name}" of "{qualified(table)}" has no WITH CHECK: it admits no row, and every insert is '
                "refused.",
                help="Say WITH CHECK (...) for the rows that may be added.",
                object=qualified(table),
                part=policy.name,
            )
        elif policy.command in ("update", "all") and policy.using is not None:
            yield context.finding(
                name_place(context, policy),
                f'Policy "{policy.name}" of "{qualified(table)}" has no WITH CHECK: its USING decides about the new '
                "row too.",
                help="Write WITH CHECK as well, so that both are seen.",
                object=qualified(table),
                part=policy.name,
                severity=Severity.HINT,
                fixes=tuple(_fix(policy, table, context)),
            )


def _fix(policy: Policy, table: Table, context: StateContext[Any]) -> Iterator[Fix]:
    if policy.using is None:
        return
    text, at = policy.using.text, clause_origin(context, policy, "using")
    style = context.project.style(at)
    later = style.sql(_ALTER, quote(policy.name), quote_name(table.schema, table.name), text)
    if policy.changes:
        yield Fix(
            title="Write WITH CHECK",
            steps=(InsertAfter(context.project.latest(at, *(c.at for c in policy.changes)), later),),
            later=later,
        )
        return
    statement = context.project.statement_text(at)
    end = policy.using.expression.span.end
    close = next((t.span.end for t in tokens(statement, end) if t.span.of(statement) == ")"), None)
    if close is not None:
        place = Origin(at.file, at.statement, Span(close, close))
        yield Fix(
            title="Write WITH CHECK",
            steps=(Replace(place, style.sql(_CHECK, text)),),
            safe=True,
            preferred=True,
            later=later,
        )
