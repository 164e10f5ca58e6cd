"""A SECURITY DEFINER function does not pin its search_path: callers decide what its names mean.

It runs with its owner's rights. Whoever calls it may set search_path before, to a schema of his own with a
table or function of the same name, and the owner runs that (manual, CREATE FUNCTION, "Writing SECURITY
DEFINER Functions Safely"). For a function with the caller's rights it is a hint: there it only decides
whether the function works, and pinning keeps PostgreSQL from inlining SQL functions.

The fix says `set search_path = ''` when every name in the body has its schema, else `public, pg_temp`, with
`extensions` where Supabase's extensions are used. Supabase's advisor reports both kinds as
`0011_function_search_path_mutable`: in preset `advisors` all functions that the API serves are reported, in
preset `schemabot` those of plpgsql.

## Bad

```sql
create function public.count_users() returns bigint language sql stable security definer
--              ^^^^^^^^^^^^^^^^^^
as $$ select count(*) from auth.users $$;
revoke execute on function public.count_users() from public, anon, authenticated;
```

## Fixed

```sql
create function public.count_users() returns bigint language sql stable security definer
as $$ select count(*) from auth.users $$;

alter function public.count_users() set search_path = '';
revoke execute on function public.count_users() from public, anon, authenticated;
```

## Bad: names without their schema

```sql
create materialized view public.totals as select 1 as total;
revoke all on public.totals from anon, authenticated;
create function public.refresh_totals() returns void language plpgsql security definer
--              ^^^^^^^^^^^^^^^^^^^^^
as $$ begin refresh materialized view totals; end $$;
revoke execute on function public.refresh_totals() from public, anon, authenticated;
```

## Fixed

```sql
create materialized view public.totals as select 1 as total;
revoke all on public.totals from anon, authenticated;
create function public.refresh_totals() returns void language plpgsql security definer
as $$ begin refresh materialized view totals; end $$;

alter function public.refresh_totals() set search_path = public, pg_temp;
revoke execute on function public.refresh_totals() from public, anon, authenticated;
```

## Bad: with the rights of the caller

```toml
preset = "schemabot"
```

```sql
create function public.hello() returns text language plpgsql immutable as $$ begin return 'hello'; end $$;
--              ^^^^^^^^^^^^
```

## Good

```sql
create function public.count_users() returns bigint language sql stable security definer set search_path = ''
as $$ select count(*) from auth.users $$;
create function public.add(a int, b int) returns int language sql immutable as $$ select a + b $$;
create function public.hello() returns text language plpgsql immutable as $$ begin return 'hello'; end $$;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Function
from schemabot.rulekit import (
    Finding,
    Fix,
    InsertAfter,
    Severity,
    StateContext,
    qualified,
    quote_name,
    state_rule,
)
from schemabot.rulekit.body_names import path_to_pin
from schemabot.rulekit.habits import house_style
from schemabot.rulekit.signature import arguments

_SET = "alter {} {} set search_path = {};"


@state_rule(
    Function,
    severity=Severity.ERROR,
    aliases=("advisor:0011_function_search_path_mutable",),
    presets=("recommended", "schemabot", "advisors"),
)
def check(function: Function, context: StateContext[Any]) -> Iterator[Finding]:
    """Report definer functions without a search_path of their own; in the house's preset plpgsql functions, too."""
    if function.kind not in ("function", "procedure") or not context.concerns(function):
        return
    if any(name == "search_path" for name, _ in function.settings) or function.language in ("c", "internal"):
        return
    if function.sql_body:
        return  # its names were looked up when it was made
    if not function.security_definer and not _is_asked_for(function, context):
        return
    at = context.project.latest(function.origin, *(change.at for change in function.changes))
    written = arguments(function, context.catalog)
    fixes: tuple[Fix, ...] = ()
    if written is not None:
        path = ", ".join(path_to_pin(function, context.catalog)) or "''"
        name = quote_name(function.schema, function.name)
        sql = context.project.style(at).sql(_SET, function.kind, f"{name}({written})", path)
        fixes = (
            Fix(title=f"Pin search_path to {path}", steps=(InsertAfter(at, sql),), preferred=True, later=sql),
        )
    if function.security_definer:
        message = (
            f'Function "{qualified(function)}" runs with its owner\'s rights and takes search_path from the caller, who '
            "can make its names mean other things."
        )
    else:
        message = f'Function "{qualified(function)}" takes search_path from the caller: its names may mean other things.'
    yield context.finding(
        function.origin,
        message,
        help="Pin it: set search_path = '', with every name in the body written with its schema.",
        object=qualified(function),
        severity=None if function.security_definer else Severity.HINT,
        fixes=fixes,
    )


def _is_asked_for(function: Function, context: StateContext[Any]) -> bool:
    """Whether the preset wants to hear of a function with the caller's rights."""
    if not context.project.is_exposed(function.schema):
        return False
    advised = context.project.settings.preset == "advisors"
    return advised or (house_style(context) and function.language == "plpgsql")
