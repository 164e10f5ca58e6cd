"""What leads from one catalog to another: `difference`.

The engine behind down parts, migrations from declarative schemas, drift and reports. It plans statements, replays them
on the first catalog, and says what the result still lacks: nothing that it does not bring about is passed over.
"""

from __future__ import annotations

from typing import Literal

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Action, Change, Difference, Effect, Left
from schemabot.catalog.diff.compare import differing
from schemabot.catalog.diff.plainly import plainly
from schemabot.catalog.diff.plan import Plan
from schemabot.catalog.diff.prelude import renamed_first
from schemabot.catalog.diff.touch import touches
from schemabot.catalog.replay import replay_statement
from schemabot.catalog.state import At, Session, State
from schemabot.facts import extract

By = Literal["oid", "name"]
_FILE = "difference"
_PASSES = 3
"""How often what is still different is looked for: a statement for a parent table can touch its children."""


def difference(old: Catalog, new: Catalog, *, by: By = "oid") -> Difference:
    """The changes that lead from `old` to `new`.

    By `oid`, for catalogs of one line of replay (before and after a migration), renames are recognised; by `name`, for
    any two, what is called alike is the same.
    """
    first = list(renamed_first(old, new)) if by == "oid" else []
    if first:
        old = _replayed(old, first)
    plan = Plan(old, new, by_name=by == "name")
    steps = plainly((step.change for step in plan.steps()), old, new)
    last = [change for change in steps if change.kind == "role" and change.action == "drop"]
    changes = [change for change in steps if change not in last]
    reached = _replayed(old, changes)
    more: list[Change] = []
    for _ in range(_PASSES):
        again = [change for change in plainly(touches(reached, new), old, new) if change not in more]
        if not again:
            break
        more += again
        reached = _replayed(reached, again)
    reached = _replayed(reached, last)  # a role that holds privileges cannot go
    left = (*plan.left, *(Left(name, why) for name, why in differing(reached, new)))
    return Difference((*first, *changes, *more, *last), tuple(dict.fromkeys(left)))


def _replayed(catalog: Catalog, changes: list[Change]) -> Catalog:
    """The catalog after these statements, as PostgreSQL would have it."""
    state = State(catalog, Session())
    number = 0
    for change in changes:
        for statement in change.statements:
            state = replay_statement(state, extract(statement), At(_FILE, number)).state
            number += 1
    return state.catalog


__all__ = ["Action", "By", "Change", "Difference", "Effect", "Left", "difference"]
