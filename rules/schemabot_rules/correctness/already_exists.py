"""A statement makes something that is there already.

PostgreSQL refuses it: an earlier migration made it, or this file does twice. If it is meant to be made anew,
drop it first; if it is only to be there, say IF NOT EXISTS, or OR REPLACE where there is that.

Files that have run are left alone.

## Bad

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create table public.notes (id uuid primary key);
--           ^^^^^^^^^^^^
```

## Fixed

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create table if not exists public.notes (id uuid primary key);
```

## Good

```sql
create table public.notes (id uuid primary key, title text);
alter table public.notes enable row level security;
create table if not exists public.notes (id uuid primary key);
drop table public.notes;
create table public.notes (id uuid primary key);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.state import Problem, ProblemKind
from schemabot.facts.model import CreateFunction, CreateIndex, CreateTable, CreateView
from schemabot.rulekit import ChangeContext, Finding, Fix, Replace, Severity, change_rule
from schemabot.rulekit.refused import refused
from schemabot.syntax.lexer import tokens
from schemabot.text import Span


@change_rule(Problem, severity=Severity.ERROR)
def check(problem: Problem, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report what is made a second time."""
    if problem.kind is not ProblemKind.ALREADY_EXISTS:
        return
    yield refused(
        problem,
        context,
        f'"{problem.object}" exists already at this point of the history: PostgreSQL refuses this statement.',
        help="Drop it first, or say IF NOT EXISTS.",
        fixes=tuple(_fixes(context)),
    )


def _fixes(context: ChangeContext[Any]) -> Iterator[Fix]:
    """IF NOT EXISTS or OR REPLACE behind the words that it follows, where the statement is one of these."""
    facts = [fact for index, fact in context.facts if index == context.at.statement]
    text = context.migration.statements[context.at.statement].text
    words = [token for token in tokens(text) if token.kind == "word"]
    if isinstance(facts[0], (CreateFunction, CreateView)) and not getattr(facts[0], "materialized", False):
        behind, added = "create", " or replace"
    elif isinstance(facts[0], (CreateTable, CreateIndex)):
        behind, added = "table" if isinstance(facts[0], CreateTable) else "index", " if not exists"
    else:
        return
    word = next((token for token in words if token.span.of(text).lower() == behind), None)
    if word is not None:
        place = context.origin(Span(word.span.end, word.span.end))
        step = Replace(place, context.project.style(place).sql(added))
        yield Fix(title=f"Say {added.strip().upper()}", steps=(step,))
