r"""A command of psql stands in a migration that psql does not run.

`\i`, `\copy`, `\set`, `\connect` and the others are read by the program psql and never reach the server. The
runners of migrations send the text as it is: the server answers `syntax error at or near "\"`, and the
migration fails. Such lines come with scripts that were written for psql, and with dumps: pg_dump since August
2025 writes `\restrict` and `\unrestrict` around its output.

The rule knows which runners call psql (Sqitch does) and is silent where the runner is not known, and about
dumps of the schema, which psql reads.

## Bad

```sql layout=supabase
\restrict k3nG2
--<^^^^^^^^^^^^
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
\unrestrict k3nG2
```

## Good: psql runs the file

```sql layout=sqitch
\set ON_ERROR_STOP on
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Good: it is not known what runs the file

```sql layout=plain
\set ON_ERROR_STOP on
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin
from schemabot.rulekit import FileContext, Finding, Severity, file_rule
from schemabot.rulekit.migrations import down_part
from schemabot.text import Span

_NAME = re.compile(r"\\\S*")
_DUMP = (r"\restrict", r"\unrestrict")


@file_rule(severity=Severity.WARNING)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report the first command of psql in a new file, and how many more there are."""
    migration, runner = context.migration, context.project.runner
    if runner.psql is not False or migration.status != "pending":
        return
    down = down_part(context)
    found = [
        (index, statement.text)
        for index, statement in enumerate(migration.statements)
        if statement.kind == "psql" and index not in down
    ]
    if not found:
        return
    index, text = found[0]
    match = _NAME.match(text)
    name = match.group() if match is not None else text
    more = f", like {len(found) - 1} more in this file" if len(found) > 1 else ""
    origin = "pg_dump writes it for psql. " if name in _DUMP else ""
    yield context.finding(
        Origin(migration.path, index, Span(0, len(text.rstrip()))),
        f"{name} is a command of psql{more}: {runner.title} sends it to the server, which refuses it as a syntax "
        "error, so this migration fails.",
        help=f"{origin}Remove it, or write what it does in SQL.",
    )
