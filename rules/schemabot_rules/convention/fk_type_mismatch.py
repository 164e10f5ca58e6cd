"""A foreign key joins columns of different types.

PostgreSQL takes a foreign key between types that can be compared. But an `integer` column that refers to a `bigint` key
is full before the key is: beyond 2,147,483,647 no row can refer to a new one, and every insert fails. A `varchar(20)` that
refers to a `text` key refuses the longer keys, and `char(n)` compares without the blanks that it adds. Elsewhere
(`numeric` beside `integer`) every join converts one side.

A column that is wider than its key (`bigint` that refers to `integer`) holds all of them: that is a hint. `text` and
`varchar` without a length are the same and never reported, and neither are types of one's own. Types that cannot be
compared at all, such as `uuid` and `text`, the server refuses.

The fix gives the referring column the type of the key. Where other columns refer to that one in turn, or a sequence
numbers it, there is none.

## Bad

```sql
create table public.orders (id bigint generated always as identity primary key);
create table public.order_items (
  id uuid primary key,
  order_id int not null references public.orders(id) on delete cascade
--         ^^^
);
create index idx_order_items_order_id on public.order_items (order_id);
```

## Fixed

```sql
create table public.orders (id bigint generated always as identity primary key);
create table public.order_items (
  id uuid primary key,
  order_id bigint not null references public.orders(id) on delete cascade
);
create index idx_order_items_order_id on public.order_items (order_id);
```

## Bad: a shorter text, and a wider number

```sql
CREATE TABLE public.products (sku TEXT PRIMARY KEY);
CREATE TABLE public.levels (id INT PRIMARY KEY);
CREATE TABLE public.prices (
  id UUID PRIMARY KEY,
  product_sku VARCHAR(8) NOT NULL,
--            ^^^^^^^^^^
  level_id BIGINT REFERENCES public.levels(id) ON DELETE CASCADE
--         ^^^^^^
);
CREATE INDEX idx_prices_product_sku ON public.prices (product_sku);
CREATE INDEX idx_prices_level_id ON public.prices (level_id);
ALTER TABLE public.prices ADD FOREIGN KEY (product_sku) REFERENCES public.products(sku) ON DELETE CASCADE;
```

## Good

```sql
create table public.orders (id bigserial primary key, number varchar unique);
create table public.order_items (
  id uuid primary key,
  order_id bigint references public.orders(id),
  order_number text references public.orders(number)
);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from schemabot.catalog.objects import Column, Table, TypeRef
from schemabot.rulekit import Finding, Fix, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.referring import is_referred_to
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, type_words

_WIDTHS = {"int2": 2, "int4": 4, "int8": 8}
_TEXTS = ("text", "varchar")

Mismatch = Literal["narrower", "shorter", "wider", "different"]
_SEVERITIES = {
    "narrower": Severity.ERROR, "shorter": Severity.WARNING, "wider": Severity.HINT, "different": Severity.WARNING
}  # fmt: skip


@state_rule(Table, severity=Severity.ERROR)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of foreign keys that are not of the type of the column that they refer to."""
    told: set[int] = set()
    for constraint in table.constraints:
        if constraint.kind != "foreign key" or constraint.inherited or constraint.origin.platform:
            continue
        target = context.catalog.table_by_oid(constraint.references)
        if target is None:
            continue
        for number, key_number in zip(constraint.columns, constraint.references_columns, strict=False):
            column, key = table.column_by_number(number), target.column_by_number(key_number)
            if column is None or key is None or column.origin.platform:
                continue
            mismatch = _mismatch(column.type, key.type)
            if mismatch is not None and number not in told and context.concerns(table):
                told.add(number)
                yield context.finding(
                    column_place(context, column),
                    f'Column {column.name} of "{qualified(table)}" is {type_words(column.type)}, but refers to '
                    f'{key.name} of "{qualified(target)}", which is {type_words(key.type)}: {_why(mismatch, column)}.',
                    help=f"Declare {column.name} {type_words(key.type)}.",
                    object=qualified(table),
                    part=constraint.name,
                    severity=_SEVERITIES[mismatch],
                    fixes=tuple(_fix(table, column, key, context)),
                    related=() if key.origin.platform else (Related(key.origin, "the key"),),
                )


def _mismatch(column: TypeRef, key: TypeRef) -> Mismatch | None:
    """What is wrong between two built-in types; None where nothing is, or nobody can say."""
    if column.oid or key.oid or column.array or key.array or not (column.known and key.known):
        return None
    if column.name in _WIDTHS and key.name in _WIDTHS:
        if column.name == key.name:
            return None
        return "narrower" if _WIDTHS[column.name] < _WIDTHS[key.name] else "wider"
    if column.name in _TEXTS and key.name in _TEXTS:
        limit, needed = _length(column), _length(key)
        return "shorter" if limit is not None and (needed is None or limit < needed) else None
    return None if column.name == key.name else "different"


def _length(text: TypeRef) -> int | None:
    limit = text.modifiers[0] if text.modifiers else None
    return limit if isinstance(limit, int) else None


def _why(mismatch: Mismatch, column: Column) -> str:
    if mismatch in ("narrower", "shorter"):
        return "it cannot hold every key, and then the insert fails"
    if mismatch == "wider":
        return "it is wider than all that it can hold"
    if column.type.name == "bpchar":
        return "it is padded with blanks that the key does not have"
    return "every join and every check of the key converts one of them"


def _fix(table: Table, column: Column, key: Column, context: StateContext[Any]) -> Iterator[Fix]:
    if column.sequence or is_referred_to(context.catalog, table, column.number):
        return
    words = type_words(key.type)
    fix = retype(context, table, column, words, f"Change its type to {words}")
    if fix is not None:
        yield fix
