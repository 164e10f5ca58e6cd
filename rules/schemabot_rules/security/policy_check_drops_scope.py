"""WITH CHECK does not demand what USING demands: rows can be given away.

Whoever may change his own rows (USING) may then write them so that they belong to somebody else: the new row
has to pass WITH CHECK alone. `with check (true)` is the usual form; leaving the organisation out of it is the
other.

Compared is the column that says whose the row is: if USING binds it, WITH CHECK has to mention it, too.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for update to authenticated
using (user_id = (select auth.uid())) with check (title is not null);
--                                                ^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for update to authenticated
using (user_id = (select auth.uid())) with check ((user_id = (select auth.uid())) and (title is not null));
```

## Good

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for update to authenticated
using (user_id = (select auth.uid()) and title is null) with check (user_id = (select auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Origin, Table
from schemabot.rulekit import Finding, Fix, Replace, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_clients
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.predicates import clause_origin
from schemabot.rulekit.tenancy_model import tenancy_model


@state_rule(Table, severity=Severity.WARNING, subsumes=("policy-always-true",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report UPDATE and ALL policies whose USING binds the owner's column and whose WITH CHECK does not."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    ownership = tenancy_model(context).ownership(table.oid)
    if ownership.kind not in ("organisation", "user"):
        return
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or policy.command not in ("update", "all"):
            continue
        using, new = policy.using, policy.check
        if using is None or new is None or not is_for_clients(policy, context):
            continue
        if constant_truth(new.expression.root) is False or not _binds(using, table, ownership.columns):
            continue
        if _binds(new, table, ownership.columns) or "(" in new.text.replace("(select auth.uid())", ""):
            continue  # a function or sub-select may say it in other words
        at = clause_origin(context, policy, "check")
        place = Origin(at.file, at.statement, new.expression.span)
        names = table.column_names(ownership.columns)
        fixes: tuple[Fix, ...] = ()
        if clause_origin(context, policy, "using") == at:
            text = context.project.style(at).sql("({}) and ({})", using.text, new.text)
            fixes = (
                Fix(title="Demand the same of the new row", steps=(Replace(place, text),), preferred=True),
            )
        yield context.finding(
            place,
            f'Policy "{policy.name}" of "{qualified(table)}" binds {" and ".join(names)} in USING, and not in WITH CHECK: a '
            "row can be given to somebody else.",
            help="Demand of the new row what is demanded of the old one.",
            object=qualified(table),
            part=policy.name,
            fixes=fixes,
        )


def _binds(bound: Bound, table: Table, columns: tuple[int, ...]) -> bool:
    return any(use.oid == table.oid and use.number in columns for use in bound.uses)
