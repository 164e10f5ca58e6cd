"""Schemas, enums, domains, composite types, publications, comments: replay agrees with PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.agreement import assert_agreement

if TYPE_CHECKING:
    from support.postgres import Database

CASES = {
    "schemas": """
        create schema app;
        create schema app;
        create schema if not exists app;
        create schema pg_mine;
        create schema "My Schema";
    """,
    "a schema with its elements": """
        create schema app create table items (id int) create view v as select id from items;
    """,
    "an enum": "create type mood as enum ('sad', 'ok', 'happy');",
    "a label twice": "create type mood as enum ('a', 'a');",
    "adding labels": """
        create type mood as enum ('b', 'd');
        alter type mood add value 'e';
        alter type mood add value 'a' before 'b';
        alter type mood add value 'c' after 'b';
        alter type mood add value if not exists 'c';
        alter type mood add value 'c';
        alter type mood add value 'x' before 'nothing';
        alter type nothing add value 'x';
    """,
    "renaming labels": """
        create type mood as enum ('a', 'b');
        alter type mood rename value 'a' to 'first';
        alter type mood rename value 'a' to 'again';
        alter type mood rename value 'b' to 'first';
    """,
    "names that are taken": """
        create table items (id int);
        create type items as enum ('a');
        create type mood as enum ('a');
        create type mood as (a int);
        create domain mood as text;
        create schema app;
        create type app.mood as enum ('a');
    """,
    "domains": """
        create domain email as text check (value ~ '@');
        create domain positive as int default 1 not null check (value > 0);
        create domain named as numeric(10, 2) constraint enough check (value > 0)
            constraint not_too_much check (value < 9);
        create domain of_own as email;
    """,
    "altering domains": """
        create domain positive as int constraint is_positive check (value > 0);
        alter domain positive set default 1;
        alter domain positive set not null;
        alter domain positive drop not null;
        alter domain positive add constraint small check (value < 100);
        alter domain positive add check (value <> 7);
        alter domain positive drop constraint is_positive;
        alter domain positive drop constraint is_positive;
        alter domain positive drop constraint if exists is_positive;
    """,
    "composite types": """
        create type point_3 as (x int, y numeric(5, 1), z text[]);
        create type twice as (x int, x int);
        create table places (id int, at point_3);
    """,
    "ranges": """
        create type float_range as range (subtype = float8);
        create type times as range (subtype = time);
        create table spans (id int, during float_range, during_all float_multirange);
    """,
    "enums in use": """
        create type mood as enum ('a');
        create table people (id int, now mood default 'a', before mood[]);
    """,
    "publications": """
        create table a (id int primary key);
        create table b (id int primary key);
        create publication p for table a;
        alter publication p add table b;
        alter publication p drop table a;
        create publication p;
        create publication everything for all tables;
        create publication of_schema for tables in schema public;
        alter publication p set table a, b;
        alter publication nothing add table a;
        drop publication everything;
        drop publication everything;
        drop table b;
    """,
    "comments": """
        create schema app;
        create table items (id int primary key, name text, constraint named check (name <> ''));
        create index by_name on items (name);
        create function f(a int) returns int language sql as 'select 1';
        create type mood as enum ('a');
        create policy p on items using (true);
        comment on schema app is 'an app';
        comment on table items is 'what is sold';
        comment on column items.name is 'a name';
        comment on constraint named on items is 'not empty';
        comment on index by_name is 'for look-ups';
        comment on function f(int) is 'one';
        comment on type mood is 'moods';
        comment on policy p on items is 'all';
        comment on table items is null;
        comment on table items is 'again';
    """,
    "comments on what is not there": """
        create table items (id int);
        comment on table nothing is 'x';
        comment on column items.nothing is 'x';
        comment on constraint nothing on items is 'x';
        comment on policy nothing on items is 'x';
        comment on trigger nothing on items is 'x';
        comment on index nothing is 'x';
        comment on function nothing() is 'x';
        comment on type nothing is 'x';
        comment on schema nothing is 'x';
    """,
    "extensions": """
        create extension citext;
        create extension if not exists citext;
        create extension citext;
        create schema extensions;
        create extension vector with schema extensions;
        create table documents (id int, name citext, at extensions.vector(3));
        create extension pg_trgm schema nowhere;
    """,
    "identifiers": """
        create schema "Größe";
        create type "Größe"."Farbe" as enum ('Rot', 'it''s');
        create table "Größe"."T" (id int, "Farbe" "Größe"."Farbe");
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_types(case: str, database: Database) -> None:
    assert_agreement(database, CASES[case])
