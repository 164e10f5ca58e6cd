"""A statement fails when the migration runs a second time.

Runners run each migration once, in a transaction, and then there is nothing to repeat: this rule is off unless
it is asked for. It is for projects whose files are run by hand, or where a migration without a
transaction may stop halfway and has to be run again. `if not exists`, `if exists` and `or replace` let the
second run pass over what the first one did.

What they do not do is compare: a table that is there with other columns is left as it is. Statements in DO
blocks are not reported, they have conditions of their own, nor is what an earlier statement of the file drops
with IF EXISTS. For types and constraints PostgreSQL has no such words; drop them first, or ask the
catalog in a DO block.

## Bad

```sql
create table public.notes (id uuid primary key);
--           ^^^^^^^^^^^^
alter table public.notes enable row level security;
CREATE INDEX notes_id ON public.notes (id);
--           ^^^^^^^^
create function public.one() returns int language sql set search_path = '' as $$ select 1 $$;
--              ^^^^^^^^^^
create policy "All" on public.notes for all to authenticated using (true) with check (true);
--            ^^^^^
alter table public.notes add column title text;
--                                  ^^^^^
drop index public.notes_id;
--         ^^^^^^^^^^^^^^^
```

## Bad: no words for it

```sql
create type public.mood as enum ('good', 'bad');
--          ^^^^^^^^^^^
```

## Good

```sql
create table if not exists public.notes (id uuid primary key);
alter table public.notes enable row level security;
create index if not exists notes_id on public.notes (id);
create or replace function public.one() returns int language sql set search_path = '' as $$ select 1 $$;
drop policy if exists "All" on public.notes;
create policy "All" on public.notes for all to authenticated using (true) with check (true);
alter table public.notes add column if not exists title text;
drop index if exists public.notes_id;
do $$ begin create type public.mood as enum ('good'); exception when duplicate_object then null; end $$;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import (
    AddColumn,
    AddConstraint,
    AnyFact,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateView,
    DropColumn,
    DropConstraint,
    DropObject,
)
from schemabot.facts.names import Ident, Name
from schemabot.rulekit import ChangeContext, Finding, Fix, InsertBefore, Replace, Severity, change_rule
from schemabot.text import Span

_CREATE = re.compile(r"\s*create\b", re.I)
_BLOCK = re.compile(r"\s*do\b", re.I)
_DROPS = (DropObject, DropColumn, DropConstraint)
_NO_WORDS = (CreateEnum, CreateComposite, CreateDomain, AddConstraint)
_REPLACED = (CreateFunction, CreateView, CreateTrigger)
_GUARDED = (CreateTable, CreateIndex, CreateSequence, CreateSchema, CreateExtension, AddColumn)


@change_rule(
    *_DROPS, *_NO_WORDS, *_REPLACED, *_GUARDED, CreatePolicy,
    severity=Severity.INFORMATION, presets=(), aliases=("squawk:prefer-robust-stmts",),
)  # fmt: skip
def check(fact: AnyFact, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report what PostgreSQL refuses to do twice."""
    text = context.migration.statements[context.at.statement].text
    if _BLOCK.match(text) or _is_robust(fact) or _is_dropped_before(fact, context):
        return
    name = _named(fact)
    if name is None:
        return
    drops = isinstance(fact, _DROPS)
    state = "is gone" if drops else "is there"
    yield context.finding(
        context.origin(name.span),
        f'A second run fails here, because "{name}" {state} by then.',
        help="Drop it first."
        if isinstance(fact, _NO_WORDS)
        else "Let the statement pass over what has been done.",
        object=str(name),
        fixes=_fixes(fact, name, text, context),
    )


def _named(fact: AnyFact) -> Name | Ident | None:
    if isinstance(fact, AddColumn):
        return fact.column.name
    if isinstance(fact, DropColumn):
        return fact.column
    if isinstance(fact, AddConstraint):
        return fact.constraint.name
    found: Name | Ident | None = getattr(fact, "name", None)
    return found


def _is_robust(fact: AnyFact) -> bool:
    if isinstance(fact, DropColumn):
        return fact.column_if_exists
    if isinstance(fact, DropConstraint):
        return fact.constraint_if_exists
    if isinstance(fact, CreateTable) and fact.temporary:
        return True
    if isinstance(fact, CreateSequence) and fact.alter:
        return True
    words = ("if_exists", "if_not_exists", "or_replace")
    return any(getattr(fact, word, False) for word in words)


def _is_dropped_before(fact: AnyFact, context: ChangeContext[Any]) -> bool:
    """Whether the file has dropped it, if it was there, before it makes it."""
    if isinstance(fact, _DROPS):
        return False
    name = _named(fact)
    for index, other in context.facts:
        if index >= context.at.statement or name is None:
            break
        if (
            isinstance(other, DropObject)
            and other.if_exists
            and other.name.name == str(name).rpartition(".")[2]
        ):
            return True
        if isinstance(other, DropConstraint) and other.constraint_if_exists and other.name.name == str(name):
            return True
    return False


def _fixes(fact: AnyFact, name: Name | Ident, text: str, context: ChangeContext[Any]) -> tuple[Fix, ...]:
    at = context.origin(Span(name.span.start, name.span.start))
    style = context.project.style(at)
    if isinstance(fact, CreatePolicy):
        written = name.span.of(text)
        drop = style.sql("drop policy if exists {} on {};", written, fact.table.span.of(text))
        return (Fix(title="Drop it first", steps=(InsertBefore(at, drop),), preferred=True),)
    if isinstance(fact, DropObject):
        first = min([name.span, *(other.span for other in fact.together)])
        at = context.origin(Span(first.start, first.start))
    if isinstance(fact, _DROPS):
        return (Fix(title="Add IF EXISTS", steps=(Replace(at, style.sql("if exists ")),), preferred=True),)
    if isinstance(fact, _GUARDED) or (isinstance(fact, CreateView) and fact.materialized):
        return (
            Fix(title="Add IF NOT EXISTS", steps=(Replace(at, style.sql("if not exists ")),), preferred=True),
        )
    created = _CREATE.match(text)
    if (
        created is None
        or isinstance(fact, _NO_WORDS)
        or (isinstance(fact, CreateTrigger) and fact.constraint)
    ):
        return ()
    behind = context.origin(Span(created.end(), created.end()))
    return (Fix(title="Add OR REPLACE", steps=(Replace(behind, style.sql(" or replace")),), preferred=True),)
