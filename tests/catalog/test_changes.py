"""Objects know where they come from, and which later statements changed them."""

from __future__ import annotations

from schemabot.catalog.objects import Table
from support.replay import replay


def _table(text: str, name: str = "t") -> Table:
    state, problems = replay(text)
    assert problems == ()
    table = state.catalog.table("public", name)
    assert table is not None
    return table


def test_alterations_are_noted_with_their_statement() -> None:
    table = _table(
        "create table t (a int, b int);"
        "alter table t enable row level security;"
        "alter table t add column c int;"
        "alter table t alter column a type bigint;"
        "alter table t drop column b;"
        "alter table t add constraint k check (a > 0)"
    )
    assert [(change.what, change.at.statement) for change in table.changes] == [
        ("row level security", 1),
        ("column c", 2),
        ("column a", 3),
        ("column b", 4),
        ("constraint k", 5),
    ]
    assert [(c.what, c.at.statement) for c in table.columns[0].changes] == [("type", 3)]
    assert [(c.name, c.origin.statement) for c in table.columns] == [("a", 0), ("c", 2)]


def test_numbers_of_columns_stay() -> None:
    table = _table(
        "create table t (a int, b int, c int); alter table t drop column b; alter table t add d int"
    )
    assert [(c.name, c.number) for c in table.columns] == [("a", 1), ("c", 3), ("d", 4)]


def test_oids_stay_through_renames() -> None:
    before = _table("create table u (a int primary key)", "u")
    after = _table("create table u (a int primary key); alter table u rename to t")
    assert (before.oid, before.constraints[0].oid) == (after.oid, after.constraints[0].oid)
    assert [change.what for change in after.changes] == ["name"]


def test_origins_of_parts_are_their_names() -> None:
    text = "create table t (id int constraint pk primary key, other_id int references t)"
    table = _table(text)
    named = [c for c in table.constraints if c.kind != "not null"]
    assert [c.origin.span.of(text) for c in named] == ["pk", "references t"]
    assert [c.origin.span.of(text) for c in table.columns] == ["id", "other_id"]
