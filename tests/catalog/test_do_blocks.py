"""DO blocks whose course is certain are replayed; PostgreSQL is the judge. All others say that they were not."""

from __future__ import annotations

import pytest

from schemabot.catalog.do_plan import plan
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import replay_statement
from schemabot.catalog.state import At
from schemabot.facts import extract
from support.agreement import assert_agreement

T = "create table public.t (a int);\n"

CERTAIN = {
    "plain statements": T + "do $$ begin create type mood as enum ('a'); alter table t add b mood; end $$;",
    "not there": "do $$ begin if not exists (select 1 from pg_type where typname = 'mood') then\n"
    "  create type public.mood as enum ('sad'); -- ;\nend if; end $$;",
    "there already": "create type mood as enum ('a', 'b'); do $$ begin if not exists (select 1 from pg_type "
    "where typname = 'mood') then create type mood as enum ('c'); end if; end; $$;",
    "a constraint by name": T
    + "do $$ begin if not exists (select 1 from pg_constraint where conname = 'c') then "
    "alter table t add constraint c check (a > 0); end if; end $$;",
    "a constraint of that name on another table": T
    + "create table u (a int, constraint c check (a > 1)); do $$ begin "
    "if not exists (select 1 from pg_constraint where conname = 'c') then alter table t add constraint c check (a > 0);"
    " end if; end $$;",
    "a constraint by name and table": T
    + "create table u (a int, constraint c check (a > 1)); do $$ begin if not exists "
    "(select 1 from pg_constraint where conname = 'c' and conrelid = 'public.t'::regclass) then "
    "alter table t add constraint c check (a > 0); end if; end $$;",
    "a column": T
    + "do $$ begin if not exists (select 1 from information_schema.columns where table_name = 't' and "
    "column_name = 'b') then alter table t add column b text; end if; end $$; "
    "do $$ begin if not exists (select 1 from information_schema.columns where table_name = 't' and "
    "column_name = 'b') then alter table t add column b int; end if; end $$;",
    "a policy": T
    + "alter table t enable row level security; do $$ begin if not exists (select from pg_policies where "
    "tablename = 't' and policyname = 'p') then create policy p on t using (true); end if; end $$;",
    "a forgiven exception": "create type mood as enum ('a'); do $$ begin create type mood as enum ('b'); "
    "exception when duplicate_object then null; end $$;",
    "an exception undoes the block": T
    + "create type mood as enum ('a'); do $$ begin alter table t add b int; "
    "create type mood as enum ('b'); exception when duplicate_object or duplicate_table then null; end $$;",
    "others": T + "do $$ begin create table t (b int); exception when others then null; end $$;",
    "the wrong exception": T
    + "do $$ begin create table t (b int); exception when duplicate_object then null; end $$;",
    "refused": T + "do $$ begin create table t (b int); end $$;",
    "two guards": "do $$ begin if not exists (select 1 from pg_type where typname = 'a') then create type a as enum ('x');"
    " end if; if not exists (select 1 from pg_type where typname = 'b') then create type b as enum ('y'); end if; end $$;",
}


@pytest.mark.parametrize("case", CERTAIN)
def test_replayed(database, case: str):
    assert_agreement(database, CERTAIN[case])


UNCERTAIN = (
    "begin if a > 0 then create table x (a int); end if; end",
    "begin if not exists (select 1 from pg_type where typname = 'a') and now() > '2020-01-01' then "
    "create type a as enum (); end if; end",
    "begin if not exists (select 1) then create table x (a int); else create table y (a int); end if; end",
    "begin for i in 1..3 loop create table x (a int); end loop; end",
    "declare x int; begin create table x (a int); end",
    "begin execute 'create table x (a int)'; end",
    "begin create table x (a int); perform f(); end",
    "begin create table x (a int); return; end",
    "begin create table x (a int)",
    "",
)


@pytest.mark.parametrize("body", UNCERTAIN)
def test_not_planned(body: str):
    assert plan(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "begin if not exists (select 1 from pg_type where typname = 'other') then create type a as enum (); end if; end",
        "begin drop table t; end",
        "begin create tabel x; end",
        "begin execute format('drop table %I', 't'); end",
    ],
)
def test_not_analysed_and_without_effect(body: str):
    base = platform_state("postgres")
    state = replay_statement(base, extract("create table t (a int)"), At("a.sql", 0)).state
    outcome = replay_statement(state, extract(f"do $${body}$$"), At("a.sql", 1))
    assert outcome.not_analysed
    assert outcome.state.catalog.relations is state.catalog.relations


def test_places_in_a_block_are_places_in_the_file():
    text = "do $body$\nbegin\n  create table public.made (id int);\nend $body$"
    outcome = replay_statement(platform_state("postgres"), extract(text), At("a.sql", 0))
    table = outcome.state.catalog.table("public", "made")
    assert table is not None
    assert table.origin.span.of(text) == "public.made"
