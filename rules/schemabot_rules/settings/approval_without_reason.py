"""An approval does not say why.

`-- schemabot: allow RULE -- reason` lets a destructive or breaking statement pass. It counts only with its
reason: whoever reads the migration in a year, or reviews it today, must be able to see that somebody
decided, and on what grounds. Write the reason behind a second `--`.

Comments in migrations that have been applied are history and are left alone.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
-- file: 20260201000000_drop.sql
-- schemabot: allow drop-table
--                  ^^^^^^^^^^
drop table public.deliveries;
```

## Fixed: Remove the approval

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
-- file: 20260201000000_drop.sql
drop table public.deliveries;
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
-- file: 20260201000000_drop.sql
-- schemabot: allow drop-table -- replaced by shipments, rows were copied
drop table public.deliveries;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.rulekit import DirectiveUse, FileContext, Finding, Severity, file_rule
from schemabot_rules.settings._comments import without_comment


@file_rule(DirectiveUse, severity=Severity.WARNING)
def check(use: DirectiveUse, context: FileContext[Any]) -> Iterator[Finding]:
    """Report approvals whose reason is empty."""
    directive = use.directive
    if (
        directive.verb != "allow"
        or directive.reason
        or not directive.rules
        or context.migration.status != "pending"
    ):
        return
    names = ", ".join(name for name, _ in directive.rules)
    fix = msgspec.structs.replace(
        without_comment(directive, context, "Remove the approval"), safe=False, preferred=False
    )
    yield context.finding(
        context.origin(directive.rules[0][1]),
        "This approval gives no reason, so it does not count.",
        help=f"Write why behind it: -- schemabot: allow {names} -- reason.",
        fixes=(fix,),
    )
