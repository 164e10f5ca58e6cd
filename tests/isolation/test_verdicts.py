"""Every verdict on every policy set, tried on a real PostgreSQL: none may be contradicted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from isolation.policy_sets import ALL as SETS
from isolation.policy_sets import PolicySet
from isolation.trap_sets import TRAPS
from schemabot.isolation import Judge, detect
from schemabot.isolation.verdict import COMMANDS
from support.isolation_trial import ROWS, SCHEMA, Trial
from support.replay import replay

if TYPE_CHECKING:
    import psycopg

    from support.postgres import Platform

ALL = [*SETS, *TRAPS]
LETTERS = {"isolated": "I", "leaks": "L", "undecided": "U", "denied": "D"}
ROLES = ("authenticated", "anon")


def verdicts(table: str, sql: str) -> dict[tuple[str, str], str]:
    """What is said, by role and command."""
    state, problems = replay(SCHEMA + sql, "supabase")
    assert problems == ()
    catalog = state.catalog
    judge = Judge(catalog, detect(catalog), "supabase")
    subject = catalog.table("public", table)
    assert subject is not None
    return {
        (role, command): judge.judge(subject, command, role).verdict for role in ROLES for command in COMMANDS
    }


def contradictions(connection: psycopg.Connection, table: str, sql: str) -> list[str]:
    """Where the server shows the opposite of what is said. Everything is undone again."""
    found = []
    said = verdicts(table, sql)
    connection.execute("begin")
    try:
        connection.execute((ROWS + sql).encode())
        trial = Trial(connection, table)
        for (role, command), verdict in said.items():
            if verdict == "undecided":
                continue
            tried = trial.tried(command, role)
            held = {"isolated": not tried.foreign, "leaks": tried.foreign, "denied": not tried.anything}[
                verdict
            ]
            if not held:
                found.append(f"{role} {command}: {verdict}, but {tried}")
    finally:
        connection.execute("rollback")
    return found


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    database = platforms("supabase").database()
    database.run(SCHEMA)
    yield database.connect()
    database.close()


@pytest.mark.parametrize("policies", ALL, ids=lambda p: f"{p.table}: {p.name}")
def test_no_verdict_is_contradicted(policies: PolicySet, connection: psycopg.Connection) -> None:
    assert contradictions(connection, policies.table, policies.sql) == []


@pytest.mark.parametrize("policies", ALL, ids=lambda p: f"{p.table}: {p.name}")
def test_verdicts_are_these(policies: PolicySet) -> None:
    said = "".join(LETTERS[verdict] for verdict in verdicts(policies.table, policies.sql).values())
    assert f"{said[:4]} {said[4:]}" == policies.expected


def test_little_is_undecided() -> None:
    letters = [letter for policies in SETS for letter in policies.expected if letter != " "]
    assert len(SETS) >= 60
    assert letters.count("U") / len(letters) < 0.2
