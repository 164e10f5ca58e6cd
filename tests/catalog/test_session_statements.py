"""Statements about the session, each list run by PostgreSQL and replayed: the same is refused, the same is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog.replay import begin_file
from support.agreement import assert_agreement
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Database

CASES = {
    "the search path's $user is the current role": """
        create role boss;
        create schema boss authorization boss;
        grant create on schema public to boss;
        set role boss;
        create table t (a int);
        reset role;
        create table t (a int);
        set search_path = boss, public;
        create table u (a int);
        reset search_path;
        create table v (a int);
    """,
    "set_config, as pg_dump has it": """
        create schema app;
        select pg_catalog.set_config('search_path', '', false);
        create table t (a int);
        create table app.t (a int);
        select set_config('search_path', 'app', false);
        create table u (a int);
    """,
    "DISCARD ALL": """
        create schema app;
        create role boss;
        grant all on schema app to boss;
        set search_path = app;
        set role boss;
        create table t (a int);
        discard all;
        create table t (a int);
    """,
    "SET SESSION AUTHORIZATION": """
        create role boss;
        grant create on schema public to boss;
        set session authorization boss;
        create table t (a int);
        reset session authorization;
        create table u (a int);
        grant select on t to public;
        set session authorization default;
        drop role boss;
    """,
    "savepoints and chained transactions": """
        begin;
        create table a (x int);
        savepoint s;
        create table b (x int);
        rollback to s;
        create table c (x int);
        release s;
        commit and chain;
        create table d (x int);
        rollback;
        create table e (x int);
        commit;
        rollback;
    """,
    "a search path goes back with its transaction": """
        create schema app;
        begin;
        set search_path = app;
        rollback;
        create table u (a int);
        begin;
        set search_path = app;
        commit;
        create table v (a int);
    """,
    "a role's setting is for later sessions": """
        create schema app;
        alter role postgres set search_path = app;
        create table t (a int);
        alter role postgres reset search_path;
    """,
    "settings that touch no schema": """
        set check_function_bodies = off;
        set row_security = off;
        set default_table_access_method = heap;
        set transaction_timeout = 0;
        set xmloption = content;
        set client_min_messages = warning;
        set statement_timeout to '5s';
        set time zone 'UTC';
        set names 'UTF8';
        set session characteristics as transaction isolation level serializable;
        set transaction isolation level read committed;
        reset all;
        show all;
        create table t (a int) using heap;
    """,
    "grant options and circles of roles": """
        create role a;
        create role b;
        create table t (x int, y int);
        grant select on t to public with grant option;
        grant select on t to a with grant option;
        set role a;
        grant select on t to b;
        reset role;
        revoke grant option for select on t from a cascade;
        grant all (x) on t to b;
        revoke all on t from b;
        grant a to a;
        grant a to b;
        grant b to a;
        grant usage on language sql to a;
        grant connect on database postgres to a;
        grant usage on foreign server nothing to a;
        grant set on parameter work_mem to a;
        alter default privileges revoke grant option for select on tables from a;
        alter default privileges grant select on tables to a with grant option;
        alter default privileges revoke grant option for select on tables from a;
        create table u (a int);
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_session(case: str, database: Database) -> None:
    assert_agreement(database, CASES[case])


def test_later_sessions_start_with_the_role_s_search_path() -> None:
    state, problems = replay("create schema app; alter role postgres set search_path = app, public;")
    assert not problems
    assert begin_file(state).session.search_path == ("app", "public")
