"""A statement names a table that an earlier migration dropped.

PostgreSQL refuses it. The file was written, or put in this place, as if the table were still there; often two
branches were merged. The related place shows where it was dropped.

Nothing runs behind the statement that fails, and depending on the runner what stands before it is undone or
stays. Files that have run are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key);
drop table public.notes;
-- file: 20260201000000_mood.sql
alter table public.notes add column mood text;
--          ^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key);
drop table public.notes;
-- file: 20260201000000_mood.sql
create table public.notes (id uuid primary key);
alter table public.notes add column mood text;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Related, Severity, change_rule
from schemabot.rulekit.refused import is_told, refused
from schemabot.rulekit.vanished import where_dropped


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report names of tables that were dropped earlier in the history, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_TABLE:
        return
    place = where_dropped(problem, context)
    if place is None or (place.file != context.migration.path and is_told(problem, context)):
        return
    found = refused(
        problem,
        context,
        f'"{problem.object}" was dropped before: PostgreSQL refuses this statement.',
        help="Create it again, or leave this statement out.",
    )
    yield msgspec.structs.replace(found, related=(Related(place, "dropped here"),))
