"""A table or a policy has no comment that says what it is for.

A schema outlives the people who made it. The definition says what a table is; why it is there, why it is cut this way
and why a policy lets exactly these people in stands nowhere, unless COMMENT ON says so: then it is in the database, in
its documentation, and in every tool that shows the table.

This is the convention of one house: the rule is part of the presets `schemabot` and `all` only. The option `on` says
what needs a comment.

Only you know the reason. Where a comment in the file, right above the statement, gives it, the fix turns your own
words into COMMENT ON; a comment that only says what the statement does is no reason. For a table there is a second
fix, which writes COMMENT ON with the text left to write: until then the table still has no comment.

## Bad

```sql
-- People and companies that buy plants. A customer has several contacts.
create table public.customers (id uuid primary key default gen_random_uuid(), name text not null);
--           ^^^^^^^^^^^^^^^^
```

## Fixed: Turn the comment above it into COMMENT ON

```sql
-- People and companies that buy plants. A customer has several contacts.
create table public.customers (id uuid primary key default gen_random_uuid(), name text not null);

comment on table public.customers is 'People and companies that buy plants. A customer has several contacts.';
```

## Fixed: Add COMMENT ON with the text left to write

```sql
-- People and companies that buy plants. A customer has several contacts.
create table public.customers (id uuid primary key default gen_random_uuid(), name text not null);

comment on table public.customers is '';
```

## Bad: a policy

```sql
CREATE TABLE public.customers (id UUID PRIMARY KEY, org_id UUID NOT NULL);
COMMENT ON TABLE public.customers IS 'People and companies that buy plants.';
ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

-- Growers look up each other's customers.
CREATE POLICY "Users can view customers" ON public.customers FOR SELECT TO authenticated USING (true);
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Bad: nothing written yet

```sql
create table public.customers (id uuid primary key);
comment on table public.customers is '';
--               ^^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.customers (id uuid primary key);
comment on table public.customers is 'People and companies that buy plants.';
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from schemabot.catalog.objects import Policy, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    literal,
    option,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.comments_above import words_above

_TABLE = "comment on table {} is {};"
_POLICY = "comment on policy {} on {} is {};"


@attrs.frozen
class Options:
    """What may be set for this rule."""

    on: tuple[Literal["tables", "policies"], ...] = option(("tables", "policies"), "What needs a comment.")


@state_rule(Table, severity=Severity.INFORMATION, presets=("schemabot",))
def check(table: Table, context: StateContext[Options]) -> Iterator[Finding]:
    """Report tables and policies without a comment."""
    if table.partition_of or not context.concerns(table):
        return
    if "tables" in context.options.on and not table.comment:
        yield _table(table, context)
    if "policies" in context.options.on:
        for policy in table.policies:
            if not policy.comment and not policy.origin.platform:
                yield _policy(policy, table, context)


def _table(table: Table, context: StateContext[Options]) -> Finding:
    empty = [change.at for change in table.changes if change.what == "comment"]
    name = quote_name(table.schema, table.name)
    if empty:
        return context.finding(
            context.project.latest(*empty),
            f'The comment on table "{qualified(table)}" is empty, which is the same as none.',
            help="Write why the table is there.",
            object=qualified(table),
        )
    at, written = context.named(table)
    style = context.project.style(at)
    fixes = []
    if words := words_above(context.project, at, table.name):
        fixes.append(
            Fix(
                title="Turn the comment above it into COMMENT ON",
                steps=(InsertAfter(at, style.sql(_TABLE, written, literal(words))),),
                preferred=True,
                later=style.sql(_TABLE, name, literal(words)),
            )
        )
    fixes.append(
        Fix(
            title="Add COMMENT ON with the text left to write",
            steps=(InsertAfter(at, style.sql(_TABLE, written, "''")),),
            later=style.sql(_TABLE, name, "''"),
        )
    )
    return context.finding(
        table.origin,
        f'Table "{qualified(table)}" has no comment: why it is there, nobody can look up.',
        help="Say so with " + style.sql(_TABLE, name, "'...'"),
        object=qualified(table),
        fixes=tuple(fixes),
    )


def _policy(policy: Policy, table: Table, context: StateContext[Options]) -> Finding:
    at = context.project.latest(
        policy.origin, context.named(table)[0], *(change.at for change in policy.changes)
    )
    style = context.project.style(policy.origin)
    name = quote(policy.name)
    fixes = []
    if words := words_above(context.project, policy.origin, f"{policy.name} {table.name}"):
        written = context.name_behind(table, at)
        fixes.append(
            Fix(
                title="Turn the comment above it into COMMENT ON",
                steps=(InsertAfter(at, style.sql(_POLICY, name, written, literal(words))),),
                preferred=True,
                later=style.sql(_POLICY, name, quote_name(table.schema, table.name), literal(words)),
            )
        )
    return context.finding(
        policy.origin,
        f'Policy {name} of "{qualified(table)}" has no comment: why it lets these people in, nobody can look up.',
        help="Say so with " + style.sql(_POLICY, name, quote_name(table.schema, table.name), "'...'"),
        object=qualified(table),
        part=policy.name,
        fixes=tuple(fixes),
    )
