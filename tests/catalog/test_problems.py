"""What replay says when the server would refuse: kind, object, place, and who stands in the way."""

from __future__ import annotations

import pytest

from schemabot.catalog.state import Problem, ProblemKind
from support.replay import replay

TABLES = """
create table a (x int primary key, y int, z int, unique (y, z));
create table b (x int references a, w int);
create view v as select w from b;
"""


def _problem(statement: str, before: str = TABLES) -> tuple[Problem, str]:
    _, problems = replay(f"{before};{statement}")
    assert len(problems) == 1, problems
    return problems[0], problems[0].span.of(statement.strip())


@pytest.mark.parametrize(
    ("statement", "kind", "object_", "place"),
    [
        ("create table a ()", ProblemKind.ALREADY_EXISTS, "public.a", "a"),
        ("create table public.a ()", ProblemKind.ALREADY_EXISTS, "public.a", "public.a"),
        ("create table s.t ()", ProblemKind.UNKNOWN_SCHEMA, "s", "s.t"),
        ("create table t (x int, x text)", ProblemKind.DUPLICATE_COLUMN, "public.t.x", "x"),
        ("create table t (x int references v)", ProblemKind.WRONG_KIND, "public.v", "v"),
        ("create table t (x int references b)", ProblemKind.KEY_NOT_UNIQUE, "public.b", "b"),
        ("create table t (x int references a (z))", ProblemKind.KEY_NOT_UNIQUE, "public.a", "a"),
        ("create table t (x int check (q > 0))", ProblemKind.UNKNOWN_COLUMN, "q", "q"),
        ("create table t (x int default q())", ProblemKind.UNKNOWN_FUNCTION, "q", "q"),
        ("alter table q add column c int", ProblemKind.UNKNOWN_TABLE, "public.q", "q"),
        ("alter table only s.q add column c int", ProblemKind.UNKNOWN_TABLE, "s.q", "s.q"),
        ("alter table a add column y int", ProblemKind.DUPLICATE_COLUMN, "public.a.y", "y"),
        ("alter table a drop column q", ProblemKind.UNKNOWN_COLUMN, "public.a.q", "q"),
        ("alter table a alter q set not null", ProblemKind.UNKNOWN_COLUMN, "public.a.q", "q"),
        ("alter table a drop constraint q", ProblemKind.UNKNOWN_OBJECT, "public.a.q", "q"),
        ("alter table v drop column w", ProblemKind.WRONG_KIND, "public.v", "v"),
        ("create index on a (q)", ProblemKind.UNKNOWN_COLUMN, "public.a.q", "a"),
        ("drop index q", ProblemKind.UNKNOWN_OBJECT, "public.q", "q"),
        ("drop table v", ProblemKind.WRONG_KIND, "public.v", "v"),
        ("alter table a rename to b", ProblemKind.ALREADY_EXISTS, "public.b", "rename to b"),
    ],
)
def test_refusals(statement: str, kind: ProblemKind, object_: str, place: str) -> None:
    problem, where = _problem(statement)
    assert (problem.kind, problem.object) == (kind, object_)
    assert problem.rejected
    if "index on" not in statement:
        assert where == place


@pytest.mark.parametrize(
    ("statement", "others"),
    [
        ("drop table a", ("constraint b_x_fkey on table public.b",)),
        ("drop table b", ("view public.v",)),
        ("alter table b drop column w", ("view public.v",)),
        ("alter table a drop constraint a_pkey", ("constraint b_x_fkey on table public.b",)),
        ("drop index a_pkey", ("constraint a_pkey on table public.a",)),
        ("alter table b alter w type bigint", ("view public.v",)),
    ],
)
def test_what_stands_in_the_way_is_named(statement: str, others: tuple[str, ...]) -> None:
    problem, _ = _problem(statement)
    assert problem.kind is ProblemKind.DEPENDENT_OBJECTS
    assert problem.others == others


def test_the_keys_there_are_are_named() -> None:
    problem, _ = _problem("create table t (p int references a (z))")
    assert problem.others == ("(x)", "(y, z)")


def test_a_key_to_an_unknown_table_is_noted_and_left_out() -> None:
    state, problems = replay("create table t (a int primary key, b int references q)")
    assert [(p.kind, p.object, p.rejected) for p in problems] == [
        (ProblemKind.UNKNOWN_TABLE, "public.q", False)
    ]
    table = state.catalog.table("public", "t")
    assert table is not None and [c.kind for c in table.constraints] == ["not null", "primary key"]


def test_an_unknown_type_is_refused() -> None:
    state, problems = replay("create table t (a nosuch, b int)")
    assert [(p.kind, p.object, p.rejected) for p in problems] == [(ProblemKind.UNKNOWN_TYPE, "nosuch", True)]
    assert state.catalog.table("public", "t") is None


def test_a_type_that_an_extension_may_provide_is_taken_for_there() -> None:
    state, problems = replay("create table t (a citext, b int)")
    assert not problems
    table = state.catalog.table("public", "t")
    assert table is not None and [c.name for c in table.columns] == ["a", "b"]


@pytest.mark.parametrize(
    "statement",
    ["alter table t add column b int", "drop table t", "alter table t rename to u", "create index on t (a)",
     "alter table t drop constraint c", "create table u (a int references t)"],
)  # fmt: skip
def test_nothing_is_said_about_what_was_not_understood(statement: str) -> None:
    _, problems = replay(f"create tabel t (a int);{statement}")
    assert problems == ()


def test_a_refused_statement_changes_nothing() -> None:
    before, _ = replay(TABLES)
    after, problems = replay(TABLES + "create table t (n serial primary key, x int references v);")
    assert problems
    assert after.catalog.relation_names.keys() == before.catalog.relation_names.keys()
    assert after.catalog.next_oid == before.catalog.next_oid
