"""A statement names a role that is not there.

Roles belong to the whole server, not to the database: a role that somebody made by hand is on one machine and
missing on the next, and the migration stops there (SQLSTATE 42704). On Supabase there are `anon`,
`authenticated`, `service_role` and a few more.

It is an error where the name is close to that of a role that there is, else an information: it may be made by
whoever sets up the server. One finding for a name in a file.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
grant select on public.notes to authentcated;
--                              ^^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create role reporting;
grant select on public.notes to authenticated, reporting;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.rulekit.refused import alike, is_told, refused


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report unknown roles, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_ROLE or is_told(problem, context):
        return
    remote = context.project.remote
    if remote is not None and problem.object in remote.catalog.roles:
        return  # roles belong to the server: they are often made by hand, and this one is there
    meant = alike(problem.object, context.before.catalog.roles)
    yield refused(
        problem,
        context,
        f'There is no role "{problem.object}": where nobody has made it by hand, PostgreSQL refuses this statement.',
        meant=meant,
        help="Create it in a migration, unless it exists already.",
        severity=None if meant is not None else Severity.INFORMATION,
    )
