"""A table has numbered columns for a list of things.

`phone1`, `phone2`, `phone3` are a list with a fixed end: the fourth has no place, every search has to look into each
column, and nothing keeps the gaps out. In the third normal form (in fact in the first) the list is a table of its
own with a row for each entry and a key to this one.

Reported are three or more columns of one name and type, numbered without a gap from 0 or 1. The lines of an address,
the quarters of a year, the parts of a name or of a vector and the like have a fixed end by their nature and are left
alone, and so are tables of statistics and those that keep copies.

## Bad

```sql
create table public.customers (
  id uuid primary key,
  phone_1 text,
--^^^^^^^
  phone_2 text,
  phone_3 text
);
```

## Good

```sql
create table public.customers (
  id uuid primary key, address_line1 text, address_line2 text, address_line3 text, phone1 text, phone2 text,
  sales_q1 numeric, sales_q2 numeric, sales_q3 numeric, sales_q4 numeric, score_7 int, score_14 int, score_30 int
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import keeps_copies
from schemabot.rulekit.written import own_columns

_FEWEST = 3
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"(?P<stem>[A-Za-z].*?)_?(?P<number>\d{1,2})(?P<rest>(?:_[a-z]\w*)?)\Z", re.I)
_FIXED = re.compile(
    r"(?:\A|_)(?:address|addr|street|line|lines|q|quarter|month|week|day|hour|year|h|p|dim|axis|coord|x|y|z|w|b|c|m|"
    r"name|surname|apellido|sha|md|utf|level|lvl|tier|stage|phase|round|period|set|key|param|arg|custom|udf|attr|field|"
    r"reserved|spare|class|grade|dose|parent|player|team|signature|signatory|signer|approver)(?:_?line)?\Z",
    re.I,
)
_FIGURES = re.compile(
    r"(?:\A|_)(?:stats?|statistics|metrics?|analytics|features?|embeddings?|scores?)(?:_|\Z)"
)


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report lists of things that are written as numbered columns."""
    numbered = [column for column in table.columns if _DIGIT.search(column.name)]
    if len(numbered) < _FEWEST or keeps_copies(table) or _FIGURES.search(table.name.lower()):
        return
    own = own_columns(context, table)
    lists: dict[tuple[str, str, str, int], dict[int, Column]] = {}
    for column in numbered:
        match = _NUMBERED.fullmatch(column.name)
        if match is None or column not in own or _FIXED.search(match["stem"]):
            continue
        kind = (match["stem"].lower(), match["rest"].lower(), column.type.name, column.type.oid)
        lists.setdefault(kind, {})[int(match["number"])] = column
    told: set[str] = set()
    for (stem, _, _, _), columns in lists.items():
        first = min(columns)
        if len(columns) < _FEWEST or first > 1 or stem in told or max(columns) - first + 1 != len(columns):
            continue
        told.add(stem)
        names = [columns[number].name for number in sorted(columns)]
        yield context.finding(
            columns[first].origin,
            f'Columns {", ".join(names)} of "{qualified(table)}" are a list with a fixed end: one more has no place, '
            "and every search has to look into each.",
            help="Give the list a table of its own, with a row for each entry.",
            object=qualified(table),
            part=names[0],
        )
