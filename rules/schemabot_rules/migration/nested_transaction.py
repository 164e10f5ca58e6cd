"""A migration ends the transaction in which its runner runs it.

Most runners run each file in a transaction, so that it is applied as a whole or not at all, together with
the note that it has run. BEGIN in such a file does nothing (PostgreSQL answers "there is already a transaction
in progress"), and COMMIT ends the runner's transaction: when a statement behind it fails, what stands before it
stays, and the next attempt fails on that. With dbmate, and with goose over lib/pq, the runner's own COMMIT
then fails, although everything has been committed.

The Supabase CLI sends a file as one piece, which is one transaction as well. `begin; ...; commit;` around all of it
does little harm there (only the note that the file has run is saved apart from it): that is a hint.

The rule is silent where it is not known how files are run, where the file asks its runner for no transaction
(`-- +goose NO TRANSACTION`, `transaction:false` ...), and where the file is cut on purpose: a new enum value is
to be used, or something cannot run in a transaction, or the file needs a transaction block of its own for LOCK
or SET LOCAL.

## Bad

```sql layout=dbmate
-- migrate:up
begin;
--<^^
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
commit;
```

## Fixed

```sql
-- migrate:up
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```

## Bad: in two pieces

```sql layout=supabase
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
commit;
--<^^^
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;
```

## Bad: around all of it

```sql layout=supabase
BEGIN;
--<^^

CREATE TABLE public.notes (id uuid PRIMARY KEY);
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;

COMMIT;

NOTIFY pgrst, 'reload schema';
```

## Fixed

```sql
CREATE TABLE public.notes (id uuid PRIMARY KEY);
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;

NOTIFY pgrst, 'reload schema';
```

## Good: the runner was asked not to

```sql layout=goose
-- +goose NO TRANSACTION
-- +goose Up
begin;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
commit;
```

## Good: it is not known how files are run

```sql layout=plain
begin;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
commit;
```

## Good: cut on purpose

```sql layout=supabase
create type public.mood as enum ('good');
commit;
alter type public.mood add value 'bad';
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Origin
from schemabot.facts.model import (
    AddEnumValue,
    AnyFact,
    CreateIndex,
    DropObject,
    NoEffect,
    RunBlock,
    RunQuery,
    SetComment,
    SetRole,
    SetSearchPath,
    SetSetting,
)
from schemabot.rulekit import FileContext, Finding, Fix, Replace, Severity, file_rule
from schemabot.rulekit.migrations import whole_lines
from schemabot.rulekit.transactions import Control, controls, runners_transaction
from schemabot.text import Span

_NEEDS_BLOCK = re.compile(r"\s*(?:lock\b|set\s+local\b|set\s+constraints\b|savepoint\b|declare\b)", re.I)
_ONLY_TELL = (NoEffect, RunBlock, RunQuery, SetComment, SetRole, SetSearchPath, SetSetting)
_NEEDS_NONE = re.compile(
    r"\s*(?:vacuum\b|reindex\b.*\bconcurrently\b|cluster\b|alter\s+system\b)", re.I | re.S
)


@file_rule(severity=Severity.WARNING, aliases=("squawk:transaction-nesting",))
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report the statement of a new file that interferes with the transaction around it, once."""
    runner = context.project.runner
    around = runners_transaction(context)
    if context.migration.status != "pending" or around is None or not runner.inner_commit:
        return
    found = controls(context)
    if not found or _on_purpose(context, implicit=around == "implicit"):
        return
    fixes = _fixes(context, found)
    first = found[0]
    ending = next((control for control in found if control.kind != "begin"), None)
    if ending is None:
        if around == "explicit":
            yield context.finding(
                _place(context, first),
                f"{_capital(runner.title)} runs this file in a transaction, so this BEGIN does nothing.",
                help="Remove it.",
                fixes=fixes,
            )
        return
    if fixes and not _goes_on(context, ending):
        note = runner.inner_commit
        yield context.finding(
            _place(context, first),
            f"{_capital(runner.title)} runs this file as one transaction already: BEGIN adds nothing, and the "
            f"COMMIT at the end means that {note}.",
            help="Remove BEGIN and COMMIT.",
            severity=Severity.HINT if around == "implicit" else None,
            fixes=fixes,
        )
        return
    yield context.finding(
        _place(context, ending),
        f"{_capital(runner.title)} runs this file as one transaction, which this {ending.kind.upper()} ends: if a "
        "statement behind it fails, what stands before it stays"
        + (" undone" if ending.kind == "rollback" else "")
        + ", and the file cannot simply be run again.",
        help="Make two migrations of it, or leave the transaction to the runner.",
        fixes=fixes,
    )


def _fixes(context: FileContext[Any], found: list[Control]) -> tuple[Fix, ...]:
    """Without one BEGIN and the COMMIT behind it, the file does the same in the runner's transaction."""
    kinds = [control.kind for control in found]
    if kinds not in (["begin"], ["begin", "commit"]):
        return ()
    steps = []
    for control in found:
        statement = context.migration.statements[control.statement]
        span = whole_lines(context.migration.text, statement.span.start, statement.end)
        steps.append(Replace(context.origin(span), ""))
    title = "Remove BEGIN and COMMIT" if len(found) == 2 else "Remove BEGIN"
    return (Fix(title=title, steps=tuple(steps), preferred=True),)


def _goes_on(context: FileContext[Any], ending: Control) -> bool:
    """Whether statements behind the end of the transaction change something: those that only tell do not count."""
    return any(index > ending.statement and not isinstance(fact, _ONLY_TELL) for index, fact in context.facts)


def _on_purpose(context: FileContext[Any], *, implicit: bool) -> bool:
    if any(_needs_own_transaction(fact) for _, fact in context.facts):
        return True
    for statement in context.migration.statements:
        if _NEEDS_NONE.match(statement.text) or (implicit and _NEEDS_BLOCK.match(statement.text)):
            return True
    return implicit and any(isinstance(f, (SetSetting, SetSearchPath)) and f.local for _, f in context.facts)


def _needs_own_transaction(fact: AnyFact) -> bool:
    return isinstance(fact, AddEnumValue) or (
        isinstance(fact, (CreateIndex, DropObject)) and fact.concurrently
    )


def _place(context: FileContext[Any], control: Control) -> Origin:
    text = context.migration.statements[control.statement].text
    return Origin(context.migration.path, control.statement, Span(0, len(text)))


def _capital(title: str) -> str:
    """The runner at the start of a sentence; names that are written small stay so."""
    return f"T{title[1:]}" if title.startswith("the ") else title
