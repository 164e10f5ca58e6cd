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
CREATE INDEX idx_customers_created_by ON public.customers (created_by);
CREATE INDEX idx_customers_updated_by ON public.customers (updated_by);
```

## Fixed

```sql
CREATE TABLE public.customers (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  created_by UUID REFERENCES auth.users(id) ON DELETE SET NULL,
  updated_by UUID REFERENCES auth.users(id) ON DELETE SET NULL
);
CREATE INDEX idx_customers_created_by ON public.customers (created_by);
CREATE INDEX idx_customers_updated_by ON public.customers (updated_by);
```

## Bad: no default

```toml
[rules.standard-columns]
level = "warning"
columns = ["id", "created_at"]
```

```sql
create table public.customers (
  id uuid primary key,
--^^
  created_at timestamptz not null
--^^^^^^^^^^
);
```

## Good

```toml
[rules.standard-columns]
level = "warning"
columns = ["id", "created_at"]
```

```sql
create table public.customers (id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now());
create schema private;
create table private.jobs (id int primary key);
create table public.profiles (id uuid primary key references auth.users(id) on delete cascade);
create table public.customer_tags (
  customer_id uuid references public.customers(id) on delete cascade, tag text, primary key (customer_id, tag)
);
```
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from schemabot.catalog.objects import Column, Origin, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Replace,
    Severity,
    StateContext,
    Style,
    fitting_name,
    option,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.tenancy_model import tenancy_model
from schemabot.rulekit.tenant_tables import is_business
from schemabot.rulekit.written import written_type
from schemabot.text import Span

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
    """Report business tables that lack standard columns, or have them without NOT NULL or a default."""
    if not context.concerns(table) or not _is_standard(table, context):
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
            fixes=tuple(_add(table, [name for name in missing if name in _DEFINITIONS], context)),
        )
    for name in context.options.columns:
        column = names.get(name)
        lacking = () if column is None else tuple(_lacking(column, table))
        if column is not None and lacking:
            yield context.finding(
                column.origin,
                f'Column {name} of "{qualified(table)}" lacks {" and ".join(lacking)}: '
                + (
                    "every writer has to make the key."
                    if name == "id"
                    else "a row may come without the time."
                ),
                help=f"Declare it {_DEFINITIONS[name]}.",
                object=qualified(table),
                part=name,
                fixes=tuple(_declare(column, table, lacking, context)),
            )


def _is_standard(table: Table, context: StateContext[Options]) -> bool:
    """Whether it is a business table, and no join table: those have a key of several columns and no id."""
    if not is_business(table, context, tenancy_model(context)):
        return False
    key = table.primary_key
    if key is None:
        return True
    if len(key.columns) > 1 and table.column("id") is None:
        return False
    users = context.catalog.table("auth", "users")
    return users is None or not any(
        c.kind == "foreign key" and c.references == users.oid and c.columns == key.columns
        for c in table.constraints
    )


def _lacking(column: Column, table: Table) -> Iterator[str]:
    """What a standard column should say and does not."""
    key = table.primary_key
    if column.name in _AT and column.type.name in ("timestamptz", "timestamp"):
        if not column.not_null:
            yield "not null"
        if column.default is None and column.generated is None:
            yield "default now()"
    elif column.name == "id" and column.type.name == "uuid" and key is not None:
        refers = any(c.kind == "foreign key" and column.number in c.columns for c in table.constraints)
        if key.columns == (column.number,) and column.default is None and not refers:
            yield "default gen_random_uuid()"


def _declare(
    column: Column, table: Table, lacking: tuple[str, ...], context: StateContext[Options]
) -> Iterator[Fix]:
    """The fix that writes what lacks behind the column's type, where no later statement speaks of it."""
    written = written_type(context, column)
    if (
        written is None
        or not written.created
        or any(c.what in ("not null", "default") for c in column.changes)
    ):
        return
    style = context.project.style(written.at)
    place = Origin(written.at.file, written.at.statement, Span(written.at.span.end, written.at.span.end))
    later = None
    if len(lacking) == 1 and lacking[0].startswith("default "):
        later = style.sql(
            "alter table {} alter column {} set {};", quote_name(table.schema, table.name), quote(column.name),
            _cased(lacking[0], style),
        )  # fmt: skip
    yield Fix(
        title=f"Add {' '.join(lacking)}",
        steps=(Replace(place, "".join(f" {_cased(words, style)}" for words in lacking)),),
        preferred=True,
        later=later,
    )


def _cased(words: str, style: Style) -> str:
    """Keywords in the user's case; functions in small letters."""
    keyword, _, rest = words.partition(" ")
    return style.sql(keyword) + " " + (style.sql(rest) if keyword == "not" else rest)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _add(table: Table, missing: list[str], context: StateContext[Options]) -> Iterator[Fix]:
    """The fix that adds the columns; what other columns a house wants are like, nobody knows."""
    if not missing:
        return
    at, written = context.named(table)
    style = context.project.style(at)

    def sql(name: str) -> str:
        added = [style.sql("add column {} {}", quote(n), style.sql(_DEFINITIONS[n])) for n in missing]
        lines = [style.sql("alter table {}", name) + "\n  " + ",\n  ".join(added) + ";"]
        for column in missing:
            if column in _BY:
                index = fitting_name(
                    f"idx_{table.name}_{column}",
                    lambda n: (table.schema, n) in context.catalog.relation_names,
                )
                lines.append(style.sql("create index {} on {} ({});", quote(index), name, column))
        return "\n\n".join((lines[0], "\n".join(lines[1:]))).rstrip().replace("\n", style.line_end)

    yield Fix(
        title="Add the missing standard columns",
        steps=(InsertAfter(at, sql(written)),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
        leads_to=("updated-at-trigger-missing",),
    )
