"""`catalog_json`: what the migrations made, under today's names; parts added to the platform's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemabot.catalog.to_json import catalog_json
from support.agreement import assert_agreement
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Database


def made(text: str, platform: str = "postgres") -> dict[str, Any]:
    state, problems = replay(text, "supabase" if platform == "supabase" else "postgres")
    assert not problems
    return catalog_json(state.catalog)


def test_kinds_of_the_contract() -> None:
    assert list(made("")) == [
        "tables", "views", "functions", "enums", "domains", "types", "sequences", "extensions", "grants",
        "publications", "rules", "event_triggers", "default_privileges",
    ]  # fmt: skip


def test_a_table() -> None:
    (table,) = made(
        """
        create table items (id bigint generated always as identity primary key,
            tags text[] not null default '{}', twice int generated always as (1 + 1) stored,
            code text unique, constraint named check (code <> ''));
        create index on items (lower(code)) where code is not null;
        alter table items enable row level security;
        create policy p on items for select to public using (code = 'x');
        comment on table items is 'things';
        """
    )["tables"]
    column = {"name": "id", "type": "bigint", "nullable": False, "default": None}
    assert table["columns"][0] == {**column, "identity": "always", "generated": None}
    assert table["columns"][1] == {
        "name": "tags", "type": "text[]", "nullable": False, "default": "'{}'::text[]", "identity": None,
        "generated": None,
    }  # fmt: skip
    assert table["columns"][2]["generated"] == "(1 + 1)"
    assert (table["primary_key"], table["unique"], table["checks"]) == (["id"], [["code"]], ["named"])
    assert [(i["name"], i["columns"], i["unique"], i["partial"]) for i in table["indexes"]] == [
        ("items_code_key", ["code"], True, False),
        ("items_lower_idx", [None], False, True),
        ("items_pkey", ["id"], True, False),
    ]
    assert table["policies"] == [
        {
            "name": "p", "command": "select", "permissive": True, "roles": ["public"], "using": "(code = 'x'::text)",
            "check": None,
        }
    ]  # fmt: skip
    assert (table["rls"], table["force_rls"], table["comment"], table["platform"]) == (
        True,
        False,
        "things",
        False,
    )


@pytest.mark.parametrize(
    ("change", "using"),
    [
        ('alter table items rename column owner to "Of"', '(("Of" = CURRENT_USER) AND ("Of" IS NOT NULL))'),
        ("alter table items rename to things", "((owner = CURRENT_USER) AND (owner IS NOT NULL))"),
    ],
)  # fmt: skip
def test_expressions_are_printed_under_todays_names(change: str, using: str) -> None:
    (table,) = made(
        f"""
        create table items (id int, owner text);
        create policy p on items using (owner = current_user and items.owner is not null);
        {change};
        """
    )["tables"]
    assert table["policies"][0]["using"] == using


def test_renamed_functions_types_and_schemas() -> None:
    (table,) = made(
        """
        create schema app;
        create type app.kind as enum ('a');
        create function app.allowed(k app.kind) returns boolean language sql as 'select true';
        create table items (id int, kind app.kind default 'a'::app.kind);
        create policy p on items using (app.allowed(kind) and id in (select i.id from public.items i));
        alter function app.allowed(app.kind) rename to permitted;
        alter type app.kind set schema public;
        alter type kind rename to sort;
        """
    )["tables"]
    assert table["columns"][1]["type"] == "sort"
    assert table["columns"][1]["default"] == "'a'::sort"
    assert table["policies"][0]["using"] == (
        "(app.permitted(kind) AND (id IN ( SELECT i.id\n   FROM items i)))"
    )


PLATFORM_CASES = {
    "a table of the platform": """
        alter table auth.users add column nickname text;
        create policy p on storage.objects for select to authenticated using (bucket_id = 'public');
    """,
    "a trigger on a table of the platform": """
        create function public.handle_new_user() returns trigger language plpgsql security definer
            set search_path = '' as $$ begin return new; end $$;
        create trigger on_auth_user_created after insert on auth.users
            for each row execute function public.handle_new_user();
    """,
    "an index and a comment": """
        create index users_by_role on auth.users (role, lower(email));
        comment on table auth.users is 'our users';
    """,
    "grants on what the platform has": """
        create role reader;
        grant usage on schema auth to reader;
        grant select on auth.users to reader;
        grant select (id) on auth.identities to reader;
        revoke all on function auth.jwt() from public;
        alter default privileges in schema public revoke all on tables from anon;
        create table public.items (id int primary key, owner uuid references auth.users on delete cascade);
    """,
    "nothing of ours": "select 1;",
}


@pytest.mark.parametrize("case", PLATFORM_CASES)
def test_what_is_added_to_the_platform(case: str, supabase_database: Database) -> None:
    assert_agreement(supabase_database, PLATFORM_CASES[case], "supabase")


def test_only_added_parts_of_a_platform_table_appear() -> None:
    found = made("create policy p on storage.objects using (true);", "supabase")
    (table,) = found["tables"]
    assert (table["schema"], table["name"], table["platform"]) == ("storage", "objects", True)
    assert (table["columns"], table["indexes"], table["triggers"]) == ([], [], [])
    assert [policy["name"] for policy in table["policies"]] == ["p"]
