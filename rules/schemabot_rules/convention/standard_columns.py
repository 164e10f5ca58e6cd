"""A table of the house lacks one of the standard columns.

Whoever looks after data asks of every row when it was made, when it was changed and by whom. The house's
business tables have `id uuid primary key default gen_random_uuid()`, `created_at` and `updated_at` as
`timestamptz not null default now()`, and `created_by` and `updated_by` that refer to `auth.users`.

This is the convention of one house, not of PostgreSQL: the rule is part of the presets `schemabot` and `all` only, so that a
project that never had these columns does not get a finding for each of its tables. The option `columns` says
which ones your house wants. Business tables are those of exposed schemas; the table of organisations,
memberships, tables keyed by a user, join tables without an id and tables on the `exempt` list are none. On a
server without `auth.users`, `created_by` and `updated_by` are not asked for.

The fix adds the missing columns, and indexes for those that refer to users.

## Bad

```sql
create table public.customers (
--           ^^^^^^^^^^^^^^^^
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now(),
  created_by uuid references auth.users(id) on delete set null
);
create index idx_customers_created_by on public.customers (created_by);
```

## Fixed

```sql
create table public.customers (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now(),
  created_by uuid references auth.users(id) on delete set null
);

alter table public.customers
  add column updated_at timestamptz not null default now(),
  add column updated_by uuid references auth.users(id) on delete set null;

create index idx_customers_updated_by on public.customers (updated_by);
create index idx_customers_created_by on public.customers (created_by);
```

## Bad: there, but not so

```sql
CREATE TABLE public.customers (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at TIMESTAMPTZ DEFAULT now(),
--^^^^^^^^^^
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  created_by UUID REFERENCES auth.users(id) ON DELETE SET NULL,
  updated_by UUID REFERENCES auth.users(id) ON DELETE SET NULL
);
```

## Good

```toml
[rules.standard-columns]
columns = ["id", "created_at"]
```

```sql
create table public.customers (id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now());
create schema private;
create table private.jobs (id int primary key);
```
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    fitting_name,
    option,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.tenancy import is_membership, matches

_BY = ("created_by", "updated_by")
_AT = ("created_at", "updated_at")
_DEFINITIONS = {
    "id": "uuid primary key default gen_random_uuid()",
    **dict.fromkeys(_AT, "timestamptz not null default now()"),
    **dict.fromkeys(_BY, "uuid references auth.users(id) on delete set null"),
}


@attrs.frozen
class Options:
    """What may be set for this rule."""

    columns: tuple[str, ...] = option(
        ("id", "created_at", "updated_at", "created_by", "updated_by"),
        "The standard columns that every business table has.",
    )


@state_rule(Table, severity=Severity.WARNING, presets=("schemabot",))
def check(table: Table, context: StateContext[Options]) -> Iterator[Finding]:
    """Report business tables that lack standard columns, and time stamps that are not filled in."""
    if (
        table.partition_of
        or table.kind == "foreign"
        or not table.columns_known
        or not context.concerns(table)
        or not _is_business(table, context)
    ):
        return
    users = context.catalog.table("auth", "users")
    names = {column.name: column for column in table.columns}
    missing = [
        name
        for name in context.options.columns
        if name not in names
        and (users is not None or name not in _BY)
        and (name != "id" or table.primary_key is None)
    ]
    if missing:
        yield context.finding(
            table.origin,
            f'Table "{qualified(table)}" lacks {_listed(missing)}: every business table says when and by whom '
            "its rows were made and changed.",
            help="Add the standard columns, or list the table in schemabot.toml under [tenancy] exempt.",
            object=qualified(table),
            fixes=(_fix(table, missing, context),),
        )
    for name in _AT:
        column = names.get(name)
        if column is not None and name in context.options.columns and not _filled(column):
            yield context.finding(
                column.origin,
                f'Column {name} of "{qualified(table)}" may be missing in a row: it is not '
                "timestamptz not null default now().",
                help="Declare it so.",
                object=qualified(table),
                part=name,
            )


def _is_business(table: Table, context: StateContext[Options]) -> bool:
    tenancy = context.project.settings.tenancy
    if not context.project.is_exposed(table.schema) or is_membership(table, tenancy):
        return False
    listed = (*tenancy.exempt, *tenancy.service_only, *filter(None, (tenancy.organizations,)))
    if matches(table.schema, table.name, listed) or table.name.startswith(("organi", "tenants")):
        return False
    key = table.primary_key
    if key is not None and len(key.columns) > 1 and table.column("id") is None:
        return False  # a join table
    users = context.catalog.table("auth", "users")
    return not any(
        c.kind == "foreign key" and users is not None and c.references == users.oid and key is not None
        and c.columns == key.columns
        for c in table.constraints
    )  # fmt: skip


def _filled(column: Column) -> bool:
    return column.type.name == "timestamptz" and column.not_null and column.default is not None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _fix(table: Table, missing: list[str], context: StateContext[Options]) -> Fix:
    at, written = context.named(table)
    style = context.project.style(at)

    def sql(name: str) -> str:
        added = [
            style.sql("add column {} {}", quote(n), style.sql(_DEFINITIONS.get(n, "text"))) for n in missing
        ]
        lines = [style.sql("alter table {}", name) + "\n  " + ",\n  ".join(added) + ";"]
        for column in missing:
            if column in _BY:
                index = fitting_name(
                    f"idx_{table.name}_{column}",
                    lambda n: (table.schema, n) in context.catalog.relation_names,
                )
                lines.append(style.sql("create index {} on {} ({});", quote(index), name, column))
        return "\n\n".join((lines[0], "\n".join(lines[1:]))).rstrip().replace("\n", style.line_end)

    return Fix(
        title="Add the missing standard columns",
        steps=(InsertAfter(at, sql(written)),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
        leads_to=("updated-at-trigger-missing",),
    )
