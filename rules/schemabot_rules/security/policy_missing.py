"""Row level security is on, but no policy lets anybody run a command.

With row level security enabled, a row is visible or may be written only if at least one permissive policy for
that command, or for ALL, says so (PostgreSQL manual, CREATE POLICY). Where there is none, SELECT returns
nothing without an error, INSERT fails with SQLSTATE 42501, UPDATE and DELETE change no row and report
success. It is usually a policy that somebody forgot, and looks like lost data. UPDATE and DELETE with a
WHERE, and INSERT ... RETURNING, need the SELECT policy as well. Restrictive policies only narrow what
permissive ones allow and count for nothing here.

Not every table is for users. A table that only the backend touches, with the service role, needs no policy:
say so in schemabot.toml, and the rule is silent about it.

```toml
[tenancy]
service-only = ["public.webhook_events"]
```

Where only DELETE lacks a policy the finding is an information: many tables are never deleted from. The option
`commands` says which commands need a policy at all.

The fixes write the house's policies: for a table with the tenant column they compare it with the organisation
of the caller (a helper function such as `public.get_user_org_id()` must exist), for a table whose rows belong
to users they compare the owner with `auth.uid()`. Both are wrapped in a sub-select, which PostgreSQL
evaluates once per statement and not once per row. Where neither is known, and for writing the table of
memberships, the fix lets nobody in and leaves the condition to you. A policy opens access, so none of these
fixes is applied without a look.

A restrictive policy for all commands that is always false closes the table on purpose: nothing is missing
then.

A partition is measured by the policies of its parent when it is queried through it, and is left alone here.

## Bad

```sql
create table public.notes (
--           ^^^^^^^^^^^^
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users(id) on delete cascade
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;

create policy "Users can view own data"
on public.notes for select to authenticated
using (user_id = (select auth.uid()));
```

## Fixed: Add all missing policies

```sql
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users(id) on delete cascade
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;

create policy "Users can view own data"
on public.notes for select to authenticated
using (user_id = (select auth.uid()));

create policy "Users can insert own data"
on public.notes for insert
to authenticated
with check (user_id = (select auth.uid()));

create policy "Users can update own data"
on public.notes for update
to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

create policy "Users can delete own data"
on public.notes for delete
to authenticated
using (user_id = (select auth.uid()));
```

## Bad: only DELETE

```sql
create table public.notes (id uuid primary key);
--           ^^^^^^^^^^^^
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
create policy "Add" on public.notes for insert to authenticated with check (true);
create policy "Change" on public.notes for update to authenticated using (true) with check (true);
```

## Fixed: Add a DELETE policy that lets nobody in yet

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
create policy "Add" on public.notes for insert to authenticated with check (true);
create policy "Change" on public.notes for update to authenticated using (true) with check (true);

create policy "Nobody can delete data yet"
on public.notes for delete
to authenticated
using (false);
```

## Bad: on a plain PostgreSQL server

```sql platform=postgres
create table notes (id uuid primary key);
--           ^^^^^
alter table notes enable row level security;
create policy readers on notes for select to public using (true);
create policy writers on notes as restrictive for all to public using (true);
```

## Good

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "Everything" on public.notes for all to authenticated using (true) with check (true);
```

## Good: for the service role only

```toml
[tenancy]
service-only = ["public.webhook_events"]
```

```sql
create table public.webhook_events (id uuid primary key, payload jsonb not null);
alter table public.webhook_events enable row level security;
```

## Good: an option

```toml
[rules.policy-missing]
commands = ["select"]
```

```sql
create table public.countries (code text primary key);
alter table public.countries enable row level security;
create policy "Everybody can read" on public.countries for select to anon, authenticated using (true);
```
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from schemabot.catalog.objects import Origin, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    option,
    qualified,
    quote_name,
    state_rule,
)
from schemabot.rulekit.predicates import is_closed_on_purpose
from schemabot.rulekit.standard_policies import COMMANDS, Command, StandardPolicy, standard_policies
from schemabot.rulekit.tenancy import matches


@attrs.frozen
class Options:
    """What may be set for this rule."""

    commands: tuple[Command, ...] = option(COMMANDS, "The commands that need a policy on every table.")


@state_rule(Table, severity=Severity.ERROR)
def check(table: Table, context: StateContext[Options]) -> Iterator[Finding]:
    """Report tables with row level security that lack a permissive policy for a command."""
    tenancy = context.project.settings.tenancy
    if (
        not table.rls
        or table.partition_of
        or not context.concerns(table)
        or not context.project.is_exposed(table.schema)
        or matches(table.schema, table.name, tenancy.service_only)
        or is_closed_on_purpose(table)
    ):
        return
    allowed = {policy.command for policy in table.policies if policy.permissive}
    missing: list[Command] = [
        command
        for command in COMMANDS
        if command in context.options.commands and command not in allowed and "all" not in allowed
    ]
    if not missing:
        return
    words = _listed([command.upper() for command in missing])
    only_delete = missing == ["delete"]
    if allowed:
        message = (
            f'Table "{qualified(table)}" has no policy for {words}: row level security refuses it to all.'
        )
    else:
        message = (
            f'Table "{qualified(table)}" has row level security but no policy that allows anything: '
            "users see no rows and can write none."
        )
    advice = (
        "If nobody may delete rows, leave it so."
        if only_delete
        else "Add the missing policies. If only the service role uses the table, list it in schemabot.toml: "
        f'[tenancy] service-only = ["{qualified(table)}"].'
    )
    yield context.finding(
        table.origin,
        message,
        help=advice,
        object=qualified(table),
        severity=Severity.INFORMATION if only_delete else None,
        fixes=tuple(_fixes(table, missing, context)),
    )


def _fixes(table: Table, missing: list[Command], context: StateContext[Options]) -> Iterator[Fix]:
    policies = standard_policies(table, missing, context)
    if len(policies) > 1:
        yield _fix("Add all missing policies", table, policies, context, preferred=True)
    for policy in policies:
        word = policy.command.upper()
        title = (
            f"Add {'an' if word[0] in 'IU' else 'a'} {word} policy that lets nobody in yet"
            if policy.open_to_nobody
            else f"Add the {word} policy"
        )
        yield _fix(title, table, (policy,), context, preferred=len(policies) == 1)


def _fix(
    title: str,
    table: Table,
    policies: tuple[StandardPolicy, ...],
    context: StateContext[Options],
    *,
    preferred: bool,
) -> Fix:
    needs = (need for policy in policies for need in policy.needs)
    at = context.project.latest(context.named(table)[0], *_row_security(table), *needs)
    style = context.project.style(at)
    name, full = context.name_behind(table, at), quote_name(table.schema, table.name)
    gap = style.line_end * 2
    return Fix(
        title=title,
        steps=(InsertAfter(at, gap.join(policy.sql(table, name, style) for policy in policies)),),
        preferred=preferred,
        later=gap.join(policy.sql(table, full, style) for policy in policies),
    )


def _row_security(table: Table) -> Iterator[Origin]:
    """Where the table's policies stand and where its row level security was switched on."""
    for policy in table.policies:
        yield policy.origin
    for change in table.changes:
        if "row level security" in change.what:
            yield change.at


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
