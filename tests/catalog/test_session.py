"""What a session carries: transactions, search_path, roles; and statements that change rows or run code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import Outcome, begin_file, end_file, replay_statement
from schemabot.catalog.state import At, ProblemKind, State
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.agreement import assert_agreement

if TYPE_CHECKING:
    from support.postgres import Database

CASES = {
    "commit": "begin; create table a (id int); commit;",
    "rollback": "create table a (id int); begin; drop table a; create table b (id int); rollback;",
    "savepoints": """
        begin; create table a (id int);
        savepoint s; create table b (id int); rollback to s;
        create table c (id int); release s; commit;
    """,
    "savepoints of the same name": """
        begin; savepoint s; create table a (id int); savepoint s; create table b (id int);
        rollback to s; release s; rollback to s; create table c (id int); commit;
    """,
    "settings roll back": """
        create schema app;
        begin; set search_path = app; create table a (id int); rollback; create table b (id int);
        begin; set search_path = app; commit; create table c (id int);
    """,
    "local settings": """
        create schema app;
        begin; set local search_path = app; create table a (id int); commit; create table b (id int);
    """,
    "settings behind local ones": """
        create schema app; create schema other;
        begin; set local search_path = app; set search_path = other; commit; create table a (id int);
        begin; set search_path = app; set local search_path = public; create table b (id int); commit;
        create table c (id int);
    """,
    "search_path": """
        create schema app; create schema other;
        set search_path = nowhere, app, other; create table a (id int);
        set search_path to "other"; create table b (id int);
        reset search_path; create table c (id int);
        set search_path to default; create table d (id int);
        set search_path = nowhere; create table e (id int);
        set search_path = ''; create table f (id int);
        create table public.g (id int);
    """,
    "set_config": """
        create schema app; create schema "My App";
        select set_config('search_path', 'app, public', false); create table a (id int);
        select pg_catalog.set_config('search_path', '"My App"', false); create table b (id int);
        select pg_catalog.set_config('search_path', '', false); create table c (id int);
    """,
    "the user's own schema": "create schema postgres; create table a (id int);",
    "reset all": "create schema app; set search_path = app; reset all; create table a (id int);",
    "roles": """
        create role maker; grant create on schema public to maker;
        set role maker; create table a (id int); reset role; create table b (id int);
        set session authorization maker; create table c (id int); reset session authorization;
    """,
    "rows": """
        create table items (id int, name text);
        insert into items (id, name) values (1, 'a');
        insert into items values (2, 'b');
        insert into items (id, nothing) values (1, 2);
        insert into nothing values (1);
        insert into items select * from nothing;
        update items set name = 'c' where id = 1;
        update items set nothing = 1;
        update nothing set a = 1;
        delete from items where id = 2;
        delete from nothing;
        truncate items;
        truncate nothing;
        select * from items;
        select * from nothing;
        with nothing as (select 1) select * from nothing;
        with x as (select 1 as id) insert into items (id) select id from x;
        select * from pg_class;
        select * from information_schema.tables;
    """,
    "quoted columns": """
        create table items ("Id" int);
        insert into items ("Id") values (1);
        insert into items (id) values (1);
    """,
    "blocks that change no schema": """
        create table items (id int, comment text);
        do $$ begin insert into items (id, comment) values (1, 'create'); raise notice 'drop'; end $$;
        do $$ declare n int; begin select count(*) into n from items; perform pg_sleep(0); end $$;
    """,
    "temporary objects": """
        create temporary table items (id int);
        create table items (id int, name text);
        insert into items (id) values (1);
        insert into items (name) values ('a');
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_session(case: str, database: Database) -> None:
    assert_agreement(database, CASES[case])


