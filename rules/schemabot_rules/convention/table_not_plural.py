"""A table has a name in the singular.

A table holds many rows, and a name in the plural keeps clear of words that SQL reserves (`user`, `order`, `group`). More
than that, one way is better than two: who writes a query should not have to look.

This is a matter of taste and of English grammar, so the rule is off unless it is turned on, or the preset is `all`.
Words with the same plural, irregular ones and names of what cannot be counted (`people`, `equipment`, `history`) are left
alone. Only the last word counts: `order_items` is a plural.

## Bad

```sql
create table public.customer (id uuid primary key);
--           ^^^^^^^^^^^^^^^
```

## Good

```sql
create table public.customers (id uuid primary key);
create table public.people (id uuid primary key);
create table public.price_history (id uuid primary key);
create table public.order_items_2024 (id uuid primary key);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule

_LAST_WORD = re.compile(r"([a-z]+)[\d_]*\Z", re.I)
_NO_PLURAL = frozenset(
    (
        "people", "children", "men", "women", "data", "media", "metadata", "criteria", "staff", "equipment", "inventory",
        "history", "stock", "feedback", "information", "content", "software", "hardware", "money", "traffic", "usage",
        "access", "progress", "storage", "audit", "log", "cache", "queue", "outbox", "inbox", "archive", "backup",
        "config", "configuration", "mail", "work", "research", "knowledge", "geometry", "weather", "info", "state",
        "schema", "auth", "billing", "shipping", "pricing", "training", "bom", "kb", "vocabulary", "livestock",
    )
)  # fmt: skip


@state_rule(Table, severity=Severity.INFORMATION, presets=())
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report tables whose last word is not in the plural."""
    match = _LAST_WORD.search(table.name)
    word = "" if match is None else match[1].lower()
    if (
        not word
        or word.endswith("s")
        or word in _NO_PLURAL
        or table.partition_of
        or not context.concerns(table)
    ):
        return
    yield context.finding(
        table.origin,
        f'Table "{qualified(table)}" is called in the singular, although it holds many rows.',
        help="Call tables in the plural.",
        object=qualified(table),
    )
