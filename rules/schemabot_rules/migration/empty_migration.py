"""A migration does nothing.

Its runner notes it as run all the same, and never looks at it again: what is written into it later is run by
new databases alone, and the others silently lack it. Empty files come from a command that makes a new
migration and is then forgotten, from SQL that was left commented out, and from a file that was cut off while
it was saved.

Files that have run are left alone, and so are those whose name or comments say that they are meant to be empty
(baseline, placeholder, stub, no-op, intentionally, squashed, and what the Supabase CLI calls what it fetches
from the remote database). Files without a version are run again when they change (Flyway's `R__`), or are
empty between two migrations (graphile-migrate's `current.sql`), and are left alone too.

## Bad

```sql layout=supabase
-- Adds the colours of notes
--<^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Bad: commented out

```sql layout=supabase
-- create table public.notes (id uuid primary key);
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- alter table public.notes enable row level security;
```

## Good

```sql layout=supabase
-- Adds notes
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Good: it says so

```sql layout=supabase
-- Compatibility stub: applied by hand in March, this file intentionally holds no SQL.
```

## Good: by its name

```sql layout=supabase
-- file: 20260101000000_baseline_placeholder.sql
-- What was there before 2026 came from the dashboard.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Severity, file_rule
from schemabot.rulekit.migrations import down_part, file_place, full_name

_ON_PURPOSE = re.compile(
    r"baseline|place[_ -]?holder|\bstub|no[_ -]?op\b|dummy|squash|intentional|on purpose|deliberate|do(?:es)? nothing"
    r"|no (?:executable |sql |schema )?(?:changes?|sql|statements?)\b|already (?:applied|ran|run)\b|superseded"
    r"|obsolete|deprecated|reverted|moved to|remote_(?:schema|commit|history)|(?:_|\A)empty",
    re.I,
)
_LOOKED_AT = 6  # further down stands what was commented out
_SQL = re.compile(
    r"^\s*(?:--|/?\*+)?\s*(?:create|alter|drop|insert\s+into|update|delete\s+from|grant|revoke)\s+\w.*[;(]\s*$",
    re.I | re.M,
)


@file_rule(severity=Severity.INFORMATION)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a file without a statement that runs."""
    migration = context.migration
    if migration.status != "pending" or len(migration.statements) > len(down_part(context)):
        return
    if (
        migration.version is None
        or _ON_PURPOSE.search(full_name(migration))
        or any(_ON_PURPOSE.search(comment.text) for comment in migration.comments[:_LOOKED_AT])
    ):
        return
    title = context.project.runner.title
    commented = any(_SQL.search(comment.text) for comment in migration.comments)
    if not migration.text.strip():
        what, do = "This migration is empty", "If the file was cut off, bring its text back"
    elif commented:
        what = "All SQL of this migration is commented out"
        do = "Take the comment marks away, if it is meant to run"
    else:
        what, do = "This migration holds comments only", "Write what it is to do"
    yield context.finding(
        file_place(migration),
        f"{what}: {title} notes it as run and never runs it again, so what is added later reaches new databases only.",
        help=f"{do}; else delete the file before it is run anywhere.",
    )
