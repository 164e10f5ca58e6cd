"""A statement treats a table as a view, a view as a table, a function as a procedure.

PostgreSQL refuses it: DROP VIEW of a table, for example, does nothing but fail.

It happens when a view became a table, or the other way round, and an old statement was copied. The migration
stops there, and what stands behind it does not run. Files that have run are left alone.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
drop view public.notes;
--        ^^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create view public.titles with (security_invoker = true) as select title from public.notes;
drop view public.titles;
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
    """Report statements for another kind of object."""
    if problem.kind is not ProblemKind.WRONG_KIND:
        return
    why = f" ({problem.detail})" if problem.detail else ""
    yield refused(
        problem,
        context,
        f'"{problem.object}" is another kind of object{why}: PostgreSQL refuses this statement.',
        help="Use the statement for what it is.",
    )
