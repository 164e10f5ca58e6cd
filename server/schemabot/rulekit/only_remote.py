"""What the history has not made so far and the real database has, as it was read last: the statement works there only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table, View
from schemabot.catalog.state import Problem, ProblemKind
from schemabot.rulekit.context import ChangeContext
from schemabot.rulekit.finding import Finding, Severity
from schemabot.rulekit.refused import last_part, refused

_WORDS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_TABLE: "table",
    ProblemKind.UNKNOWN_COLUMN: "column",
    ProblemKind.UNKNOWN_FUNCTION: "function",
    ProblemKind.UNKNOWN_TYPE: "type",
}


def only_remote(problem: Problem, context: ChangeContext[Any]) -> Finding | None:
    """The finding for an unknown name that the real database knows; None where it does not, or none was read."""
    remote = context.project.remote
    if remote is None or not has(remote.catalog, problem.kind, problem.object):
        return None
    if has(context.before.catalog, problem.kind, problem.object):
        return None  # a function of that name with other arguments
    how = "supabase db pull" if context.project.platform == "supabase" else "pg_dump --schema-only"
    return refused(
        problem,
        context,
        f'At this point of the history there is no {_WORDS[problem.kind]} "{problem.object}"; only {remote.shown} has it. '
        "The statement runs there, and fails on every new database.",
        help=f"Write a migration before this one that makes it ({how} shows it).",
        severity=Severity.INFORMATION,
    )


def has(catalog: Catalog, kind: ProblemKind, name: str) -> bool:
    """Whether a catalog has what a problem says is unknown. A name without schema is looked for in `public`."""
    owner, _, last = name.rpartition(".")
    place = (owner or "public", last)
    if kind is ProblemKind.UNKNOWN_TABLE:
        return place in catalog.relation_names
    if kind is ProblemKind.UNKNOWN_FUNCTION:
        return bool(catalog.function_names.get(place))
    if kind is ProblemKind.UNKNOWN_TYPE:
        return place in catalog.type_names
    if kind is ProblemKind.UNKNOWN_COLUMN and owner:
        schema, _, table = owner.rpartition(".")
        oid = catalog.relation_names.get((schema or "public", table))
        relation = None if oid is None else catalog.relations.get(oid)
        return isinstance(relation, (Table, View)) and any(
            c.name == last_part(name) for c in relation.columns
        )
    return False
