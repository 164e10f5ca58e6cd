"""A suppression or approval silences nothing.

What it spoke of has been repaired, or it stands above another statement than it was meant for. Left in
place it would hide the next finding of that rule, which nobody has looked at.

A comment speaks of the statement that it stands in, at the end of, or above. Rules that are off are not
counted: their suppressions may be needed again. Comments in migrations that have been applied are history
and are left alone.

## Bad

```sql
-- schemabot: ignore rls-disabled -- public on purpose
--                   ^^^^^^^^^^^^
create table public.countries (code text primary key);
alter table public.countries enable row level security;
create policy "All" on public.countries for all to authenticated using (true) with check (true);
```

## Fixed

```sql
create table public.countries (code text primary key);
alter table public.countries enable row level security;
create policy "All" on public.countries for all to authenticated using (true) with check (true);
```

## Bad: one of two

```sql
create table public.countries (code text primary key); -- schemabot: ignore rls-disabled, drop-table -- open
--                                                                                        ^^^^^^^^^^
```

## Fixed

```sql
create table public.countries (code text primary key); -- schemabot: ignore rls-disabled -- open
```

## Good

```sql
-- schemabot: ignore rls-disabled -- open data, the same for everybody
create table public.countries (code text primary key);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import DirectiveUse, FileContext, Finding, Severity, file_rule
from schemabot_rules.settings._comments import without_name


@file_rule(DirectiveUse, severity=Severity.WARNING)
def check(use: DirectiveUse, context: FileContext[Any]) -> Iterator[Finding]:
    """Report each name in a directive that silenced nothing."""
    directive = use.directive
    if context.migration.status != "pending" or directive.verb == "unknown":
        return
    what = "approval" if directive.verb == "allow" else "suppression"
    for name, span in use.unused:
        yield context.finding(
            context.origin(span),
            f"{name} reports nothing here, so this {what} does nothing.",
            help="Remove it, or move it to the statement it is meant for.",
            fixes=(without_name(directive, name, context, f"Remove {name}"),),
        )
