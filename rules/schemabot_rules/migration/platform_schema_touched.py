"""A migration changes what belongs to Supabase: the schemas auth, storage and realtime.

Their tables and functions are made and changed by the services that own them. Hosted projects no longer let
migrations create, alter or drop anything there (`must be owner of table objects`, `permission denied for schema
auth`), and where it does work, the next update of the service may undo it or fail on it. Rows that are written
past a service lack what it writes itself: an account without its identity cannot sign in, a storage row without
its file cannot be read, and a deleted one leaves its file behind.

What Supabase documents is fine and not reported: triggers on auth.users, policies on storage.objects and
realtime.messages, rows of storage.buckets, foreign keys and reads, claims in the metadata of auth.users. So is
the removal of things that the project itself had put there. Only projects on Supabase are looked at, and
only migrations that have not run.

## Bad

```sql
alter table auth.users add column nickname text;
--          ^^^^^^^^^^
create function auth.is_admin() returns boolean language sql stable set search_path = '' as $$ select false $$;
--              ^^^^^^^^^^^^^
alter table storage.objects enable row level security;
--          ^^^^^^^^^^^^^^^
```

## Bad: rows

```sql
insert into auth.users (id, email) values (gen_random_uuid(), 'test@example.com');
--          ^^^^^^^^^^
update auth.users set email_confirmed_at = now();
--     ^^^^^^^^^^
```

## Good

```sql
create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = ''
as $$ begin return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
insert into storage.buckets (id, name) values ('avatars', 'avatars');
create policy "Users can see avatars" on storage.objects for select to authenticated using (bucket_id = 'avatars');
update auth.users set raw_app_meta_data = raw_app_meta_data || '{"plan": "free"}';
```

## Good: a schema of one's own

```sql platform=postgres
create schema auth;
create table auth.users (id uuid primary key, email text not null);
alter table auth.users add column nickname text;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.objects import Table, View
from schemabot.facts.model import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AnyFact,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateFunction,
    CreateIndex,
    CreateTable,
    CreateView,
    DeleteRows,
    DropColumn,
    DropConstraint,
    DropObject,
    InsertRows,
    RenameObject,
    SetDefault,
    SetNotNull,
    SetRowSecurity,
    TouchTable,
    TruncateTable,
    UpdateRows,
)
from schemabot.facts.names import Name
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule

_SERVICES = {"auth": "Auth", "storage": "Storage", "realtime": "Realtime"}
_CLAIMS = frozenset(("raw_app_meta_data", "raw_user_meta_data", "updated_at"))

_ON_TABLES = (
    AddColumn, DropColumn, AlterColumnType, SetDefault, SetNotNull, AddConstraint, DropConstraint,
    SetRowSecurity, TouchTable, CreateIndex,
)  # fmt: skip
_CREATES = (CreateTable, CreateView, CreateFunction, CreateEnum, CreateDomain, CreateComposite)
_ROWS = (InsertRows, UpdateRows, DeleteRows, TruncateTable)


@change_rule(*_ON_TABLES, *_CREATES, *_ROWS, DropObject, RenameObject, severity=Severity.WARNING)
def check(fact: AnyFact, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Report a change of a platform schema's objects or rows that Supabase does not document."""
    if context.project.platform != "supabase":
        return
    name = _name(fact)
    if name is None or name.schema not in _SERVICES or _is_repeated(fact, name, context):
        return
    what = _what(fact, name, context)
    if what is None:
        return
    service = _SERVICES[name.schema]
    yield context.finding(
        context.origin(name.span),
        f'"{name}" belongs to Supabase {service}: {what}',
        help=_help(fact, name),
        object=str(name),
    )


def _name(fact: AnyFact) -> Name | None:
    if isinstance(fact, (*_ON_TABLES, *_ROWS)):
        return fact.table
    if isinstance(fact, (*_CREATES, DropObject, RenameObject)):
        return fact.name
    return None


def _what(fact: AnyFact, name: Name, context: ChangeContext[Any]) -> str | None:
    """What is wrong with it; None where nothing is."""
    if isinstance(fact, _ROWS):
        return _rows(fact, name) if _is_platforms(name, context) else None
    if isinstance(fact, _CREATES):
        if getattr(fact, "if_not_exists", False) and _is_platforms(name, context):
            return None
        return "hosted projects refuse to create anything in this schema."
    if not _is_platforms(name, context):
        return None
    if isinstance(fact, DropObject) and fact.kind not in ("table", "view", "function", "type", "index"):
        return None
    if isinstance(fact, RenameObject) and fact.kind not in ("table", "column", "function", "view"):
        return None
    if isinstance(fact, SetRowSecurity) and fact.action == "enable":
        return "row level security is on there already, and hosted projects refuse this statement (must be owner)."
    return (
        "hosted projects refuse to change it (must be owner), and the service's next update may fail on it."
    )


def _rows(fact: AnyFact, name: Name) -> str | None:
    if name.schema == "realtime":
        return None
    if name.schema == "storage":
        if name.name == "buckets" and not isinstance(fact, (DeleteRows, TruncateTable)):
            return None
        return "rows that are changed past it no longer agree with the files that are stored."
    if isinstance(fact, UpdateRows) and {column.name for column in fact.columns} <= _CLAIMS:
        return None
    return "rows that are written past it lack what it writes itself, or leave other rows of it behind."


def _help(fact: AnyFact, name: Name) -> str:
    if isinstance(fact, _ROWS):
        return f"Use the API of {_SERVICES[name.schema or '']}, or the seed file for what only tests need."
    if isinstance(fact, SetRowSecurity) and fact.action == "enable":
        return "Remove the statement."
    return (
        "Put it into a schema of your own, with a key that refers to the platform's table where it needs one."
    )


def _is_platforms(name: Name, context: ChangeContext[Any]) -> bool:
    catalog = context.before.catalog
    schema = name.schema or ""
    relation = catalog.relation(schema, name.name)
    if isinstance(relation, (Table, View)):
        return relation.origin.platform
    return any(function.origin.platform for function in catalog.functions_named(schema, name.name))


def _is_repeated(fact: AnyFact, name: Name, context: ChangeContext[Any]) -> bool:
    """Whether an earlier part of the same statement is about the same table."""
    if not isinstance(fact, _ON_TABLES):
        return False
    first = next(
        other
        for index, other in context.facts
        if index == context.at.statement and isinstance(other, _ON_TABLES) and other.table.parts == name.parts
    )
    return first is not fact
