"""Up and then down does not give back the schema from before: the written way back forgets something.

The way back is replayed behind its migration and the result compared with the schema before it: columns,
constraints, indexes, policies, functions with their bodies, views, grants, comments. What differs is named. A
policy that was replaced and not put back is the usual case, and the dangerous one: after the rollback the
table is open, or closed to everybody.

The order of columns does not count, because nothing can restore it, and neither do rows. Where a statement of the
migration or of the way back was not understood, or would be refused, the rule says nothing: see `down-fails`.
Files that have run are left alone.

## Bad

```sql settled=20260101000000_create.sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
-- file: 20260201000000_mood.sql
alter table public.notes add column mood text, add column weather text;

-- DOWN MIGRATION (for reference)
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- ALTER TABLE public.notes DROP COLUMN mood;
```

## Good

```sql settled=20260101000000_create.sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
-- file: 20260201000000_mood.sql
alter table public.notes add column mood text, add column weather text;

-- DOWN MIGRATION (for reference)
-- ALTER TABLE public.notes DROP COLUMN mood, DROP COLUMN weather;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Severity, file_rule

_SHOWN = 4


@file_rule(severity=Severity.WARNING, patient=True)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a written way back that leaves something of the migration behind."""
    if context.migration.status != "pending":
        return
    back = context.way_back()
    if back is None or back.refused or not back.understood or not back.left:
        return
    shown = ", ".join(back.left[:_SHOWN])
    more = f", and {len(back.left) - _SHOWN} more" if len(back.left) > _SHOWN else ""
    yield context.finding(
        back.at,
        f"The way back is incomplete: after it the schema is not the one from before. It lacks: {shown}{more}.",
        help="Add what is missing; `schemabot down` writes all of it.",
    )
