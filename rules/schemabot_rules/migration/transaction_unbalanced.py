"""BEGIN without COMMIT, COMMIT without BEGIN, or BEGIN within a transaction.

A transaction that a file opens and does not end is rolled back when the connection closes: the runner may
report success while nothing of the file, nor of the files behind it, is in the database. This is what
`commit; begin;` in the middle of a Supabase migration leads to. A COMMIT without a transaction does nothing,
so statements that were meant to stand or fall together do not. A second BEGIN does nothing either, and the
first COMMIT behind it ends everything.

The begin and end of PL/pgSQL blocks are other things. Where the runner itself sends BEGIN and COMMIT around
the file, or sends it as one transaction, a COMMIT that ends this one is what nested-transaction reports.

## Bad

```sql layout=supabase
begin;
--<^^
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Fixed

```sql
begin;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

commit;
```

## Fixed: Remove this BEGIN

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Bad: COMMIT alone

```sql layout=plain
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

COMMIT;
--<^^^
```

## Fixed

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;

```

## Bad: BEGIN twice

```sql layout=plain
begin;
create table public.notes (id uuid primary key);
begin;
--<^^
alter table public.notes enable row level security;
commit;
```

## Fixed

```sql
begin;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
commit;
```

## Good

```sql layout=plain
begin;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
do $$ begin perform 1; end $$;
commit;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin
from schemabot.rulekit import FileContext, Finding, Fix, InsertAfter, Related, Replace, Severity, file_rule
from schemabot.rulekit.migrations import whole_lines
from schemabot.rulekit.transactions import controls, last_statement, runners_transaction
from schemabot.text import Span


@file_rule(severity=Severity.ERROR)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report transaction control of a new file that does not come in pairs."""
    if context.migration.status != "pending":
        return
    around = runners_transaction(context)
    opened: int | None = None
    for control in controls(context):
        if control.kind == "begin" and opened is not None:
            yield context.finding(
                _place(context, control.statement),
                "A transaction is open already, so this BEGIN does nothing, and the first COMMIT or ROLLBACK behind "
                "it ends all of it.",
                help="Remove it, or end the first transaction before it.",
                severity=Severity.WARNING,
                fixes=(_removed(context, control.statement, "Remove this BEGIN"),),
                related=(Related(_place(context, opened), "the transaction was begun here"),),
            )
        elif control.kind == "begin":
            opened = control.statement
        elif opened is not None:
            opened = None
        elif around is None:
            word = control.kind.upper()
            yield context.finding(
                _place(context, control.statement),
                f"No transaction is open here, so this {word} does nothing: what stands before it has been "
                "committed, statement by statement or with the text that it was sent in.",
                help="Write BEGIN where the transaction is to start, or remove this.",
                severity=Severity.WARNING,
                fixes=(_removed(context, control.statement, f"Remove this {word}"),),
            )
    if opened is not None and around != "explicit":
        last = last_statement(context)
        yield context.finding(
            _place(context, opened),
            "This transaction is never committed: what stands behind this BEGIN is rolled back when the connection "
            "closes, even if the runner reports success.",
            help="Write COMMIT at the end of the file.",
            fixes=() if last is None else _committed(context, opened, last),
        )


def _committed(context: FileContext[Any], opened: int, last: int) -> tuple[Fix, ...]:
    if context.migration.statements[last].kind != "sql":
        return ()
    path = context.migration.path
    style = context.project.style(_place(context, opened))
    behind = InsertAfter(Origin(path, last, Span(0, 0)), style.sql("commit;"))
    fix = Fix(title="Commit at the end", steps=(behind,), preferred=True, leads_to=("nested-transaction",))
    if runners_transaction(context) is None:
        return (fix,)
    return fix, _removed(context, opened, "Remove this BEGIN")


def _removed(context: FileContext[Any], index: int, title: str) -> Fix:
    statement = context.migration.statements[index]
    span = whole_lines(context.migration.text, statement.span.start, statement.end)
    return Fix(title=title, steps=(Replace(context.origin(span), ""),))


def _place(context: FileContext[Any], index: int) -> Origin:
    text = context.migration.statements[index].text
    return Origin(context.migration.path, index, Span(0, len(text)))
