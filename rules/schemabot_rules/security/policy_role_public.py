"""A policy without TO is for everybody, callers who are not signed in included.

PostgreSQL reads a missing TO as PUBLIC. Such a policy is evaluated for `anon` too, whose key is public: today
its condition may keep him out, and the next change of it may not. With `to authenticated` he is refused
before any condition is looked at, which is faster as well.

Silent where reading by everybody is evidently meant (a SELECT whose condition asks nobody who he is), about
restrictive policies, which ought to be for all, and on projects without a role `authenticated`. The fix says
`to authenticated`; it is safe where the condition is false for strangers anyway.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select using (user_id = (select auth.uid()));
--            ^^^^^
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select using (title is not null);
create policy "Write" on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy "Narrow" on public.notes as restrictive for all using (user_id = (select auth.uid()));
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
from schemabot.rulekit.callers_of_api import asks_who_calls
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import name_place
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_ALTER = "alter policy {} on {} to authenticated;"


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report permissive policies for PUBLIC whose condition asks who calls, or which write."""
    roles = context.catalog.roles
    if not table.policies or not table.rls or "authenticated" not in roles or "anon" not in roles:
        return
    if not context.concerns(table) or not context.project.is_exposed(table.schema):
        return
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or "public" not in policy.roles:
            continue
        bounds = [bound for bound in (policy.using, policy.check) if bound is not None]
        texts = " ".join(bound.text.lower() for bound in bounds)
        asks = "auth." in texts or "jwt" in texts or "(" in texts
        if (
            not asks
            or "service_role" in texts
            or any(constant_truth(b.expression.root) is False for b in bounds)
        ):
            continue
        safe = all(asks_who_calls(bound.expression.root) for bound in bounds)
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" has no TO: it counts for callers who '
            "are not signed in as well.",
            help="Say TO authenticated.",
            object=qualified(table),
            part=policy.name,
            fixes=(_fix(policy, table, context, safe=safe),),
        )


def _fix(policy: Policy, table: Table, context: StateContext[Any], *, safe: bool) -> Fix:
    style = context.project.style(policy.origin)
    later = style.sql(_ALTER, quote(policy.name), quote_name(table.schema, table.name))
    text = context.project.statement_text(policy.origin)
    for token in tokens(text, policy.origin.span.start):
        word = token.span.of(text).lower()
        if token.kind == "word" and word == "to":
            break  # TO public is written, or it was altered
        if token.kind == "word" and word in ("using", "with") and not policy.changes:
            place = Origin(
                policy.origin.file, policy.origin.statement, Span(token.span.start, token.span.start)
            )
            step = Replace(place, style.sql("to authenticated "))
            return Fix(title="Say TO authenticated", steps=(step,), safe=safe, preferred=True, later=later)
    at = context.project.latest(policy.origin, *(change.at for change in policy.changes))
    return Fix(
        title="Say TO authenticated", steps=(InsertAfter(at, later),), safe=safe, preferred=True, later=later
    )
