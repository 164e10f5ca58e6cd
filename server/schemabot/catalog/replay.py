"""Replaying statements and files: facts in, states and what the server would answer out."""

from __future__ import annotations

import msgspec

from schemabot.catalog.apply import apply
from schemabot.catalog.state import At, NotAnalysed, Part, Problem, ProblemKind, Session, State
from schemabot.facts.model import Extracted, Unanalysed
from schemabot.text import Span


class Outcome(msgspec.Struct, frozen=True):
    """What one statement did: `state` behind it, and a part for each of its facts."""

    state: State
    parts: tuple[Part, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that the server would answer."""
        return tuple(problem for part in self.parts for problem in part.problems)

    @property
    def not_analysed(self) -> tuple[NotAnalysed, ...]:
        """All that was not understood."""
        return tuple(item for part in self.parts for item in part.not_analysed)


def begin_file(state: State) -> State:
    """The state in which a file starts: runners give every migration a fresh session."""
    if state.session == _FRESH:
        return state
    return State(state.catalog, _FRESH)


def replay_statement(state: State, extracted: Extracted, at: At) -> Outcome:
    """Replay the facts of one statement, one after the other."""
    parts: list[Part] = []
    for fact in extracted.facts:
        part = apply(state, fact, at)
        if isinstance(fact, Unanalysed) and extracted.error is None:
            reason = NotAnalysed(fact.reason, fact.span)
            part = msgspec.structs.replace(part, not_analysed=(reason, *part.not_analysed))
        state = part.state
        parts.append(part)
    return Outcome(state, tuple(parts))


def end_file(state: State, at: At) -> Outcome:
    """What the end of a file does. A transaction that is still open is noted, and its work is kept: the files
    that follow were written by somebody who meant it to be there."""
    if not state.session.in_transaction:
        return Outcome(state)
    problem = Problem(
        kind=ProblemKind.TRANSACTION,
        span=Span(0, 0),
        object="",
        detail="the transaction is never committed",
        rejected=False,
    )
    state = State(state.catalog, _FRESH)
    return Outcome(state, (Part(state, (problem,)),))


_FRESH = Session()
