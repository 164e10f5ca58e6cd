"""A column of text holds a list.

In `'red,green,blue'` PostgreSQL sees one value: no foreign key and no CHECK holds the parts, no plain index finds the rows
that have one of them, and `like '%red%'` finds "infrared". A table with a row for each part, an array or `jsonb` can do
all of that.

Told by the name (`tag_ids`, `skills_list`, `emails_csv`, `tags`) or by a comment that says so ("comma separated",
"JSON array"), behind the column's line or by COMMENT ON. Words separated by blanks, such as the scopes of OAuth, and the
lines of a text are left alone. What a name alone tells may be wrong, so this is a hint.

## Bad

```sql
create table public.posts (
  id uuid primary key,
  tag_ids text,
--^^^^^^^
  mentions text not null default '' -- comma-separated user names
--^^^^^^^^
);
```

## Good

```sql
create table public.posts (
  id uuid primary key, tags text[], tag_ids uuid[], title text, list text, price_list text,
  note text -- e.g. "red, green"
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

_TEXT = ("text", "varchar")
_NAME = re.compile(r"(?:\w+_)?(?:ids|csv)\Z|(?:\w+_)?(?:tags|keywords|hashtags)\Z|\w+s_list\Z", re.I)
_SAYS = re.compile(
    r"\b(?:comma|semicolon|pipe)[- ]?(?:separated|delimited)\b|\bseparated by (?:comma|semicolon|pipe)|"
    r"\bcsv list\b|\bjson (?:array|list)\b|\blist of comma",
    re.I,
)


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns of type text that hold lists."""
    if keeps_copies(table):
        return
    for column in own_columns(context, table):
        if column.type.name not in _TEXT or column.type.array or column.generated is not None:
            continue
        if column.name.endswith("scopes"):
            continue
        if (
            _NAME.match(column.name)
            or _SAYS.search(column.comment or "")
            or _SAYS.search(_behind(column, context))
        ):
            yield context.finding(
                column.origin,
                f'Column {column.name} of "{qualified(table)}" seems to hold a list as one text: nothing can check '
                "its parts, and no plain index finds the rows that have one.",
                help="Keep the list in a table of its own, in an array or in jsonb.",
                object=qualified(table),
                part=column.name,
            )


def _behind(column: Column, context: StateContext[Any]) -> str:
    """The comment behind the column's line."""
    text = context.project.statement_text(column.origin)
    end = text.find("\n", column.origin.span.end)
    line = text[column.origin.span.end : end if end >= 0 else len(text)]
    return line.partition("--")[2]
