"""A policy trusts `user_metadata`, which users write themselves.

Everybody may change the metadata of his own account through the API (`auth.updateUser`), so whoever writes
another organisation or the role `admin` into it passes. `app_metadata` is written by the backend only, so
keep there what decides about rights.

Supabase's advisor reports the same as `0015_rls_references_user_metadata`.

## Bad

```sql
create table public.notes (id uuid primary key, org_id text not null);
create index idx_notes_org_id on public.notes (org_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated
using (org_id = (select auth.jwt()) -> 'user_metadata' ->> 'org_id');
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, org_id text not null);
create index idx_notes_org_id on public.notes (org_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated
using (org_id = (select auth.jwt()) -> 'app_metadata' ->> 'org_id');
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin, Table
from schemabot.facts import expression as ex
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.predicates import clause_origin, clauses

_KEYS = frozenset(("user_metadata", "raw_user_meta_data"))


@state_rule(
    Table,
    severity=Severity.ERROR,
    aliases=("advisor:0015_rls_references_user_metadata",),
    presets=("recommended", "schemabot", "advisors"),
    subsumes=("policy-unscoped",),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies that read user_metadata; each once."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        for clause, bound in clauses(policy):
            if policy.origin.platform or not any(
                _is_metadata(part) for part in ex.walk(bound.expression.root)
            ):
                continue
            at = clause_origin(context, policy, clause)
            yield context.finding(
                Origin(at.file, at.statement, bound.expression.span),
                f'Policy "{policy.name}" of "{qualified(table)}" trusts user_metadata, which every user can change for '
                "himself.",
                help="Keep it in app_metadata, which only the backend writes, or in a table.",
                object=qualified(table),
                part=policy.name,
            )
            break


def _is_metadata(part: ex.Part) -> bool:
    if isinstance(part, ex.Constant):
        return part.kind == "string" and any(key in part.value for key in _KEYS)
    return isinstance(part, ex.Column) and part.parts[-1:] == ("raw_user_meta_data",)
