"""The time in a migration's version lies in the future.

Every migration that is made until then is numbered before this one, although it comes after it: other
people's files then run out of order, and runners refuse them or leave them out. Such times come from typing
them by hand, from a clock that is wrong, or from tools that make names up.

Times are compared by the day, and tomorrow is allowed, because versions are in UTC and people are not. Only
new files are reported: one that has run cannot be renamed.

## Bad

```sql layout=supabase today=2026-02-03
-- file: 20260401120000_create_notes.sql
create table public.notes (id uuid primary key);
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
alter table public.notes enable row level security;
```

## Good: tomorrow somewhere

```sql layout=supabase today=2026-02-03
-- file: 20260204010000_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Good: a number

```sql layout=goose today=2026-02-03
-- file: 00042_create_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from schemabot.rulekit import FileContext, Finding, Severity, file_rule
from schemabot.rulekit.migrations import file_place, is_new
from schemabot.rulekit.versions import day_of


@file_rule(severity=Severity.INFORMATION)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a new file whose version is the day after tomorrow or later."""
    migration, today = context.migration, context.project.today
    if today is None or migration.version is None or not context.project.runner.by_version:
        return
    if not is_new(migration):
        return
    day = day_of(migration.version)
    if day is None or day <= today + timedelta(days=1):
        return
    yield context.finding(
        file_place(migration),
        f"Version {migration.version} is a time in the future: migrations that are made before {day:%Y-%m-%d} "
        "come before this one, although they are newer.",
        help="Give it the time at which it was written.",
    )
