"""CREATE OR REPLACE takes away the rights or the search_path that the old definition had.

Replacing a function sets everything that is not said to its default (manual, CREATE FUNCTION); the new text
of a view without WITH drops the old one's options. A helper that was SECURITY DEFINER then meets the policies
of the table that it reads, and a view that had security_invoker shows the rows of everybody. Grants and owner
stay, so nothing else tells.

Silent where a later statement of the file sets it again. The fix puts the clause back.

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

## Good

```sql
-- file: 20260101000000_create.sql
create function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select null::uuid $$;
create view public.one with (security_invoker = true) as select 1 as one;
-- file: 20260201000000_replace.sql
create or replace function public.my_org() returns uuid language sql stable security definer set search_path = ''
as $$ select '00000000-0000-4000-8000-000000000000'::uuid $$;
create or replace view public.one with (security_invoker = true) as select 1 as one, 2 as two;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Function, View
from schemabot.facts.model import CreateFunction, CreateView, SetViewOptions
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified
from schemabot.rulekit.removal import listed


@change_rule(CreateFunction, CreateView, severity=Severity.ERROR)
def check(fact: CreateFunction | CreateView, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report replacements that lose the rights under which a function or view runs."""
    if not fact.or_replace:
        return
    before, after = context.before.catalog, context.after.catalog
    if isinstance(fact, CreateView):
        yield from _views(fact, context)
        return
    for oid in after.functions.changed_since(before.functions):
        old, new = before.functions.get(oid), after.functions.get(oid)
        if old is None or new is None or old.origin.platform:
            continue
        lost = [*_lost(old, new)]
        if lost and oid in context.file_start.catalog.functions:
            yield context.finding(
                context.origin(fact.name.span),
                f'Replaced so, "{qualified(new)}" loses {listed(lost)}: it runs with other rights than before.',
                help="Say it again in the new definition.",
                object=qualified(new),
            )


def _lost(old: Function, new: Function) -> Iterator[str]:
    if old.security_definer and not new.security_definer:
        yield "SECURITY DEFINER"
    settings = dict(new.settings)
    for name, _ in old.settings:
        if name == "search_path" and name not in settings and (new.security_definer or old.security_definer):
            yield "its pinned search_path"


def _views(fact: CreateView, context: ChangeContext[Any]) -> Iterator[Finding]:
    before, after = context.before.catalog, context.after.catalog
    for oid in after.relations.changed_since(before.relations):
        old, new = before.relations.get(oid), after.relations.get(oid)
        if (
            not isinstance(old, View)
            or not isinstance(new, View)
            or oid not in context.file_start.catalog.relations
        ):
            continue
        again = any(
            isinstance(later, SetViewOptions) and later.table.name == new.name for later in context.later()
        )
        if old.security_invoker and not new.security_invoker and not again:
            yield context.finding(
                context.origin(fact.name.span),
                f'Replaced so, view "{qualified(new)}" loses security_invoker: row level security does not hold in it any '
                "more.",
                help="Say with (security_invoker = true) again.",
                object=qualified(new),
            )
