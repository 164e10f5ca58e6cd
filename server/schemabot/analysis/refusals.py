"""Words for what the server would answer, for places whose effect is left out of the catalog."""

from __future__ import annotations

from collections.abc import Mapping

from schemabot.catalog.state import Problem, ProblemKind

REFUSED = "PostgreSQL would refuse it"

_WORDS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_SCHEMA: "there is no schema {object} at this point of the history",
    ProblemKind.UNKNOWN_TABLE: "there is no table or view {object} at this point of the history",
    ProblemKind.UNKNOWN_COLUMN: "there is no column {object} at this point of the history",
    ProblemKind.UNKNOWN_TYPE: "there is no type {object} at this point of the history",
    ProblemKind.UNKNOWN_FUNCTION: "there is no function {object} at this point of the history",
    ProblemKind.UNKNOWN_ROLE: "there is no role {object}",
    ProblemKind.UNKNOWN_OBJECT: "there is no {object} at this point of the history",
    ProblemKind.ALREADY_EXISTS: "{object} exists already",
    ProblemKind.DUPLICATE_COLUMN: "the column {object} is there twice",
    ProblemKind.WRONG_KIND: "{object} is another kind of object",
    ProblemKind.DEPENDENT_OBJECTS: "other objects depend on {object} ({others})",
    ProblemKind.KEY_NOT_UNIQUE: "{object} has no unique key on the columns referred to",
    ProblemKind.CHANGED_SIGNATURE: "it changes what {object} returns",
    ProblemKind.INVALID: "{object} is not valid",
    ProblemKind.TRANSACTION: "the transaction does not allow it",
}


def refusal(problem: Problem) -> str:
    """Why PostgreSQL would not do this, as the end of a sentence."""
    words = _WORDS[problem.kind].format(object=problem.object or "it", others=", ".join(problem.others))
    if problem.detail and problem.kind is not ProblemKind.DEPENDENT_OBJECTS:
        words += f" ({problem.detail})"
    return f"{REFUSED}, because {words}"


def leaves_out(problem: Problem) -> bool:
    """Whether the catalog lacks something because of it: the whole fact, or a foreign key to an unknown table."""
    return problem.rejected or problem.kind is ProblemKind.UNKNOWN_TABLE
