"""SQL texts replayed without a server."""

from __future__ import annotations

from typing import Literal

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.state import At, Problem, State
from schemabot.facts import extract
from schemabot.syntax.source import Source


def replay(
    text: str, platform: Literal["postgres", "supabase"] | None = "postgres", *, file: str = "test.sql"
) -> tuple[State, tuple[Problem, ...]]:
    """The state after all statements of `text`, and all that the server would answer to them.

    Without a platform nothing is there at first, no schema either.
    """
    state = begin_file(State() if platform is None else platform_state(platform))
    problems: list[Problem] = []
    for index, statement in enumerate(Source.of(text).statements):
        outcome = replay_statement(state, extract(statement.text), At(file, index))
        state = outcome.state
        problems += outcome.problems
    outcome = end_file(state, At(file, 0))
    return outcome.state, (*problems, *outcome.problems)
