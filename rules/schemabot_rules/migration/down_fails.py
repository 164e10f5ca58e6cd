"""The way back that was written for a migration would be refused by the server.

A down part is run when something has gone wrong, usually for the first time. It is replayed here behind its
migration: a name that was never made, something that is still used, a policy that is gone already. What the
server would refuse then is reported now.

The down part is looked for where the project keeps it: in the file behind the runner's mark, in a file beside it
(`.down.sql`, `down.sql`), or in comments at the end under a heading that says DOWN. Files that have run are left
alone, and so is a way back after a statement that was not understood. While somebody types, the last finding stays
until there is a pause.

## Bad: under a heading

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

-- DOWN MIGRATION (for reference)
-- DROP TABLE public.note;
-- ^^^^^^^^^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

-- DOWN MIGRATION (for reference)
-- DROP TABLE public.notes;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Related, Severity, file_rule

_SHOWN = 5


@file_rule(severity=Severity.ERROR, patient=True)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report the first statement of a written way back that the server would refuse."""
    if context.migration.status != "pending":
        return
    back = context.way_back()
    if back is None or not back.refused or not back.understood:
        return
    place, words = back.refused[0]
    more = f" So would be {len(back.refused) - 1} more of its statements." if len(back.refused) > 1 else ""
    yield context.finding(
        place,
        f"The way back fails: {words[0].lower()}{words[1:]}.{more}",
        help="Mend it now: it is needed when something has gone wrong.",
        related=tuple(Related(at, reason) for at, reason in back.refused[1:_SHOWN]),
    )
