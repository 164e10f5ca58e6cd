"""Generated histories, split into files: the way back of the last file leads exactly to the catalog before it.

PostgreSQL runs the whole history and then the way back; what it has then is compared with what it had before the last
file, in its own words. The seeds are fixed; SCHEMABOT_GENERATED asks for a number of others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from catalog.test_difference import without_order
from schemabot.catalog.diff import difference
from support.generated import Replay, generate, server_answer
from support.introspect import difference as server_difference
from support.introspect import introspect

if TYPE_CHECKING:
    from support.postgres import Platform

_SEEDS = int(os.environ.get("SCHEMABOT_GENERATED", "40"))
_OF_A_SESSION = ("begin", "commit", "rollback", "savepoint ", "release ", "rollback to ", "set ", "reset ")


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection[Any]]:
    """One connection to an empty database; every history is rolled back."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_the_last_file_of_a_history_has_a_way_back(connection: psycopg.Connection[Any], seed: int) -> None:
    statements = [
        statement
        for statement in generate(Random(seed), 15 + seed * 31 % 60)
        if not statement.startswith(_OF_A_SESSION)
    ]
    last = len(statements) - 1 - seed % 8
    found = tried(connection, statements[:last], statements[last:])
    assert not found, "\n".join(found)


def tried(connection: psycopg.Connection[Any], before: list[str], file: list[str]) -> list[str]:
    """What the way back of `file`, behind `before`, does not bring back; nothing when the sides disagree already."""
    ours = Replay()
    with connection.transaction(force_rollback=True):
        connection.execute("create role alice; create role bob")
        if not _run(connection, ours, before):
            return []
        there, earlier = introspect(connection), ours.state.catalog
        if not _run(connection, ours, file):
            return []
        back = difference(ours.state.catalog, earlier)
        said = [f"-- left: {left.subject} {left.why}" for left in back.left]
        problems: list[str] = list(said)
        try:
            with connection.transaction(force_rollback=True):
                for statement in back.statements:
                    connection.execute(statement.encode())
                now = introspect(connection)
            problems += map(str, server_difference(without_order(now), without_order(there)))
        except psycopg.Error as error:
            problems.append(f"-- {str(error).splitlines()[0]}")
    if not problems:
        return []
    return [*before, "-- the file", *file, "-- the way back", *back.statements, *problems]


def _run(connection: psycopg.Connection[Any], ours: Replay, statements: list[str]) -> bool:
    """Run the statements on both sides; false when they do not agree on which to refuse."""
    for statement in statements:
        answer, said = server_answer(connection, statement), ours.run(statement)
        if (answer is None) != (said is None) or ours.uncertain:
            return False
    return True
