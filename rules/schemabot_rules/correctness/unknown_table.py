"""A statement names a table or view that is not there at this point of the history.

PostgreSQL refuses it, and the migration stops half-way: the name is misspelled, the table comes in a later
file, was renamed, or lies in a schema that is not searched.

Files that have run are left alone. One finding for a name in a file, at the first place. In a project whose
migrations do not make its schema from the beginning, a name that other migrations speak of was made
elsewhere: then it is an information that says so. A table that an earlier migration dropped is
`dropped-before`.

What the database read by `schemabot pull` has, and no migration makes, is an information that says so.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
alter table public.nots add column mood text;
--          ^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
alter table public.notes add column mood text;
alter table if exists public.never add column mood text;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.only_remote import only_remote
from schemabot.rulekit.refused import (
    BASELINE,
    alike,
    is_complete,
    is_known_elsewhere,
    is_told,
    refused,
    relation_names,
)
from schemabot.rulekit.vanished import where_dropped


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report unknown tables and views, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_TABLE or is_told(problem, context):
        return
    if where_dropped(problem, context) is not None:
        return
    schema = problem.object.rpartition(".")[0] or None
    if schema is not None and context.project.is_managed(schema):
        return
    if (found := only_remote(problem, context)) is not None:
        yield found
        return
    meant = alike(problem.object, relation_names(context, schema))
    elsewhere = is_known_elsewhere(problem.object, context)
    sure = not elsewhere and (meant is not None or is_complete(context))
    yield refused(
        problem,
        context,
        f'There is no table or view "{problem.object}" at this point of the history: PostgreSQL refuses this statement.',
        meant=meant if sure else None,
        help="Create it first, or mend the name." if sure else BASELINE,
        severity=None if sure else Severity.INFORMATION,
    )
