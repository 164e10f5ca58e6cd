"""A policy calls a function for every row that could be called once.

PostgreSQL evaluates the predicate of a policy for each row that a query looks at. `auth.uid()`, `auth.jwt()`
and `current_setting()` give the same answer for all rows of a statement, but the planner does not know that
it may ask once. Wrapped in a sub-select, `(select auth.uid())`, the call becomes an InitPlan, made once for a
statement: Supabase's guide to row level security measures 179 ms against 9 ms for a table of 100,000 rows.

The same goes for the project's own functions that say who the caller is, as long as they are STABLE or named
as helpers in the settings. An IMMUTABLE function of constants is computed when the query is planned, and a call
that is given a column of the row must be made for each row: both are left alone. So is a function that returns
a set, and anything in a sub-select without FROM already. What the calls have in their arguments is looked at as
well.

The fix wraps each call on its own. Where a call is the array of `= any (...)` a sub-select would mean
something else, and there is none.

Supabase's advisor reports the same as `0003_auth_rls_initplan`.

## Bad

```sql
create table public.notes (id uuid primary key, user_id uuid not null);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own notes" on public.notes for update to authenticated
using (user_id = auth.uid() and (auth.jwt() ->> 'aal') = 'aal2')
--               ^^^^^^^^^^
with check (user_id = auth.uid());
```

## Fixed

```sql
create table public.notes (id uuid primary key, user_id uuid not null);
create index idx_notes_user_id on public.notes (user_id);
alter table public.notes enable row level security;
create policy "Own notes" on public.notes for update to authenticated
using (user_id = (select auth.uid()) and ((select auth.jwt()) ->> 'aal') = 'aal2')
with check (user_id = (select auth.uid()));
```

## Bad: a function of the project, and a later ALTER POLICY

```sql
CREATE FUNCTION public.is_admin() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$ SELECT true $$;
CREATE TABLE public.notes (id UUID PRIMARY KEY, tenant TEXT);
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Admins" ON public.notes FOR SELECT TO authenticated USING (true);
ALTER POLICY "Admins" ON public.notes
USING (public.is_admin() OR tenant = current_setting('app.tenant', true));
--     ^^^^^^^^^^^^^^^^^
```

## Fixed

```sql
CREATE FUNCTION public.is_admin() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$ SELECT true $$;
CREATE TABLE public.notes (id UUID PRIMARY KEY, tenant TEXT);
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Admins" ON public.notes FOR SELECT TO authenticated USING (true);
ALTER POLICY "Admins" ON public.notes
USING ((SELECT public.is_admin()) OR tenant = (SELECT current_setting('app.tenant', true)));
```

## Bad: an array, which cannot be wrapped

```sql
create function public.my_teams() returns uuid[]
language sql stable security definer set search_path = '' as $$ select array[]::uuid[] $$;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "Teams" on public.notes for select to authenticated using (id = any (public.my_teams()));
--                                                                                 ^^^^^^^^^^^^^^^^^
```

## Good

```sql
create function public.is_member(team uuid) returns boolean
language sql stable security definer set search_path = '' as $$ select true $$;
create function public.my_notes() returns setof uuid
language sql stable security definer set search_path = '' as $$ select null::uuid $$;
create function public.dice() returns float language sql as $$ select random() $$;
create function public.minimum() returns float language sql immutable as $$ select 0.5::float $$;
create table public.notes (id uuid primary key, team uuid not null, at timestamptz);
alter table public.notes enable row level security;
create policy "Team" on public.notes for select to authenticated using (
  public.is_member(team) and id in (select public.my_notes())
  and at < now() and (select auth.uid()) is not null and lower('A') = 'a' and public.dice() > public.minimum()
);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Function, Origin, Policy, Table
from schemabot.facts import expression as ex
from schemabot.rulekit import (
    Finding,
    Fix,
    Replace,
    Severity,
    StateContext,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.predicates import (
    CallInPredicate,
    Clause,
    call_span,
    calls_per_row,
    clause_origin,
    clauses,
    has_column,
)
from schemabot.rulekit.tenancy import matches
from schemabot.text import Span

_SESSION_SCHEMAS = ("auth",)
_KEYWORDS: dict[Clause, str] = {"using": " using ({})", "check": " with check ({})"}


@state_rule(
    Table,
    severity=Severity.WARNING,
    aliases=("advisor:0003_auth_rls_initplan",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report policies whose predicates make calls for every row; each policy once, at the first call."""
    if not table.policies or not table.rls:
        return
    for policy in table.policies:
        if policy.origin.platform:
            continue
        told: list[tuple[Clause, CallInPredicate]] = [
            (clause, call) for clause, bound in clauses(policy) for call in _calls(bound, context)
        ]
        if not told or not context.concerns(table):
            continue
        clause, first = told[0]
        at = clause_origin(context, policy, clause)
        names = list(dict.fromkeys(".".join(call.call.name) + "()" for _, call in told))
        fixable = all(call.wrappable for _, call in told)
        yield context.finding(
            _place(at, first, context),
            f'Policy "{policy.name}" of "{qualified(table)}" calls {" and ".join(names)} for every row: '
            "the answer is the same for all rows of a query, and the call costs time for each.",
            help=f"Wrap each call in a sub-select: (select {names[0]})."
            if fixable
            else "Let the function return a set, and write `in (select ...)` instead of `= any (...)`.",
            object=qualified(table),
            part=policy.name,
            fixes=(_fix(table, policy, told, context),) if fixable else (),
        )


