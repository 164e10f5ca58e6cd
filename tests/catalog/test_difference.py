"""The way back of every statement of the cases, run by a real PostgreSQL: the schema before it, exactly.

What `difference` cannot bring back it says in `left`; the statements for which that is so are named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from catalog.test_cases import case_texts
from schemabot.catalog.diff import Difference, difference
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.introspect import difference as differing
from support.introspect import introspect

if TYPE_CHECKING:
    from support.postgres import Platform

SAID: dict[str, tuple[str, ...]] = {}
"""By case, the beginnings of the statements whose way back lacks something, which is said."""


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    """One connection to an empty database."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


NOT_YET = frozenset((Path(__file__).parent / "not_undone_yet.txt").read_text("utf-8").splitlines())
"""Cases with a statement whose way back is still wrong, or not said to be missing; most are about partitions."""


@pytest.mark.parametrize("text", case_texts())
def test_every_statement_has_a_way_back(
    connection: psycopg.Connection, text: str, request: pytest.FixtureRequest
) -> None:
    title = request.node.callspec.id
    if title in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True, reason="its way back is not exact yet"))
    state = begin_file(platform_state("postgres"))
    with connection.transaction(force_rollback=True):
        there = introspect(connection)
        for index, statement in enumerate(Source.of(text).statements):
            outcome = replay_statement(state, extract(statement.text), At("test.sql", index))
            before, state = state, outcome.state
            if any(problem.rejected for problem in outcome.problems):
                continue
            connection.execute(statement.text.encode())
            if state.catalog is before.catalog or state.session.in_transaction:
                continue
            now = introspect(connection)
            back = difference(state.catalog, before.catalog)
            said = any(statement.text.startswith(known) for known in SAID.get(title, ()))
            assert bool(back.left) == said, (statement.text, back.left)
            if not said:
                assert_back(connection, statement.text, back, there)
            there = now


def assert_back(connection: psycopg.Connection, statement: str, back: Difference, there: Any) -> None:
    """The statements lead to the schema `there` again."""
    with connection.transaction(force_rollback=True):
        for sql in back.statements:
            connection.execute(sql.encode())
        found = list(differing(without_order(introspect(connection)), without_order(there)))
    assert not found, (statement, back.statements, "\n".join(map(str, found)))


def without_order(found: Any) -> Any:
    """The schema without the order of columns: what is added again stands last."""
    tables = [
        {**table, "columns": sorted(table["columns"], key=lambda column: str(column["name"]))}
        for table in found["tables"]
    ]
    return {**found, "tables": tables}
