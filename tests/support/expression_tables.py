"""The tables, types and functions that expressions of tests are about."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = {
    "a": "int", "b": "bigint", "s": "smallint", "n": "numeric(10,2)", "nn": "numeric", "f4": "real",
    "f8": "double precision", "v": "varchar(20)", "c": "char(5)", "x": "text", "d": "date", "ts": "timestamp(3)",
    "tz": "timestamptz", "ti": "time", "iv": "interval", "m": "mood", "e": "email", "am": "amount", "j": "json",
    "jb": "jsonb", "arr": "int[]", "tarr": "text[]", "varr": "varchar(9)[]", "p": "pt", "u": "uuid", "by": "bytea",
    "bo": "boolean", "r": "int4range", "fr": "frange", "o": "oid", "nm": "name", "marr": "mood[]", "bb": "bit(4)",
    "ine": "inet", "tv": "tsvector", "mo": "money", "pta": "pt[]", "po": "point",
}  # fmt: skip

SETUP: Final = f"""
create schema extensions;
create schema s1;
create type mood as enum ('sad', 'ok');
create type s1.mood2 as enum ('a', 'b');
create domain email as varchar(50);
create domain amount as numeric(12,3);
create type pt as (x int, y varchar(7), z numeric(5,1)[]);
create type frange as range (subtype = float8);
create table t ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())});
create table t2 (a bigint, k text, v varchar(30), n numeric(10,2));
create table m (uid uuid, org int);
create table m2 (id int, name varchar(10));
create table s1.m3 (id int);
create view vv as select id from m2;
create sequence s1.seq;
create sequence seq2;
create function g(i int) returns text language sql as $$ select 'x' $$;
create function g(i bigint) returns bigint language sql as $$ select 1::bigint $$;
create function g(i text) returns date language sql as $$ select current_date $$;
create function tab(i int default 1) returns table (q int, w varchar(5)) language sql as $$ select 1, 'x' $$;
create function rows_() returns setof t2 language sql as $$ select * from t2 $$;
create function outs(i int, out o1 int, out o2 text) language sql as $$ select 1, 'x' $$;
create function poly(a anyelement, b anyelement) returns anyarray language sql as $$ select array[a, b] $$;
create function var_(a int, variadic r numeric[]) returns numeric language sql as $$ select 1.0 $$;
create function nam(aa int, bb text default 'x', cc date default null) returns date
    language sql as $$ select null::date $$;
create function comp(anycompatible, anycompatible) returns anycompatible language sql as $$ select $1 $$;
create function s1.sf() returns text language sql as $$ select 'x' $$;
create function auth_uid() returns uuid language sql as $$ select null::uuid $$;
create function not_(b bool) returns bool language sql as $$ select b $$;
create aggregate mysum(int) (sfunc = int4pl, stype = int, initcond = '0');
"""
