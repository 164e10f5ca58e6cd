"""SQL cases, each run by a real PostgreSQL 18 and replayed: both refuse the same statements and end in the
same schema. A case starts with `-- case: title` in cases/*.sql.

All cases share one connection: each runs in a transaction that is rolled back, its statements in savepoints.
Cases with CONCURRENTLY cannot, and get a database of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.agreement import assert_agreement
from support.introspect import difference, introspect

if TYPE_CHECKING:
    from support.postgres import Database, Platform

CASES = Path(__file__).parent / "cases"


def case_texts(*, concurrent: bool = False) -> list[object]:
    """The cases as parameters; those with CONCURRENTLY apart from the others."""
    found: list[object] = []
    for file in sorted(CASES.glob("*.sql")):
        for case in re.split(r"(?m)^-- case: ", file.read_text("utf-8"))[1:]:
            title, _, text = case.partition("\n")
            if ("concurrently" in text) == concurrent:
                found.append(pytest.param(text, id=f"{file.stem}: {title}"))
    return found


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    """One connection to an empty database."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


@pytest.mark.parametrize("text", case_texts(concurrent=False))
def test_replay_agrees_with_postgresql(connection: psycopg.Connection, text: str) -> None:
    state = begin_file(platform_state("postgres"))
    with connection.transaction(force_rollback=True):
        for index, statement in enumerate(Source.of(text).statements):
            answer = None
            try:
                with connection.transaction():
                    connection.execute(statement.text.encode())
            except psycopg.Error as error:
                answer = str(error).splitlines()[0]
            outcome = replay_statement(state, extract(statement.text), At("test.sql", index))
            state = outcome.state
            refused = [problem for problem in outcome.problems if problem.rejected]
            assert not outcome.not_analysed, statement.text
            assert (answer is not None) == bool(refused), (statement.text, answer, refused)
            assert answer is not None or not outcome.problems, (statement.text, outcome.problems)
        connection.execute("set local search_path to public")
        found = difference(introspect(connection), catalog_json(state.catalog))
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("text", case_texts(concurrent=True))
def test_replay_agrees_outside_a_transaction(database: Database, text: str) -> None:
    assert_agreement(database, text)
