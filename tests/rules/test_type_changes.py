"""A change of a column's type that the rules call a widening is one on a real PostgreSQL, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql

from support.postgres import Database
from support.rule_examples import check_texts, findings

WIDENED = [
    ("varchar(20)", "varchar(80)", "x" * 20),
    ("varchar(20)", "varchar", "x" * 20),
    ("varchar(20)", "text", "x" * 20),
    ("varchar", "text", "x"),
    ("text", "varchar", "x"),
    ("numeric(8, 2)", "numeric(12, 2)", "999999.99"),
    ("numeric(8, 2)", "numeric", "999999.99"),
    ("numeric(8)", "numeric(9)", "99999999"),
    ("timestamptz(3)", "timestamptz(6)", "2026-01-01 00:00:00.123+00"),
    ("timestamptz(3)", "timestamptz", "2026-01-01 00:00:00.123+00"),
    ("timestamp(0)", "timestamp", "2026-01-01 00:00:00"),
    ("time(2)", "time", "00:00:00.12"),
    ("timetz(2)", "timetz(4)", "00:00:00.12+00"),
    ("interval(2)", "interval", "1.12 seconds"),
    ("interval year", "interval", "3 years"),
    ("varbit(8)", "varbit(16)", "10101010"),
    ("varbit(8)", "varbit", "10101010"),
    ("cidr", "inet", "10.0.0.0/8"),
    ("integer", "integer", "1"),
    ("text", "text", "x"),
]
"""(old type, new type, a value): PostgreSQL touches no row, and the value stays the same."""

REWRITTEN = [
    ("integer", "bigint", "1"),
    ("varchar(20)", "varchar(10)", "x"),
    ("text", "varchar(20)", "x"),
    ("varchar", "varchar(20)", "x"),
    ("char(5)", "text", "x"),
    ("char(5)", "char(9)", "x"),
    ("numeric(8, 2)", "numeric(12, 4)", "1.25"),
    ("numeric(8, 2)", "numeric(8, 1)", "1.25"),
    ("numeric(8, 2)", "numeric(6, 2)", "1.25"),
    ("numeric", "numeric(8, 2)", "1.25"),
    ("timestamptz", "timestamptz(3)", "2026-01-01 00:00:00.123456+00"),
    ("interval", "interval year", "3 years"),
    ("interval", "interval(2)", "1.123456 seconds"),
    ("date", "timestamptz", "2026-01-01"),
    ("bit(8)", "varbit(8)", "10101010"),
    ("varbit(16)", "varbit(8)", "10101010"),
    ("inet", "cidr", "10.0.0.0/8"),
    ("text", "integer", "1"),
    ("jsonb", "json", "{}"),
    ("varchar(20)[]", "varchar(80)[]", "{x}"),
    ("varchar(20)[]", "text[]", "{x}"),
    ("varchar[]", "text[]", "{x}"),
    ("integer[]", "bigint[]", "{1}"),
    ("integer", "integer[]", "1"),
]
"""(old type, new type, a value): PostgreSQL rewrites the table."""


NEEDS_USING = {
    ("text", "integer"): "v::integer",
    ("integer", "integer[]"): "array[v]",
}


def is_said(old: str, new: str, using: str = "") -> bool:
    texts = {
        "migrations/20260101000000_a.sql": f"create table public.t (v {old});\n",
        "migrations/20260201000000_b.sql": f"alter table public.t alter column v type {new}{using};\n",
    }
    return bool(findings(check_texts(texts), "change-column-type"))


def changed(database: Database, old: str, new: str, value: str, using: str = "") -> tuple[bool, Any, Any]:
    """Whether the table has another file afterwards, and the value as text before and after."""
    with database.connect() as connection:
        connection.autocommit = True
        connection.execute(sql.SQL("create table t (v {})").format(sql.SQL(old)))  # type: ignore[arg-type]
        connection.execute("insert into t values (%s)", (value,))
        look = "select pg_relation_filenode('t'), v::text from t"
        file, before = connection.execute(look).fetchone() or (0, None)
        change = sql.SQL("alter table t alter column v type {}").format(sql.SQL(new + using))  # type: ignore[arg-type]
        connection.execute(change)
        other, after = connection.execute(look).fetchone() or (0, None)
        return file != other, before, after


@pytest.mark.parametrize(("old", "new", "value"), WIDENED)
def test_a_widening_touches_no_row_and_is_not_reported(
    database: Database, old: str, new: str, value: str
) -> None:
    rewritten, before, after = changed(database, old, new, value)
    assert (rewritten, after) == (False, before)
    assert not is_said(old, new)


@pytest.mark.parametrize(("old", "new", "value"), REWRITTEN)
def test_a_rewrite_is_reported(database: Database, old: str, new: str, value: str) -> None:
    using = "" if (old, new) not in NEEDS_USING else f" using {NEEDS_USING[old, new]}"
    rewritten, _, _ = changed(database, old, new, value, using)
    assert rewritten
    assert is_said(old, new, using)


@pytest.mark.parametrize(
    ("using", "value", "said"), [("upper(v)", "X", True), ("v::text", "x", False), ("v", "x", False)]
)
def test_using_may_make_other_values(database: Database, using: str, value: str, said: bool) -> None:
    rewritten, before, after = changed(database, "varchar(20)", "text", "x", f" using {using}")
    assert (rewritten, before, after) == (said, "x", value)
    assert is_said("varchar(20)", "text", f" using {using}") == said
