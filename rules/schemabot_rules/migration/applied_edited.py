"""A migration was changed after it had run.

A database that has run it does not run it again: it keeps what the old text made, while every new database gets what
the new text makes, and from then on they differ without anybody being told. Prisma, sqlx, Flyway and others compare
checksums and refuse to go on.

Reported are files that have run: those up to the baseline of the settings, and those that the database read by
`schemabot pull` has recorded. Where that database keeps what it ran (the Supabase CLI keeps the statements, Prisma and sqlx
a checksum), the file is compared with it, and a difference is an error; comments and blanks do not count in Supabase's
statements. Elsewhere the default branch of git is compared, and a difference is a warning.

Undo the edit (`git checkout`, or the runner's own way to fetch what ran) and write what is to change into a new
migration.

## Bad

```sql layout=supabase applied=20260101000000_create_notes.sql differing=20260101000000_create_notes.sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key, title text not null);
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
alter table public.notes enable row level security;
```

## Good

```sql layout=supabase applied=20260101000000_create_notes.sql
-- file: 20260101000000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260203000000_titles.sql
alter table public.notes add column title text not null default '';
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Severity, file_rule
from schemabot.rulekit.migrations import file_place


@file_rule(severity=Severity.ERROR)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a file that has run and is another now."""
    migration = context.migration
    if migration.status != "applied" or migration.is_down or not (migration.differs or migration.edited):
        return
    remote = context.project.remote
    if migration.differs:
        where = "the database" if remote is None else remote.origin
        said = f"This migration has run, with another text: {where} keeps what the old one made."
    else:
        said = "This migration has run, and its text is another than on the default branch."
    yield context.finding(
        file_place(migration),
        f"{said} New databases get something else.",
        help="Undo the edit, and write what is to change into a new migration: schemabot new.",
        severity=None if migration.differs else Severity.WARNING,
    )
