"""An amount of money is kept as a floating-point number.

`real` and `double precision` keep binary fractions: 0.1 is not exact, sums depend on the order of their parts,
and a total differs by cents from what people add up (manual, 8.1.3: for exact storage use numeric). Invoices
must not do that.

Which columns are amounts is told by their names: price, amount, cost, fee, salary, revenue, budget, balance,
discount_amount and the like. Rates, percentages, ratios and scores are none, and tables of statistics and forecasts,
from which nobody is paid, are left alone.

The first fix keeps all digits; the second rounds to cents, which is right for amounts that are paid and wrong for the
price of a token or a kilowatt-hour.

## Bad

```sql
create table public.invoices (id uuid primary key, total_amount double precision not null, paid boolean);
--                                                              ^^^^^^^^^^^^^^^^
```

## Fixed: Use numeric

```sql
create table public.invoices (id uuid primary key, total_amount numeric not null, paid boolean);
```

## Fixed: Use numeric(14, 2)

```sql
create table public.invoices (id uuid primary key, total_amount numeric(14, 2) not null, paid boolean);
```

## Good

```sql
create table public.invoices (
  id uuid primary key, total_amount numeric(14, 2), price_score real, fee_percent float8, cost_ratio real,
  weight double precision
);
create table public.daily_stats (day date primary key, revenue double precision);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.retype import retype
from schemabot.rulekit.written import column_place, own_columns

_MONEY = frozenset(
    (
        "price", "amount", "cost", "costs", "fee", "fees", "salary", "wage", "revenue", "budget", "balance", "payment",
        "subtotal", "refund", "deposit", "payout", "earnings", "income", "expense", "expenses", "debt", "usd", "eur", "gbp",
    )
)  # fmt: skip
_NOT_MONEY = re.compile(
    r"rate|ratio|percent|pct|score|weight|factor|multiplier|index|probability|change|token|count|avg|average|mean|median|"
    r"stddev|deviation|elasticity|sensitivity|predict|forecast|estimate|trend|growth|volatility"
)
_FIGURES = re.compile(
    r"(?:\A|_)(?:stats?|statistics|metrics?|analytics|kpis?|scores?|forecasts?|predictions?|benchmarks?|insights|"
    r"embeddings?|simulations?|scenarios?|trends?)(?:_|\Z)"
)


@state_rule(Table, severity=Severity.WARNING)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns named like an amount of money with a floating-point type."""
    if not any(column.type.name in ("float4", "float8") for column in table.columns):
        return
    if _FIGURES.search(table.name.lower()):
        return
    for column in own_columns(context, table):
        if column.type.name not in ("float4", "float8") or column.type.array:
            continue
        name = column.name.lower()
        if _MONEY.isdisjoint(name.split("_")) or _NOT_MONEY.search(name):
            continue
        fixes = (
            retype(context, table, column, "numeric", "Use numeric"),
            retype(context, table, column, "numeric(14, 2)", "Use numeric(14, 2)", preferred=False),
        )
        yield context.finding(
            column_place(context, column),
            f'Column {column.name} of "{qualified(table)}" keeps money as a floating-point number: cents get lost in '
            "sums.",
            help="Use numeric with the digits that the currency has.",
            object=qualified(table),
            part=column.name,
            fixes=tuple(fix for fix in fixes if fix is not None),
        )
