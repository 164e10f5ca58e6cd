"""A statement calls or names a function that is not there at this point of the history.

A policy, a default, an index or a trigger looks its functions up when it is made: PostgreSQL refuses the
statement when there is none of that name, or none for these arguments.

Files that have run are left alone. One finding for a name in a file, at the first place. In a project whose
migrations do not make its schema from the beginning, a name that other migrations speak of was made
elsewhere: then it is an information that says so. So is a function that may come with an extension which we
do not list.

What the database read by `schemabot pull` has, and no migration makes, is an information that says so.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (title = public.get_titel());
--                                                                             ^^^^^^^^^^^^^^^^
create function public.get_title() returns text language sql stable set search_path = '' as $$ select 'a' $$;
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create function public.get_title() returns text language sql stable set search_path = '' as $$ select 'a' $$;
create policy "Own" on public.notes for select to authenticated using (title = (select public.get_title()));
drop function if exists public.never();
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
    """Report unknown functions, each once in a file."""
    if problem.kind is not ProblemKind.UNKNOWN_FUNCTION or is_told(problem, context):
        return
    schema = problem.object.rpartition(".")[0]
    if schema and context.project.is_managed(schema):
        return
    if (found := only_remote(problem, context)) is not None:
        yield found
        return
    own = [
        f.name
        for f in context.before.catalog.functions.values()
        if not f.origin.platform and f.extension is None
    ]
    meant = alike(problem.object, own)
    elsewhere = is_known_elsewhere(problem.object, context)
    sure = not elsewhere and (meant is not None or (bool(schema) and is_complete(context)))
    yield refused(
        problem,
        context,
        f'There is no function "{problem.object}" for these arguments at this point of the history: PostgreSQL refuses '
        "this statement.",
        meant=meant if sure else None,
        help="Create it first, or mend the name." if sure else BASELINE,
        severity=None if sure else Severity.INFORMATION,
    )
