"""A foreign key does not say what happens when the row that it refers to is deleted.

Without ON DELETE PostgreSQL refuses the delete (manual, 5.5.5 "Foreign Keys"). Often that is right; but nobody can see
whether somebody thought of it, and the first who deletes a customer finds out. `on delete restrict` says that it is
meant, `cascade` that these rows are parts of that one, `set null` that they can do without it.

The rule speaks where the project states it nearly always and forgot it here; in the presets `schemabot` and `all`,
everywhere. Foreign keys to users are left to `fk-to-auth-cascade`.

The fixes write one of the three where the key is defined. The first changes nothing but that it is said. None is
offered for a new migration: making the key anew locks both tables for what is already so.

## Bad

```toml
preset = "schemabot"
```

```sql
create table public.customers (id uuid primary key default gen_random_uuid());
create table public.visits (
  id uuid primary key default gen_random_uuid(),
  customer_id uuid not null references public.customers(id)
--                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
create index idx_visits_customer_id on public.visits (customer_id);
```

## Fixed: Add on delete restrict

```sql
create table public.customers (id uuid primary key default gen_random_uuid());
create table public.visits (
  id uuid primary key default gen_random_uuid(),
  customer_id uuid not null references public.customers(id) on delete restrict
);
create index idx_visits_customer_id on public.visits (customer_id);
```

## Fixed: Add on delete cascade

```sql
create table public.customers (id uuid primary key default gen_random_uuid());
create table public.visits (
  id uuid primary key default gen_random_uuid(),
  customer_id uuid not null references public.customers(id) on delete cascade
);
create index idx_visits_customer_id on public.visits (customer_id);
```

## Bad: with other clauses

```toml
preset = "schemabot"
```

```sql
CREATE TABLE public.customers (id UUID PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE public.visits (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id UUID,
  CONSTRAINT visits_customer FOREIGN KEY (customer_id) REFERENCES public.customers MATCH FULL ON UPDATE CASCADE DEFERRABLE
--           ^^^^^^^^^^^^^^^
);
CREATE INDEX idx_visits_customer_id ON public.visits (customer_id);
```

## Good: stated

```toml
preset = "schemabot"
```

```sql
create table public.customers (id uuid primary key);
create table public.visits (
  id uuid primary key, customer_id uuid references public.customers(id) on update cascade on delete no action
);
```

## Good: the project has no such habit

```sql
create table public.customers (id uuid primary key);
create table public.visits (id uuid primary key, customer_id uuid references public.customers(id));
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Constraint, Table
from schemabot.rulekit import Finding, Fix, Replace, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.habits import habits, house_style
from schemabot.rulekit.written_reference import WrittenReference, written_reference


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report foreign keys without ON DELETE."""
    keys = [
        c
        for c in table.constraints
        if c.kind == "foreign key" and c.on_delete == "no action" and not c.inherited
    ]
    if not keys or table.partition_of or not context.concerns(table):
        return
    if not house_style(context) and not habits(context).delete_action_stated.nearly_always:
        return
    for key in keys:
        target = context.catalog.table_by_oid(key.references)
        written = written_reference(context.project, key)
        if target is None or target.origin.platform or written is None or written.on_delete is not None:
            continue
        yield context.finding(
            key.origin,
            f'This foreign key of "{qualified(table)}" does not say what happens when its row of "{qualified(target)}" '
            "is deleted: PostgreSQL refuses the delete then.",
            help="State on delete restrict, cascade or set null.",
            object=qualified(table),
            part=key.name,
            fixes=tuple(_fixes(key, table, written, context)),
        )


def _fixes(
    key: Constraint, table: Table, written: WrittenReference, context: StateContext[Any]
) -> Iterator[Fix]:
    style = context.project.style(written.place)
    columns = [table.column_by_number(number) for number in key.columns]
    actions = ["restrict", "cascade"]
    if all(column is not None and not column.not_null for column in columns):
        actions.append("set null")
    for action in actions:
        yield Fix(
            title=f"Add on delete {action}",
            steps=(Replace(written.place, style.sql(f" on delete {action}")),),
            preferred=action == "restrict",
        )
