"""A foreign key refers to columns that no key of the other table covers.

PostgreSQL refuses it: the columns that are referred to need a primary key or a unique constraint on exactly
these columns (manual, CREATE TABLE, REFERENCES).

A unique index on more columns, or with a condition, does not count. Files that have run are left alone.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create table public.pages (
  id uuid primary key,
  note text references public.notes(title)
--                     ^^^^^^^^^^^^
);
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
alter table public.notes add constraint notes_title_key unique (title);
create table public.pages (id uuid primary key, note text references public.notes(title));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.refused import refused


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report foreign keys without a unique key on the other side."""
    if problem.kind is not ProblemKind.KEY_NOT_UNIQUE:
        return
    keys = f" Its keys are {', '.join(problem.others)}." if problem.others else ""
    yield refused(
        problem,
        context,
        f'"{problem.object}" has no primary key or unique constraint on the columns that are referred to: PostgreSQL '
        f"refuses the foreign key.{keys}",
        help="Add a unique constraint on these columns, or refer to a key that there is.",
    )
