"""A migration has no way back although the project writes one for its migrations.

Who has to take a release back in the night needs the statements that undo its migrations, and needs them
right: definitions that were replaced have to be restored as they were, in an order that the server accepts.
Written together with the migration, while its author knows what it replaced, it costs nothing.

The rule speaks where most of the migrations right before have a way back (a down part, a file beside, a
comment section under a heading DOWN), and with the preset `schemabot` everywhere. It is silent about
migrations that leave the schema and its rows as they were, and about files that have run.

The fix writes the way back from the schema before and behind the migration, where the project keeps them, and
says what cannot come back. `schemabot verify` runs it on a real PostgreSQL.

## Bad

```sql layout=supabase
-- file: 20260101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

-- DOWN
-- drop table public.notes;
-- file: 20260102000000_tags.sql
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;

-- DOWN
-- drop table public.tags;
-- file: 20260103000000_links.sql
create table public.links (id uuid primary key);
alter table public.links enable row level security;

-- DOWN
-- drop table public.links;
-- file: 20260104000000_comment.sql
comment on table public.notes is 'What users write down';
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
-- file: 20260101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

-- DOWN
-- drop table public.notes;
-- file: 20260102000000_tags.sql
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;

-- DOWN
-- drop table public.tags;
-- file: 20260103000000_links.sql
create table public.links (id uuid primary key);
alter table public.links enable row level security;

-- DOWN
-- drop table public.links;
-- file: 20260104000000_comment.sql
comment on table public.notes is 'What users write down';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- comment on table public.notes is null;
```

## Good: nobody writes them here

```sql layout=supabase
-- file: 20260101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
-- file: 20260104000000_comment.sql
comment on table public.notes is 'What users write down';
```

## Good: nothing to undo

```sql layout=supabase
-- file: 20260101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

-- DOWN
-- drop table public.notes;
-- file: 20260102000000_tags.sql
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;

-- DOWN
-- drop table public.tags;
-- file: 20260103000000_links.sql
create table public.links (id uuid primary key);
alter table public.links enable row level security;

-- DOWN
-- drop table public.links;
-- file: 20260104000000_analyze.sql
analyze public.notes;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Fix, Severity, WriteWayBack, file_rule
from schemabot.rulekit.habits import HOUSE_PRESETS
from schemabot.rulekit.migrations import file_place


@file_rule(severity=Severity.WARNING, patient=True)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a migration without a way back where they are usual."""
    migration, ways = context.migration, context.ways_back
    if migration.status != "pending" or not migration.statements:
        return
    if ways.written() is not None:
        return
    expected = context.project.settings.preset in HOUSE_PRESETS or ways.usual()
    if not expected or not ways.generated():
        return
    yield context.finding(
        file_place(migration),
        f"{migration.name} has no way back: whoever has to undo it must work out what it replaced.",
        help="Write the statements that undo it while you know them; `schemabot down` generates them.",
        fixes=(Fix(title="Write the way back", steps=(WriteWayBack(migration.path),), preferred=True),),
    )
