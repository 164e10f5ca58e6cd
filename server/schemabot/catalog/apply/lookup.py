"""Finding the objects that a statement names, with the server's answer when they are not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type
from schemabot.catalog.objects import (
    IndexEntry,
    OtherType,
    Relation,
    Sequence,
    Table,
    TypeObject,
    Use,
    View,
)
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import ProblemKind
from schemabot.facts.names import Name
from schemabot.text import Span

T = TypeVar("T", Table, View, Sequence)


def label(item: Relation | TypeObject) -> str:
    """`schema.name`, as problems name an object."""
    return "" if isinstance(item, IndexEntry) else f"{item.schema}.{item.name}"


def require_relation(step: Step, name: Name) -> Relation:
    """The relation of that name, or the server's refusal; silent where it may exist all the same."""
    found = step.find_relation(name)
    if found is not None:
        return found
    if step.is_tainted(name) or may_be_provided(step.catalog, "relation", name.schema, name.name):
        step.skip()
    step.reject(ProblemKind.UNKNOWN_TABLE, name.span, str(name))


def require_table(step: Step, name: Name) -> Table:
    """The table of that name; the server refuses when it is something else."""
    found = require_relation(step, name)
    if isinstance(found, Table):
        return found
    if step.is_tainted(name):
        step.skip()
    step.reject(ProblemKind.WRONG_KIND, name.span, str(name), f"it is {kind_word(found)}")


def kind_word(relation: Relation) -> str:
    """What a relation is, with its article, for a sentence."""
    if isinstance(relation, View):
        return "a materialized view" if relation.materialized else "a view"
    if isinstance(relation, IndexEntry):
        return "an index"
    if isinstance(relation, Sequence):
        return "a sequence"
    if isinstance(relation, OtherType):
        return "a composite type"
    return "a table"


def require_type(step: Step, name: Name) -> TypeObject:
    """The type of that name, or the server's refusal; silent where it may exist all the same."""
    found = find_type(step, name.parts)
    if found is not None:
        return found
    if step.is_tainted(name) or may_be_provided(step.catalog, "type", name.schema, name.name):
        step.skip()
    step.reject(ProblemKind.UNKNOWN_TYPE, name.span, str(name))


def require_new_type(step: Step, schema: str, name: Name) -> None:
    """Reject when a type of that name is there; tables and views have row types of their name."""
    if (schema, name.name) in step.catalog.type_names or isinstance(
        step.catalog.relation(schema, name.name), (Table, View)
    ):
        if step.is_tainted(name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, name.span, f"{schema}.{name.name}")


def require_columns(step: Step, table: Table | View, columns: Iterable[tuple[str, Span]]) -> None:
    """Reject when the table has no column of one of those names."""
    if not table.columns_known or step.catalog.is_tainted(table.schema, table.name):
        return
    names = {column.name for column in table.columns}
    for column, span in columns:
        if column not in names:
            step.reject(ProblemKind.UNKNOWN_COLUMN, span, f"{table.schema}.{table.name}.{column}")


def depend_on(step: Step, dependent: int, uses: Iterable[Use]) -> None:
    """Note that the object `dependent` refers to everything in `uses`."""
    for oid in {use.oid for use in uses}:
        step.depend(dependent, oid)
