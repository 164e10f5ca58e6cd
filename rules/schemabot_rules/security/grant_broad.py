"""GRANT ALL to a role of the API, or a grant to PUBLIC on a table, gives more than queries need.

ALL on a table includes TRUNCATE, which row level security does not stop, and REFERENCES and TRIGGER. PUBLIC
means every role there is and will be. Say what is needed: SELECT, INSERT, UPDATE, DELETE.

Silent on what Supabase grants by default, which is how the tables of its projects look (`default-grants`),
and on grants of USAGE on schemas and EXECUTE on functions. One finding for a statement. The fix names the
four privileges.

## Bad

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
grant all on public.notes to service_role, reporting;
grant usage on schema public to public;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import ChangePrivileges
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule
from schemabot.syntax.lexer import Token, tokens

_API = ("anon", "authenticated")


@change_rule(ChangePrivileges, severity=Severity.WARNING)
def check(fact: ChangePrivileges, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report GRANT ALL on tables to API roles, and grants on tables to PUBLIC."""
    if not fact.grant or fact.kind not in ("table", "view", "materialized view"):
        return
    names = [
        name for name in fact.objects if name.schema is None or not context.project.is_managed(name.schema)
    ]
    if (fact.objects and not names) or all(
        context.project.is_managed(schema) for schema in fact.in_schemas or ("",)
    ):
        return
    to_public = "public" in fact.grantees
    roles = [role for role in fact.grantees if role in _API]
    is_all = not fact.privileges or any(privilege == "all" for privilege, _ in fact.privileges)
    if not to_public and not (is_all and roles and context.project.platform != "supabase"):
        return
    text = context.migration.statements[context.at.statement].text
    words = [token for token in tokens(text) if token.kind != "comment"]
    place = _word(words, text, "public", last=True) if to_public else _word(words, text, "all")
    if place is None:
        return
    what = (
        "PUBLIC means every role there is and will be"
        if to_public
        else "ALL includes TRUNCATE, which ignores row level security"
    )
    yield context.finding(
        context.origin(place.span),
        f"This grants more than queries need: {what}.",
        help="Name the privileges, and the roles.",
        object=str(names[0]) if names else None,
    )


def _word(words: list[Token], text: str, wanted: str, *, last: bool = False) -> Token | None:
    found = [token for token in words if token.span.of(text).lower() == wanted]
    return (found[-1] if last else found[0]) if found else None
