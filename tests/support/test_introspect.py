"""What introspection says of schemas whose description is written out here by hand."""

from __future__ import annotations

from typing import Any

from support.introspect import canonical_text, difference, introspect
from support.postgres import Database

SCHEMA = """
create schema app;
create type app.mood as enum ('sad', 'ok');
create domain app.email as text check (value like '%@%');
create table public.orgs (id uuid primary key);
create table app.notes (
  id bigint generated always as identity primary key,
  org_id uuid not null references public.orgs (id) on delete cascade,
  title varchar(20) default 'x' || 'y',
  loud text generated always as (upper(title)) stored,
  mood app.mood check (mood <> 'sad'),
  constraint notes_once unique (org_id, title)
);
create index on app.notes using hash (lower(title)) where title is not null;
alter table app.notes enable row level security;
create policy "own" on app.notes for update to postgres using (org_id is not null);
create function app.touch() returns trigger language plpgsql security definer set search_path = '' as
  'begin return new; end';
create trigger touch before update on app.notes for each row execute function app.touch();
create function app.find(a int, out b text, c text default '') returns setof text language sql stable as
  $$ select a::text || c $$;
create view app.titles with (security_invoker = on) as select id, title as name from app.notes;
create rule nothing as on insert to app.titles do instead nothing;
create publication changes for table app.notes;
create extension citext schema app;
grant select, insert on app.notes to public;
grant update (title) on app.notes to public;
alter default privileges in schema app grant select on tables to pg_monitor;
comment on table app.notes is 'why';
"""


def described(database: Database, text: str = SCHEMA) -> dict[str, Any]:
    database.run(text)
    return introspect(database.connect())


def test_a_table(database: Database) -> None:
    notes = next(table for table in described(database)["tables"] if table["name"] == "notes")
    columns = {column.pop("name"): column for column in notes.pop("columns")}
    plain = {"nullable": True, "default": None, "identity": None, "generated": None}
    assert columns == {
        "id": {**plain, "type": "bigint", "nullable": False, "identity": "always"},
        "org_id": {**plain, "type": "uuid", "nullable": False},
        "title": {**plain, "type": "character varying(20)", "default": "('x'::text || 'y'::text)"},
        "loud": {**plain, "type": "text", "generated": "upper((title)::text)"},
        "mood": {**plain, "type": "app.mood"},
    }
    index = {"unique": True, "method": "btree", "partial": False}
    assert notes == {
        "schema": "app",
        "name": "notes",
        "kind": "table",
        "platform": False,
        "primary_key": ["id"],
        "unique": [["org_id", "title"]],
        "checks": ["notes_mood_check"],
        "foreign_keys": [
            {
                "name": "notes_org_id_fkey",
                "columns": ["org_id"],
                "references": {"schema": "public", "table": "orgs", "columns": ["id"]},
                "on_delete": "cascade",
                "on_update": "no action",
            }
        ],
        "indexes": [
            {
                "name": "notes_lower_idx",
                "columns": [None],
                "unique": False,
                "method": "hash",
                "partial": True,
            },
            {"name": "notes_once", "columns": ["org_id", "title"], **index},
            {"name": "notes_pkey", "columns": ["id"], **index},
        ],
        "rls": True,
        "force_rls": False,
        "policies": [
            {
                "name": "own",
                "command": "update",
                "permissive": True,
                "roles": ["postgres"],
                "using": "(org_id IS NOT NULL)",
                "check": None,
            }
        ],
        "triggers": [{"name": "touch", "function": "app.touch"}],
        "comment": "why",
    }


