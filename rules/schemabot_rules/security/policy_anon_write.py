"""A policy lets callers who are not signed in write.

The `anon` key is public: whoever opens the site has it, and can call the API by hand as often as he likes. A
policy that lets `anon` insert fills the table with whatever people send; one for UPDATE or DELETE loses what
is there.

Reported are policies for `anon`, or for everybody, whose condition asks for nothing but columns of the row.
Contact forms are the exception: an INSERT is a warning when the condition demands something of the row. If it
is meant, say so: `-- schemabot: ignore policy-anon-write -- the contact form, rate limited at the edge`.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create policy "Send" on public.notes for insert to anon with check (title <> 'spam');
--            ^^^^^^
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for all using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Read" on public.notes for select to anon using (title is not null);
create policy "Nobody" on public.notes for insert to anon with check (false);
create table public.messages (id uuid primary key, title text);
alter table public.messages enable row level security;
create policy "Any" on public.messages for insert with check (title is not null);
create policy "Signed in" on public.messages as restrictive for insert with check ((select auth.uid()) is not null);
```

## Bad: what is deleted is decided by USING alone

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create policy "Send" on public.notes for all to anon using (true) with check (false);
--            ^^^^^^
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Policy, Table
from schemabot.facts import expression as ex
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_strangers, is_granted
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import name_place

_VERBS = {"insert": "add rows", "update": "change rows", "delete": "delete rows", "all": "write rows"}


@state_rule(Table, severity=Severity.ERROR, subsumes=("policy-always-true",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report permissive policies for writing that strangers pass."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    if "anon" not in context.catalog.roles:
        return
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or policy.command not in _VERBS:
            continue
        if not is_for_strangers(policy, context) or not _passes(policy):
            continue
        if not is_granted(table, policy, context, "anon") or _is_stopped(policy, table):
            continue
        new = policy.check or policy.using
        demands = new is not None and constant_truth(new.expression.root) is None
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" lets callers who are not signed in {_VERBS[policy.command]}: '
            "the anon key is public.",
            help="Say TO authenticated, or have a function of the backend write.",
            object=qualified(table),
            part=policy.name,
            severity=Severity.WARNING if policy.command == "insert" and demands else None,
        )


def _passes(policy: Policy) -> bool:
    """Whether a stranger may fulfil what the policy demands, for one of its commands."""
    using, new = policy.using, policy.check or policy.using
    if policy.command == "insert":
        return _is_open(new)
    if policy.command in ("delete", "all"):
        return _is_open(using) or (policy.command == "all" and _is_open(new))
    return _is_open(using) and _is_open(new)


def _is_stopped(policy: Policy, table: Table) -> bool:
    """Whether a restrictive policy keeps strangers out, or may do so."""
    return any(
        not other.permissive
        and other.command in ("all", policy.command)
        and {"public", "anon"} & set(other.roles)
        and not _passes(other)
        for other in table.policies
    )


def _is_open(bound: Bound | None) -> bool:
    """Whether only the row's own columns and constants are asked for.

    A call or a sub-select may say who calls, so it is taken for that.
    """
    if bound is None or constant_truth(bound.expression.root) is False:
        return False
    return not any(
        isinstance(part, (ex.Call, ex.SubQuery, ex.Opaque)) for part in ex.walk(bound.expression.root)
    )
