"""A status column takes any text.

A column `status` or `state` is one of a few words, and code everywhere compares it with them. Without a CHECK a
misspelt word (`cancelled` and `canceled`) is stored without an error, and the row drops out of every list.
`status in ('draft', 'sent', 'paid')` as a CHECK is the house's way: an enum's labels can be added, but never
removed.

An enum, a domain with a constraint, a foreign key to a table of states, or any CHECK that mentions the column is as good.
The words of another system (`stripe_status`) are not ours to restrict, `old_status` and tables of archives and
snapshots keep what another column said, and `state` beside a city is a part of an address. Where most status columns
of a project have no CHECK, only those are reported whose words are known; in the presets `schemabot` and `all`, each.

The fix is there where the words are known: from a comment on the same line that lists them.

## Bad

```sql
create table public.orders (
  id uuid primary key,
  status text not null default 'draft' -- draft, sent, paid
--^^^^^^
);
```

## Fixed

```sql
create table public.orders (
  id uuid primary key,
  status text not null default 'draft' -- draft, sent, paid
);

alter table public.orders add check (status in ('draft', 'sent', 'paid'));
```

## Bad: the words are not known

```sql
CREATE TABLE public.orders (id UUID PRIMARY KEY, payment_status VARCHAR NOT NULL);
--                                               ^^^^^^^^^^^^^^
```

## Good

```sql
create table public.states (name text primary key);
create type public.mood as enum ('good', 'bad');
create domain public.word as text check (value in ('a', 'b'));
create table public.orders (
  id uuid primary key, status text not null check (status in ('draft', 'sent')), mood public.mood,
  order_state text references public.states(name) on delete restrict, payment_status public.word, http_status int
);
create index idx_orders_order_state on public.orders (order_state);
create table public.shops (id uuid primary key, city text, state text, stripe_status text);
create table public.changes (id uuid primary key, old_status text, new_status text);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    literal,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.column_habits import is_against_habit, is_status, restricted_columns
from schemabot.rulekit.written import own_columns

_FOREIGN = re.compile(
    r"(?:stripe|paypal|adyen|xendit|paddle|lemon_?squeezy|razorpay|mollie|shopify|hubspot|salesforce|quickbooks|xero|twilio|"
    r"sendgrid|resend|postmark|mailgun|github|gitlab|vercel|external|provider|gateway|remote|vendor|upstream|webhook|raw|"
    r"http|response|api)_"
)
_TEXT = ("text", "varchar")
_WORD = re.compile(r"\s*['\"`]?([a-z][a-z0-9_-]*)['\"`]?\s*\Z")
_ADD = "alter table {} add check ({} in ({}));"
_FEWEST = 2


@state_rule(Table, severity=Severity.INFORMATION)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report status columns of type text that nothing restricts."""
    if not any(column.type.name in _TEXT and is_status(column, table) for column in table.columns):
        return
    bound = restricted_columns(table)
    for column in own_columns(context, table):
        if column.type.name not in _TEXT or column.type.array or not is_status(column, table):
            continue
        if column.number in bound or column.generated is not None or _FOREIGN.search(column.name):
            continue
        words = _words(column, context)
        if not words and is_against_habit(context, "status_checked"):
            continue
        yield context.finding(
            column.origin,
            f'Column {column.name} of "{qualified(table)}" takes any text: a misspelt status is stored, and its row '
            "drops out of every list.",
            help="Add a CHECK with the words that it may be.",
            object=qualified(table),
            part=column.name,
            fixes=(_fix(table, column, words, context),) if words else (),
        )


def _words(column: Column, context: StateContext[Any]) -> tuple[str, ...]:
    """The words that a comment behind the column's line lists, if the default is among them."""
    text = context.project.statement_text(column.origin)
    end = text.find("\n", column.origin.span.end)
    line = text[column.origin.span.end : end if end >= 0 else len(text)]
    _, mark, comment = line.partition("--")
    listed = comment.rpartition(":")[2]
    found = [_WORD.match(word) for word in re.split(r"[,|/]", listed)] if mark else []
    words = tuple(match[1] for match in found if match is not None)
    if len(words) != len(found) or len(set(words)) < max(len(found), _FEWEST):
        return ()
    default = "" if column.default is None else column.default.text.partition("::")[0].strip("'() ")
    return words if not default or default in words else ()


def _fix(table: Table, column: Column, words: tuple[str, ...], context: StateContext[Any]) -> Fix:
    at = context.project.latest(
        context.named(table)[0], column.origin, *(change.at for change in column.changes)
    )
    style = context.project.style(at)
    listed = ", ".join(literal(word) for word in words)

    def sql(written: str) -> str:
        return style.sql(_ADD, written, quote(column.name), listed)

    return Fix(
        title=f"Allow only {', '.join(words)}",
        steps=(InsertAfter(at, sql(context.name_behind(table, at))),),
        preferred=True,
        later=sql(quote_name(table.schema, table.name)),
    )
