"""A statement names a column that its table does not have at this point of the history.

PostgreSQL refuses it, and the migration stops half-way: the name is misspelled, was changed, or the column
comes in a later file.

Files that have run are left alone. One finding for a name in a file, at the first place. In a project whose
migrations do not make its schema from the beginning, a name that other migrations speak of was made
elsewhere: then it is an information that says so.

What the database read by `schemabot pull` has, and no migration makes, is an information that says so.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create index idx_notes_titel on public.notes (id, titel);
--                                                ^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create index idx_notes_title on public.notes (id, title);
alter table public.notes drop column if exists never;
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
    last_part,
    refused,
)


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report unknown columns, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_COLUMN or is_told(problem, context):
        return
    owner, _, name = problem.object.rpartition(".")
    schema, _, table_name = owner.rpartition(".")
    table = context.before.catalog.table(schema, table_name) if schema else None
    if table is not None and context.before.catalog.is_tainted(table.schema, table.name):
        return
    if (found := only_remote(problem, context)) is not None:
        yield found
        return
    meant = None if table is None else alike(name, (column.name for column in table.columns))
    sure = not is_known_elsewhere(name, context) and (meant is not None or is_complete(context))
    where = f'"{owner}" has no column {name}' if owner else f"There is no column {last_part(name)} here"
    yield refused(
        problem,
        context,
        f"{where} at this point of the history: PostgreSQL refuses this statement.",
        meant=meant if sure else None,
        help="Add it first, or mend the name." if sure else BASELINE,
        severity=None if sure else Severity.INFORMATION,
    )
