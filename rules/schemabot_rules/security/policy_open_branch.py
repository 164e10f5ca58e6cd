"""One alternative of a policy's condition admits everybody.

`org_id = ... or true` is left over from a test; `auth.uid() is null or user_id = auth.uid()` reads like a
guard and is the opposite: for a caller who is not signed in the first half is true, for every row. So is
`auth.role() = 'anon'` as an alternative of its own. The other halves then decide nothing.

A branch that looks at the row (`is_public`) is a decision and left alone; a condition that is true as a whole
is `policy-always-true`. The fix takes `or true` out.

## Bad

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated
using (user_id = (select auth.uid()) or true);
--                                      ^^^^
```

## Fixed

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated
using (user_id = (select auth.uid()));
```

## Bad: for strangers it is true

```sql
create table public.notes (
  id uuid primary key, user_id uuid not null references auth.users(id) on delete cascade, title text
);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select
using ((select auth.uid()) is null or user_id = (select auth.uid()));
--     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.notes (id uuid primary key, user_id uuid not null references auth.users(id), shared boolean not null);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own" on public.notes for select to authenticated using (shared or user_id = (select auth.uid()));
create policy "New" on public.notes for insert to authenticated
with check (user_id is null or user_id = (select auth.uid()));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Origin, Policy, Table
from schemabot.facts import expression as ex
from schemabot.rulekit import Finding, Fix, Replace, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import is_for_clients, is_for_strangers
from schemabot.rulekit.constancy import constant_truth, or_branches
from schemabot.rulekit.predicates import Clause, clause_origin, clauses
from schemabot.syntax.lexer import tokens
from schemabot.text import Span


@state_rule(Table, severity=Severity.ERROR, subsumes=("policy-unscoped",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report OR branches that are true for everybody, or for strangers; each policy once."""
    if not table.policies or not table.rls or not context.concerns(table):
        return
    for policy in table.policies:
        if policy.origin.platform or not policy.permissive or not is_for_clients(policy, context):
            continue
        for clause, bound in clauses(policy):
            found = _open(policy, bound, context)
            if found is None:
                continue
            branch, why = found
            yield context.finding(
                _place(context, policy, clause, bound, branch),
                f'Policy "{policy.name}" of "{qualified(table)}" has an alternative that {why}: the others decide nothing.',
                help="Take it out, or bind it to the row.",
                object=qualified(table),
                part=policy.name,
                fixes=tuple(_fix(context, policy, clause, bound, branch)),
            )
            break


def _open(policy: Policy, bound: Bound, context: StateContext[Any]) -> tuple[ex.Node, str] | None:
    branches = or_branches(bound.expression.root)
    if len(branches) < 2:
        return None
    for branch in branches:
        if constant_truth(branch) is True:
            return branch, "is always true"
        if is_for_strangers(policy, context) and _is_for_strangers(branch):
            return branch, "is true for every caller who is not signed in"
    return None


def _is_for_strangers(node: ex.Node) -> bool:
    if isinstance(node, ex.Test):
        return node.operator == "null" and _is_auth(node.arg, "uid")
    if isinstance(node, ex.Operator) and node.name == "=" and node.left is not None:
        sides = (node.left, node.right)
        return any(_is_auth(side, "role") for side in sides) and any(
            isinstance(side, ex.Constant) and side.value == "anon" for side in sides
        )
    return False


def _is_auth(node: ex.Node, name: str) -> bool:
    while True:
        if isinstance(node, ex.Cast):
            node = node.arg
        elif isinstance(node, ex.SubQuery) and node.kind == "scalar" and not node.query.sources:
            node = node.query.targets[0].value
        else:
            return isinstance(node, ex.Call) and node.name == ("auth", name)


def _place(
    context: StateContext[Any], policy: Policy, clause: Clause, bound: Bound, branch: ex.Node
) -> Origin:
    at = clause_origin(context, policy, clause)
    written = _written(context, at, bound) if isinstance(branch, ex.Constant) else None
    return Origin(at.file, at.statement, bound.expression.span if written is None else written[1])


def _fix(
    context: StateContext[Any], policy: Policy, clause: Clause, bound: Bound, branch: ex.Node
) -> Iterator[Fix]:
    """Taking `or true` out, with the OR before it."""
    at = clause_origin(context, policy, clause)
    written = _written(context, at, bound) if isinstance(branch, ex.Constant) else None
    if written is not None:
        place = Origin(at.file, at.statement, Span(written[0], written[1].end))
        yield Fix(title="Take the open alternative out", steps=(Replace(place, ""),), preferred=True)


def _written(context: StateContext[Any], at: Origin, bound: Bound) -> tuple[int, Span] | None:
    """Where `or true` stands in the statement: the end of what is before it, and the place of `true`."""
    text, whole = context.project.statement_text(at), bound.expression.span
    found = [token for token in tokens(text, whole.start, whole.end) if token.kind != "comment"]
    for before, one, other in zip(found, found[1:], found[2:], strict=False):
        if (one.span.of(text).lower(), other.span.of(text).lower()) == ("or", "true"):
            return before.span.end, other.span
    return None
