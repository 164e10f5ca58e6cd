"""A row may refer to a row of another organisation.

PostgreSQL checks a foreign key with the rights of the table's owner, so row level security does not count there
(manual, 5.9 "Row Security Policies": "referential integrity checks ... always bypass row security"). Between two
tables with the tenant column, a foreign key on the id alone takes any row of any organisation: who knows or guesses the
id of a foreign row can hang his own rows on it. He learns whether it exists, keeps it from being deleted, his rows
show up where reports join by the id, and the other organisation's delete takes them along. More often it is no
attack but a mistake of the program, and nothing notices.

A composite key closes it: `unique (org_id, id)` on the table that is referred to, and a foreign key
`(org_id, customer_id)` to it. Then both rows are of one organisation, whatever a policy says.

The rule asks whether a caller can do it. It is silent where

* callers may not insert or update the table;
* row level security is off, or a policy lets them write rows of any organisation: other rules tell that;
* every policy that lets them write looks at the referring column or at the other table, as in
  `exists (select from customers c where c.id = customer_id and ...)`;
* a trigger of the table reads the other table or the column;
* the tenant column of either side may be null: a composite key does not bind such rows, see `tenant-column-nullable`;
* the reference is to the organisations, to users or to memberships.

Where the key is a random uuid, somebody has to come by it first: then the finding is an information. It is a warning
where keys can be guessed (numbers, codes), where the project has composite tenant keys already, and in the preset
`schemabot`.

The fix replaces the foreign key, and adds the unique key and the index that it needs. In a new migration PostgreSQL
checks every row there is, and refuses if some cross already.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id) on delete cascade,
  user_id uuid references auth.users(id) on delete cascade,
  primary key (org_id, user_id)
);
create table public.customers (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.orders (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade,
  customer_id bigint not null references public.customers(id) on delete restrict
--                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
create index idx_orders_org_id on public.orders (org_id);
create index idx_orders_customer_id on public.orders (customer_id);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())))
with check (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
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
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade
);
create index idx_customers_org_id on public.customers (org_id);
create table public.orders (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.organizations(id) on delete cascade,
  customer_id bigint not null references public.customers(id) on delete restrict
);

alter table public.customers add constraint customers_org_id_id_key unique (org_id, id);

alter table public.orders
  drop constraint orders_customer_id_fkey,
  add constraint orders_org_id_customer_id_fkey foreign key (org_id, customer_id)
    references public.customers (org_id, id) on delete restrict;

create index idx_orders_org_id_customer_id on public.orders (org_id, customer_id);
create index idx_orders_org_id on public.orders (org_id);
create index idx_orders_customer_id on public.orders (customer_id);
alter table public.orders enable row level security;
create policy "Members" on public.orders for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())))
with check (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```

## Bad: to its own table, in the house's preset

```toml
preset = "schemabot"
```

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
CREATE TABLE public.batches (
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL REFERENCES public.organizations(id),
  source_id UUID REFERENCES public.batches(id) ON DELETE SET NULL
--               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
CREATE TABLE public.batches (
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL REFERENCES public.organizations(id),
  source_id UUID REFERENCES public.batches(id) ON DELETE SET NULL
);

ALTER TABLE public.batches ADD CONSTRAINT batches_org_id_id_key UNIQUE (org_id, id);

ALTER TABLE public.batches
  DROP CONSTRAINT batches_source_id_fkey,
  ADD CONSTRAINT batches_org_id_source_id_fkey FOREIGN KEY (org_id, source_id)
    REFERENCES public.batches (org_id, id) ON DELETE SET NULL (source_id);

CREATE INDEX idx_batches_org_id_source_id ON public.batches (org_id, source_id);
```

## Good: a composite key, a policy or a trigger sees to it

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  unique (org_id, id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  customer_id uuid not null,
  foreign key (org_id, customer_id) references public.customers (org_id, id)
);
create table public.visits (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  customer_id uuid not null references public.customers(id)
);
alter table public.visits enable row level security;
create policy "Members" on public.visits for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())))
with check (
  org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid()))
  and exists (select from public.customers c where c.id = customer_id and c.org_id = visits.org_id)
);
create table public.calls (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  customer_id uuid not null references public.customers(id)
);
alter table public.calls enable row level security;
create policy "Members" on public.calls for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
create function public.take_org() returns trigger language plpgsql set search_path = '' as $$
begin
  new.org_id := (select c.org_id from public.customers c where c.id = new.customer_id);
  return new;
end $$;
create trigger take_org before insert or update on public.calls for each row execute function public.take_org();
```

## Good: the backend writes it, or it does not point to a row of an organisation

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.countries (code text primary key);
create table public.invoices (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  country text references public.countries(code),
  customer_id uuid not null references public.customers(id)
);
alter table public.invoices enable row level security;
create policy "Members look" on public.invoices for select to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
create table public.letters (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  country text references public.countries(code),
  created_by uuid references auth.users(id)
);
alter table public.letters enable row level security;
create policy "Members" on public.letters for all to authenticated
using (org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid())));
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Bound, Column, Constraint, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Related,
    Severity,
    StateContext,
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.callers import WRITING, binds, demanded_of_new_rows, may_write, policies_for_callers
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.tenant_tables import (
    TenantTable,
    carries_column_in_references,
    foreign_keys,
    is_person,
    scoped_by_column,
    tenant_column_of,
    tenant_table,
)

_UNIQUE = "alter table {} add constraint {} unique ({});"
_REPLACE = (
    "alter table {}\n  drop constraint {},\n  add constraint {} foreign key ({})\n    references {} ({}){};"
)
_INDEX = "create index {} on {} ({});"
_NUMBERS = ("int2", "int4", "int8")


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report foreign keys between tenant tables that do not carry the tenant column."""
    keys = foreign_keys(table)
    if not keys:
        return
    found = tenant_table(table, context)
    if found is None or not found.column.not_null or not scoped_by_column(context, found.model):
        return
    house = house_style(context)
    if not house and (not table.rls or not may_write(table, context)):
        return
    for key in keys:
        other = _other_column(key, keys, found, context)
        parent = context.catalog.table_by_oid(key.references)
        if other is None or parent is None:
            continue
        if house or not _is_checked(key, parent, found, context):
            yield _finding(key, parent, other, found, context, house=house)


