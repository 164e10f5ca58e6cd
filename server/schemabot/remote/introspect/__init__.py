"""A database read into the same catalog that replay makes: asked for its own DDL, which is then replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, IndexEntry, Relation, TypeObject
from schemabot.catalog.platform import PlatformName, platform_state
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.snapshot import Snapshot
from schemabot.catalog.state import At, ProblemKind, Session, State
from schemabot.facts import extract
from schemabot.facts.model import Unanalysed
from schemabot.remote.asking import Asker
from schemabot.remote.errors import RemoteError
from schemabot.remote.introspect import queries
from schemabot.remote.introspect.applied import applied_migrations
from schemabot.remote.introspect.texts import recorded_texts
from schemabot.syntax.source import Source

REMOTE_FILE = "remote:"
"""The file that the origins of what was read name."""

_MOST_NOTES = 20


class IntrospectionCancelledError(Exception):
    """Nobody wants the answer any more."""


def introspect(
    asker: Asker, origin: str, taken_at: float, cancelled: Callable[[], bool] = lambda: False
) -> Snapshot:
    """The schema of the database behind `asker`.

    Raises `RemoteError`, and `IntrospectionCancelledError` when `cancelled` says so.
    """
    rows = asker.ask(queries.SERVER)
    version, _, is_supabase = rows[0]
    platform: PlatformName = "supabase" if is_supabase else "postgres"
    statements: list[str] = []
    notes: list[str] = []
    for answer in _asked_together(asker, queries.queries_for(int(version)), notes, cancelled):
        statements += [str(statement) for statement in answer if statement is not None]
    notes += [f"not read: {count} {what}" for what, count in _asked(asker, queries.NOT_READ, notes)]
    applied = applied_migrations(lambda query: _asked(asker, query, notes))
    ran = recorded_texts(lambda query: _asked(asker, query, notes))
    catalog, refused = _replayed(statements, platform, cancelled)
    notes += refused[:_MOST_NOTES]
    if len(refused) > _MOST_NOTES:
        notes.append(f"and {len(refused) - _MOST_NOTES} more statements were not understood")
    return Snapshot(catalog, origin, taken_at, int(version), platform, applied, tuple(notes), ran)


def _asked_together(
    asker: Asker, wanted: tuple[str, ...], notes: list[str], cancelled: Callable[[], bool]
) -> list[list[Any]]:
    """The single column of each query: all in one round trip and of one moment; one by one where that is refused."""
    if cancelled():
        raise IntrospectionCancelledError
    try:
        columns = ", ".join(f"array({query}) as answer_{number}" for number, query in enumerate(wanted))
        return [list(answer) for answer in asker.ask(f"select {columns}")[0]]
    except RemoteError as error:
        if error.lost:
            raise
    found: list[list[Any]] = []
    for query in wanted:
        if cancelled():
            raise IntrospectionCancelledError
        found.append([row[0] for row in _asked(asker, query, notes)])
    return found


def _asked(asker: Asker, query: str, notes: list[str]) -> list[tuple[Any, ...]]:
    """The rows of a query; what is refused is noted, unless nothing can be known without it."""
    try:
        return asker.ask(query)
    except RemoteError as error:
        if error.lost or query in queries.ESSENTIAL:
            raise
        notes.append(f"not read: {error}")
        return []


def _replayed(
    statements: list[str], platform: PlatformName, cancelled: Callable[[], bool]
) -> tuple[Catalog, list[str]]:
    """The catalog that statements lead to; what is refused is tried again as long as that brings something."""
    start = platform_state(platform)
    state = begin_file(State(start.catalog, Session(search_path=(), default_search_path=())))
    waiting = ["set check_function_bodies to off", *statements]
    refused: list[tuple[str, str]] = []
    while waiting:
        refused = []
        for number, text in enumerate(waiting):
            if number % 200 == 0 and cancelled():
                raise IntrospectionCancelledError
            state, problem = _applied(state, text)
            if problem:
                refused.append((text, problem))
        if len(refused) == len(waiting):
            break
        waiting = [text for text, _ in refused]
    state = end_file(state, At(REMOTE_FILE, 0)).state
    refused = [
        (text, problem) for text, problem in refused if not _is_of_the_platform(problem, start.catalog)
    ]
    said = [f"not understood: {' '.join(text.split())[:100]} ({problem})" for text, problem in refused]
    return state.catalog, said


def _is_of_the_platform(problem: str, catalog: Catalog) -> bool:
    """Whether something was refused of an object that the platform brings: its own parts are there already."""
    named = problem.partition(": ")[2].split(" ")[0]
    schema, _, name = named.partition(".")
    return (schema, name) in catalog.relation_names or (schema, name) in catalog.function_names


def _applied(state: State, text: str) -> tuple[State, str]:
    """The state behind one statement, and why it was refused; what is there already is no problem."""
    for statement in Source.of(text).statements:
        extracted = extract(statement.text)
        unknown = [fact.reason for fact in extracted.facts if isinstance(fact, Unanalysed)]
        if unknown:
            return state, unknown[0]
        outcome = replay_statement(state, extracted, At(REMOTE_FILE, 0))
        rejected = [problem for part in outcome.parts for problem in part.problems if problem.rejected]
        if rejected:
            if all(problem.kind == ProblemKind.ALREADY_EXISTS for problem in rejected):
                return state, ""
            return state, f"{rejected[0].kind}: {rejected[0].object} {rejected[0].detail}".strip()
        unread = [item.reason for part in outcome.parts for item in part.not_analysed]
        if unread:
            return state, unread[0]
        if not _only_repeats(state.catalog, outcome.state.catalog, statement.text):
            state = outcome.state
    return state, ""


def _only_repeats(before: Catalog, after: Catalog, text: str) -> bool:
    """Whether a statement says owner, privileges or comments of the platform's own objects once more.

    What was added to these (policies, triggers, indexes, constraints) counts; what a project took away from the roles of
    the API there is not seen.
    """
    if " add constraint " in text or (
        text[:6].lower() == "create" and not text.startswith("CREATE OR REPLACE")
    ):
        return False
    relations = after.relations.changed_since(before.relations)
    functions = after.functions.changed_since(before.functions)
    types = after.types.changed_since(before.types)
    touched = [
        *(before.relations.get(oid) for oid in relations),
        *(before.functions.get(oid) for oid in functions),
        *(before.types.get(oid) for oid in types),
    ]
    return bool(touched) and all(item is not None and _is_platforms(item) for item in touched)


def _is_platforms(item: Relation | Function | TypeObject) -> bool:
    return not isinstance(item, IndexEntry) and item.origin.platform


__all__ = ["IntrospectionCancelledError", "RemoteError", "introspect"]
