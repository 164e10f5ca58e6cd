"""CASCADE takes other things along, silently.

The server names them in a NOTICE that nobody reads: views, policies, triggers, foreign keys and columns of
other tables. A policy that goes so leaves its table open to nobody, or open to more than before. This rule
lists what is lost. If it is meant, say why on the line above the statement or at its end: `-- schemabot:
allow drop-cascade -- ...`. Migrations that have been applied, or stand on the default branch, are history and
are not asked.

Silent when nothing else goes, and about views and functions that the same file makes again. Tables, columns,
schemas, types and functions have rules of their own, which list the same.

## Bad

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create view public.titles with (security_invoker = true) as select title from public.notes;
create view public.loud with (security_invoker = true) as select upper(title) as title from public.titles;
-- file: 20260201000000_drop.sql
drop view public.titles cascade;
--        ^^^^^^^^^^^^^
```

## Good

```sql
-- file: 20260101000000_create.sql
create table public.notes (id uuid primary key, title text, mood text);
alter table public.notes enable row level security;
create view public.titles with (security_invoker = true) as select title from public.notes;
create view public.loud with (security_invoker = true) as select upper(title) as title from public.titles;
-- file: 20260201000000_drop.sql
drop view public.titles cascade;
create view public.titles with (security_invoker = true) as select title, mood from public.notes;
create view public.loud with (security_invoker = true) as select upper(title) as title from public.titles;
drop view public.loud cascade;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.facts.model import DropConstraint, DropObject
from schemabot.facts.names import Name
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, qualified, search_path
from schemabot.rulekit.losses import gone_besides
from schemabot.rulekit.removal import go, shown

_NOT_HERE = frozenset(
    (
        "table", "schema", "type", "domain", "function", "procedure", "routine", "aggregate",  # have own rules
        "policy", "trigger", "rule",  # nothing depends on them
    )
)  # fmt: skip


@change_rule(
    DropObject, DropConstraint, severity=Severity.ERROR, needs_approval=True, subsumes=("drop-constraint",)
)
def check(fact: DropObject | DropConstraint, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a CASCADE that drops more than it names."""
    if not fact.cascade or (isinstance(fact, DropObject) and fact.kind in _NOT_HERE):
        return
    name = fact.table if isinstance(fact, DropConstraint) else fact.name
    own = _named(name, context)
    lost = gone_besides(context, *own)
    if not lost:
        return
    if isinstance(fact, DropConstraint):
        what, table = f"constraint {fact.name.name}", context.table(fact.table)
    else:
        what, table = f"{fact.kind} {fact.name}", None
    yield context.finding(
        context.origin(fact.span),
        f"CASCADE drops more than {what}: with it {go(lost)} {shown(lost)}.",
        help="Drop each of them by name, or write above it: -- schemabot: allow drop-cascade -- and why.",
        object=str(name) if table is None else qualified(table),
        part=fact.name.name if isinstance(fact, DropConstraint) else None,
    )


def _named(name: Name, context: ChangeContext[Any]) -> tuple[int, ...]:
    catalog = context.before.catalog
    schemas = (name.schema,) if name.schema is not None else search_path(context.before)
    found = (catalog.relation(schema, name.name) for schema in schemas)
    return tuple(item.oid for item in found if item is not None)[:1]