def _other_column(
    key: Constraint, keys: list[Constraint], found: TenantTable, context: StateContext[Any]
) -> Column | None:
    """The tenant column of the table that is referred to, if the key ought to carry it and does not."""
    parent = context.catalog.table_by_oid(key.references)
    model = found.model
    if (
        parent is None
        or key.inherited
        or key.origin.platform
        or parent.oid == model.organisations
        or parent.partition_of
        or model.membership(parent.oid) is not None
        or is_person(parent.oid, model)
        or not context.concerns(parent)
    ):
        return None
    if any(
        {found.column.number, *key.columns} <= {*one.columns} and one.references == key.references
        for one in keys
    ):
        return None
    column = tenant_column_of(parent, model)
    if column is None or not column.not_null or column.number in key.references_columns:
        return None
    same = (column.type.name, column.type.oid) == (found.column.type.name, found.column.type.oid)
    return column if same else None


def _is_checked(key: Constraint, parent: Table, found: TenantTable, context: StateContext[Any]) -> bool:
    """Whether something looks at the referring column before a caller's row is written, or no caller writes it."""
    table = found.table
    writing = [
        policy
        for policy in policies_for_callers(table, context.catalog)
        if policy.command in (*WRITING, "all")
    ]
    demanded = [demanded_of_new_rows(policy) for policy in writing]
    if all(_looks_at(bound, key, parent, table) for bound in demanded):
        return True
    if not all(
        binds(bound, table, found.column.number) or _looks_at(bound, key, parent, table) for bound in demanded
    ):
        return True  # rows of any organisation may be written as it is: that is the graver finding
    restrictive = (p for p in table.policies if not p.permissive and p.command in (*WRITING, "all"))
    if any(_looks_at(demanded_of_new_rows(policy), key, parent, table) for policy in restrictive):
        return True
    names = (parent.name, *table.column_names(key.columns))
    words = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b", re.I)
    for trigger in table.triggers:
        if not {*WRITING} & {*trigger.events} or trigger.enabled == "disabled":
            continue
        function = context.catalog.functions.get(trigger.function)
        if function is None or (function.body is not None and words.search(function.body)):
            return True
    return False


def _looks_at(bound: Bound | None, key: Constraint, parent: Table, table: Table) -> bool:
    """Whether a predicate reads the referring columns or the table they refer to."""
    return bound is not None and any(
        use.oid == parent.oid != table.oid or (use.oid == table.oid and use.number in key.columns)
        for use in bound.uses
    )


