"""The header says that the migration is reversible, but a step of it cannot be undone.

`Reversible: Yes` is read when something has gone wrong and there is little time. A dropped table or column, a
TRUNCATE, a DELETE and a type that keeps less of the values (a time that becomes a date, a fraction that
becomes a whole number) can be put back in form, but the rows and values that were in it are gone. Whoever
relies on the header then finds out too late that a backup was needed.

What the same migration has made, it may drop or empty; temporary tables too. Columns that are generated from
others can be made again. Files that have run are left alone.

## Bad

```sql settled=20260101000000_create.sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_drop_mood.sql
-- Migration: Drop the mood of notes
-- Author: data-engineer
-- Date: 2026-02-01
-- Reversible: Yes
--             ^^^
alter table public.notes drop column mood;
```

## Fixed

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_drop_mood.sql
-- Migration: Drop the mood of notes
-- Author: data-engineer
-- Date: 2026-02-01
-- Reversible: No
alter table public.notes drop column mood;
```

## Bad: a type that keeps less

```sql settled=20260101000000_create.sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, written timestamptz not null);
alter table public.notes enable row level security;
-- file: 20260201000000_days.sql
-- Reversible: yes, by hand
--             ^^^^^^^^^^^^
alter table public.notes alter column written type date;
```

## Good

```sql settled=20260101000000_create.sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, mood text);
alter table public.notes enable row level security;
-- file: 20260201000000_moods.sql
-- Reversible: Yes
create table public.draft (id uuid primary key);
alter table public.draft drop column id;
drop table public.draft;
alter table public.notes alter column mood type varchar(80), alter column mood set default 'good';
alter table public.notes rename column mood to feeling;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Fix, Related, Replace, Severity, file_rule
from schemabot.rulekit.header import read_header
from schemabot.rulekit.reversible import losses

_YES = re.compile(r"(?:yes|true|fully|y)\b", re.I)
_SHOWN = 5


@file_rule(severity=Severity.WARNING, presets=("schemabot",))
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a header that promises a way back which is not there."""
    if context.migration.status != "pending":
        return
    said = read_header(context.migration).get("Reversible")
    if said is None or not _YES.match(said.value):
        return
    lost = list(losses(context))
    if not lost:
        return
    more = f", and {len(lost) - 1} more steps lose something" if len(lost) > 1 else ""
    place = context.origin(said.span)
    yield context.finding(
        place,
        f"The header says that this migration can be undone, but it {lost[0].what}{more}: no migration brings that "
        "back.",
        help="Say Reversible: No, or keep the data: copy it before, and say in the down section how it comes back.",
        fixes=(Fix(title="Say Reversible: No", steps=(Replace(place, "No"),), preferred=True),),
        related=tuple(Related(loss.at, f"this {loss.what}") for loss in lost[:_SHOWN]),
    )
