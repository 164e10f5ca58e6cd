"""ALTER COLUMN TYPE and ALTER ATTRIBUTE TYPE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.access_methods import require_indexable
from schemabot.catalog.apply.altered import (
    altered_column,
    altered_relation,
    altered_table,
    change_column,
    refuse_partition_key,
    refuse_typed,
)
from schemabot.catalog.apply.casts import is_assignable
from schemabot.catalog.apply.columns import put_composite, require_identity_type
from schemabot.catalog.apply.dependencies import Target, dependents_of, describe
from schemabot.catalog.apply.foreign_keys import require_comparable
from schemabot.catalog.apply.inheritance import descendants, has_other_parent, replace_column
from schemabot.catalog.apply.naming import index_column_names
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import known_type
from schemabot.catalog.objects import Column, Index, OtherType, Table, TypeRef
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import AlterColumnType, IndexElement


def alter_column_type(step: Step, fact: AlterColumnType) -> None:
    """ALTER COLUMN TYPE; refused while views, policies or generated columns use the column."""
    relation = altered_relation(step, fact)
    if isinstance(relation, OtherType):
        _alter_attribute(step, relation, fact)
        return
    table = altered_table(step, fact)
    column = altered_column(step, table, fact.column)
    type_ = known_type(step, fact.type)
    refuse_typed(step, table, fact.column.span, "cannot alter column type of typed table")
    below = list(descendants(step, table))
    _refuse_split(step, table, below, fact)
    for altered in (table, *below):
        own = altered.column(column.name)
        if own is not None:
            refuse_partition_key(step, altered, own.number, fact.column.span, "alter")
            if altered.oid != table.oid:
                _refuse_users(step, altered, own, fact)
    if column.generated is not None and fact.using is not None:
        label = f"{table.schema}.{table.name}.{column.name}"
        detail = "cannot specify USING when altering type of generated column"
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
    if table.kind == "foreign" and fact.using is not None:  # tablecmds.c, ATPrepAlterColumnType
        label = f"{table.schema}.{table.name}"
        step.reject(ProblemKind.INVALID, fact.column.span, label, f'"{table.name}" is not a table')
    if column.inherited:
        label = f"{table.schema}.{table.name}.{column.name}"
        step.reject(ProblemKind.INVALID, fact.column.span, label, "cannot alter inherited column")
    _refuse_users(step, table, column, fact)
    _refuse_cast(step, table, column, type_, fact)
    if column.identity:
        require_identity_type(step, type_, fact.column.span, f"{table.schema}.{table.name}.{column.name}")
    for altered in (table, *below):
        require_indexable(step, altered, column.name, type_, fact.column.span)
    made = msgspec.structs.replace(column, type=type_, collation=fact.collation or column.collation)
    table = _with_indexes_anew(change_column(step, table, made, "type", fact.span), column.number)
    step.put_relation(table)
    step.depend(table.oid, type_.oid)
    for child in descendants(step, table):
        own = child.column(column.name)
        if own is not None:
            own = msgspec.structs.replace(own, type=type_, collation=made.collation)
            made_child = change_column(step, child, own, "type", fact.span)
            step.put_relation(_with_indexes_anew(made_child, own.number))
            step.depend(child.oid, type_.oid)


def _refuse_split(step: Step, table: Table, below: list[Table], fact: AlterColumnType) -> None:
    """Reject a new type that children would not share with all their parents (ATPrepAlterColumnType)."""
    name = fact.column.name
    label = f"{table.schema}.{table.name}.{name}"
    if fact.only and below:
        detail = f'type of inherited column "{name}" must be changed in child tables too'
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
    child = has_other_parent(step, table, below, lambda parent: parent.column(name) is not None)
    if child is not None:
        detail = f'cannot alter inherited column "{name}" of relation "{child.name}"'
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)


def _with_indexes_anew(table: Table, number: int) -> Table:
    """`table` with its indexes on the column made anew: their columns are called as the table's are now."""
    if not any(key.column == number for index in table.indexes for key in index.keys):
        return table
    names = {column.number: column.name for column in table.columns}
    made: list[Index] = []
    for index in table.indexes:
        places = [key.column for key in index.keys] + list(index.include)
        if number in places:
            own = zip(places, index.column_names, strict=False)
            column_names = tuple(names.get(place, name) if place else name for place, name in own)
            elements = [IndexElement(column=name) for name in column_names]
            made.append(msgspec.structs.replace(index, column_names=tuple(index_column_names(elements))))
        else:
            made.append(index)
    return msgspec.structs.replace(table, indexes=tuple(made))


def _refuse_cast(step: Step, table: Table, column: Column, type_: TypeRef, fact: AlterColumnType) -> None:
    """Reject a type that the values or the default are not converted to, or that a foreign key does not take."""
    if not is_assignable(step, column.type, type_):
        label = f"{table.schema}.{table.name}.{column.name}"
        if fact.using is None:
            detail = f'column "{column.name}" cannot be cast automatically to the new type'
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
        if column.default is not None:
            detail = f'default for column "{column.name}" cannot be cast automatically to the new type'
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
    made = msgspec.structs.replace(column, type=type_)
    table = msgspec.structs.replace(table, columns=replace_column(table, made))
    for oid in (table.oid, *(step.catalog.dependents.get(table.oid) or ())):
        user = table if oid == table.oid else step.catalog.table_by_oid(oid)
        for key in user.constraints if user is not None else ():
            if user is None or key.kind != "foreign key" or key.inherited:
                continue
            target = table if key.references == table.oid else step.catalog.table_by_oid(key.references)
            if target is not None and table.oid in (user.oid, target.oid):
                require_comparable(step, user, key.columns, target, key.references_columns, fact.column.span)


def _alter_attribute(step: Step, composite: OtherType, fact: AlterColumnType) -> None:
    """ALTER TYPE ... ALTER ATTRIBUTE ... TYPE."""
    name = fact.column.name
    if not any(column.name == name for column in composite.columns):
        label = f"{composite.schema}.{composite.name}.{name}"
        step.reject(ProblemKind.UNKNOWN_COLUMN, fact.column.span, label)
    type_ = known_type(step, fact.type)
    step.depend(composite.oid, type_.oid)
    columns = tuple(
        msgspec.structs.replace(column, type=type_, changes=(*column.changes, step.change("type", fact.span)))
        if column.name == name
        else column
        for column in composite.columns
    )
    put_composite(step, composite, columns, fact.span)


_USERS = {"relation": "a view or rule", "policy": "a policy definition", "trigger": "a trigger definition"}


def _refuse_users(step: Step, table: Table, column: Column, fact: AlterColumnType) -> None:
    users = [
        target
        for target, automatic in dependents_of(step.catalog, Target("column", table.oid, column.number))
        if not automatic and target.kind in ("relation", "policy", "trigger", "column", "function")
    ]
    if users:
        by = _USERS.get(users[0].kind, "a generated column" if users[0].kind == "column" else "a function")
        label = f"{table.schema}.{table.name}.{column.name}"
        detail = f"cannot alter type of a column used by {by}"
        others = tuple(describe(step.catalog, user) for user in users)
        step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.column.span, label, detail, others)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {AlterColumnType: alter_column_type}