def _finding(
    key: Constraint,
    parent: Table,
    other: Column,
    found: TenantTable,
    context: StateContext[Any],
    *,
    house: bool,
) -> Finding:
    table = found.table
    names = ", ".join(table.column_names(key.columns))
    targets = [parent.column_by_number(number) for number in key.references_columns]
    guessable = any(target is not None and target.type.name in _NUMBERS for target in targets)
    grave = house or guessable or carries_column_in_references(context, found.model)
    return context.finding(
        key.origin,
        f'{names} of "{qualified(table)}" may name a row of "{qualified(parent)}" that belongs to another '
        f"organisation: the foreign key does not carry {found.column.name}, and row level security does not count "
        "for foreign keys.",
        help=f"Refer to ({other.name}, {', '.join(parent.column_names(key.references_columns))}).",
        object=qualified(table),
        part=key.name,
        severity=None if grave else Severity.INFORMATION,
        fixes=tuple(_fix(key, parent, other, found, context)),
        related=(Related(parent.origin, "the table that it refers to"),),
    )


def _fix(
    key: Constraint, parent: Table, other: Column, found: TenantTable, context: StateContext[Any]
) -> Iterator[Fix]:
    table, project = found.table, context.project
    action = _actions(key, project.settings.postgres_version)
    if action is None or table.kind != "table" or parent.kind != "table" or parent.origin.platform:
        return
    columns = (found.column.name, *table.column_names(key.columns))
    targets = (other.name, *parent.column_names(key.references_columns))
    changes = [
        *key.changes,
        *(change for column in (*table.columns, *parent.columns) for change in column.changes),
    ]
    at = project.latest(
        context.named(table)[0], context.named(parent)[0], key.origin, found.column.origin, other.origin,
        *(change.at for change in changes),
    )  # fmt: skip
    style = project.style(at)
    is_taken = context.catalog.relation_names.__contains__
    unique = fitting_name(f"{parent.name}_{'_'.join(targets)}_key", lambda n: is_taken((parent.schema, n)))
    index = fitting_name(f"idx_{table.name}_{'_'.join(columns)}", lambda n: is_taken((table.schema, n)))
    taken = {constraint.name for constraint in table.constraints}
    name = fitting_name(f"{table.name}_{'_'.join(columns)}_fkey", taken.__contains__)

    emptied = ", ".join(map(quote, table.column_names(key.on_delete_columns or key.columns)))
    actions = style.sql(action, emptied=emptied)

    def sql(child: str, target: str) -> str:
        listed, wanted = ", ".join(map(quote, columns)), ", ".join(map(quote, targets))
        parts = [style.sql(_REPLACE, child, quote(key.name), quote(name), listed, target, wanted, actions)]
        if not _has_key(parent, {other.number, *key.references_columns}):
            parts.insert(0, style.sql(_UNIQUE, target, quote(unique), wanted))
        if not any({k.column for k in i.keys[: len(columns)]} == _numbers(key, found) for i in table.indexes):
            parts.append(style.sql(_INDEX, quote(index), child, listed))
        return (style.line_end * 2).join(parts)

    yield Fix(
        title=f"Let the foreign key carry {found.column.name}",
        steps=(InsertAfter(at, sql(context.name_behind(table, at), context.name_behind(parent, at))),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name), quote_name(parent.schema, parent.name)),
        leads_to=("index-redundant",),
    )


def _numbers(key: Constraint, found: TenantTable) -> set[int]:
    return {found.column.number, *key.columns}


def _has_key(parent: Table, numbers: set[int]) -> bool:
    """Whether a unique key of exactly these columns is there: what a foreign key may refer to."""
    return any(
        index.unique and index.where is None and {key.column for key in index.keys} == numbers
        for index in parent.indexes
    )


def _actions(key: Constraint, version: int) -> str | None:
    """ON DELETE, ON UPDATE and the like of the new key, as a template; None where they cannot be kept.

    SET NULL of all columns would empty the tenant column too; which ones to empty can be said since PostgreSQL 15.
    """
    if key.on_update in ("set null", "set default") or key.match != "simple" or key.period:
        return None
    words = ""
    if key.on_delete != "no action":
        words += f" on delete {key.on_delete}"
        if key.on_delete in ("set null", "set default"):
            if version < 15:
                return None
            words += " ({emptied})"
    if key.on_update != "no action":
        words += f" on update {key.on_update}"
    if key.deferrable:
        words += " deferrable initially deferred" if key.initially_deferred else " deferrable"
    return words
