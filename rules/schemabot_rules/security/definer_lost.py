"""CREATE OR REPLACE takes away the rights or the settings that the old definition had.

Replacing a function sets everything that is not said to its default (manual, CREATE FUNCTION); the new text
of a view without WITH drops the old one's options. A helper that was SECURITY DEFINER then meets the policies
of the table that it reads, one without its search_path takes it from the caller again, and a view that had
security_invoker shows the rows of everybody. Grants and owner stay, so nothing else tells.

Silent where a later statement of the file sets it again, and for trigger functions that only fill in columns of
NEW: whose rights they have makes no difference. The fix sets it behind the statement.

## Bad

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
-- file: 20260201000000_replace.sql
create or replace function public.my_org() returns uuid language sql stable
--                         ^^^^^^^^^^^^^
as $$ select '00000000-0000-4000-8000-000000000000'::uuid $$;
```

## Fixed

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
-- file: 20260201000000_replace.sql
create or replace function public.my_org() returns uuid language sql stable
as $$ select '00000000-0000-4000-8000-000000000000'::uuid $$;

alter function public.my_org() security definer set search_path = '';
```

## Bad: a view

```sql
-- file: 20260101000000_create.sql
create view public.one with (security_invoker = true) as select 1 as one;
-- file: 20260201000000_replace.sql
create or replace view public.one as select 1 as one, 2 as two;
--                     ^^^^^^^^^^
```

## Fixed

```sql
-- file: 20260101000000_create.sql
create view public.one with (security_invoker = true) as select 1 as one;
-- file: 20260201000000_replace.sql
create or replace view public.one as select 1 as one, 2 as two;

alter view public.one set (security_invoker = true);
```

## Good

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
create function public.stamp() returns trigger language plpgsql security definer
as $$ begin new.updated_at = now(); return new; end $$;
create view public.one with (security_invoker = true) as select 1 as one;
-- file: 20260201000000_replace.sql
create or replace function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select '00000000-0000-4000-8000-000000000000'::uuid $$;
create or replace function public.stamp() returns trigger language plpgsql
as $$ begin new.updated_at := now(); return new; end $$;
create or replace view public.one as select 1 as one, 2 as two;
alter view public.one set (security_invoker = true);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from schemabot.catalog.apply.session import parse_search_path
from schemabot.catalog.objects import Function, View
from schemabot.facts.model import AlterFunction, CreateFunction, CreateView, DropObject, SetViewOptions
from schemabot.facts.names import Name
from schemabot.rulekit import (
    ChangeContext,
    Finding,
    Fix,
    InsertAfter,
    Severity,
    change_rule,
    qualified,
    quote,
    quote_name,
)
from schemabot.rulekit.body_names import only_fills_in
from schemabot.rulekit.removal import listed, means
from schemabot.rulekit.signature import arguments
from schemabot.rulekit.sql import literal
from schemabot.syntax.lexer import tokens

_SET_VIEW = "alter view {} set (security_invoker = true);"


@change_rule(
    CreateFunction,
    CreateView,
    severity=Severity.ERROR,
    subsumes=("definer-search-path", "view-bypasses-rls"),
)
def check(fact: CreateFunction | CreateView, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report replacements that lose the rights, or the settings, under which a function or view runs."""
    if not fact.or_replace:
        return
    if isinstance(fact, CreateView):
        yield from _views(fact, context)
        return
    before, after = context.file_start.catalog, context.after.catalog
    for oid in after.functions.changed_since(context.before.catalog.functions):
        old, new = before.functions.get(oid), after.functions.get(oid)
        if old is None or new is None or old.origin.platform or _is_made_again(new, context):
            continue
        definer, settings = _lost(old, new, context)
        if definer or settings:
            yield _finding(fact.name, new, definer, settings, context)


def _finding(
    name: Name, new: Function, definer: bool, settings: dict[str, str], context: ChangeContext[Any]
) -> Finding:
    what = ["SECURITY DEFINER"] if definer else []
    what += [f"its {setting}" for setting in settings]
    if definer:
        effect = "from here on it runs with the rights of its caller"
    elif "search_path" in settings:
        effect = "its names mean what the caller's search_path makes of them"
    else:
        effect = "it runs with the caller's"
    at = context.origin(name.span)
    return context.finding(
        at,
        f'Replaced so, "{qualified(new)}" loses {listed(what)}: {effect}.',
        help="Say it again in the new definition.",
        object=qualified(new),
        fixes=tuple(_fix(new, definer, settings, context)),
    )


