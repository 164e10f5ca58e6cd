"""The function that gives the caller's organisation takes any one of several.

`select org_id from org_memberships where user_id = auth.uid() limit 1` gives a user who belongs to two organisations
one of them, and PostgreSQL does not promise which: without ORDER BY it is the row that is found first, and that changes
when rows are updated, when statistics change, or from one query to the next. Policies that compare `org_id`
with such a function show the user now one organisation, now the other, and put new rows into either.

The rule speaks of functions without arguments that return the organisation's key from a query with LIMIT and without
ORDER BY on a table of memberships. It is silent where a user can have one membership only: a unique constraint
on the user, or one row for a user. SECURITY DEFINER without a pinned search_path is what `definer-search-path` is about.

The fix orders by the time when the membership was made, if the table knows it, and by the organisation. Which one a user
meant, only the user knows: better let him choose, put the choice into a claim of the token, and test that he
is a member.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid not null references public.organizations(id) on delete cascade,
  user_id uuid not null references auth.users(id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));

create function public.get_user_org_id() returns uuid
--              ^^^^^^^^^^^^^^^^^^^^^^
language sql stable security definer set search_path = '' as $$
  select org_id from public.org_memberships
  where user_id = auth.uid()
  limit 1;
$$;
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid not null references public.organizations(id) on delete cascade,
  user_id uuid not null references auth.users(id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));

create function public.get_user_org_id() returns uuid
language sql stable security definer set search_path = '' as $$
  select org_id from public.org_memberships
  where user_id = auth.uid()
  order by created_at, org_id
  limit 1;
$$;
```

## Good: in a fixed order

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create function public.get_user_org_id() returns uuid language sql stable set search_path = '' as $$
  select m.org_id from public.org_memberships m where m.user_id = auth.uid() order by m.org_id limit 1
$$;
```

## Good: one membership for a user

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid primary key references auth.users(id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create function public.get_user_org_id() returns uuid language sql stable set search_path = '' as $$
  select org_id from public.org_memberships where user_id = auth.uid() limit 1
$$;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from schemabot.catalog.objects import Function, Origin, Table
from schemabot.facts.expression import Query, TableRef, walk
from schemabot.isolation.bodies import If, Statement, read_body
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit import Finding, Fix, Replace, Severity, StateContext, qualified, quote, state_rule
from schemabot.rulekit.tenant_tables import organisations_of
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_CREATE = re.compile(r"(\s*create)\s+(function\b)", re.I)


class _Pick(msgspec.Struct, frozen=True):
    """A query that takes one of several memberships; `alias` is what it calls the table, `alone` if no other is read."""

    table: Table
    organisation: str
    alias: str
    alone: bool


@state_rule(Function, severity=Severity.HINT)
def check(function: Function, context: StateContext[Any]) -> Iterator[Finding]:
    """Report helpers that pick one membership of several without an order."""
    body = function.body
    if body is None or function.parameters or function.returns_set or "limit" not in body.lower():
        return
    model = organisations_of(context)
    if model is None or not context.concerns(function) or not _returns_key(function, model, context):
        return
    pick = next(_picks(read_body(function) or (), model, context), None)
    if pick is None:
        return
    name = qualified(pick.table)
    yield context.finding(
        function.origin,
        f'"{qualified(function)}" takes one row of "{name}" with LIMIT and without ORDER BY: for a user of two '
        "organisations it may give another one at any time.",
        help="Order the rows, or let the user choose and check the choice.",
        object=qualified(function),
        fixes=tuple(_fix(function, pick, context)),
    )


def _returns_key(function: Function, model: TenancyModel, context: StateContext[Any]) -> bool:
    organisations = context.catalog.table_by_oid(model.organisations)
    key = None if organisations is None else organisations.column_by_number(model.key)
    return key is not None and function.returns == key.type


def _picks(body: Iterable[Statement], model: TenancyModel, context: StateContext[Any]) -> Iterator[_Pick]:
    for query in _queries(body):
        for part in walk(query):
            if isinstance(part, Query) and part.limited and not part.ordered:
                yield from _picked(part, model, context)


def _queries(body: Iterable[Statement]) -> Iterator[Query]:
    for statement in body:
        if isinstance(statement, If):
            for condition, inner in statement.cases:
                yield condition
                yield from _queries(inner)
            yield from _queries(statement.otherwise)
        else:
            yield statement.query


def _picked(query: Query, model: TenancyModel, context: StateContext[Any]) -> Iterator[_Pick]:
    refs = [part for source in query.sources for part in walk(source) if isinstance(part, TableRef)]
    for membership in model.memberships:
        table = context.catalog.table_by_oid(membership.table)
        if table is None or _one_for_a_user(table, membership.users):
            continue
        column = table.column_by_number(membership.organisation)
        for ref in refs:
            same = ref.name.name == table.name and ref.name.schema in (None, table.schema)
            if same and column is not None:
                yield _Pick(table, column.name, ref.alias or table.name, len(refs) == 1 and ref.alias is None)


def _one_for_a_user(table: Table, users: tuple[int, ...]) -> bool:
    """Whether a unique key says that no user has two memberships."""
    return any(
        index.unique and len(index.keys) == 1 and index.keys[0].column in users for index in table.indexes
    )


def _fix(function: Function, pick: _Pick, context: StateContext[Any]) -> Iterator[Fix]:
    """ORDER BY on a line of its own above the only LIMIT of the body."""
    at, body, span = function.origin, function.body or "", function.body_span
    text = context.project.statement_text(at)
    limits = [t.span for t in tokens(body) if t.kind == "word" and t.span.of(body).lower() == "limit"]
    if span is None or span.of(text) != body or len(limits) != 1:
        return
    start = span.start + limits[0].start
    line = text[text.rfind("\n", 0, start) + 1 : start]
    gap = context.project.style(at).line_end + line if line and not line.strip() else " "
    names = [name for name in ("created_at", pick.organisation) if pick.table.column(name) is not None]
    prefix = "" if pick.alone else f"{quote(pick.alias)}."
    words = "ORDER BY" if limits[0].of(body).isupper() else "order by"
    order = f"{words} {', '.join(prefix + quote(name) for name in names)}{gap}"
    sql = f"{text[:start]}{order}{text[start:]}".strip().removesuffix(";")
    replacing = context.project.style(at).sql(" or replace ")
    yield Fix(
        title=f"Order by {', '.join(names)}",
        steps=(Replace(Origin(at.file, at.statement, Span(start, start)), order),),
        preferred=True,
        later=_CREATE.sub(rf"\g<1>{replacing}\g<2>", sql, count=1) + ";",
    )