def _calls(bound: Bound, context: StateContext[Any]) -> list[CallInPredicate]:
    if "(" not in bound.text:
        return []
    functions: dict[Span, int] = {use.span: use.oid for use in bound.uses if use.number == 0}
    found = [
        item
        for item in calls_per_row(bound.expression.root)
        if not any(has_column(arg) for arg in item.call.args)
        and _same_for_all(item, context.catalog.functions.get(functions.get(item.call.span, 0)), context)
    ]
    return sorted(found, key=lambda item: item.call.span)


def _same_for_all(item: CallInPredicate, function: Function | None, context: StateContext[Any]) -> bool:
    name = item.call.name
    if function is None:
        return name[-1] == "current_setting" and name[:-1] in ((), ("pg_catalog",))
    if function.returns_set or function.kind != "function":
        return False
    if function.schema in _SESSION_SCHEMAS:
        return function.origin.platform
    helpers = context.project.settings.tenancy.helpers
    if matches(function.schema, function.name, helpers):
        return True
    if function.origin.platform or function.extension is not None:
        return False
    if function.volatility == "immutable":  # with constants it is computed once, when the query is planned
        return any(isinstance(part, ex.Call) for arg in item.call.args for part in ex.walk(arg))
    return function.volatility == "stable"


def _fix(
    table: Table, policy: Policy, told: list[tuple[Clause, CallInPredicate]], context: StateContext[Any]
) -> Fix:
    steps: list[Replace] = []
    spans: dict[Clause, list[Span]] = {}
    for clause, item in told:
        at = clause_origin(context, policy, clause)
        place = _place(at, item, context)
        style = context.project.style(at)
        steps.append(Replace(place, style.sql("(select {})", context.project.place_text(place))))
        spans.setdefault(clause, []).append(place.span)
    return Fix(
        title="Wrap the calls in sub-selects" if len(told) > 1 else "Wrap the call in a sub-select",
        steps=tuple(steps),
        safe=True,
        preferred=True,
        later=_later(table, policy, spans, context),
    )


def _place(at: Origin, item: CallInPredicate, context: StateContext[Any]) -> Origin:
    return Origin(at.file, at.statement, call_span(context.project.statement_text(at), item.call.span))


def _later(
    table: Table, policy: Policy, spans: dict[Clause, list[Span]], context: StateContext[Any]
) -> str | None:
    """ALTER POLICY with the predicates as written, wrapped; None when a name in them has changed since."""
    style = context.project.style(policy.origin)
    sql = style.sql("alter policy {} on {}", quote(policy.name), quote_name(table.schema, table.name))
    for clause, bound in clauses(policy):
        if clause not in spans:
            continue
        if not _current(bound, context):
            return None
        text, start = bound.text, bound.expression.span.start
        for span in sorted(spans[clause], reverse=True):
            inner = Span(span.start - start, span.end - start)
            text = text[: inner.start] + style.sql("(select {})", inner.of(text)) + text[inner.end :]
        sql += style.sql(_KEYWORDS[clause], text)
    return sql + ";"


def _current(bound: Bound, context: StateContext[Any]) -> bool:
    """Whether every name in the predicate is still what it says."""
    start = bound.expression.span.start
    for use in bound.uses:
        written = Span(use.span.start - start, use.span.end - start).of(bound.text).lower()
        table = context.catalog.table_by_oid(use.oid)
        function = context.catalog.functions.get(use.oid)
        if table is not None and use.number:
            column = table.column_by_number(use.number)
            name = None if column is None else column.name
        else:
            name = table.name if table is not None else function.name if function is not None else None
        if name is not None and name.lower() not in written and "*" not in written:
            return False
    return True
