"""Cases at the edges of the rules: what they report and where they stay silent."""

from __future__ import annotations

import pytest

from support.rule_examples import check_few, shown

QUIET = '[rules]\nrls-disabled = "off"\npolicy-missing = "off"'
CUSTOMERS = "create table a (id int primary key); create table b (a_id int references a, c_id int);"
PARTITIONED = (
    "create table e (d date not null) partition by range (d);\nalter table e enable row level security;\n"
)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("create foreign table far (id int) server elsewhere;", []),
        ("create schema private; create table private.jobs (id int);", []),
        ("create table auth.mine (id int);", []),
        ("create temporary table t (id int);", []),
        ("create view v as select 1 as one;", []),
        ("create table a (id int); alter table a enable row level security; "
         "alter table a disable row level security;", ["rls-disabled: a"]),
        ("create table p (id int); alter table p enable row level security; create policy p on p;"
         "create table c () inherits (p);", ["rls-disabled: c"]),
        ("create table a (id int); alter table a rename to b;", ["rls-disabled: a"]),
        ("create table a (id int); drop table a;", []),
        ("create table a (id int); create tabel a (id int);", ["syntax-error: tabel"]),
    ],
)  # fmt: skip
def test_rls_disabled(sql: str, found: list[str]) -> None:
    assert shown(check_few(sql)) == found


def test_partitions_are_measured_by_their_parent() -> None:
    sql = (
        f"{PARTITIONED}create policy p on e for all to authenticated using (true);\n"
        "create table e1 partition of e for values from ('2026-01-01') to ('2027-01-01');\n"
    )
    assert shown(check_few(sql)) == ["rls-disabled: e1"]
    assert shown(check_few(f"{sql}alter table e1 enable row level security;")) == []


@pytest.mark.parametrize(
    ("index", "found"),
    [
        ("create index on b (a_id);", False),
        ("create index on b (a_id, c_id);", False),
        ("create unique index on b (a_id) include (c_id);", False),
        ("create index on b using hash (a_id);", False),
        ("create index on b (a_id) where a_id is not null;", False),
        ("create index on b (c_id, a_id);", True),
        ("create index on b (c_id) include (a_id);", True),
        ("create index on b using brin (a_id);", True),
        ("create index on b ((a_id + 0));", True),
        ("create index on b (a_id) where a_id is null;", True),
        ("create index on b (a_id) where c_id is not null;", True),
        ("create index on b (a_id) where a_id is not null or c_id = 1;", True),
        ("create index on b (a_id); drop index b_a_id_idx;", True),
        ("alter table b drop constraint b_a_id_fkey;", False),
        ("alter table b drop column a_id;", False),
    ],
)
def test_fk_index_missing(index: str, found: bool) -> None:
    assert bool(shown(check_few(f"{CUSTOMERS}\n{index}", QUIET))) is found


@pytest.mark.parametrize(
    ("columns", "found"),
    [("(x, y)", False), ("(y, x)", False), ("(y, x, z)", False), ("(x)", True), ("(x, z, y)", True)],
)
def test_the_columns_of_a_key_lead_the_index_in_any_order(columns: str, found: bool) -> None:
    sql = (
        "create table a (x int, y int, primary key (x, y));\n"
        "create table b (x int, y int, z int, foreign key (x, y) references a);\n"
    )
    assert bool(shown(check_few(f"{sql}create index on b {columns};", QUIET))) is found


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("drop table a;", ["drop-table: a"]),
        ("set search_path = other; drop table if exists a;", []),
        ("drop table if exists nothing;", []),
        ("drop table a; create table public.a (id int);", []),
        ("drop table a; create table b (id int);", ["drop-table: a"]),
        ("drop table a; create schema s; create table s.a (id int);", ["drop-table: a"]),
        ("drop view v;", []),
    ],
)
def test_drop_table(second: str, found: list[str]) -> None:
    first = "-- file: 1.sql\ncreate table a (id int); create view v as select 1 as x; create schema other;\n"
    assert shown(check_few(f"{first}-- file: 2.sql\n{second}", QUIET), "drop-table") == found


def test_history_needs_no_approval() -> None:
    sql = "-- file: 1.sql\ncreate table a (id int);\n-- file: 2.sql\ndrop table a;"
    for status in ("applied", "settled"):
        assert shown(check_few(sql, status=status)) == []


def test_a_statement_that_cannot_be_read_is_reported_in_history_too() -> None:
    assert shown(check_few("create tabel a (id int);", status="applied")) == ["syntax-error: tabel"]
