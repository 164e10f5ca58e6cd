"""Roles, privileges and default privileges: replay agrees with PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.agreement import assert_agreement

if TYPE_CHECKING:
    from support.postgres import Database

ROLES = """
create role reader; create role writer; create role boss;
create table items (id int, name text, price int);
create view cheap as select id from items;
create sequence numbers;
create function f(a int) returns int language sql as 'select 1';
create procedure p() language sql as 'select 1';
create type mood as enum ('a');
create schema app;
create table app.things (id int);
"""

CASES = {
    "tables": """
        grant select, insert on items to reader, writer;
        grant all on items to boss;
        grant all privileges on table cheap to public;
        revoke insert on items from writer;
        revoke all on items from boss;
    """,
    "with grant option": """
        grant select, update on items to boss with grant option;
        grant select on items to boss;
        revoke grant option for update on items from boss;
        grant select on items to reader;
        grant select on items to reader with grant option;
    """,
    "columns": """
        grant select (id, name), update (name) on items to reader;
        grant all (price) on items to writer;
        revoke select (id) on items from reader;
        grant select (id) on cheap to reader;
        grant select (nothing) on items to reader;
    """,
    "revoking on the table takes the columns": """
        grant select (id, name), update (name) on items to reader;
        revoke select on items from reader;
        grant insert (id) on items to writer;
        revoke all on items from writer;
    """,
    "columns are renamed and dropped": """
        grant select (id, name) on items to reader;
        alter table items rename column name to title;
        alter table items drop column id;
    """,
    "sequences": """
        grant usage on sequence numbers to reader;
        grant all on sequence numbers to writer;
        grant select on numbers to boss;
        grant usage on sequence items to reader;
    """,
    "functions": """
        revoke execute on function f(int) from public;
        grant execute on function f(int) to reader;
        grant execute on procedure p() to writer;
        revoke all on routine p from public;
        grant execute on function f to boss;
        grant execute on function f(text) to boss;
    """,
    "schemas": """
        grant usage on schema app to reader, writer;
        grant all on schema app to boss;
        revoke usage on schema app from writer;
        grant usage on schema nowhere to reader;
    """,
    "types": """
        grant usage on type mood to reader;
        revoke usage on type mood from public;
    """,
    "all in a schema": """
        grant select on all tables in schema public, app to reader;
        grant usage on all sequences in schema public to reader;
        revoke execute on all functions in schema public from public;
        grant execute on all procedures in schema public to writer;
        grant all on all routines in schema public to boss;
    """,
    "all in an unknown schema": "grant select on all tables in schema nowhere to reader;",
    "privileges that there are not": """
        grant execute on items to reader;
        grant select on function f(int) to reader;
        grant insert on schema app to reader;
        grant usage on table items to reader;
    """,
    "objects that there are not": """
        grant select on nothing to reader;
        grant usage on type nothing to reader;
        grant execute on function nothing() to reader;
    """,
    "to the owner": """
        grant select on items to postgres;
        grant select on items to current_user;
        revoke all on items from postgres;
    """,
    "default privileges for a schema": """
        alter default privileges in schema public grant select on tables to reader;
        alter default privileges in schema public grant usage on sequences to reader;
        create table made (id serial);
        create view seen as select id from made;
        create table app.not_here (id int);
    """,
    "default privileges everywhere": """
        alter default privileges grant select, insert on tables to writer;
        alter default privileges revoke execute on functions from public;
        alter default privileges grant usage on schemas to reader;
        create table made (id int);
        create function g() returns int language sql as 'select 1';
        create schema later;
    """,
    "default privileges add up": """
        alter default privileges grant select on tables to reader;
        alter default privileges in schema app grant insert on tables to reader;
        alter default privileges in schema app grant all on tables to boss;
        create table app.made (id int);
        create table made (id int);
        alter default privileges in schema app revoke insert on tables from reader;
        create table app.later (id int);
    """,
    "a schema's default cannot take what is given everywhere": """
        alter default privileges in schema public revoke execute on functions from public;
        create function g() returns int language sql as 'select 1';
    """,
    "default privileges taken back": """
        alter default privileges in schema public grant select on tables to reader;
        alter default privileges in schema public revoke select on tables from reader;
        create table made (id int);
    """,
    "default privileges of another role": """
        grant create on schema public to boss;
        alter default privileges for role boss in schema public grant select on tables to reader;
        create table mine (id int);
        set role boss;
        create table theirs (id int);
        reset role;
    """,
    "default privileges on types": """
        alter default privileges revoke usage on types from public;
        alter default privileges grant usage on types to reader;
        create type later as enum ('x');
        create domain name_of as text;
    """,
    "a new owner's own privileges are implied": """
        grant select, insert on items to boss;
        grant select on items to reader;
        alter table items owner to boss;
        alter function f(int) owner to boss;
    """,
    "membership": """
        grant reader to writer;
        grant writer, reader to boss with admin option;
        revoke reader from writer;
        alter role boss bypassrls;
    """,
    "a role twice": "create role reader;",
}


@pytest.mark.parametrize("case", CASES)
def test_privileges(case: str, database: Database) -> None:
    assert_agreement(database, ROLES + CASES[case])


def test_membership_and_attributes(database: Database) -> None:
    state = assert_agreement(
        database,
        "create role a login; create role b nologin bypassrls; grant a to b; alter role a createdb nologin;",
    )
    roles = state.catalog.roles
    assert roles["a"].attributes == {"createdb"}
    assert roles["b"].attributes == {"bypassrls"}
    assert roles["b"].member_of == {"a"}


def test_unknown_roles_where_the_platform_knows_all(supabase_database: Database) -> None:
    assert_agreement(
        supabase_database,
        """
        create table items (id int);
        grant select on items to anon, authenticated;
        grant select on items to nobody_at_all;
        create policy a on items to authenticated using (true);
        create policy b on items to nobody_at_all using (true);
        create role reader;
        create policy c on items to reader using (true);
        """,
        "supabase",
    )


SUPABASE_CASES = {
    "default privileges put back": """
        alter default privileges in schema public revoke select on tables from anon;
        alter default privileges in schema public grant select on tables to anon;
    """,
    "default privileges that are already there": """
        alter default privileges in schema public grant all on tables to anon, authenticated;
        create table t (id int);
    """,
    "default privileges revoked": """
        alter default privileges in schema public revoke all on tables from anon;
        alter default privileges in schema public revoke execute on functions from public, anon, authenticated;
        alter default privileges revoke execute on functions from public;
        create function f() returns int language sql as 'select 1';
        create table t (id serial);
    """,
    "default privileges for the platform's roles": """
        alter default privileges for role postgres in schema public revoke all on functions from anon, authenticated;
        alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;
        create table t (id int);
    """,
    "grants on platform objects": """
        grant select on auth.users to authenticated;
        grant usage on schema auth to authenticated;
        grant usage on schema public to anon, authenticated, service_role;
        grant all on all tables in schema public to anon, authenticated;
        revoke all on schema public from public;
        grant select on storage.objects to anon;
    """,
    "grants on platform objects, back": """
        grant select on auth.users to anon;
        revoke select on auth.users from anon;
        revoke usage on schema public from anon;
        grant usage on schema public to anon;
    """,
    "platform functions": """
        grant execute on function auth.uid() to anon;
        revoke execute on function auth.uid() from public;
    """,
    "revoked on platform objects": """
        revoke all on storage.buckets from anon, authenticated;
        grant select on storage.buckets to anon;
    """,
    "column grants on platform tables": """
        grant select (id, email) on auth.users to authenticated;
    """,
    "new schema for the api": """
        create schema api;
        grant usage on schema api to anon, authenticated, service_role;
        grant all on all tables in schema api to anon, authenticated, service_role;
        grant all on all routines in schema api to anon, authenticated, service_role;
        alter default privileges for role postgres in schema api grant all on tables to anon, authenticated, service_role;
        alter default privileges in schema api grant all on routines to anon;
        create table api.t (id serial primary key);
        create function api.f() returns int language sql as 'select 1';
        revoke execute on function api.f() from anon, authenticated;
        create policy x on storage.objects for select to anon using (true);
        alter table storage.objects enable row level security;
        comment on policy x on storage.objects is 'x';
        create publication mine for table api.t;
        alter publication supabase_realtime add table api.t;
        drop publication if exists supabase_realtime;
        create publication supabase_realtime;
        alter publication supabase_realtime add table api.t;
    """,
}


@pytest.mark.parametrize("case", SUPABASE_CASES)
def test_privileges_on_supabase(case: str, supabase_database: Database) -> None:
    """What is told of the platform's objects is what differs from a new project."""
    assert_agreement(supabase_database, SUPABASE_CASES[case], "supabase")