def replay(text: str) -> tuple[State, list[Outcome]]:
    """The state behind a file with this text, before the file's end, and what each statement did."""
    state = begin_file(platform_state("postgres"))
    outcomes: list[Outcome] = []
    for index, statement in enumerate(Source.of(text).statements):
        outcomes.append(replay_statement(state, extract(statement.text), At("a.sql", index)))
        state = outcomes[-1].state
    return state, outcomes


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("begin; begin; commit;", 1),
        ("commit;", 0),
        ("create table a (id int); rollback;", 1),
        ("begin; commit; end;", 2),
    ],
)
def test_unbalanced_transactions_are_noted(text: str, statement: int) -> None:
    _, outcomes = replay(text)
    problems = [(i, p.kind, p.rejected) for i, o in enumerate(outcomes) for p in o.problems]
    assert problems == [(statement, ProblemKind.TRANSACTION, False)]


def test_an_open_transaction_is_kept_and_noted() -> None:
    state, _ = replay("begin; create table a (id int);")
    ending = end_file(state, At("a.sql", 1))
    assert [problem.kind for problem in ending.problems] == [ProblemKind.TRANSACTION]
    assert ending.state.catalog.table("public", "a") is not None
    assert not ending.state.session.in_transaction


def test_a_file_starts_with_a_fresh_session() -> None:
    state, _ = replay("create schema app; set search_path = app; set role other; set work_mem = '1GB';")
    assert state.session.settings == (("work_mem", "1GB"),)
    session = begin_file(end_file(state, At("a.sql", 0)).state).session
    assert session == begin_file(platform_state("postgres")).session


def test_temporary_objects_end_with_their_file() -> None:
    state, _ = replay(
        "create temporary table a (id serial primary key); create temp view v as select id from a;"
    )
    assert state.catalog.table("pg_temp", "a") is not None
    after = end_file(state, At("a.sql", 0)).state.catalog
    before = platform_state("postgres").catalog
    assert len(after.relations) == len(before.relations)
    assert len(after.relation_names) == len(before.relation_names)


BLOCKS = [
    ("do $$ begin if random() > 0.5 then create type mood as enum ('a'); end if; end $$;", ("mood",)),
    ("do $$ begin if now() > '2020-01-01' then create schema app; end if; end $$;", ("app",)),
    ("do $$ begin execute 'drop table items' || version(); end $$;", ("items",)),
    (
        "do $$ begin execute format('create policy p on %I using (%s)', 'items', random()); end $$;",
        ("items",),
    ),
    (
        'do $x$ begin loop execute $q$ create table if not exists "My Items" (id int) $q$; end loop; end $x$;',
        ("My Items",),
    ),
]


@pytest.mark.parametrize(("text", "name"), BLOCKS)
def test_blocks_that_may_change_the_schema_are_not_analysed(text: str, name: tuple[str, ...]) -> None:
    state, outcomes = replay(text)
    assert len(outcomes[0].not_analysed) == 1
    assert name in state.catalog.tainted
    assert outcomes[0].problems == ()


def test_nothing_is_said_about_what_a_block_may_have_made() -> None:
    _, outcomes = replay(
        """
        do $$ begin if random() > 0.5 then create table items (id int); create type mood as enum ('a'); end if; end $$;
        create policy p on items using (true);
        insert into public.items values (1);
        comment on type mood is 'x';
        select * from others;
        """
    )
    assert [bool(outcome.problems) for outcome in outcomes] == [False, False, False, False, True]


def test_calling_a_function_that_changes_the_schema_is_not_analysed() -> None:
    state, outcomes = replay(
        """
        create table items (id int);
        create function audit(t text) returns void language plpgsql as
            $$ begin if random() > 0.5 then execute format('alter table items add column changed_at timestamptz');
            end if; end $$;
        create function harmless() returns int language plpgsql as $$ begin return 1; end $$;
        select harmless();
        select audit('items');
        insert into items (changed_at) values (now());
        do $$ begin perform audit('public.items'); end $$;
        """
    )
    assert [len(outcome.not_analysed) for outcome in outcomes] == [0, 0, 0, 0, 1, 0, 1]
    assert outcomes[5].problems == ()
    assert ("items",) in state.catalog.tainted
