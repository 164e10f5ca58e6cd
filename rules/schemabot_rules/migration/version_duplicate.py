"""Two migrations have the same version.

Most runners keep the versions that have run under a unique key: a new database stops at the second file of
that version, and a database that has run one of them never runs the other. It happens when two branches
take the same number, or a file is copied.

The finding stands on the file that is new; between two new ones on the second. The fix gives it the next
free version. Where several files may share a version (Prisma, node-pg-migrate) the rule is silent; in a
folder whose runner is not known it warns, because the order of the two then hangs on the rest of their
names.

## Bad

```sql layout=supabase settled=20260101000000_create_notes.sql,20260102000000_note_titles.sql today=2026-02-03
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260102000000_note_colours.sql
alter table public.notes add column colour text;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- file: 20260102000000_note_titles.sql
alter table public.notes add column title text;
```

## Fixed

```sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260203000000_note_colours.sql
alter table public.notes add column colour text;
-- file: 20260102000000_note_titles.sql
alter table public.notes add column title text;
```

## Bad: numbers

```sql layout=golang-migrate
-- file: 000001_create_notes.up.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 000002_note_colours.up.sql
alter table public.notes add column colour text;
-- file: 000002_note_titles.up.sql
alter table public.notes add column title text;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
-- file: 000001_create_notes.up.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 000002_note_colours.up.sql
alter table public.notes add column colour text;
-- file: 000003_note_titles.up.sql
alter table public.notes add column title text;
```

## Good: Prisma tells migrations apart by their whole names

```sql layout=prisma
-- file: 20260102000000_note_colours.sql
create table public.colours (id uuid primary key);
alter table public.colours enable row level security;
-- file: 20260102000000_note_titles.sql
create table public.titles (id uuid primary key);
alter table public.titles enable row level security;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, MigrationView, Related, Severity, file_rule
from schemabot.rulekit.migrations import (
    file_place,
    full_name,
    is_new,
    neighbour,
    newest_in_history,
    rename,
    versions,
)
from schemabot.rulekit.versions import dotted_key, is_number, next_version

_VERSION = re.compile(r"[A-Z]?[0-9]+(?![0-9A-Za-z])(?!-[0-9])")  # neither 3nf_... nor 2019-02-27-...


@file_rule(severity=Severity.ERROR)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a file whose neighbour in the order has its version: the new one, or the second of two."""
    migration, runner = context.migration, context.project.runner
    if not runner.by_version or runner.unique is False or migration.status == "applied":
        return
    if runner.unique is None and not is_new(migration):
        return
    other = _twin(context)
    if other is None:
        return
    subject = runner.title if runner.unique else "most runners"
    verb = "keeps" if runner.unique else "keep"
    version = _free_version(context)
    fix = None if version is None else rename(context, version)
    yield context.finding(
        file_place(migration),
        f'Version {migration.version} is also that of "{full_name(other)}": {subject} {verb} one entry for a '
        "version, so at most one of the two files is run.",
        help="Give this file a version of its own.",
        severity=None if runner.unique else Severity.WARNING,
        fixes=() if fix is None or not is_new(migration) else (fix,),
        related=(Related(file_place(other), "the other one"),),
    )


def _twin(context: FileContext[Any]) -> MigrationView | None:
    """The file that has the version, if it is not the other one that is to be told about."""
    migration, project = context.migration, context.project
    before = neighbour(project, migration, -1)
    if before is not None and _same(before, migration):
        return before if is_new(migration) or not is_new(before) else None
    behind = neighbour(project, migration, 1)
    if behind is not None and _same(behind, migration) and is_new(migration) and not is_new(behind):
        return behind
    return None


def _free_version(context: FileContext[Any]) -> str | None:
    """The version behind this one, if the file then runs where it ran; one behind all others where it has to come
    last, because newer files have run; else None."""
    migration, project = context.migration, context.project
    version = migration.version or ""
    last = newest_in_history(project)
    is_late = last is not None and project.places[last.path] > project.places[migration.path]
    if is_late:
        return next_version(versions(project), project.today)
    behind = neighbour(project, migration, 1)
    wanted = next_version([version], None) if version.isdigit() else ""
    is_free = behind is None or dotted_key(wanted) < dotted_key(behind.version or "")
    return wanted if wanted and is_free else None


def _same(one: MigrationView, other: MigrationView) -> bool:
    if one.version is None or other.version is None or not _VERSION.match(full_name(one)):
        return False
    if is_number(one.version) and is_number(other.version):
        return dotted_key(one.version) == dotted_key(other.version)
    return one.version == other.version
