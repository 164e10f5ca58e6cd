"""The columns of a foreign key have no index.

PostgreSQL indexes the columns that a foreign key refers to, because they are a key, but not the referring
ones (manual, 5.5.5 "Foreign Keys"). Each DELETE of a referenced row, and each UPDATE of its key, then reads
the whole referring table to find the rows that point there, while it holds locks; `ON DELETE CASCADE` does
it for every row deleted. Joins along the key and queries by it are slow too.

An index serves the foreign key if its first columns are those of the key, in any order: one made for it, a
composite index that begins so, the primary key or a unique constraint. A partial index serves it only if
all it leaves out is rows where the key is null. The access method must find equal values: btree, hash and
gist do.

Supabase's advisor reports the same as `0001_unindexed_foreign_keys`, but asks for the very order of the
columns.

## Bad

```sql
create table public.customers (id uuid primary key);
alter table public.customers enable row level security;
create table public.orders (
  id uuid primary key,
  customer_id uuid not null references public.customers(id)
--                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
);
alter table public.orders enable row level security;
```

## Fixed: Create the index idx_orders_customer_id

```sql
create table public.customers (id uuid primary key);
alter table public.customers enable row level security;
create table public.orders (
  id uuid primary key,
  customer_id uuid not null references public.customers(id)
);

create index idx_orders_customer_id on public.orders (customer_id);
alter table public.orders enable row level security;
```

## Bad: a composite key, added later

```sql
CREATE TABLE public.batches (org_id UUID, number INT, PRIMARY KEY (org_id, number));
CREATE TABLE public.batch_logs (
  org_id UUID NOT NULL,
  batch_number INT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_batch_logs_at ON public.batch_logs (at, org_id);
ALTER TABLE public.batch_logs ADD CONSTRAINT batch_logs_batch
--                                           ^^^^^^^^^^^^^^^^
  FOREIGN KEY (org_id, batch_number) REFERENCES public.batches;
```

## Good: every kind of index that serves

```sql
create table public.customers (id uuid primary key);
create table public.orders (
  customer_id uuid references public.customers(id),
  number int,
  agent_id uuid references public.customers(id),
  payer_id uuid unique references public.customers(id),
  primary key (customer_id, number)
);
create index orders_agent on public.orders (agent_id, number) where agent_id is not null;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Constraint, Index, Table
from schemabot.facts.expression import Column, Logical, Node, Test
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
from schemabot_snippets import render

_METHODS = ("btree", "hash", "gist", "spgist")


@state_rule(
    Table,
    severity=Severity.WARNING,
    aliases=("advisor:0001_unindexed_foreign_keys",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report foreign keys that no index of the table serves; keys of the same columns once."""
    told: set[frozenset[int]] = set()
    offered: set[str] = set()
    for key in table.constraints:
        if key.kind != "foreign key" or key.inherited or not key.columns or key.origin.platform:
            continue
        columns = frozenset(key.columns)
        if columns in told or not context.concerns(table):
            continue
        if any(_serves(index, columns, table) for index in table.indexes):
            continue
        told.add(columns)
        name = fitting_name(
            f"idx_{table.name}_{'_'.join(table.column_names(key.columns))}",
            lambda n: n in offered or (table.schema, n) in context.catalog.relation_names,
        )
        offered.add(name)
        yield _finding(key, table, context, name)


def _serves(index: Index, columns: frozenset[int], table: Table) -> bool:
    first = index.keys[: len(columns)]
    return (
        index.method in _METHODS
        and frozenset(key.column for key in first) == columns
        and (index.where is None or _only_not_null(index.where.expression.root, columns, table))
    )


def _only_not_null(condition: Node, columns: frozenset[int], table: Table) -> bool:
    """Whether an index's WHERE leaves out nothing but rows whose key is null: those refer to nothing."""
    todo: list[Node] = [condition]
    names = {column.name for column in table.columns if column.number in columns}
    while todo:
        node = todo.pop()
        if isinstance(node, Logical) and node.operator == "and":
            todo.extend(node.args)
        elif not (
            isinstance(node, Test)
            and node.operator == "not null"
            and isinstance(node.arg, Column)
            and node.arg.parts[-1:]
            and node.arg.parts[-1] in names
        ):
            return False
    return True


def _finding(key: Constraint, table: Table, context: StateContext[Any], index_name: str) -> Finding:
    names = table.column_names(key.columns)
    target = context.catalog.table_by_oid(key.references)
    other = qualified(target) if target is not None else "the other table"
    wanted = f"{quote_name(table.schema, table.name)} ({', '.join(quote(name) for name in names)})"
    return context.finding(
        key.origin,
        f"No index begins with the columns of this foreign key ({', '.join(names)}): each delete or key "
        f'change in "{other}" reads all of "{qualified(table)}", and joins along it are slow.',
        help=f"Create an index on {wanted}.",
        object=qualified(table),
        part=key.name,
        fixes=(_fix(key, table, index_name, context),),
    )


def _fix(key: Constraint, table: Table, name: str, context: StateContext[Any]) -> Fix:
    columns = [column for number in key.columns if (column := table.column_by_number(number)) is not None]
    changes = (*key.changes, *(change for column in columns for change in column.changes))
    at = context.project.latest(context.named(table)[0], key.origin, *(change.at for change in changes))
    style = context.project.style(at)

    def sql(written: str) -> str:
        listed = ", ".join(quote(column.name) for column in columns)
        return render(
            "fk-index", upper=style.upper, index_name=quote(name), table_name=written, column_name=listed
        )

    return Fix(
        title=f"Create the index {name}",
        steps=(InsertAfter(at, sql(context.name_behind(table, at))),),
        safe=True,
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
    )
