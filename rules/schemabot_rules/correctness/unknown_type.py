"""A column or function has a type that is not there at this point of the history.

PostgreSQL refuses the statement: the name is misspelled, the type comes in a later file, or with an extension
that is not created, or that lies in a schema which is not searched.

Files that have run are left alone. One finding for a name in a file, at the first place. In a project whose
migrations do not make its schema from the beginning, a name that other migrations speak of was made
elsewhere: then it is an information that says so.

What the database read by `schemabot pull` has, and no migration makes, is an information that says so.

## Bad

```sql
create type public.mood as enum ('good', 'bad');
create table public.notes (id uuid primary key, feeling public.mod);
--                                                      ^^^^^^^^^^
```

## Good

```sql
create type public.mood as enum ('good', 'bad');
create table public.notes (id uuid primary key, feeling public.mood);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.only_remote import only_remote
from schemabot.rulekit.refused import BASELINE, alike, is_complete, is_known_elsewhere, is_told, refused


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report unknown types, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_TYPE or is_told(problem, context):
        return
    if (found := only_remote(problem, context)) is not None:
        yield found
        return
    own = [item.name for item in context.before.catalog.types.values() if not item.origin.platform]
    meant = alike(problem.object, own)
    sure = not is_known_elsewhere(problem.object, context) and (meant is not None or is_complete(context))
    yield refused(
        problem,
        context,
        f'There is no type "{problem.object}" at this point of the history: PostgreSQL refuses this statement.',
        meant=meant if sure else None,
        help="Create it, or the extension that brings it, first." if sure else BASELINE,
        severity=None if sure else Severity.INFORMATION,
    )
