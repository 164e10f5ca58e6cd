"""Names and types of the columns of queries: replay works out what PostgreSQL does, expression by expression."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.objects import View
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.expression_tables import COLUMNS, SETUP

if TYPE_CHECKING:
    from support.postgres import Database

Columns = list[tuple[str, str | None]]

_LINES = (Path(__file__).parent / "expressions/types.sql").read_text("utf-8").splitlines()[1:]


def _replayed(text: str) -> State:
    state = begin_file(platform_state("postgres"))
    for index, statement in enumerate(Source.of(text).statements):
        outcome = replay_statement(state, extract(statement.text), At("setup.sql", index))
        assert not outcome.problems, (statement.text, outcome.problems)
        state = outcome.state
    return state


def _theirs(connection: psycopg.Connection[Any], statement: str) -> Columns | None:
    """The columns of the view that `statement` makes in PostgreSQL; None when it refuses."""
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(statement.encode())
            return connection.execute(
                "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
                " where attrelid = 'made'::regclass and attnum > 0 order by attnum"
            ).fetchall()  # type: ignore[return-value]  # rows of two texts
        except psycopg.Error:
            return None


def _ours(state: State, statement: str) -> Columns | None:
    outcome = replay_statement(state, extract(statement), At("test.sql", 0))
    view = outcome.state.catalog.relation("public", "made")
    if not isinstance(view, View):
        return None
    catalog = outcome.state.catalog
    return [(c.name, None if c.type is None else format_type(catalog, c.type)) for c in view.columns]


def test_columns_of_queries(database: Database) -> None:
    state = _replayed(SETUP)
    refused, wrong = 0, []
    with database.connect() as connection:
        connection.execute(SETUP.encode())
        for line in _LINES:
            is_query = line.split("(")[0].split(" ")[0].lower() in ("select", "with", "values", "table")
            statement = f"create view made as {line if is_query else f'select {line} from t'}"
            theirs = _theirs(connection, statement)
            ours = _ours(state, statement)
            if theirs is None:
                refused += 1
            elif theirs != ours:
                wrong.append((line, ours, theirs))
    assert not wrong
    assert refused < len(_LINES) / 15, "most cases should be ones that PostgreSQL takes"


_COLUMN = st.sampled_from(sorted(COLUMNS))
_LITERAL = st.sampled_from(
    ["1", "1.5", "'1'", "null", "true", "'{}'", "'2020-01-01'", "10000000000", "'1 day'::interval"]
)
_BINARY = ["+", "-", "*", "/", "||", "=", "<", "%", "->", "->>", "&&", "@>", "^"]
_UNARY = ["-", "not ", "@ "]
_FUNCTIONS = {
    1: ["lower", "upper", "length", "abs", "round", "sum", "max", "array_agg", "count", "to_jsonb", "g", "date", "ceil",
        "unnest", "avg", "min", "jsonb_agg", "sign", "cardinality", "string_to_table"],
    2: ["coalesce", "nullif", "greatest", "concat", "round", "date_trunc", "power", "mod", "left", "comp", "poly",
        "array_append", "substring", "string_agg", "to_char", "age", "timezone", "array_cat"],
}  # fmt: skip
_TYPES = [
    "text",
    "int",
    "numeric(8,1)",
    "varchar(3)",
    "jsonb",
    "date",
    "timestamptz",
    "text[]",
    "email",
    "mood",
]


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(_BINARY), inner),
        st.builds("({}{})".format, st.sampled_from(_UNARY), inner),
        st.builds("{}({})".format, st.sampled_from(_FUNCTIONS[1]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(_FUNCTIONS[2]), inner, inner),
        st.builds("({})::{}".format, inner, st.sampled_from(_TYPES)),
        st.builds("case when bo then {} else {} end".format, inner, inner),
        st.builds("array[{}, {}]".format, inner, inner),
        st.builds("(select {} union select {})".format, inner, inner),
        st.builds("({})[1]".format, inner),
        st.builds("(select q from (values ({}), ({})) as w (q) limit 1)".format, inner, inner),
    )


_EXPRESSION = st.recursive(st.one_of(_COLUMN, _COLUMN, _LITERAL), _larger, max_leaves=5)


@pytest.mark.parametrize("start", [0, 1])
def test_any_expression(start: int, database: Database) -> None:
    state = _replayed(SETUP)
    connection = database.connect()
    connection.execute(SETUP.encode())

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        database=None,
    )
    @given(st.lists(_EXPRESSION, min_size=start, max_size=start + 1))
    def compare(expressions: list[str]) -> None:
        for expression in expressions:
            statement = f"create view made as select {expression} as made from t"
            theirs = _theirs(connection, statement)
            if theirs is not None:
                assert _ours(state, statement) == theirs, statement

    compare()
