"""CREATE OR REPLACE changes the type that a function returns, or the columns of a view.

PostgreSQL refuses it: callers were made for the old one. The old function or view has to be dropped first,
which takes its grants along: whoever could call it or select from it has to be granted that again in the same
file.

Files that have run are left alone.

## Bad

```sql
create function public.one() returns int language sql immutable set search_path = '' as $$ select 1 $$;
create or replace function public.one() returns text language sql immutable set search_path = '' as $$ select '1' $$;
--                         ^^^^^^^^^^
```

## Good

```sql
create function public.one() returns int language sql immutable set search_path = '' as $$ select 1 $$;
drop function public.one();
create or replace function public.one() returns text language sql immutable set search_path = '' as $$ select '1' $$;
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
    """Report replacements of what can only be dropped and made again."""
    if problem.kind is not ProblemKind.CHANGED_SIGNATURE:
        return
    why = problem.detail or "it changes what it returns"
    yield refused(
        problem,
        context,
        f'PostgreSQL refuses to replace "{problem.object}": {why}.',
        help="Drop it first, and grant again what it had.",
    )
