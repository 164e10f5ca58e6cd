"""USING on INSERT, or WITH CHECK on SELECT or DELETE: the server refuses the policy.

INSERT has no old row to look at, SELECT and DELETE write none (manual, CREATE POLICY): PostgreSQL answers
"only WITH CHECK expression allowed for INSERT". The text parses, so nothing else says so before the migration
runs. The fix changes the keyword.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "New" on public.notes for insert to authenticated using (user_id = (select auth.uid()));
--                                                              ^^^^^
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "New" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
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

from schemabot.facts.model import CreatePolicy
from schemabot.rulekit import ChangeContext, Finding, Fix, Replace, Severity, change_rule
from schemabot.syntax.lexer import tokens
from schemabot.text import Span


@change_rule(CreatePolicy, severity=Severity.ERROR, in_settled_files=False)
def check(fact: CreatePolicy, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a clause that the command of the policy cannot have."""
    if fact.command == "insert" and fact.using is not None:
        wrong, right, bound = "USING", "with check", fact.using
    elif fact.command in ("select", "delete") and fact.check is not None:
        wrong, right, bound = "WITH CHECK", "using", fact.check
    else:
        return
    text = context.migration.statements[context.at.statement].text
    found = [token for token in tokens(text, 0, bound.span.start) if token.kind == "word"]
    words = found[-2:] if wrong == "WITH CHECK" else found[-1:]
    if not words or words[-1].span.of(text).upper() != wrong.split()[-1]:
        return
    place = context.origin(Span(words[0].span.start, words[-1].span.end))
    both = fact.using is not None and fact.check is not None
    style = context.project.style(place)
    fix = Fix(title=f"Say {right.upper()}", steps=(Replace(place, style.sql(right)),), preferred=True)
    yield context.finding(
        place,
        f'PostgreSQL refuses {wrong} in a policy for {fact.command.upper()}: policy "{fact.name}" is not created.',
        help=f"Say {right.upper()}.",
        object=str(fact.table),
        part=fact.name.name,
        fixes=() if both else (fix,),
    )
