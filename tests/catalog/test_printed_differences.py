"""What a way back says and leaves out: nothing that goes by itself, ONLY where it matters, names in an order that works,
and of every step whether it loses data. Each one is run by a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from catalog.test_difference import assert_back
from schemabot.catalog.diff import Difference, difference
from support.introspect import introspect
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Platform


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection[Any]]:
    """One connection to an empty database."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


def way_back(connection: psycopg.Connection[Any], before: str, file: str) -> Difference:
    """The way back of `file` behind `before`, which PostgreSQL has run."""
    earlier, _ = replay(before)
    later, problems = replay(f"{before};\n{file}")
    assert problems == ()
    back = difference(later.catalog, earlier.catalog)
    assert back.left == ()
    with connection.transaction(force_rollback=True):
        connection.execute(before.encode())
        there = introspect(connection)
        connection.execute(file.encode())
        assert_back(connection, file, back, there)
    return back


def test_what_goes_with_a_column_is_not_dropped_by_itself(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table o (id int primary key); create table t (id int primary key)",
        "alter table t add a int references o, add b int unique check (b > 0); create index i on t (a, b)",
    )
    assert sorted(back.statements) == [
        "alter table public.t drop column a",
        "alter table public.t drop column b",
    ]
    assert {(change.effect, change.why) for change in back.changes} == {
        ("loses data", "its values are dropped with it")
    }


def test_what_goes_with_a_table_is_not_dropped_by_itself(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table o (id int primary key)",
        "create table t (id int primary key, o int references o check (o > 0)); create index i on t (o);"
        "alter table t enable row level security; create policy p on t using (true)",
    )
    assert back.statements == ("drop table public.t",)
    assert back.effect == "loses data"


def test_partitions_go_with_their_table(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table o (id int)",
        "create table p (a int) partition by list (a); create table p1 partition of p for values in (1)",
    )
    assert back.statements == ("drop table public.p",)


def test_a_key_that_others_refer_to_goes_after_them(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table t (id int); create table u (t int)",
        "alter table t add k int unique; alter table u add foreign key (t) references t (k)",
    )
    assert back.statements == (
        "alter table public.u drop constraint u_t_fkey",
        "alter table public.t drop column k",
    )


def test_only_is_said_of_tables_with_children(connection: psycopg.Connection[Any]) -> None:
    tables = (
        "create table t (a int default 1); create table c () inherits (t); create table u (a int default 1)"
    )
    back = way_back(
        connection, tables, "alter table only t alter a set default 2; alter table u alter a set default 2"
    )
    assert back.statements == (
        "alter table only public.t alter column a set default 1",
        "alter table public.u alter column a set default 1",
    )


@pytest.mark.parametrize(
    ("before", "file"),
    [
        (
            "create table a (i int); create table b (t text)",
            "alter table a rename to c; alter table b rename to a; alter table c rename to b",
        ),
        (
            "create table t (a int, b text)",
            "alter table t rename a to c; alter table t rename b to a; alter table t rename c to b",
        ),
        (
            "create table a (i int); create table b (t text)",
            "alter table a rename to c; alter table b rename to a",
        ),
    ],
)
def test_names_that_were_exchanged(connection: psycopg.Connection[Any], before: str, file: str) -> None:
    way_back(connection, before, file)


def test_what_is_made_again_is_not_renamed_first(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table t (a int); create view v as select a from t",
        "alter view v rename to w; drop view w; alter table t rename a to b",
    )
    assert not any(" rename to v" in statement for statement in back.statements)


def test_an_enum_that_loses_a_label_takes_what_compares_it_along(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create type mood as enum ('low', 'high'); alter type mood rename value 'low' to 'down';"
        "create table t (m mood default 'high' check (m <> 'down'), n int);"
        "create index i on t (n) where m = 'high'",
        "alter type mood add value 'new'",
    )
    assert "fails if a row has a label that goes" in [change.why for change in back.changes]


def test_a_default_follows_a_label_that_is_renamed(connection: psycopg.Connection[Any]) -> None:
    way_back(
        connection,
        "create type mood as enum ('low', 'high'); create table t (m mood default 'low');"
        "alter type mood rename value 'low' to 'down'",
        "alter type mood add value 'new'",
    )


def test_a_publication_is_altered_and_not_made_again(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table t (a int); create table u (a int); create publication p for table t",
        "alter publication p add table u; alter publication p drop table t",
    )
    assert back.statements == (
        "alter publication p drop table public.u",
        "alter publication p add table public.t",
    )


def test_a_table_that_is_made_again_loses_its_rows(connection: psycopg.Connection[Any]) -> None:
    back = way_back(
        connection,
        "create table t (a int) partition by list (a)",
        "drop table t; create table t (a int)",
    )
    assert back.effect == "loses data"
    assert back.statements[0] == "drop table public.t"


def test_an_enum_that_another_took_the_place_of(connection: psycopg.Connection[Any]) -> None:
    """What is done to reorder labels, or to use a new one at once."""
    way_back(
        connection,
        "create type mood as enum ('low', 'high'); create table t (m mood not null default 'low')",
        "create type mood_new as enum ('high', 'low', 'mid'); alter table t alter m drop default;"
        "alter table t alter m type mood_new using m::text::mood_new; alter type mood rename to mood_old;"
        "alter type mood_new rename to mood; drop type mood_old; alter table t alter m set default 'mid'",
    )
