"""A table in a project of organisations does not say which organisation a row belongs to.

Without the column no policy can keep the rows of two organisations apart, no index finds those of one, and nobody
can say later whose they were. Adding it to a table that is full means guessing.

Most projects have tables that belong to nobody: countries, plans, feature flags, what a webhook sent. And many rows
say through another one whose they are: the items of an order, the settings of a user. So the rule speaks up only where
the project's business tables have the column by habit (three of five), and this one

* has neither the column nor a foreign key that leads to an organisation or to a user, and refers to no other table
  of the project either (then the question is that other table's);
* is open to every signed-in user for reading and for writing, whichever organisation he is of;
* has no key that people gave (a code, a unique name), as reference data have, and is no log, queue or archive.

The preset `schemabot` asks for the column on every business table, also on those that hang on a parent: composite
keys, policies and indexes then need no join. Business tables are those of exposed schemas; the organisations,
memberships, tables with one row for a user, and join tables whose every parent has the column are none. Say in
schemabot.toml which further tables are shared or the backend's own:

```toml
[tenancy]
exempt = ["public.countries"]
service-only = ["public.webhook_events"]
```

The fix adds the column with its foreign key and an index. In a new migration it has to accept null at first: fill it,
then forbid null. Policies are yours to write.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.suppliers (id uuid primary key, name text not null);
--           ^^^^^^^^^^^^^^^^
alter table public.suppliers enable row level security;
create policy "Everybody" on public.suppliers for all to authenticated using (auth.uid() is not null);
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.suppliers (id uuid primary key, name text not null);

alter table public.suppliers add column org_id uuid not null references public.organizations (id) on delete cascade;

create index idx_suppliers_org_id on public.suppliers (org_id);
alter table public.suppliers enable row level security;
create policy "Everybody" on public.suppliers for all to authenticated using (auth.uid() is not null);
```

## Bad: in the house's preset

```toml
preset = "schemabot"
```

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create table public.order_items (
--           ^^^^^^^^^^^^^^^^^^
  id uuid primary key,
  order_id uuid not null references public.orders(id) on delete cascade
);
create table public.tags (
  id uuid primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create table public.order_tags (
  order_id uuid references public.orders(id) on delete cascade,
  tag_id uuid references public.tags(id) on delete cascade,
  primary key (order_id, tag_id)
);
```

## Good: shared, a user's, or a parent's

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.orders (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.order_items (id uuid primary key, order_id uuid not null references public.orders(id));
create table public.countries (code text primary key);
create table public.settings (
  id uuid primary key,
  user_id uuid not null references auth.users(id),
  theme text
);
create table public.webhook_events (id uuid primary key, payload jsonb);
create table public.products (id uuid primary key, title text);
alter table public.products enable row level security;
create policy "Everybody may look" on public.products for select to authenticated using (true);
```

## Good: exempt

```toml
preset = "schemabot"
[tenancy]
exempt = ["public.suppliers"]
```

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.suppliers (id uuid primary key, name text not null);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers import (
    WRITING,
    demanded_of_new_rows,
    lets_everybody_in,
    may_write,
    policies_for_callers,
)
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.tenant_tables import (
    foreign_keys,
    is_business,
    is_record,
    names_organisation,
    organisations_of,
    scoped_by_column,
    tenant_column_of,
)

_ADD = "alter table {} add column {} {}{} references {} ({}) on delete cascade;"
_INDEX = "create index {} on {} ({});"
_NOT_NULL = "alter table {} alter column {} set not null;"
_TEXTS = ("text", "varchar", "bpchar", "citext", "name")
_SHARED = re.compile(
    r"(?:\A|_)(?:countr|currenc|language|locale|time_?zone|translation|plan|tier|feature|permission|role|polic|config|"
    r"setting|preference|template|catalog|migration|token|session|otp|verification|rate_limit|lock|cache|cron|schedule|"
    r"version|faq|blog|article|newsletter|subscriber|waitlist|feedback|contact_(?:form|message|request)|demo_|holiday|"
    r"offering|bundle)"
)


@state_rule(Table, severity=Severity.ERROR)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report business tables that lack the tenant column."""
    model = organisations_of(context)
    if (
        model is None
        or names_organisation(table, model)
        or table.oid not in context.settled.relations
        or not is_business(table, context, model)
    ):
        return
    if house_style(context):
        if _joins_tenant_tables(table, model, context):
            return
        reason = "nothing keeps its rows to one organisation."
    else:
        if not scoped_by_column(context, model) or not _is_open_to_all(table, model, context):
            return
        reason = "and every signed-in user may read and write it: all organisations share its rows."
    yield context.finding(
        context.named(table)[0],
        f'Table "{qualified(table)}" has no {model.column}, nor a reference that leads to an organisation, {reason}'
        if not house_style(context)
        else f'Business table "{qualified(table)}" has no {model.column}: {reason}',
        help=f"Add the column and let the policies compare it. If the rows are for all, let only the backend write "
        f'them, and list the table in schemabot.toml: [tenancy] exempt = ["{qualified(table)}"].',
        object=qualified(table),
        fixes=tuple(_fix(table, model, context)),
    )


