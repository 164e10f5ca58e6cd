"""DROP TABLE deletes a table with all of its rows.

It cannot be undone by another migration: the rows are gone, and so are the table's policies, indexes,
triggers, grants and partitions. With CASCADE, views and foreign keys of other tables go as well, silently
(PostgreSQL manual, DROP TABLE and 5.15 "Dependency Tracking"). In this house nothing destructive runs
without approval.

If it is meant, say why on the line above the statement or at its end. The approval stays in the history,
where reviewers find it:

    -- schemabot: allow drop-table -- replaced by public.shipments in March, rows were copied
    drop table public.deliveries;

The rule is silent about tables that the same file created, about temporary tables, tables of the platform and
of extensions, and about `DROP TABLE IF EXISTS` of a table that is not there. A table that the file makes again
under its name is the matter of `replace-table`. Migrations that have been
applied, or stand on the default branch, are history and are not asked for approvals.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
create policy "All" on public.deliveries for all to authenticated using (true) with check (true);
-- file: 20260201000000_drop.sql
drop table public.deliveries;
--         ^^^^^^^^^^^^^^^^^
```

## Bad: an approval needs a reason

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
create policy "All" on public.deliveries for all to authenticated using (true) with check (true);
-- file: 20260201000000_drop.sql
-- schemabot: allow drop-table
drop table if exists public.deliveries cascade;
--                   ^^^^^^^^^^^^^^^^^
```

## Good: approved

```sql
-- file: 20260101000000_create.sql
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
-- file: 20260201000000_drop.sql
-- schemabot: allow drop-table -- replaced by shipments, rows were copied
drop table public.deliveries;
```

## Good: nothing is lost

```sql
drop table if exists public.deliveries;
create table public.deliveries (id uuid primary key);
alter table public.deliveries enable row level security;
create temporary table scratch (id int);
drop table scratch;
create table public.draft (id uuid primary key);
drop table public.draft;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.facts.model import DropObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import go, is_made_again, listed, shown, standing_table


@change_rule(DropObject, severity=Severity.ERROR, needs_approval=True)
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a table that was there before this file and is not made again in it."""
    if fact.kind != "table":
        return
    table = standing_table(fact.name, context)
    if table is None or is_made_again(table, context):
        return
    lost = ["every row of it", *_parts(table)]
    message = f'This deletes table "{qualified(table)}" for good, with {listed(lost)}.'
    others = gone_besides(context, table.oid)
    if others:
        message += f" {'CASCADE also drops' if fact.cascade else f'With it {go(others)}'} {shown(others)}."
    yield context.finding(
        context.origin(fact.span),
        message,
        help="If this is meant, write above it: -- schemabot: allow drop-table -- and why.",
        object=qualified(table),
    )


def _parts(table: Table) -> Iterator[str]:
    """What belongs to the table and is worth a word, counted."""
    triggers = [trigger for trigger in table.triggers if not trigger.constraint]
    for count, one, many in (
        (len(table.policies), "policy", "policies"),
        (len(triggers), "trigger", "triggers"),
    ):
        if count:
            yield f"{count} {one if count == 1 else many}"
