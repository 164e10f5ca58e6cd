"""Something is dropped, or gets another type, that other objects use.

PostgreSQL refuses it and names them: views, policies, foreign keys, defaults. With CASCADE they would go as
well, which is rarely meant: drop or change them first, in the same migration, and make them again.

Files that have run are left alone.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create view public.titles with (security_invoker = true) as select title from public.notes;
alter table public.notes alter column title type varchar(80);
--                                    ^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create view public.titles with (security_invoker = true) as select title from public.notes;
drop view public.titles;
alter table public.notes alter column title type varchar(80);
create view public.titles with (security_invoker = true) as select title from public.notes;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.refused import refused
from schemabot.rulekit.removal import shown


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report what other objects keep from being dropped or changed."""
    if problem.kind is not ProblemKind.DEPENDENT_OBJECTS:
        return
    users = shown(list(problem.others)) if problem.others else "other objects"
    verb = "depends" if len(problem.others) == 1 else "depend"
    yield refused(
        problem,
        context,
        f'{users[:1].upper()}{users[1:]} {verb} on "{problem.object}": PostgreSQL refuses this statement.',
        help="Drop or change what depends on it first, and make it again behind.",
    )