def _joins_tenant_tables(table: Table, model: TenancyModel, context: StateContext[Any]) -> bool:
    """Whether the primary key is made of references to two or more tables, all with the tenant column."""
    key = table.primary_key
    if key is None or len(key.columns) < 2:
        return False
    keys = foreign_keys(table)
    parents = [
        context.catalog.table_by_oid(one.references) for one in keys if {*one.columns} <= {*key.columns}
    ]
    covered = {number for one in keys for number in one.columns}
    return {*key.columns} <= covered and all(
        parent is not None and tenant_column_of(parent, model) is not None for parent in parents
    )


def _is_open_to_all(table: Table, model: TenancyModel, context: StateContext[Any]) -> bool:
    """Whether callers of all organisations share a table that looks like nobody's reference data."""
    if model.ownership(table.oid).kind != "none" or is_record(table) or _SHARED.search(table.name.lower()):
        return False
    if foreign_keys(table) or _has_natural_key(table) or not may_write(table, context):
        return False
    if not table.rls:
        return not table.policies
    open_to_all = {
        policy.command
        for policy in policies_for_callers(table, context.catalog)
        if lets_everybody_in(policy.using if policy.command == "select" else demanded_of_new_rows(policy))
        and (policy.using is None or lets_everybody_in(policy.using))
    }
    return bool(open_to_all & {"all", "select"}) and bool(open_to_all & {"all", *WRITING})


def _has_natural_key(table: Table) -> bool:
    """Whether a text alone is a key: a code, a unique name."""
    for index in table.indexes:
        if index.unique and len(index.keys) == 1:
            column = table.column_by_number(index.keys[0].column)
            if column is None or column.type.name in _TEXTS:
                return True
    return False


def _fix(table: Table, model: TenancyModel, context: StateContext[Any]) -> Iterator[Fix]:
    organisations = context.catalog.table_by_oid(model.organisations)
    key = None if organisations is None else organisations.column_by_number(model.key)
    name = model.column or ""
    if organisations is None or key is None or key.type.oid or not key.type.known or table.kind != "table":
        return
    at = context.project.latest(
        context.named(table)[0],
        context.named(organisations)[0],
        key.origin,
        *(change.at for change in key.changes),
    )
    style = context.project.style(at)
    index = fitting_name(
        f"idx_{table.name}_{name}", lambda wanted: (table.schema, wanted) in context.catalog.relation_names
    )

    def sql(written: str, target: str, words: str) -> str:
        added = style.sql(
            _ADD, written, quote(name), style.sql(key.type.name), style.sql(words), target, quote(key.name)
        )
        return (style.line_end * 2).join((added, style.sql(_INDEX, quote(index), written, quote(name))))

    full = quote_name(table.schema, table.name)
    later = sql(full, quote_name(organisations.schema, organisations.name), "")
    hint = style.sql(_NOT_NULL, full, quote(name))
    yield Fix(
        title=f"Add {name}",
        steps=(
            InsertAfter(
                at,
                sql(context.name_behind(table, at), context.name_behind(organisations, at), " not null"),
            ),
        ),
        preferred=True,
        later=f"{later}{style.line_end * 2}-- Fill the column, then: {hint}",
        leads_to=("tenant-column-nullable", "tenant-reference-crosses", "policy-unscoped"),
    )
