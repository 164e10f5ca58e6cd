"""GRANT ALL to a role of the API, or a grant to PUBLIC on a table, gives more than queries need.

ALL on a table includes TRUNCATE, which row level security does not stop, and REFERENCES and TRIGGER. PUBLIC
means every role there is and will be. Say what is needed: SELECT, INSERT, UPDATE, DELETE.

Silent where the roles get as much by default anyway: older Supabase projects grant ALL on every new table of
schema public (`default-grants`), and repeating that in a migration changes nothing. Grants of USAGE on schemas
and EXECUTE on functions are other questions. One finding for a statement. The fix names the four privileges.

## Bad

```sql
create schema api;
create table api.notes (id uuid primary key);
alter table api.notes enable row level security;
grant all on api.notes to authenticated;
--    ^^^
```

## Fixed

```sql
create schema api;
create table api.notes (id uuid primary key);
alter table api.notes enable row level security;
grant select, insert, update, delete on api.notes to authenticated;
```

## Bad: to everybody

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
grant select on public.notes to public;
--                              ^^^^^^
```

## Good

```sql
create role reporting;
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
grant all on public.notes to anon, authenticated;
grant all on all tables in schema public to anon, authenticated, service_role;
grant all on public.notes to service_role, reporting;
grant usage on schema public to public;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import ChangePrivileges
from schemabot.rulekit import ChangeContext, Finding, Fix, Replace, Severity, change_rule
from schemabot.rulekit.context import search_path
from schemabot.syntax.lexer import Token, tokens
from schemabot.text import Span

_API = ("anon", "authenticated")
_NEEDED = "select, insert, update, delete"


@change_rule(ChangePrivileges, severity=Severity.WARNING)
def check(fact: ChangePrivileges, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report GRANT ALL on tables to API roles, and grants on tables to PUBLIC."""
    if not fact.grant or fact.kind not in ("table", "view", "materialized view"):
        return
    schemas = [schema for schema in _schemas(fact, context) if not context.project.is_managed(schema)]
    is_all = not fact.privileges or any(name == "all" and not columns for name, columns in fact.privileges)
    to_public = "public" in fact.grantees
    roles = [role for role in fact.grantees if role in _API]
    more = any(not _is_default(role, schema, context) for role in roles for schema in schemas)
    if not schemas or not (to_public or (is_all and more)):
        return
    text = context.migration.statements[context.at.statement].text
    words = [token for token in tokens(text) if token.kind != "comment"]
    place = _word(words, text, "public", last=True) if to_public else _word(words, text, "all")
    if place is None:
        return
    if to_public:
        what = "PUBLIC means every role there is and will be"
    else:
        what = "ALL includes TRUNCATE, which ignores row level security"
    yield context.finding(
        context.origin(place.span),
        f"This grants more than queries need: {what}.",
        help="Name the roles." if to_public else "Name the privileges.",
        object=f"{schemas[0]}.{fact.objects[0].name}" if len(fact.objects) == 1 else None,
        fixes=() if to_public else tuple(_fix(words, text, place, context)),
    )


def _schemas(fact: ChangePrivileges, context: ChangeContext[Any]) -> Iterator[str]:
    """Where the tables are that it is about."""
    yield from fact.in_schemas
    for name in fact.objects:
        if name.schema is not None:
            yield name.schema
        else:
            catalog = context.before.catalog
            path = search_path(context.before)
            yield next((s for s in path if catalog.relation(s, name.name) is not None), "public")


def _is_default(role: str, schema: str, context: ChangeContext[Any]) -> bool:
    """Whether new tables of the schema are granted to the role with TRUNCATE anyway."""
    return any(
        default.kind == "table"
        and default.schema in (None, schema)
        and any(to == role and given & {"truncate", "truncate*"} for to, given in default.acl)
        for default in context.before.catalog.default_privileges
    )


def _fix(words: list[Token], text: str, place: Token, context: ChangeContext[Any]) -> Iterator[Fix]:
    """The four privileges in place of ALL or ALL PRIVILEGES."""
    behind = words[words.index(place) + 1]
    last = behind if behind.span.of(text).lower() == "privileges" else place
    at = context.origin(Span(place.span.start, last.span.end))
    yield Fix(
        title="Grant what queries need",
        steps=(Replace(at, context.project.style(at).sql(_NEEDED)),),
        preferred=True,
    )


def _word(words: list[Token], text: str, wanted: str, *, last: bool = False) -> Token | None:
    found = [token for token in words if token.span.of(text).lower() == wanted]
    return (found[-1] if last else found[0]) if found else None
