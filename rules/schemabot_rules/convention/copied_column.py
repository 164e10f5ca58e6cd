"""A column repeats what the row that a foreign key refers to says.

`customer_name` beside `customer_id` says twice what the customer is called. When the customer is renamed, one of the
two is wrong, and nothing tells which: the third normal form keeps such a value in one place.

Sometimes the copy is the point: an invoice shows the name of the day on which it was sent. So the rule is a hint,
and silent about tables of documents, logs, events and archives, about columns that have a COMMENT, are generated, or
are named by a trigger's function, and about copies from tables that the API cannot read, such as `auth.users`.
Reported are names, titles, addresses and the like that the other table has under the same name and with the same
type.

## Bad

```sql
create table public.customers (id uuid primary key, name text not null);
create table public.visits (
  id uuid primary key,
  customer_id uuid not null references public.customers(id) on delete cascade,
  customer_name text
--^^^^^^^^^^^^^
);
create index idx_visits_customer_id on public.visits (customer_id);
```

## Good

```sql
create table public.customers (id uuid primary key, name text not null, email text);
create table public.invoices (
  id uuid primary key, customer_id uuid references public.customers(id), customer_name text not null
);
create table public.visits (
  id uuid primary key, customer_id uuid references public.customers(id), customer_email text, customer_phone text
);
comment on column public.visits.customer_email is 'Where the reminder went, which stays when the customer moves.';
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.rulekit import Finding, Related, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.column_habits import keeps_copies
from schemabot.rulekit.tenant_tables import is_record
from schemabot.rulekit.written import own_columns

_TOLD_ONCE = frozenset(
    (
        "name", "title", "email", "phone", "address", "slug", "label", "description", "first_name", "last_name",
        "full_name", "display_name", "company_name", "legal_name", "city", "country", "postcode", "logo_url",
        "avatar_url",
    )
)  # fmt: skip
_DOCUMENT = re.compile(
    r"invoice|order|receipt|bill|quote|proposal|offer|estimate|contract|agreement|payment|transaction|sale|booking|reservation|"
    r"ticket|shipment|deliver|dispatch|document|certificate|report|statement|message|mail|notification|invit|request|"
    r"application|submission|import|export|staging|sync|cache|activity|print|label|_line|_item|entr|record|run"
)


@state_rule(Table, severity=Severity.HINT)
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report columns that repeat a column of a table that the row refers to."""
    keys = [c for c in table.constraints if c.kind == "foreign key" and len(c.columns) == 1]
    if not keys or len(table.columns) < 3 or is_record(table) or keeps_copies(table):  # key, id, copy
        return
    if _DOCUMENT.search(table.name.lower()):
        return
    own: tuple[Column, ...] | None = None
    for key in keys:
        (name,) = table.column_names(key.columns)
        stem = name.removesuffix("_id")
        if stem == name:
            continue
        target = context.catalog.table_by_oid(key.references)
        if target is None or target.oid == table.oid or not context.concerns(target):
            continue
        for column in table.columns:
            if not column.name.startswith(f"{stem}_") or column.name[len(stem) + 1 :] not in _TOLD_ONCE:
                continue
            original = target.column(column.name[len(stem) + 1 :])
            own = own_columns(context, table) if own is None else own
            if original is None or original.type.name != column.type.name or column not in own:
                continue
            if column.comment or column.generated is not None or _is_kept(column, table, context):
                continue
            yield context.finding(
                column.origin,
                f'Column {column.name} of "{qualified(table)}" repeats {original.name} of "{qualified(target)}", to '
                f"which {name} leads: when one changes, the other is wrong.",
                help=f"Read it from {qualified(target)}. If it is to keep what was said then, say so in a COMMENT.",
                object=qualified(table),
                part=column.name,
                related=(Related(original.origin, "what it repeats"),),
            )


def _is_kept(column: Column, table: Table, context: StateContext[Any]) -> bool:
    """Whether a function of one of the table's triggers names the column."""
    functions = (context.catalog.functions.get(trigger.function) for trigger in table.triggers)
    return any(function is None or column.name in (function.body or "") for function in functions)
