"""A value has to be unique among the rows of all organisations.

A unique constraint on `slug`, `code` or `number` alone makes the customers of a system share one space: the second
organisation that wants invoice number 1 is refused, and the error tells it that somebody else has it. What is
meant is nearly always unique within the organisation: `unique (org_id, number)`.

The rule speaks of unique constraints and unique indexes on tables with the tenant column. It is silent where a value
is unique everywhere by its nature:

* primary keys, keys of type uuid, and columns with a default or identity that makes new values;
* keys with a column of a foreign key: what they refer to belongs to an organisation itself;
* tokens, hashes, secrets, and codes of invitations: they are looked up before the organisation is known;
* ids that other systems gave (`stripe_customer_id`), domains, e-mail addresses and numbers of devices.

The option `global-names` holds the names, as regular expressions, of the columns that are so.

The fix puts the tenant column in front. It is no fix to apply without a look: `insert ... on conflict (slug)`
in a program asks for the constraint as it was.

## Bad

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  number text not null,
  unique (number)
--^^^^^^^^^^^^^^^
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
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  number text not null,
  unique (number)
);

alter table public.orders drop constraint orders_number_key, add constraint orders_org_id_number_key unique (org_id, number);
```

## Bad: behind a column

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
CREATE TABLE public.products (
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL REFERENCES public.organizations(id),
  sku TEXT NOT NULL UNIQUE
--                  ^^^^^^
);
```

## Bad: an index

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.pages (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  title text,
  status text
);
create unique index pages_title on public.pages using btree (lower(title)) where status = 'live';
--                  ^^^^^^^^^^^
```

## Fixed

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.pages (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  title text,
  status text
);
create unique index pages_title on public.pages using btree (org_id, lower(title)) where status = 'live';
```

## Good

```sql
create table public.organizations (id uuid primary key, slug text not null unique);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.orders (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  number text not null,
  tracking uuid unique,
  line bigint generated always as identity unique,
  share_token text unique,
  stripe_invoice_id text unique,
  unique (org_id, number)
);
create table public.order_items (
  org_id uuid not null references public.organizations(id),
  order_id uuid not null references public.orders(id),
  position int not null,
  unique (order_id, position)
);
```

## Good: an option

```toml
[rules.tenant-unique-global]
global-names = ["plate"]
```

```sql
create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations(id),
  user_id uuid references auth.users(id),
  primary key (org_id, user_id)
);
create table public.cars (
  id uuid primary key,
  org_id uuid not null references public.organizations(id),
  number_plate text unique
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import attrs

from schemabot.catalog.objects import Constraint, Index, Origin, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Replace,
    Severity,
    StateContext,
    fitting_name,
    option,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.index_shape import is_needed
from schemabot.rulekit.tenant_tables import TenantTable, foreign_keys, scoped_by_column, tenant_table
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_TITLE = "Make it unique within the organisation"
_REPLACE = "alter table {} drop constraint {}, add constraint {} unique ({});"
_REPLACE_DISTINCT = "alter table {} drop constraint {}, add constraint {} unique nulls not distinct ({});"


@attrs.frozen
class Options:
    """What may be set for this rule."""

    global_names: tuple[str, ...] = option(
        (), "Further columns, as regular expressions, whose values are unique everywhere by their nature."
    )


_GLOBAL = (
    r"token|hash|secret|nonce|checksum|fingerprint|signature|digest|idempotency|dedupe?|"
    r"(?:api|access|public|private|licen[cs]e|storage|object|file|event|request|session|message|thread|external|"
    r"transaction|payment|charge|order|tracking|channel|device|push|correlation|provider|job|webhook|checkout)_?(?:key|"
    r"id|ref|reference|uuid|number)\Z|"
    r"(?:invit|referral|share|access|verification|confirmation|join|claim|short|public|qr|booking|gift|voucher|coupon)"
    r"\w*_?(?:code|slug|id|link)|"
    r"stripe|paypal|paddle|xendit|twilio|google|github|gitlab|slack|shopify|whatsapp|telegram|facebook|instagram|apple|"
    r"clerk|auth0|sendgrid|resend|mercado|mp_|wa_|"
    r"domain|hostname|subdomain|\Ahost\Z|url\Z|uri\Z|\Aip\Z|email|phone|mobile|username|endpoint|iban|\Amac|imei|"
    r"path\Z|\Auid\Z|uuid|guid|\Aid\Z|_(?:id|key)\Z|chave"
)


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Options]) -> Iterator[Finding]:
    """Report unique constraints and indexes of tenant tables that leave the tenant column out."""
    unique = [index for index in table.indexes if index.unique and not index.primary and not index.parent]
    if not unique:
        return
    found = tenant_table(table, context)
    if found is None or not scoped_by_column(context, found.model):
        return
    for index in unique:
        if _spans_organisations(index, found, context.options.global_names):
            yield _finding(index, found, context)


def _spans_organisations(index: Index, found: TenantTable, more: tuple[str, ...]) -> bool:
    table, numbers = found.table, _numbers(index, found.table)
    if not numbers or found.column.number in numbers:
        return False
    referring = {number for key in foreign_keys(table) for number in key.columns}
    pattern = _pattern(more)
    for number in numbers:
        column = table.column_by_number(number)
        if (
            column is None
            or number in referring
            or column.type.name == "uuid"
            or not column.type.known
            or column.identity
            or column.sequence
            or column.generated is not None
            or (column.default is not None and "(" in column.default.text)
            or pattern.search(column.name.lower())
        ):
            return False
    return True


def _numbers(index: Index, table: Table) -> frozenset[int]:
    """The columns in the keys, also inside of expressions."""
    found = {key.column for key in index.keys if key.column}
    for key in index.keys:
        if key.expression is not None:
            found |= {use.number for use in key.expression.uses if use.oid == table.oid}
    return frozenset(found - {0})


@lru_cache(maxsize=8)
def _pattern(more: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join((_GLOBAL, *more)))


def _finding(index: Index, found: TenantTable, context: StateContext[Options]) -> Finding:
    table = found.table
    names = ", ".join(table.column_names(tuple(sorted(_numbers(index, table)))))
    constraint = next((c for c in table.constraints if c.oid == index.constraint and index.constraint), None)
    fixes = (
        _index_fix(index, found, context)
        if constraint is None
        else _constraint_fix(constraint, index, found, context)
    )
    return context.finding(
        (constraint or index).origin,
        f'"{index.name}" lets only one row of all organisations have the same {names}: one that another organisation '
        "took is refused, and the refusal tells that it exists.",
        help=f"Make it unique within the organisation: ({found.column.name}, {names}).",
        object=qualified(table),
        part=index.name,
        fixes=tuple(fixes),
    )


def _constraint_fix(
    constraint: Constraint, index: Index, found: TenantTable, context: StateContext[Options]
) -> Iterator[Fix]:
    table, column = found.table, found.column
    if (
        is_needed(index, table, context.catalog)
        or constraint.kind != "unique"
        or constraint.deferrable
        or constraint.period
        or index.include
        or table.kind != "table"
    ):
        return
    columns = [column.name, *table.column_names(constraint.columns)]
    name = fitting_name(
        f"{table.name}_{'_'.join(columns)}_key",
        lambda wanted: (table.schema, wanted) in context.catalog.relation_names,
    )
    changes = (*constraint.changes, *(change for c in table.columns for change in c.changes))
    at = context.project.latest(
        context.named(table)[0], constraint.origin, column.origin, *(change.at for change in changes)
    )
    style = context.project.style(at)

    def sql(written: str) -> str:
        return style.sql(
            _REPLACE_DISTINCT if index.nulls_not_distinct else _REPLACE,
            written,
            quote(constraint.name),
            quote(name),
            ", ".join(map(quote, columns)),
        )

    yield Fix(
        title=_TITLE,
        steps=(InsertAfter(at, sql(context.name_behind(table, at))),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
        leads_to=("index-redundant", "fk-index-missing"),
    )


def _index_fix(index: Index, found: TenantTable, context: StateContext[Options]) -> Iterator[Fix]:
    """Put the column in front of the keys, as they are written."""
    column, at = found.column, index.origin
    text = context.project.statement_text(at)
    start = _first_key(text, at.span.end)
    if start is None or index.changes or is_needed(index, found.table, context.catalog):
        return
    key = f"{quote(column.name)}, "
    place = Origin(at.file, at.statement, Span(start, start))
    if context.project.latest(at, column.origin, *(change.at for change in column.changes)) != at:
        return
    yield Fix(
        title=_TITLE,
        steps=(Replace(place, key),),
        preferred=True,
        later=_made_anew(text[:start] + key + text[start:], index, found.table, context),
        leads_to=("index-redundant", "fk-index-missing"),
    )


def _made_anew(sql: str, index: Index, table: Table, context: StateContext[Options]) -> str | None:
    """The index dropped and made again; None where its statement would not mean the same today."""
    words = sql.lower()
    if "concurrently" in words or any(change.what in ("name", "schema") for change in table.changes):
        return None
    if quote_name(table.schema, table.name) not in sql and table.schema != "public":
        return None
    style = context.project.style(index.origin)
    drop = style.sql("drop index {};", quote_name(table.schema, index.name))
    return f"{drop}{style.line_end * 2}{sql.rstrip().removesuffix(';')};"


def _first_key(text: str, start: int) -> int | None:
    """The place behind the parenthesis that opens the list of keys, behind the index's name."""
    for token in tokens(text, start):
        if token.span.of(text) == "(":
            return token.span.end
    return None
