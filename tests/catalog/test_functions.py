"""Functions, procedures and aggregates: replay agrees with PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog.state import ProblemKind
from support.agreement import assert_agreement
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Database

CASES = {
    "a function": "create function f(a int, b text) returns text language sql as $$ select b $$;",
    "overloads": """
        create function f(a int) returns int language sql as 'select 1';
        create function f(a text) returns int language sql as 'select 1';
        create function f() returns int language sql as 'select 1';
    """,
    "the same signature twice": """
        create function f(a int, out b int) returns int language sql as 'select 1';
        create function f(other int) returns int language sql as 'select 1';
        create procedure f(a integer) language sql as 'select 1';
    """,
    "modifiers do not tell overloads apart": """
        create function f(a varchar(10), b numeric(10, 2)) returns varchar(5) language sql as $$ select a $$;
        create function f(a varchar(20), b numeric) returns varchar language sql as $$ select a $$;
    """,
    "arrays do": """
        create function f(a int) returns int language sql as 'select 1';
        create function f(a int[]) returns int[] language sql as 'select a';
        create function f(variadic a text[]) returns int language sql as 'select 1';
    """,
    "replacing": """
        create function f(a int) returns int language sql stable security definer set search_path = ''
            as 'select 1';
        create or replace function f(a int) returns int language plpgsql as 'begin return 2; end';
    """,
    "replacing keeps grants and owner": """
        create role other;
        create function f(a int) returns int language sql as 'select 1';
        revoke execute on function f(int) from public;
        grant execute on function f(int) to other;
        create or replace function f(a int) returns int language sql immutable as 'select 2';
    """,
    "replacing cannot change the return type": """
        create function f(a int) returns int language sql as 'select 1';
        create or replace function f(a int) returns bigint language sql as 'select 1::bigint';
        create or replace function f(a int) returns setof int language sql as 'select 1';
    """,
    "replacing cannot rename or take away parameters' names": """
        create function f(a int, text) returns int language sql as 'select 1';
        create or replace function f(b int, text) returns int language sql as 'select 1';
        create or replace function f(int, text) returns int language sql as 'select 1';
        create or replace function f(a int, b text) returns int language sql as 'select 1';
    """,
    "replacing cannot take away defaults": """
        create function f(a int default 1) returns int language sql as 'select 1';
        create or replace function f(a int) returns int language sql as 'select 1';
        create or replace function f(a int default 2) returns int language sql as 'select 1';
    """,
    "replacing cannot change the columns of a table": """
        create function f() returns table (a int, b text) language sql as $$ select 1, 'x' $$;
        create or replace function f() returns table (a int, c text) language sql as $$ select 1, 'x' $$;
        create or replace function f() returns table (a int, b text) language sql as $$ select 2, 'y' $$;
    """,
    "replacing a function by a procedure": """
        create function f(a int) returns void language sql as 'select 1';
        create or replace procedure f(a int) language sql as 'select 1';
    """,
    "out parameters": """
        create function one(a int, out b text) language sql as $$ select 'x' $$;
        create function two(a int, out b text, inout c int) language sql as $$ select 'x', 1 $$;
        create function rows(out b text) returns setof text language sql as $$ select 'x' $$;
    """,
    "returning tables and sets": """
        create table items (id int, name text);
        create function one() returns table (a int) language sql as 'select 1';
        create function all_items() returns setof items language sql as 'select * from items';
        create function an_item() returns items language sql as 'select * from items';
        create function some_rows() returns setof record language sql as 'select 1, 2';
    """,
    "parameters with the same name": """
        create function f(a int, a text) returns int language sql as 'select 1';
        create function g(a int, out a int) language sql as 'select 1';
        create function h(a int) returns table (a int) language sql as 'select 1';
    """,
    "no language, no result": """
        create function f() returns int as 'select 1';
        create function g() language sql as 'select 1';
    """,
    "procedures": """
        create procedure p(a int, inout b text) language plpgsql as $$ begin b := 'x'; end $$;
        create procedure p() language sql begin atomic select 1; end;
    """,
    "a standard body depends on what it reads": """
        create table items (id int);
        create function f() returns bigint language sql return (select count(*) from items);
    """,
    "own types": """
        create type mood as enum ('a');
        create domain email as text;
        create function f(m mood, e email) returns mood language sql as 'select m';
        create function f(m mood[]) returns email language sql as $$ select 'x'::email $$;
    """,
    "the type of a column": """
        create table items (id int, name varchar(20));
        create function f(n items.name%type) returns items.id%type language sql as 'select 1';
    """,
    "altering": """
        create function f(a int) returns int language sql as 'select 1';
        alter function f(int) stable;
        alter function f(int) security definer set search_path = public, pg_temp;
        alter function f set statement_timeout = '5s';
        alter function f reset search_path;
    """,
    "reset all": """
        create function f() returns int language sql set search_path = '' set work_mem = '8MB' as 'select 1';
        alter function f() reset all;
    """,
    "altering what is not there": """
        create function f(a int) returns int language sql as 'select 1';
        alter function f(text) stable;
        alter function g() stable;
        alter procedure f(int) security definer;
        alter routine f(int) stable;
    """,
    "a name that is not unique": """
        create function f(a int) returns int language sql as 'select 1';
        create function f(a text) returns int language sql as 'select 1';
        alter function f stable;
    """,
    "quoted settings": """
        create function f() returns int language sql set search_path = "My Schema", public as 'select 1';
        create function g() returns int language sql set search_path to '' as 'select 1';
    """,
    "the search path decides the schema": """
        create schema app;
        set search_path = app, public;
        create function f() returns int language sql as 'select 1';
        create function public.f() returns int language sql as 'select 1';
        create type kind as enum ('x');
        create function g(k kind) returns int language sql as 'select 1';
    """,
    "an unknown schema": "create function nowhere.f() returns int language sql as 'select 1';",
    "defaults": """
        create function f(a int default 1 + 1, b text default 'x', c timestamptz default now()) returns int
            language sql as 'select 1';
    """,
    "volatility and strictness": """
        create function f() returns int immutable strict parallel safe leakproof language sql as 'select 1';
        alter function f() volatile called on null input not leakproof;
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_functions(case: str, database: Database) -> None:
    assert_agreement(database, CASES[case])


def test_an_unknown_type_is_refused() -> None:
    _, problems = replay("create function f(a nothing) returns int language sql as 'select 1';")
    assert [(p.kind, p.object) for p in problems] == [(ProblemKind.UNKNOWN_TYPE, "nothing")]


def test_aggregates() -> None:
    state, problems = replay(
        """
        create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');
        create aggregate total(int) (sfunc = int4pl, stype = int);
        create or replace aggregate total(int) (sfunc = int4pl, stype = int);
        comment on aggregate total(int) is 'sum';
        """
    )
    assert [(p.kind, p.object) for p in problems] == [(ProblemKind.ALREADY_EXISTS, "public.total")]
    (total,) = state.catalog.functions_named("public", "total")
    assert (total.kind, total.comment) == ("aggregate", "sum")
