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
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Policy, Table
from schemabot.facts import expression as ex
from schemabot.isolation.privileges import acting_as, columns_granted, holds
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_strangers
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import name_place

_WRITES = ("insert", "update", "delete", "all")


@state_rule(Table, severity=Severity.ERROR, subsumes=("policy-always-true",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report permissive policies for writing that strangers pass."""
    if (
        not table.policies
        or not table.rls
        or "anon" not in context.catalog.roles
        or not context.concerns(table)
    ):
        return
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or policy.command not in _WRITES:
            continue
        if not is_for_strangers(policy, context) or not _may(table, policy, context) or not _passes(policy):
            continue
        verb = {"insert": "add rows", "update": "change rows", "delete": "delete rows", "all": "write rows"}
        narrowed = policy.command == "insert" and policy.check is not None
        narrowed = (
            narrowed and constant_truth(policy.check.expression.root) is None if policy.check else False
        )
        yield context.finding(
            name_place(context, policy),
            f'Policy "{policy.name}" of "{qualified(table)}" lets callers who are not signed in {verb[policy.command]}: '
            "the anon key is public.",
            help="Say TO authenticated, or have a function of the backend write.",
            object=qualified(table),
            part=policy.name,
            severity=Severity.WARNING if narrowed else None,
        )


def _passes(policy: Policy) -> bool:
    """Whether a stranger's row may fulfil what the policy demands: only its own columns and constants are asked for.

    A call or a sub-select may say who calls, so it is taken for that.
    """
    bounds = [bound for bound in (policy.using, policy.check) if bound is not None]
    return bool(bounds) and all(
        constant_truth(bound.expression.root) is not False
        and not any(
            isinstance(part, (ex.Call, ex.SubQuery, ex.Opaque)) for part in ex.walk(bound.expression.root)
        )
        for bound in bounds
    )


def _may(table: Table, policy: Policy, context: StateContext[Any]) -> bool:
    roles = acting_as(context.catalog, "anon")
    wanted = ("insert", "update", "delete") if policy.command == "all" else (policy.command,)
    return any(
        holds(table.acl, roles, privilege)
        or (privilege != "delete" and columns_granted(table, roles, privilege))
        for privilege in wanted
    )
