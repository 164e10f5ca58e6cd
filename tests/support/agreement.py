"""One SQL text, given to a real PostgreSQL and to replay: both must refuse the same statements and end in the
same schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import psycopg

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.state import At, Problem, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.introspect import difference, introspect

if TYPE_CHECKING:
    from support.postgres import Database


def assert_agreement(
    database: Database, text: str, platform: Literal["postgres", "supabase"] = "postgres"
) -> State:
    """Run `text` statement by statement on both sides; gives the state that replay ends in."""
    state = begin_file(platform_state(platform))
    with database.connect() as connection:
        for index, statement in enumerate(Source.of(text).statements):
            answer = _server_answer(connection, statement.text)
            outcome = replay_statement(state, extract(statement.text), At("test.sql", index))
            state = outcome.state
            refused = [problem for problem in outcome.problems if problem.rejected]
            assert (answer is not None) == bool(refused), _disagreement(statement.text, answer, refused)
    state = end_file(state, At("test.sql", 0)).state
    with database.connect() as connection:
        found = difference(introspect(connection), catalog_json(state.catalog))
    assert not found, "\n".join(map(str, found))
    return state


def _server_answer(connection: psycopg.Connection, statement: str) -> str | None:
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return None


def _disagreement(statement: str, answer: str | None, refused: list[Problem]) -> str:
    replay = ", ".join(f"{p.kind}: {p.object} {p.detail}" for p in refused) or "accepts it"
    return f"{statement}\n  PostgreSQL: {answer or 'accepts it'}\n  replay: {replay}"
