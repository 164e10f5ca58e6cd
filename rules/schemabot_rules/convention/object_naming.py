"""An index, a trigger or a policy has a name that does not say what it is.

Names of indexes stand in plans and in error messages, those of triggers decide in which order they fire, and those of
policies are what somebody reads who asks why a row is not there. The house's names say it: an index is
`idx_<table>_<columns>`, a trigger that only sets a column is `set_<column>`, and a policy is a sentence that says who
may do what ("Users can view own org data").

This is the convention of one house: the rule is part of the presets `schemabot` and `all` only. Indexes that a constraint
makes have its name and are left alone; a unique index may begin with `uq_`. Behind the table's name an index may
shorten its columns (`idx_orders_org_status`). Of triggers only those are meant whose function stamps one column of NEW
(`updated_at`, `updated_by`) and does nothing else: one that keeps what was there does more.

The fixes rename, where no other statement speaks of the object by its name. A trigger that others of the table fire
beside gets none, because its name says when it fires.

## Bad

```sql
create table public.orders (id uuid primary key, org_id uuid not null, status text not null check (status <> ''));
create index orders_status on public.orders (org_id, status);
--           ^^^^^^^^^^^^^
```

## Fixed

```sql
create table public.orders (id uuid primary key, org_id uuid not null, status text not null check (status <> ''));
create index idx_orders_org_id_status on public.orders (org_id, status);
```

## Bad: an index without a name, a trigger and a policy

```sql
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TABLE public.notes (id UUID PRIMARY KEY, title TEXT, updated_at TIMESTAMPTZ NOT NULL DEFAULT now());
  CREATE INDEX ON public.notes (title);
--^^^^^^^^^^^^
CREATE TRIGGER touch_notes BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.touch();
--             ^^^^^^^^^^^
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_select ON public.notes FOR SELECT TO authenticated USING (title IS NOT NULL);
--            ^^^^^^^^^^^^
```

## Good

```sql
create function public.set_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
create table public.notes (id uuid primary key, title text unique, updated_at timestamptz not null default now());
create index idx_notes_updated_at on public.notes (updated_at desc);
create index idx_notes_title_lower on public.notes (lower(title));
create trigger set_updated_at before update on public.notes for each row execute function public.set_updated_at();
alter table public.notes enable row level security;
create policy "Users can view notes" on public.notes for select to authenticated using (title is not null);
```
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from schemabot.catalog.objects import Index, Origin, Policy, Table, Trigger
from schemabot.rulekit import (
    Finding,
    Fix,
    Replace,
    Severity,
    StateContext,
    fitting_name,
    qualified,
    quote,
    quote_name,
    state_rule,
)
from schemabot.rulekit.habits import assigned_columns
from schemabot.rulekit.written import is_written
from schemabot.syntax.lexer import tokens
from schemabot.text import Span

_WORD = re.compile(r"[^\W_]+")
_UNIQUE = ("uq_", "ux_", "unique_", "uidx_")
_WORDS_OF_SENTENCE = 3
_STAMPS = ("_at", "_by")
_DOES_MORE = re.compile(r"\b(?:raise|perform|insert\s+into|delete\s+from|execute)\b|\bold\s*\.", re.I)
_VERBS = {"select": "view", "insert": "insert", "update": "update", "delete": "delete", "all": "manage"}
_WHO = {"authenticated": "Users", "anon": "Visitors", "public": "Everybody", "service_role": "The service"}


@state_rule(Table, severity=Severity.INFORMATION, presets=("schemabot",))
def check(table: Table, context: StateContext[Any]) -> Iterator[Finding]:
    """Report indexes, triggers and policies that are not called as the house calls them."""
    if table.partition_of or not context.concerns(table):
        return
    for index in table.indexes:
        if not index.constraint and not index.parent and not _is_index_name(index, table):
            yield _index(index, table, context)
    for trigger in table.triggers:
        column = None if trigger.inherited else _set_column(trigger, context)
        if column is not None and trigger.name != f"set_{column}":
            yield _trigger(trigger, column, table, context)
    taken = {policy.name for policy in table.policies}
    for policy in table.policies:
        if " " not in policy.name or len(_WORD.findall(policy.name)) < _WORDS_OF_SENTENCE:
            yield _policy(policy, table, taken, context)


def _is_index_name(index: Index, table: Table) -> bool:
    name = index.name.lower()
    prefixes = [f"idx_{table.name.lower()}_"]
    if index.unique:
        prefixes += [f"{prefix}{table.name.lower()}_" for prefix in _UNIQUE]
    used = next((prefix for prefix in prefixes if name.startswith(prefix)), None)
    if used is None:
        return False
    said = set(_WORD.findall(name[len(used) :]))
    known = [*table.column_names((*(key.column for key in index.keys), *index.include))]
    known += [key.expression.text for key in index.keys if key.expression is not None]
    known += [] if index.where is None else [index.where.text]
    return not said.isdisjoint(_WORD.findall(" ".join(known).lower().replace("_", " ")))


def _index(index: Index, table: Table, context: StateContext[Any]) -> Finding:
    columns = [table.column_names((key.column,))[0] if key.column else "expression" for key in index.keys]
    new = fitting_name(
        f"idx_{table.name}_{'_'.join(columns)}", lambda n: (table.schema, n) in context.catalog.relation_names
    )
    free = (
        not index.changes
        and index.comment is None
        and index.oid not in (table.replica_index, table.clustered_on)
    )
    return _finding(
        f'Index {index.name} of "{qualified(table)}" is not called after its table and columns, as '
        "the house's are: plans and messages show nothing but its name.",
        index.name, new, index.origin, table, context, free=free,
        rename="alter index {} rename to {};",
        of=lambda: quote_name(table.schema, index.name),
    )  # fmt: skip


def _set_column(trigger: Trigger, context: StateContext[Any]) -> str | None:
    """The one column that a trigger stamps before a row is written, if it does nothing else."""
    function = context.catalog.functions.get(trigger.function)
    if trigger.timing != "before" or not trigger.for_each_row or function is None:
        return None
    if function.name == "moddatetime":
        return trigger.arguments[0] if trigger.arguments else None
    columns = assigned_columns(function)
    if len(columns) != 1 or _DOES_MORE.search(function.body or ""):
        return None
    return next((column for column in columns if column.endswith(_STAMPS)), None)


def _trigger(trigger: Trigger, column: str, table: Table, context: StateContext[Any]) -> Finding:
    alone = not any(other is not trigger and other.timing == "before" for other in table.triggers)
    free = not trigger.changes and trigger.comment is None and trigger.enabled == "origin" and alone
    return _finding(
        f'Trigger {trigger.name} of "{qualified(table)}" sets {column}, but is not called set_{column}: what a write '
        "sets off should be told by the names of the triggers.",
        trigger.name, f"set_{column}", trigger.origin, table, context, free=free,
        rename="alter trigger {} rename to {};",
        of=lambda: context.project.style(trigger.origin).sql(
            "{} on {}", quote(trigger.name), quote_name(table.schema, table.name)
        ),
    )  # fmt: skip


def _policy(policy: Policy, table: Table, taken: set[str], context: StateContext[Any]) -> Finding:
    who = _WHO.get(policy.roles[0], policy.roles[0]) if len(policy.roles) == 1 else "Users"
    new = fitting_name(
        f"{who} can {_VERBS[policy.command]} {table.name.replace('_', ' ')}", taken.__contains__
    )
    free = policy.permissive and not policy.changes and policy.comment is None
    if free:
        taken.add(new)
    return _finding(
        f'Policy {policy.name} of "{qualified(table)}" does not say who may do what: whoever asks why a row is not '
        "there reads its name first.",
        policy.name, new, policy.origin, table, context, free=free,
        rename="alter policy {} rename to {};",
        of=lambda: context.project.style(policy.origin).sql(
            "{} on {}", quote(policy.name), quote_name(table.schema, table.name)
        ),
    )  # fmt: skip


def _finding(
    message: str, name: str, new: str, at: Origin, table: Table, context: StateContext[Any], *,
    free: bool, rename: str, of: Callable[[], str],
) -> Finding:  # fmt: skip
    fixes: tuple[Fix, ...] = ()
    step = _unnamed(at, new, context)
    if step is None and is_written(context.project, at, name):
        step = Replace(at, quote(new))
    if free and step is not None:
        later = context.project.style(at).sql(rename, of(), quote(new))
        fixes = (Fix(title=f"Rename it to {new}", steps=(step,), preferred=True, later=later),)
    return context.finding(
        at, message, help=f"Call it {new}, for example.", object=qualified(table), part=name, fixes=fixes
    )


def _unnamed(at: Origin, new: str, context: StateContext[Any]) -> Replace | None:
    """Where `create index on ...` takes a name: in front of ON."""
    text = context.project.statement_text(at)
    if not at.span.of(text).lower().endswith("index"):
        return None
    for token in tokens(text, at.span.end):
        word = token.span.of(text).lower()
        if token.kind == "word" and word == "on":
            place = Span(token.span.start, token.span.start)
            return Replace(Origin(at.file, at.statement, place), f"{quote(new)} ")
        if token.kind != "comment" and word != "concurrently":
            break
    return None
