"""A new migration stands before one that has already run.

It happens when a branch waits while others are merged. Databases that have run the newer files get this one
last, or not at all; a new database runs it in its place. The two need not come out the same, and what was
tested is not what production gets. The Supabase CLI, Flyway, goose, Atlas and node-pg-migrate stop or refuse,
golang-migrate leaves the file out without a word; dbmate, sqlx, Prisma and Diesel run it last, and there the
finding is information only.

A file counts as run when it is covered by the baseline of the settings or stands on the default branch of
git. A file of the default branch that is being edited keeps its place and is not meant here. The fix gives
the file the next version behind all others.

## Bad

```sql layout=supabase settled=20260101000000_create_notes.sql,20260201000000_titles.sql today=2026-02-03
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260115000000_colours.sql
alter table public.notes add column colour text;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- file: 20260201000000_titles.sql
alter table public.notes add column title text;
```

## Fixed

```sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260203000000_colours.sql
alter table public.notes add column colour text;
-- file: 20260201000000_titles.sql
alter table public.notes add column title text;
```

## Bad: Flyway

```sql layout=flyway settled=V1__create_notes.sql,V3__titles.sql
-- file: V1__create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: V2__colours.sql
alter table public.notes add column colour text;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- file: V3__titles.sql
alter table public.notes add column title text;
```

## Good

```sql layout=supabase settled=20260101000000_create_notes.sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260115000000_colours.sql
alter table public.notes add column colour text;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Related, Severity, file_rule
from schemabot.rulekit.migrations import (
    file_place,
    full_name,
    is_new,
    newest_in_history,
    rename,
    versions,
)
from schemabot.rulekit.versions import dotted_key, is_number, next_version


@file_rule(severity=Severity.WARNING)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a new file that runs before the newest one of the history."""
    migration, project = context.migration, context.project
    if not project.runner.by_version or not is_new(migration) or migration.version is None:
        return
    last = newest_in_history(project)
    if last is None or last.version is None or project.places[last.path] < project.places[migration.path]:
        return
    if is_number(last.version) and dotted_key(last.version) == dotted_key(migration.version):
        return  # two of one version are another mistake
    late = project.runner.late
    happens = f" {late[0].upper()}{late[1:]}." if late else ""
    fix = rename(context, next_version(versions(project), project.today))
    yield context.finding(
        file_place(migration),
        f'This new migration stands before "{full_name(last)}", which has run: a database that has run that one '
        f"gets this one last, a new database gets it in between.{happens}",
        help="Give it a version behind all others.",
        severity=None if late else Severity.INFORMATION,
        fixes=() if fix is None else (fix,),
        related=(Related(file_place(last), "the newest migration that has run"),),
    )
