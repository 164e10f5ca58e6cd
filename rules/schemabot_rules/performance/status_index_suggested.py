"""Rows of an organisation are selected by status, without an index on both.

A list of an organisation's open orders asks for `org_id = ... and status = ...`. With an index on `org_id`
alone PostgreSQL reads all orders that the organisation ever had to find the few that are open; the composite
index `(org_id, status)` finds just these. It also serves queries by `org_id` alone.

The rule speaks where it sees the project select so: in a view, in a policy of the table, or in the body of a
function. What the application itself asks is not in the migrations.

## Bad

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.orders (
  id uuid primary key,
  org_id uuid not null,
  status text not null
--^^^^^^
);
create index idx_orders_org_id on public.orders (org_id);
create view public.open_orders with (security_invoker = true) as
  select o.id, o.org_id from public.orders o where o.status in ('draft', 'confirmed');
```

## Fixed

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.orders (
  id uuid primary key,
  org_id uuid not null,
  status text not null
);

create index idx_orders_org_id_status on public.orders (org_id, status);
create index idx_orders_org_id on public.orders (org_id);
create view public.open_orders with (security_invoker = true) as
  select o.id, o.org_id from public.orders o where o.status in ('draft', 'confirmed');
```

## Bad: in a function

```sql
create table public.customers (id uuid primary key, org_id uuid not null);
create table public.tasks (id uuid primary key, org_id uuid not null, status text not null);
--                                                                    ^^^^^^
create function public.open_tasks(org uuid) returns bigint language sql stable set search_path = '' as $$
  select count(*) from public.tasks t where t.org_id = org and t.status <> 'done'
$$;
```

## Good

```sql
create table public.customers (id uuid primary key, org_id uuid not null, status text not null);
create table public.orders (id uuid primary key, org_id uuid not null, status text not null);
create index idx_orders_org_id_status on public.orders (org_id, status);
create view public.open_orders with (security_invoker = true) as
  select o.id, c.status from public.orders o, public.customers c where o.status = 'open';
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from schemabot.catalog.objects import Column, Table, Use, View
from schemabot.facts import expression as ex
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits
from schemabot.rulekit.indexing import has_prefix, index_fix
from schemabot.rulekit.tenancy import TENANT_COLUMNS

_READ = re.compile(r"\b(?:from|join|update)\s+(?:only\s+)?(?:\w+\.)?(\w+)", re.I)
_BY_STATUS = re.compile(
    r"\b(?:where|and|on)\s+\(?\s*(?:\w+\.)?status\s*(?:=|<>|!=|\bin\b|\bnot\s+in\b)", re.I
)


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report status columns of organisations' tables that something selects by, without the composite index."""
    status = table.column("status")
    if status is None or table.partition_of or table.kind == "foreign":
        return
    names = (context.project.settings.tenancy.column, *TENANT_COLUMNS)
    if not any(column.name in names for column in table.columns) or not context.concerns(table):
        return
    name = habits(context).tenant_column
    tenant = None if name is None else table.column(name)
    if tenant is None:
        return
    pair = (tenant.number, status.number)
    if any(has_prefix(index, pair) or has_prefix(index, pair[::-1]) for index in table.indexes):
        return
    reader = _reader(table, status, tenant, context)
    if reader is None:
        return
    yield context.finding(
        status.origin,
        f'{reader} selects rows of "{qualified(table)}" by status, and no index has {tenant.name} and status: all '
        "rows of the organisation are read.",
        help=f"Create an index on ({tenant.name}, status).",
        object=qualified(table),
        part=status.name,
        fixes=(index_fix(context, table, (tenant, status)),),
    )


def _reader(table: Table, status: Column, tenant: Column, context: StateContext[Any]) -> str | None:
    """What selects by the column, in words; None when nothing in the catalog does."""
    for policy in table.policies:
        if policy.using is not None and _compares(
            policy.using.expression.root, policy.using.uses, table, status
        ):
            return f'Policy "{policy.name}"'
    for oid in context.catalog.dependents.get(table.oid) or ():
        view = context.catalog.relations.get(oid)
        if isinstance(view, View) and any(
            _compares(query.where, view.places, table, status)
            for query in ex.walk(view.query.query)
            if isinstance(query, ex.Query) and query.where is not None
        ):
            return f'View "{qualified(view)}"'
    for function in context.catalog.functions.values():
        if function.origin.platform or function.body is None or function.extension is not None:
            continue
        if (table.name, tenant.name) in _selections(function.body, tenant.name):
            return f'Function "{qualified(function)}"'
    return None


def _compares(where: ex.Node | None, uses: tuple[Use, ...], table: Table, status: Column) -> bool:
    """Whether a condition compares the column with constants or other values."""
    own = {use.span.end for use in uses if use.oid == table.oid and use.number == status.number}
    if not own or where is None:
        return False
    for part in ex.walk(where):
        if isinstance(part, ex.Operator) and part.name in ("=", "<>"):
            sides: tuple[ex.Node | None, ...] = (part.left, part.right)
        elif isinstance(part, ex.InList):
            sides = (part.arg,)
        else:
            continue
        if any(isinstance(side, ex.Column) and side.span.end in own for side in sides):
            return True
    return False


@lru_cache(maxsize=4096)
def _selections(body: str, tenant: str) -> frozenset[tuple[str, str]]:
    """The tables that a statement in the body selects from by status and by the tenant column.

    Only statements that read one table count: with more, the text alone does not say whose status it is.
    """
    found: set[tuple[str, str]] = set()
    if "status" not in body or tenant not in body:
        return frozenset()
    for statement in body.split(";"):
        read = {name.lower() for name in _READ.findall(statement)}
        if len(read) == 1 and tenant in statement and _BY_STATUS.search(statement) is not None:
            found.add((read.pop(), tenant))
    return frozenset(found)
