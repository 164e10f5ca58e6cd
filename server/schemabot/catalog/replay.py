"""Replaying statements and files: facts in, states and what the server would answer out."""

from __future__ import annotations

import msgspec

from schemabot.catalog.apply import apply
from schemabot.catalog.apply.dependencies import Target
from schemabot.catalog.apply.removal import remove
from schemabot.catalog.apply.step import TEMPORARY_SCHEMA, Step
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.state import (
    DEFAULT_SEARCH_PATH,
    At,
    NotAnalysed,
    Part,
    Problem,
    ProblemKind,
    Session,
    State,
)
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
    fresh = _fresh(state.session)
    return state if state.session == fresh else State(state.catalog, fresh)


def replay_statement(state: State, extracted: Extracted, at: At) -> Outcome:
    """Replay the facts of one statement, one after the other; when the server refuses one, it refuses all."""
    parts: list[Part] = []
    before = state
    for fact in extracted.facts:
        part = apply(state, fact, at)
        if isinstance(fact, Unanalysed) and extracted.error is None:
            reason = NotAnalysed(fact.reason, fact.span)
            part = msgspec.structs.replace(part, not_analysed=(reason, *part.not_analysed))
        state = part.state
        parts.append(part)
    if len(parts) > 1 and any(problem.rejected for part in parts for problem in part.problems):
        state = before
    return Outcome(state, tuple(parts))


def end_file(state: State, at: At) -> Outcome:
    """What the end of a file does: temporary objects go with the session.

    A transaction that is still open is noted, and its work is kept, though psql would roll it back: the files
    that follow were written by somebody who meant it to be there, and while somebody types the COMMIT is only
    missing for now.
    """
    catalog = _without_temporary(state, at) if state.session.temporary else state.catalog
    if not state.session.in_transaction:
        return Outcome(state if catalog is state.catalog else State(catalog, _fresh(state.session)))
    problem = Problem(
        kind=ProblemKind.TRANSACTION,
        span=Span(0, 0),
        object="",
        detail="the transaction is never committed",
        rejected=False,
    )
    state = State(catalog, _fresh(state.session))
    return Outcome(state, (Part(state, (problem,)),))


def _fresh(session: Session) -> Session:
    path, role = session.default_search_path, session.default_role
    if path == DEFAULT_SEARCH_PATH and role == _FRESH.role and session.implicit:
        return _FRESH
    return Session(
        search_path=path,
        default_search_path=path,
        role=role,
        default_role=role,
        implicit=session.implicit,
    )


def _without_temporary(state: State, at: At) -> Catalog:
    """The catalog behind the end of a session, which drops what lies in pg_temp."""
    step = Step(state, at)
    catalog = state.catalog
    gone: dict[Target, bool] = {}
    for (schema, _), oid in catalog.relation_names.items():
        if schema == TEMPORARY_SCHEMA:
            gone[Target("relation", oid)] = True
    for oid, function in catalog.functions.items():
        if function.schema == TEMPORARY_SCHEMA:
            gone[Target("function", oid)] = True
    for oid, item in catalog.types.items():
        if item.schema == TEMPORARY_SCHEMA:
            gone[Target("type", oid)] = True
    remove(step, gone)
    return step.catalog


_FRESH = Session()
