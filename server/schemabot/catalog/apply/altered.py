"""What the sub-commands of ALTER TABLE have in common: their table, its columns, and notes of the change."""

from __future__ import annotations

from typing import NoReturn

import msgspec

from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Column, Relation, Table
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import TableFact
from schemabot.facts.names import Ident, Name
from schemabot.text import Span


def full_name(step: Step, name: Name) -> str:
    """`schema.name` with the schema that the name would be in."""
    if name.schema is not None:
        return f"{name.schema}.{name.name}"
    path = step.search_path()
    return f"{path[0]}.{name.name}" if path else name.name


def reject_missing(step: Step, name: Name) -> NoReturn:
    """Say that no relation has that name, where that is sure; else stop silently."""
    if step.is_tainted(name) or may_be_provided(step.catalog, "relation", name.schema, name.name):
        step.skip()
    step.reject(ProblemKind.UNKNOWN_TABLE, name.span, full_name(step, name))


def altered_relation(step: Step, fact: TableFact) -> Relation:
    """The relation that an ALTER names."""
    found = step.find_relation(fact.table)
    if found is None:
        if fact.if_exists:
            step.skip()
        reject_missing(step, fact.table)
    return found


def altered_table(step: Step, fact: TableFact) -> Table:
    """The table that an ALTER names; the server refuses when it is something else."""
    found = altered_relation(step, fact)
    if not isinstance(found, Table):
        if step.is_tainted(fact.table):
            step.skip()
        label = full_name(step, fact.table)
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, label, f"it is {kind_word(found)}")
    return found


def altered_column(step: Step, table: Table, column: Ident) -> Column:
    """The column of that name, or the server's refusal; silent where not all columns are known."""
    found = table.column(column.name)
    if found is None:
        if not table.columns_known or step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_COLUMN, column.span, f"{table.schema}.{table.name}.{column.name}")
    return found


def refuse_typed(step: Step, table: Table, span: Span, detail: str) -> None:
    """Reject what cannot be done to a table made OF a type."""
    if table.of_type:
        step.reject(ProblemKind.WRONG_KIND, span, f"{table.schema}.{table.name}", detail)


def refuse_foreign(step: Step, relation: object, span: Span, what: str) -> None:
    """Reject what foreign tables cannot have."""
    if isinstance(relation, Table) and relation.kind == "foreign":
        label = f"{relation.schema}.{relation.name}"
        step.reject(ProblemKind.WRONG_KIND, span, label, f"a foreign table cannot have {what}")


def refuse_partition_key(step: Step, table: Table, number: int, span: Span, action: str) -> None:
    """Reject dropping or retyping a column of the table's partition key."""
    column = table.column_by_number(number)
    if column is not None and table.is_partitioned_by(number):
        detail = f'cannot {action} column "{column.name}" because it is part of the partition key'
        step.reject(ProblemKind.INVALID, span, f"{table.schema}.{table.name}.{column.name}", detail)


def change_column(step: Step, table: Table, column: Column, what: str, span: Span) -> Table:
    """Store `table` with `column` in the place of the one of its number; both note the change."""
    note = step.change(what, span)
    column = msgspec.structs.replace(column, changes=(*column.changes, note))
    columns = tuple(column if old.number == column.number else old for old in table.columns)
    note = step.change(f"column {column.name}", span)
    made = msgspec.structs.replace(table, columns=columns, changes=(*table.changes, note))
    step.put_relation(made)
    return made