def test_everything_else(database: Database) -> None:
    found = described(database)
    invoker = {
        "schema": "app",
        "language": "sql",
        "security": "invoker",
        "volatility": "stable",
        "settings": [],
    }
    assert found["functions"] == [
        {**invoker, "name": "find", "arguments": ["integer", "text", "text"], "returns": "SETOF text"},
        {
            "schema": "app",
            "name": "touch",
            "arguments": [],
            "returns": "trigger",
            "language": "plpgsql",
            "security": "definer",
            "volatility": "volatile",
            "settings": ['search_path=""'],
        },
    ]
    assert found["views"] == [
        {
            "schema": "app",
            "name": "titles",
            "materialized": False,
            "security_invoker": True,
            "columns": ["id", "name"],
        }
    ]
    assert found["enums"] == [{"schema": "app", "name": "mood", "labels": ["sad", "ok"]}]
    assert found["domains"] == [{"schema": "app", "name": "email"}]
    assert found["types"] == []
    assert found["sequences"] == [{"schema": "app", "name": "notes_id_seq"}]
    assert found["extensions"] == [{"name": "citext", "schema": "app"}]
    assert found["rules"] == [{"schema": "app", "table": "titles", "name": "nothing", "event": "insert"}]
    assert found["publications"] == [
        {"name": "changes", "all_tables": False, "tables": ["app.notes"], "schemas": []}
    ]
    assert found["event_triggers"] == []
    assert found["default_privileges"] == [
        {
            "role": "postgres",
            "schema": "app",
            "kind": "table",
            "grantee": "pg_monitor",
            "privileges": ["select"],
        }
    ]
    assert found["grants"] == [
        {"schema": "app", "object": "find(integer, text)", "role": "public", "privileges": ["execute"]},
        {
            "schema": "app",
            "object": "notes",
            "role": "public",
            "privileges": ["insert", "select", "update(title)"],
        },
        {"schema": "app", "object": "touch()", "role": "public", "privileges": ["execute"]},
    ]


def test_a_new_database_has_nothing(database: Database, supabase_database: Database) -> None:
    for new in (database, supabase_database):
        assert not any(introspect(new.connect()).values())


def test_of_the_platform_only_what_was_added(supabase_database: Database) -> None:
    found = described(
        supabase_database,
        """
        create policy "read" on storage.objects for select using (bucket_id = 'b');
        create index objects_owner on storage.objects (owner);
        create function public.on_user() returns trigger language plpgsql as 'begin return new; end';
        create trigger on_user after insert on auth.users for each row execute function public.on_user();
        create table public.t (id int);
        alter publication supabase_realtime add table public.t;
        """,
    )
    tables = {f"{table['schema']}.{table['name']}": table for table in found["tables"]}
    assert sorted(tables) == ["auth.users", "public.t", "storage.objects"]
    assert [tables[name]["platform"] for name in sorted(tables)] == [True, False, True]
    objects = tables["storage.objects"]
    assert (objects["columns"], objects["primary_key"], objects["foreign_keys"]) == ([], [], [])
    assert [policy["name"] for policy in objects["policies"]] == ["read"]
    assert [index["name"] for index in objects["indexes"]] == ["objects_owner"]
    assert tables["auth.users"]["triggers"] == [{"name": "on_user", "function": "public.on_user"}]
    assert [item["tables"] for item in found["publications"]] == [["public.t"]]
    assert {grant["object"] for grant in found["grants"]} == {"on_user()", "t"}


def test_differences_are_said_in_words(database: Database) -> None:
    real = described(database)
    ours = described_again(real)
    assert difference(real, ours) == []
    notes = next(table for table in ours["tables"] if table["name"] == "notes")
    notes["columns"][0]["type"] = "text"
    notes["columns"][2]["default"] = "'x' || 'z'"
    notes["policies"][0]["using"] = "org_id is not null"
    del ours["views"][0]
    ours["enums"].append({"schema": "app", "name": "size", "labels": []})
    assert difference(real, ours) == [
        "tables app.notes columns id type: ours text, PostgreSQL's bigint",
        "tables app.notes columns title default: ours 'x' || 'z', PostgreSQL's ('x'::text || 'y'::text)",
        "views app.titles: only PostgreSQL has it",
        "enums app.size: only ours",
    ]
    assert "tables app.notes policies own using" in "\n".join(difference(real, ours, str))


def described_again(found: dict[str, Any]) -> dict[str, Any]:
    """The same description with expressions as somebody writes them."""
    copy: dict[str, Any] = {
        kind: [dict(item) for item in items] for kind, items in found.items() if kind != "tables"
    }
    copy["tables"] = [
        {
            **table,
            "columns": [dict(column) for column in table["columns"]],
            "policies": [dict(policy) for policy in table["policies"]],
        }
        for table in found["tables"]
    ]
    next(t for t in copy["tables"] if t["name"] == "notes")["columns"][2]["default"] = "'x' || 'y'"
    return copy


def test_the_canonical_text_of_what_cannot_be_parsed_is_the_text() -> None:
    assert canonical_text("a = ANY (ARRAY[1, 2])") == canonical_text("a in (1,2)")
    assert canonical_text("not ( an expression") == "not ( an expression"
