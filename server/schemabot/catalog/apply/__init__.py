"""`apply(state, fact, at) -> Part`: what one fact does to the catalog and the session.

Handlers live one area to a module; each module lists its own in `HANDLERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemabot.catalog.apply import (
    alter_table,
    column_types,
    columns,
    comments,
    constraints,
    data,
    drops,
    extensions,
    functions,
    indexes,
    other_objects,
    owned,
    policies,
    privileges,
    publications,
    renames,
    rules,
    schemas,
    sequences,
    session,
    tables,
    triggers,
    types,
    views,
)
from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.state import At, Part, State
from schemabot.facts.model import AnyFact

_MODULES = (
    alter_table, column_types, columns, comments, constraints, data, drops, extensions, functions, indexes,
    other_objects, owned, policies, privileges, publications, renames, rules, schemas, sequences, session,
    tables, triggers, types, views,
)  # fmt: skip

HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    kind: handler for module in _MODULES for kind, handler in module.HANDLERS.items()
}


def apply(state: State, fact: AnyFact, at: At) -> Part:
    """The state after `fact`, what the server would answer, and what in it was not understood.

    A rejected fact leaves the state as it was.
    """
    handler = HANDLERS.get(type(fact))
    if handler is None:
        return Part(state)
    step = Step(state, at)
    try:
        handler(step, fact)
    except Rejected:
        return Part(state, tuple(step.problems), tuple(step.not_analysed))
    if step.catalog is not state.catalog or step.session is not state.session:
        state = State(step.catalog, step.session)
    return Part(state, tuple(step.problems), tuple(step.not_analysed), tuple(step.inner))


__all__ = ["apply"]
