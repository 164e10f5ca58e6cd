"""A table gets a column that it has already.

PostgreSQL refuses it: an earlier migration added it, or the definition says it twice. ADD COLUMN IF NOT
EXISTS passes it over, whatever type the column has.

On the machine of whoever wrote it the database may lack the earlier migration, so it works there and fails
when it is deployed. Files that have run are left alone.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
alter table public.notes add column title varchar(80);
--                                  ^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
alter table public.notes add column if not exists title varchar(80);
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
    """Report columns that are there twice."""
    if problem.kind is not ProblemKind.DUPLICATE_COLUMN:
        return
    table, _, name = problem.object.rpartition(".")
    yield refused(
        problem,
        context,
        f'"{table}" has a column {name} already: PostgreSQL refuses this statement.',
        help="Leave it out, or say IF NOT EXISTS.",
    )
