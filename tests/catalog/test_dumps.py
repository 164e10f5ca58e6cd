"""Dumps: PostgreSQL's own pg_dump writes a schema with most kinds of objects down, and replay of the dump ends in
the very same catalog, with nothing refused and nothing left out."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.analysis.history import extract_statement
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import Outcome, begin_file, end_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.syntax.source import Source
from support.introspect import difference, introspect
from support.postgres import program

if TYPE_CHECKING:
    from support.postgres import Database

RICH = (Path(__file__).parent / "dumps" / "rich.sql").read_text("utf-8")
ROLES = "\n".join(line for line in RICH.splitlines() if line.startswith("create role"))
DUMPS = {
    "plain": (),
    "schema only": ("--schema-only",),
    "inserts": ("--inserts", "--rows-per-insert=2"),
    "with the command to create the database": ("--create",),
    "nobody's": ("--no-owner", "--no-privileges"),
}


def dumped(database: Database, *options: str) -> str:
    """What pg_dump writes."""
    command = [program("pg_dump"), "-h", database.host, "-U", "postgres", *options, database.name]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def steps(text: str, state: State) -> list[tuple[str, str, Outcome]]:
    """Every statement with its kind and what replay makes of it."""
    found: list[tuple[str, str, Outcome]] = []
    state = begin_file(state)
    for index, statement in enumerate(Source.of(text).statements):
        outcome = replay_statement(state, extract_statement(statement), At("dump.sql", index))
        assert not outcome.not_analysed, statement.text
        found.append((statement.kind, statement.text, outcome))
        state = outcome.state
    return found


def replayed(text: str, state: State) -> State:
    """The state behind `text`, all of which the server accepts."""
    found = steps(text, state)
    assert [(text, outcome.problems) for _, text, outcome in found if outcome.problems] == []
    return end_file(found[-1][2].state, At("dump.sql", len(found))).state


def with_roles() -> State:
    """An empty database on a server that has the roles: a dump has none."""
    return replayed(ROLES, platform_state("postgres"))


def assert_same(database: Database, state: State, *left_out: str) -> None:
    ours = catalog_json(state.catalog)
    with database.connect() as connection:
        theirs = introspect(connection)
    found = difference({**theirs, **{key: ours[key] for key in left_out}}, ours)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dump", DUMPS)
def test_a_dump_replays(dump: str, database: Database) -> None:
    database.run(RICH)
    text = dumped(database, *DUMPS[dump])
    assert ("COPY app.users" in text) == (dump not in ("schema only", "inserts"))
    state = replayed(text, with_roles())
    if dump == "nobody's":
        assert_same(database, state, "grants", "default_privileges")
        assert {grant["role"] for grant in catalog_json(state.catalog)["grants"]} == {"public"}
    else:
        assert_same(database, state)


def test_a_dump_that_cleans_up_first_replays(database: Database) -> None:
    """pg_dump drops the keys of partitions, which the server refuses; replay must refuse these alone too."""
    database.run(RICH)
    text = dumped(database, "--clean", "--if-exists", "--schema-only")
    state = replayed(RICH, platform_state("postgres"))
    assert_same(database, state)
    found = steps(text, state)
    refused: list[str] = []
    with database.connect() as connection:
        for kind, statement, _ in found:
            try:
                if kind == "sql":
                    connection.execute(statement.encode())
            except psycopg.Error:
                refused.append(statement)
    assert [text for _, text, outcome in found if any(p.rejected for p in outcome.problems)] == refused
    assert_same(database, end_file(found[-1][2].state, At("dump.sql", len(found))).state)


def test_a_dump_with_other_line_ends_replays(database: Database) -> None:
    database.run(RICH)
    text = dumped(database)
    assert "\nCOPY " in text
    assert_same(database, replayed(text.replace("\n", "\r\n"), with_roles()))
