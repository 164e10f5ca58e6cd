"""A view that the API serves shows auth.users.

The table of accounts holds e-mail addresses, telephone numbers and sign-in times of everybody. A view with
its owner's rights hands them to whoever may select from it, and a materialised view can have no row level
security at all.

Silent where the view binds the rows to the caller (`auth.uid()`), and where no role of the API may select
from it. Supabase's advisor reports the same as `0002_auth_users_exposed`.

## Bad

```sql
create view public.people as select id, email from auth.users;
--          ^^^^^^^^^^^^^
```

## Good

```sql
create view public.me as select id, email from auth.users where id = auth.uid();
create schema private;
create view private.people as select id, email from auth.users;
create view public.backend as select id, email from auth.users;
revoke all on public.backend from anon, authenticated;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import View
from schemabot.rulekit import Finding, Severity, StateContext, qualified, state_rule
from schemabot.rulekit.callers_of_api import readers_of_view


@state_rule(
    View,
    severity=Severity.ERROR,
    aliases=("advisor:0002_auth_users_exposed",),
    presets=("recommended", "schemabot", "advisors"),
    subsumes=("view-bypasses-rls",),
)
def check(view: View, context: StateContext[Any]) -> Iterator[Finding]:
    """Report views of auth.users that API roles may select from."""
    users = context.catalog.table("auth", "users")
    if users is None or all(use.oid != users.oid for use in view.uses) or not context.concerns(view):
        return
    if not context.project.is_exposed(view.schema) or "auth.uid" in view.query.text.lower():
        return
    if view.security_invoker and not view.materialized:
        return
    roles = readers_of_view(view, context)
    if not roles:
        return
    yield context.finding(
        view.origin,
        f'View "{qualified(view)}" shows auth.users to {" and ".join(roles)}: addresses and sign-in times of every account.',
        help="Show only the caller's own row (id = auth.uid()), or revoke SELECT from the roles of the API.",
        object=qualified(view),
    )
