"""Names of errors (manual, appendix A): which one the server raises, and which handlers catch it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import (
    AddConstraint,
    AnyFact,
    CreateFunction,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateView,
    RenameObject,
)

_CODES: Final = {
    "42710": "duplicate_object", "42P07": "duplicate_table", "42701": "duplicate_column", "42P06": "duplicate_schema",
    "42723": "duplicate_function", "42P01": "undefined_table", "42703": "undefined_column",
    "42704": "undefined_object", "42883": "undefined_function", "3F000": "invalid_schema_name",
    "2BP01": "dependent_objects_still_exist", "42809": "wrong_object_type", "P0001": "raise_exception",
    "P0002": "no_data_found", "42601": "syntax_error", "42P16": "invalid_table_definition",
    "42830": "invalid_foreign_key", "P0003": "too_many_rows", "P0004": "assert_failure", "20000": "case_not_found",
    "23505": "unique_violation",
    "22004": "null_value_not_allowed", "42P13": "invalid_function_definition",
}  # fmt: skip
_BY_KIND: Final = {
    ProblemKind.UNKNOWN_TABLE: "undefined_table",
    ProblemKind.UNKNOWN_COLUMN: "undefined_column",
    ProblemKind.UNKNOWN_FUNCTION: "undefined_function",
    ProblemKind.UNKNOWN_SCHEMA: "invalid_schema_name",
    ProblemKind.UNKNOWN_TYPE: "undefined_object",
    ProblemKind.UNKNOWN_ROLE: "undefined_object",
    ProblemKind.UNKNOWN_OBJECT: "undefined_object",
    ProblemKind.DUPLICATE_COLUMN: "duplicate_column",
    ProblemKind.WRONG_KIND: "wrong_object_type",
    ProblemKind.DEPENDENT_OBJECTS: "dependent_objects_still_exist",
    ProblemKind.KEY_NOT_UNIQUE: "invalid_foreign_key",
    ProblemKind.CHANGED_SIGNATURE: "invalid_function_definition",
    ProblemKind.INVALID: "invalid_table_definition",
    ProblemKind.TRANSACTION: "invalid_transaction_termination",
}
_RELATIONS: Final = (CreateTable, CreateIndex, CreateView, CreateSequence)
_NOT_BY_OTHERS: Final = frozenset({"query_canceled", "assert_failure"})


def condition_of(kind: ProblemKind, fact: AnyFact) -> str:
    """The name of the error that the server answers a fact with."""
    if kind is not ProblemKind.ALREADY_EXISTS:
        return _BY_KIND[kind]
    if isinstance(fact, _RELATIONS):
        return "duplicate_table"
    if isinstance(fact, AddConstraint) and fact.constraint.kind in ("primary key", "unique", "exclude"):
        return "duplicate_table"  # the name of the index comes first
    if isinstance(fact, RenameObject) and fact.kind in (
        "table",
        "view",
        "index",
        "sequence",
        "materialized view",
    ):
        return "duplicate_table"
    if isinstance(fact, CreateSchema):
        return "duplicate_schema"
    return "duplicate_function" if isinstance(fact, CreateFunction) else "duplicate_object"


def is_caught(condition: str, handled: Iterable[str]) -> bool:
    """Whether one of the conditions of a handler catches an error."""
    condition = _CODES.get(condition.upper(), condition)
    for name in handled:
        if name == "others":
            if condition not in _NOT_BY_OTHERS:
                return True
        elif _CODES.get(name.upper(), name) == condition:
            return True
    return False
