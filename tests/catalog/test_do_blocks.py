"""DO blocks are run as far as their course is certain; PostgreSQL is the judge. What is not says so at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import Outcome, replay_statement
from schemabot.catalog.state import At, State
from schemabot.facts import extract
from support.agreement import assert_agreement

T = "create table public.t (a int);\n"

CERTAIN = {
    "names are spelled for the search_path": "create type public.mood as enum ('a'); create table public.t (a int);\n"
    "create function public.f(a public.mood) returns int language sql as 'select 1'; create role reader;\n"
    "select pg_catalog.set_config('search_path', '', false);\n"
    "do $$ declare f regprocedure; t regclass; begin f := to_regprocedure('public.f(public.mood)'); "
    "t := to_regclass('public.t'); if f is null or t is null then return; end if;\n"
    "execute format('revoke all on function %s from public', f); "
    "execute format('grant all on function %s to reader', f); execute format('grant select on %s to reader', t); end $$;",
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


CERTAIN |= {
    "elsif and else": T
    + "do $$ declare n int; begin select count(*) into n from pg_policies where tablename = 't'; "
    "if n > 5 then drop table t; elsif n = 0 then alter table t add b int; else alter table t add c int; end if; end $$;",
    "execute": T + "do $$ begin execute 'create table x (a int)'; execute 'drop table ' || 't'; end $$;",
    "execute format": T
    + "do $$ declare name text := 'My Table'; begin execute format('create table %I (a text default %L)', name, "
    "'it''s'); execute format('alter table %1$I add b int; alter table %1$I add c int', name); end $$;",
    "a list of tables": "create table a (x int); create table b (x int); do $$ declare t text; begin "
    "foreach t in array array['a', 'b'] loop execute format('alter table %I enable row level security', t); "
    "execute format('create policy %I on %I using (true)', t || ' all', t); end loop; end $$;",
    "unnest": "create table a (x int); create table b (x int); do $$ declare t text; begin "
    "for t in select unnest(array['a', 'b']) loop execute 'alter table ' || quote_ident(t) || ' add y int'; "
    "end loop; end $$;",
    "tables of a schema": 'create schema app; create table app.a (x int); create table app."B c" (x int); do $$ '
    "declare r record; begin for r in select schemaname, tablename from pg_tables where schemaname = 'app' loop "
    "execute format('comment on table %I.%I is %L', r.schemaname, r.tablename, 'of ' || r.tablename); "
    "end loop; end $$;",
    "drop all policies": T
    + 'create policy p on t using (true); create policy "Q r" on t for select using (true);'
    "do $$ declare pol record; begin for pol in (select policyname, tablename from pg_policies where schemaname = "
    "'public') loop execute format('drop policy if exists %I on public.%I', pol.policyname, pol.tablename); "
    "end loop; end $$;",
    "a constraint found by its column": T
    + "alter table t add constraint odd_name check (a > 0); do $$ declare c text; begin select con.conname into c from "
    "pg_constraint con join pg_class rel on rel.oid = con.conrelid join pg_namespace n on n.oid = rel.relnamespace "
    "where n.nspname = 'public' and rel.relname = 't' and con.contype = 'c'; if c is not null then "
    "execute 'alter table t drop constraint ' || quote_ident(c); end if; end $$;",
    "drop functions by signature": "create function f(a int, b text default 'x') returns int language sql as 'select 1'; "
    "create function f(a text) returns int language sql as 'select 1'; create function g() returns int language sql as "
    "'select 1'; do $$ declare r record; begin for r in select p.oid::regprocedure as signature from pg_proc p where "
    "p.proname = 'f' loop execute 'drop function ' || r.signature; end loop; end $$;",
    "identity arguments": "create function f(a int, out b text) language sql as 'select 1::text'; "
    "do $$ declare r record; begin "
    "for r in select proname, pg_get_function_identity_arguments(oid) as args from pg_proc where proname = 'f' loop "
    "execute format('alter function %I(%s) security definer', r.proname, r.args); end loop; end $$;",
    "to_regclass": T
    + "do $$ begin if to_regclass('public.t') is not null and to_regclass('nothing') is null then "
    "alter table t add b int; end if; end $$;",
    "an unknown regclass": "do $$ begin perform 'nowhere'::regclass; create table x (a int); exception when "
    "undefined_table then create table y (a int); end $$;",
    "columns by information_schema": T
    + "do $$ begin if exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = "
    "'t' and column_name = 'a' and data_type = 'integer' and is_nullable = 'YES') then alter table t alter a set not "
    "null; end if; end $$;",
    "rename when there": T
    + "do $$ begin alter table t rename column a to b; exception when undefined_column then null; "
    "end $$; do $$ begin alter table t rename column a to c; exception when undefined_column then null; end $$;",
    "nested blocks": T
    + "do $outer$ begin begin alter table t add b int; create table t (c int); exception when "
    "duplicate_table then alter table t add d int; end; alter table t add e int; end $outer$;",
    "labels": T
    + "do $$ begin <<rows>> for i in 1..3 loop for j in 1..3 loop continue rows when j = 2; exit rows when i = 3; "
    "execute format('alter table t add c%s_%s int', i, j); end loop; end loop; end $$;",
    "case and while": T
    + "do $$ declare i int := 0; begin while i < 3 loop i := i + 1; case i when 1, 3 then "
    "execute 'alter table t add n' || i || ' int'; else null; end case; end loop; end $$;",
    "return": T
    + "do $$ begin if exists (select from pg_class where relname = 't') then return; end if; drop table t; end $$;",
    "raise": T
    + "do $$ begin drop table t; raise exception 'no'; end $$; do $$ begin drop table t; raise exception 'no'; "
    "exception when raise_exception then create table u (a int); end $$;",
    "enum labels": "create type mood as enum ('a'); do $$ begin if not exists (select 1 from pg_enum e join pg_type t on "
    "t.oid = e.enumtypid where t.typname = 'mood' and e.enumlabel = 'b') then alter type mood add value 'b'; end if; "
    "end $$;",
    "search path": "create schema app; begin; do $$ begin set local search_path = app; create table inside (a int); "
    "end $$; create table inside_too (a int); commit; create table outside (a int);",
    "a called function": "create table a (x int); create table b (x int); create function protect(name text, owner text "
    "default 'me') returns void language plpgsql as $$ begin execute format('alter table %I enable row level "
    "security', name); execute format('comment on table %I is %L', name, owner); end $$; select protect('a'); "
    "do $$ begin perform protect('b', 'you'); end $$;",
    "a called procedure": "create procedure make(name text) language plpgsql as $$ begin execute 'create table ' || name || "
    "' (a int)'; end $$; call make('x'); call make(name => 'y');",
    "data decides nothing": T
    + "do $$ declare n int; begin select count(*) into n from t; if n > 0 then update t set a = 1; "
    "elsif n < 0 then raise exception 'odd'; end if; alter table t add b int; end $$;",
    "data decides an error": T
    + "do $$ declare n int; begin select count(*) into n from t where a is null; if n > 0 then "
    "raise exception 'nulls'; end if; alter table t alter a set not null; end $$;",
    "rows of a table": T
    + "do $$ declare r record; begin for r in select a from t loop update t set a = r.a; end loop; "
    "alter table t add b int; end $$;",
    "case without a match": T
    + "do $$ begin case 1 when 2 then null; end case; alter table t add b int; end $$; "
    "do $$ begin case 1 when 2 then null; end case; exception when case_not_found then alter table t add c int; end $$;",
    "assert": T
    + "do $$ begin assert 1 = 1; alter table t add b int; assert 1 = 2; exception when others then null; end $$; "
    "do $$ begin assert null; exception when assert_failure then alter table t add c int; end $$;",
    "error codes": T
    + "do $$ begin raise exception using errcode = '42710', message = 'x'; exception when duplicate_object then "
    "alter table t add b int; end $$; do $$ begin raise exception 'x' using errcode = 'duplicate_table'; exception "
    "when sqlstate '42P07' then alter table t add c int; end $$; do $$ begin raise duplicate_column; exception when "
    "raise_exception then alter table t add d int; end $$;",
    "too many rows": T + "create table u (a int); do $$ declare n text; begin "
    "select relname into strict n from pg_class where relname in ('t', 'u'); "
    "alter table t add b int; exception when too_many_rows then alter table t add c int; end $$;",
    "foreach over null": T
    + "do $$ declare a text[]; n text; begin foreach n in array a loop null; end loop; alter table t add b int; "
    "exception when null_value_not_allowed then alter table t add c int; end $$;",
    "doubled quotes": "do 'begin execute ''create table \"it is\" (a text default x)''; end';",
}

UNCERTAIN = (
    ("begin if (select count(*) from t) > 0 then create table x (a int); end if; end", "a condition"),
    ("declare r record; begin for r in select a from t loop execute format('create table %I (a int)', r.a); end loop; end",
     "a loop over rows"),
    ("begin execute (select a from t); end", "EXECUTE of a text"),
    ("declare c cursor for select a from t; begin for r in c loop create table x (a int); end loop; end",
     "a loop over rows"),
    ("begin if current_setting('app.x') = 'y' then return; end if; create table x (a int); end", "whether the block"),
    ("begin if version() like '%17%' then drop table t; end if; end", "a condition"),
    ("begin create tabel x; end", "a DO block that could not be read"),
    ("begin execute 'create tabel x'; end", "a statement that does not parse"),
    ("begin loop create table if not exists x (a int); end loop; end", "a body that runs for too long"),
    ("begin create table x (a int)", "a DO block that could not be read"),
)  # fmt: skip


def _replayed(text: str) -> tuple[State, Outcome]:
    base = platform_state("postgres")
    state = replay_statement(base, extract("create table t (a int)"), At("a.sql", 0)).state
    return state, replay_statement(state, extract(text), At("a.sql", 1))


@pytest.mark.parametrize(("body", "reason"), UNCERTAIN)
def test_not_analysed_and_without_effect(body: str, reason: str):
    state, outcome = _replayed(f"do $${body}$$")
    assert len(outcome.not_analysed) == 1
    assert outcome.not_analysed[0].reason.startswith(reason)
    assert outcome.state.catalog.relations is state.catalog.relations


def test_what_is_certain_beside_what_is_not_is_applied():
    text = "do $$ begin create table x (a int); execute (select a from t); create table y (a int); end $$"
    _, outcome = _replayed(text)
    assert outcome.state.catalog.table("public", "x") and outcome.state.catalog.table("public", "y")
    assert [item.span.of(text) for item in outcome.not_analysed] == ["(select a from t)"]


def test_what_statements_in_a_block_did_is_told_with_its_place():
    text = "do $$ begin\n  drop table t;\n  execute 'create table x (a int)'; end $$"
    _state, outcome = _replayed(text)
    drop, create = outcome.parts[0].inner
    assert drop.fact.span.of(text) == "t" and drop.exact
    assert (
        drop.before.catalog.table("public", "t") is not None
        and drop.after.catalog.table("public", "t") is None
    )
    assert not create.exact and text[create.fact.span.start :].startswith("create table x") is False


@given(
    st.text(alphabet="abt_;:='()$ \n", max_size=60),
    st.sampled_from(["", "if t then ", "for r in ", "execute "]),
)
def test_no_body_crashes(text: str, before: str):
    _replayed(f"do $body$begin {before}{text}; end$body$")


def test_places_in_a_block_are_places_in_the_file():
    text = "do $body$\nbegin\n  create table public.made (id int);\nend $body$"
    outcome = replay_statement(platform_state("postgres"), extract(text), At("a.sql", 0))
    table = outcome.state.catalog.table("public", "made")
    assert table is not None
    assert table.origin.span.of(text) == "public.made"


CALLS_OF_NO_ROWS = (
    "select make() from t",
    "select make() where (select count(*) from t) > 0",
    "select case when (select count(*) from t) > 0 then make() end",
    "insert into t select make() from t",
)


@pytest.mark.parametrize("call", CALLS_OF_NO_ROWS)
def test_a_call_that_may_not_run_is_not_run(call: str):
    make = "create function make() returns int language plpgsql as $$ begin create table x (a int); return 1; end $$"
    state = platform_state("postgres")
    for number, text in enumerate(("create table t (a int)", make)):
        state = replay_statement(state, extract(text), At("a.sql", number)).state
    outcome = replay_statement(state, extract(call), At("a.sql", 2))
    assert [item.reason for item in outcome.not_analysed] == ["public.make may change the schema"]
    assert outcome.state.catalog.table("public", "x") is None
