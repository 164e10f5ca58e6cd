"""A migration does not begin with the house's header.

The header says what the migration does, who wrote it and when, and whether it can be undone:

    -- Migration: Create the customers table
    -- Author: data-engineer
    -- Date: 2024-01-15
    -- Reversible: Yes

Whoever has to find out in the night which change broke something reads these four lines first. The last one
tells whether there is a way back; header-untrue checks it. `Description:` may stand for `Migration:`.

The fix writes what can be known: the description from the file's name, the date from its version, and whether
the migration loses something. Look at them, and put your name in. Files that have run, and files without a
statement, are left alone.

## Bad

```sql layout=supabase today=2026-02-03
-- file: 20260201120000_create_notes.sql
create table public.notes (id uuid primary key);
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
alter table public.notes enable row level security;
```

## Fixed

```sql
-- file: 20260201120000_create_notes.sql
-- Migration: Create notes
-- Author: data-engineer
-- Date: 2026-02-01
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Bad: half of it

```sql layout=supabase
-- file: 20260201120000_create_notes.sql
-- Migration: Create the notes of the users
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
-- Date: 2026-02-01
-- Every user keeps notes.
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Fixed

```sql
-- file: 20260201120000_create_notes.sql
-- Migration: Create the notes of the users
-- Date: 2026-02-01
-- Author: data-engineer
-- Reversible: Yes
-- Every user keeps notes.
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Good

```sql layout=supabase
-- Migration: Create the notes of the users
-- Author: data-engineer
-- Date: 2026-02-01
-- Reversible: Yes

create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from schemabot.rulekit import FileContext, Finding, Fix, Replace, Severity, file_rule, option
from schemabot.rulekit.header import FIELDS, HeaderField, read_header
from schemabot.rulekit.migrations import file_place, full_name, is_new
from schemabot.rulekit.reversible import losses
from schemabot.rulekit.versions import day_of
from schemabot.text import Span, line_end_of
from schemabot_snippets import render

_DAY_DIGITS = 8
_DESCRIPTION = re.compile(r"(?:[VUR]?[0-9._-]*_+)?(.*?)(?:\.(?:up|do))?(?:\.sql)?\Z", re.I | re.S)


@attrs.frozen
class Options:
    """Options of header-missing."""

    author: str = option("data-engineer", "Who the fix says has written the migration.")


@file_rule(severity=Severity.INFORMATION, presets=("schemabot",))
def check(context: FileContext[Options]) -> Iterator[Finding]:
    """Report a new file that lacks fields of the header."""
    migration = context.migration
    if not is_new(migration) or not migration.statements:
        return
    header = read_header(migration)
    missing = [name for name in FIELDS if name not in header]
    if not missing:
        return
    what = "its header" if len(missing) == len(FIELDS) else " and ".join(missing) + " in its header"
    yield context.finding(
        file_place(migration),
        f"This migration lacks {what}: nobody can see what it is for, whose it is, or whether it can be undone.",
        help="Begin it with -- Migration:, -- Author:, -- Date: and -- Reversible:.",
        fixes=_fixes(context, header, missing),
    )


def _fixes(
    context: FileContext[Options], header: Mapping[str, HeaderField], missing: list[str]
) -> tuple[Fix, ...]:
    migration = context.migration
    day = day_of((migration.version or "")[:_DAY_DIGITS]) or context.project.today
    if day is None:
        return ()
    values = {
        "Migration": _described(full_name(migration)),
        "Author": context.options.author,
        "Date": day.isoformat(),
        "Reversible": "No" if next(losses(context), None) is not None else "Yes",
    }
    end = line_end_of(migration.text)
    if header:
        behind = max(header.values(), key=lambda field: field.comment_end)
        if behind.in_block:
            return ()
        at = behind.comment_end
        text = "".join(f"{end}-- {name}: {values[name]}" for name in missing)
    else:
        at = _begin(context)
        text = render(
            "header",
            description=values["Migration"],
            author=values["Author"],
            date=values["Date"],
            Yes=values["Reversible"],
        ).replace("\n", end)
    step = Replace(context.origin(Span(at, at)), text)
    return (Fix(title="Write the header", steps=(step,), preferred=True),)


def _begin(context: FileContext[Options]) -> int:
    """Where the header goes: the start of the file, or behind the lines that have to stay the first ones."""
    pattern = context.project.runner.first_line
    text = context.migration.text
    at = 0
    if pattern is None:
        return at
    for comment in context.migration.comments:
        if text[at : comment.span.start].strip() or not re.match(pattern, comment.text, re.I):
            break
        line = text.find("\n", comment.span.end)
        at = len(text) if line < 0 else line + 1
    return at


def _described(name: str) -> str:
    found = _DESCRIPTION.match(name)
    words = re.sub(r"[_\-\s.]+", " ", found[1] if found is not None else name).strip()
    return words[:1].upper() + words[1:] if words else name
