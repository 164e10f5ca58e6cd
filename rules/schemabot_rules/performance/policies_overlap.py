"""Several permissive policies apply to the same role and command.

PostgreSQL joins permissive policies with OR and evaluates all of them for every row, so each further policy for
the same role and command costs time on every query, and who may see what has to be read from all of them
together. A policy FOR ALL counts for each command, and one TO public for every role.

Often the broader one says everything already, or ALL can be split so that the policy for reading stands alone.
There is no fix: whoever joins policies by hand may easily let in more than before.

Supabase's advisor reports the same as `0006_multiple_permissive_policies`, for each role and command; this rule
has one finding for a table.

## Bad

```sql
create table public.posts (id uuid primary key, author uuid not null, published boolean not null);
alter table public.posts enable row level security;
create policy "Published posts" on public.posts for select to authenticated using (published);
create policy "Own posts" on public.posts for all to authenticated using (author = (select auth.uid()));
--            ^^^^^^^^^^^
```

## Good

```sql
create table public.posts (id uuid primary key, author uuid not null, published boolean not null);
alter table public.posts enable row level security;
create policy "Published posts" on public.posts for select to anon using (published);
create policy "Reading" on public.posts for select to authenticated
using (published or author = (select auth.uid()));
create policy "Own posts" on public.posts for update to authenticated using (author = (select auth.uid()));
create policy "No robots" on public.posts as restrictive for select to authenticated using (published);
```

## Good: row level security is off

```sql
create table public.posts (id uuid primary key);
create policy a on public.posts using (true);
create policy b on public.posts using (true);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Policy, Table
from schemabot.rulekit import Finding, Related, Severity, StateContext, qualified, state_rule

_COMMANDS = ("select", "insert", "update", "delete")
_BYPASSING = ("service_role", "postgres", "supabase_admin")


@state_rule(
    Table,
    severity=Severity.INFORMATION,
    aliases=("advisor:0006_multiple_permissive_policies",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables on which several permissive policies meet for one role and command."""
    permissive = [p for p in table.policies if p.permissive and not p.origin.platform]
    if len(permissive) < 2 or not table.rls or not context.concerns(table):
        return
    meeting: dict[tuple[int, ...], list[str]] = {}
    for command in _COMMANDS:
        policies = _most([p for p in permissive if p.command in ("all", command)])
        if policies:
            meeting.setdefault(tuple(p.oid for p in policies), []).append(command.upper())
    if not meeting:
        return
    widest = max(meeting, key=lambda oids: (len(oids), len(meeting[oids])))
    policies = [p for p in permissive if p.oid in widest]
    commands = [c.upper() for c in _COMMANDS if any(c.upper() in found for found in meeting.values())]
    names = ", ".join(f'"{p.name}"' for p in policies)
    yield context.finding(
        policies[-1].origin,
        f'{len(policies)} permissive policies of "{qualified(table)}" apply to the same role for '
        f"{' and '.join(meeting[widest])} ({names}): PostgreSQL evaluates all of them for every row.",
        help=f"Say it in one policy for each of {', '.join(commands)}."
        if len(commands) > 1
        else "Say it in one policy.",
        object=qualified(table),
        related=tuple(Related(p.origin, "applies too") for p in policies[:-1]),
    )


def _most(policies: list[Policy]) -> list[Policy]:
    """The policies that apply to the role that most of them apply to; nothing when they never meet."""
    roles = {role for policy in policies for role in policy.roles if role not in _BYPASSING}
    best: list[Policy] = []
    for role in sorted(roles):
        found = [p for p in policies if role in p.roles or "public" in p.roles]
        if len(found) > len(best):
            best = found
    return best if len(best) > 1 else []
