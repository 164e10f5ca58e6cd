"""DROP TABLE deletes a table with all of its rows.

It cannot be undone by another migration: the rows are gone, and so are the table's policies, indexes,
triggers, grants and partitions. With CASCADE, views and foreign keys of other tables go as well, silently
(PostgreSQL manual, DROP TABLE and 5.15 "Dependency Tracking"). In this house nothing destructive runs
without approval.

If it is meant, say why on the line above the statement or at its end. The approval stays in the history,
where reviewers find it:

    -- schemabot: allow drop-table -- replaced by public.shipments in March, rows were copied
    drop table public.deliveries;

The rule is silent about tables that the same file created or creates again under their name, about
temporary tables, and about `DROP TABLE IF EXISTS` of a table that is not there. Migrations that have been
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

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table, View
from schemabot.facts.model import CreateTable, DropObject
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified, search_path

_LISTED = 5


@change_rule(DropObject, severity=Severity.ERROR, needs_approval=True)
def check(fact: DropObject, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report the drop of a table that was there before this file and is not made again in it."""
    if fact.kind != "table":
        return
    table = context.table(fact.name)
    if table is None or table.oid not in context.file_start.catalog.relations or _made_again(table, context):
        return
    lost = ["every row of it", *_parts(table)]
    message = f'This deletes table "{qualified(table)}" for good, with {_listed(lost)}.'
    others = _others(table, context.before.catalog, context.after.catalog)
    if others:
        shown = others[:_LISTED]
        rest = len(others) - len(shown)
        message += f" {'CASCADE also drops' if fact.cascade else 'With it go'} {_listed(shown)}"
        message += f", and {rest} more." if rest else "."
    yield context.finding(
        context.origin(fact.span),
        message,
        help="If this is meant, write above it: -- schemabot: allow drop-table -- and why.",
        object=qualified(table),
    )


def _made_again(table: Table, context: ChangeContext[Any]) -> bool:
    path = search_path(context.after)
    return any(
        isinstance(fact, CreateTable)
        and fact.name.name == table.name
        and (fact.name.schema or next(iter(path), None)) == table.schema
        for fact in context.later()
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


def _others(table: Table, before: Catalog, after: Catalog) -> list[str]:
    """The objects other than the table that are there before the statement and not after it."""
    gone: list[str] = []
    for oid in after.relations.changed_since(before.relations):
        old, new = before.relations.get(oid), after.relations.get(oid)
        if oid == table.oid or old is None:
            continue
        if new is None and isinstance(old, View):
            gone.append(f"{'materialized view' if old.materialized else 'view'} {qualified(old)}")
        elif new is None and isinstance(old, Table):
            gone.append(f"{'partition' if old.partition_of else 'table'} {qualified(old)}")
        elif isinstance(old, Table) and isinstance(new, Table):
            kept = {constraint.oid for constraint in new.constraints} | {
                policy.oid for policy in new.policies
            }
            gone += [
                f"foreign key {c.name} of {qualified(old)}" for c in old.constraints if c.oid not in kept
            ]
            gone += [f'policy "{p.name}" of {qualified(old)}' for p in old.policies if p.oid not in kept]
    for oid in after.functions.changed_since(before.functions):
        function = before.functions.get(oid)
        if function is not None and oid not in after.functions:
            gone.append(f"function {qualified(function)}")
    return sorted(gone)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