def _fix(
    new: Function, definer: bool, settings: dict[str, str], context: ChangeContext[Any]
) -> Iterator[Fix]:
    written = arguments(new, context.after.catalog)
    values = {setting: _value(setting, value) for setting, value in settings.items()}
    if written is None or None in values.values():
        return
    at = context.origin(new.origin.span)
    style = context.project.style(at)
    clauses = [style.sql(" security definer")] if definer else []
    clauses += [style.sql(" set {} = {}", setting, value or "") for setting, value in values.items()]
    name = f"{quote_name(new.schema, new.name)}({written})"
    sql = style.sql("alter {} {}{};", style.sql(new.kind), name, "".join(clauses))
    yield Fix(title="Set it again", steps=(InsertAfter(at, sql),), preferred=True, later=sql)


def _value(setting: str, value: str) -> str | None:
    """A setting as ALTER FUNCTION writes it; None where what it was depends on a session."""
    if value == "from current":
        return None
    if setting != "search_path":
        return literal(value)
    schemas = parse_search_path(value)
    if schemas is None:
        return None
    return ", ".join(quote(schema) for schema in schemas if schema) or "''"


def _lost(old: Function, new: Function, context: ChangeContext[Any]) -> tuple[bool, dict[str, str]]:
    """Whether SECURITY DEFINER has gone, and the settings that have; not what the file says on purpose.

    A function with the caller's rights may lose its search_path: it cannot do more than its caller by that.
    """
    said = {"definer"} if _says_invoker(new, context) else set()
    for _, fact in context.facts:
        if isinstance(fact, AlterFunction) and means(fact.name, new.schema, new.name, context):
            said |= {"definer"} if fact.security_definer is not None else set()
            said |= {name for name, _ in fact.settings}
    definer = old.security_definer and not new.security_definer and "definer" not in said
    kept = {name for name, _ in new.settings} | said
    settings = {name: value for name, value in old.settings if name not in kept and "*" not in said}
    if not definer and not new.security_definer:
        settings.pop("search_path", None)
    if only_fills_in(new):
        return False, {}
    return definer, settings


def _says_invoker(new: Function, context: ChangeContext[Any]) -> bool:
    text = context.project.statement_text(context.origin(new.origin.span))
    words = [token.span.of(text).lower() for token in tokens(text) if token.kind == "word"]
    return ("security", "invoker") in pairwise(words)


def _is_made_again(new: Function, context: ChangeContext[Any]) -> bool:
    return any(
        (isinstance(fact, CreateFunction) or (isinstance(fact, DropObject) and fact.kind == "function"))
        and means(fact.name, new.schema, new.name, context)
        for fact in context.later()
    )


def _views(fact: CreateView, context: ChangeContext[Any]) -> Iterator[Finding]:
    before, after = context.file_start.catalog, context.after.catalog
    for oid in after.relations.changed_since(context.before.catalog.relations):
        old, new = before.relations.get(oid), after.relations.get(oid)
        if not isinstance(old, View) or not isinstance(new, View) or not old.security_invoker:
            continue
        if "security_invoker" in dict(new.options) or _is_set(new, context):
            continue
        at = context.origin(fact.name.span)
        sql = context.project.style(at).sql(_SET_VIEW, quote_name(new.schema, new.name))
        yield context.finding(
            at,
            f'Replaced so, view "{qualified(new)}" loses security_invoker: row level security does not hold in it any '
            "more.",
            help="Say with (security_invoker = true) again.",
            object=qualified(new),
            fixes=(Fix(title="Set it again", steps=(InsertAfter(at, sql),), preferred=True, later=sql),),
        )


def _is_set(new: View, context: ChangeContext[Any]) -> bool:
    """Whether the file says elsewhere whose rights count, or makes the view again further on."""
    return any(
        isinstance(fact, SetViewOptions)
        and means(fact.table, new.schema, new.name, context)
        and any(name == "security_invoker" for name, _ in fact.options)
        for _, fact in context.facts
    ) or any(
        (isinstance(fact, CreateView) or (isinstance(fact, DropObject) and fact.kind == "view"))
        and means(fact.name, new.schema, new.name, context)
        for fact in context.later()
    )
