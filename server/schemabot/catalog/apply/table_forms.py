"""What CREATE TABLE takes from elsewhere: LIKE, INHERITS, PARTITION OF, OF type, AS query."""

from __future__ import annotations

import msgspec

from schemabot.catalog.apply.altered import full_name, reject_missing
from schemabot.catalog.apply.binding import analyse_query
from schemabot.catalog.apply.constraints import inherited_check, own_columns, put_inherited_foreign_key
from schemabot.catalog.apply.indexes import attach_or_clone, clone_index, clone_to_partitions, constraint_of
from schemabot.catalog.apply.inheritance import moved, replace_column
from schemabot.catalog.apply.lookup import depend_on, kind_word
from schemabot.catalog.apply.sequences import owned_sequence
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.triggers import inherited_trigger
from schemabot.catalog.apply.type_refs import find_type
from schemabot.catalog.objects import (
    Column,
    Constraint,
    OtherType,
    Sequence,
    Table,
    TypeRef,
    View,
    ViewColumn,
)
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateTable, LikeTable
from schemabot.facts.names import Name

UNKNOWN_TYPE = TypeRef("unknown", known=False)
"""The type of a column that was not worked out."""


def parents_named(step: Step, fact: CreateTable) -> list[Table]:
    """The tables of INHERITS or PARTITION OF."""
    names = fact.inherits if fact.partition_of is None else (fact.partition_of,)
    found: list[Table] = []
    for name in names:
        parent = step.find_relation(name)
        if parent is None:
            reject_missing(step, name)
        if not isinstance(parent, Table):
            step.reject(
                ProblemKind.WRONG_KIND, name.span, full_name(step, name), f"it is {kind_word(parent)}"
            )
        is_partitioned = parent.kind == "partitioned"
        if is_partitioned != (fact.partition_of is not None):
            detail = (
                "it is not partitioned" if not is_partitioned else "cannot inherit from partitioned table"
            )
            step.reject(ProblemKind.WRONG_KIND, name.span, full_name(step, name), detail)
        if parent.partition_of and fact.partition_of is None:
            step.reject(
                ProblemKind.WRONG_KIND, name.span, full_name(step, name), "cannot inherit from a partition"
            )
        if any(parent.oid == other.oid for other in found):
            detail = f'relation "{parent.name}" would be inherited from more than once'
            step.reject(ProblemKind.ALREADY_EXISTS, name.span, full_name(step, name), detail)
        found.append(parent)
    return found


def columns_of_query(step: Step, fact: CreateTable) -> tuple[tuple[Column, ...], bool]:
    """The columns of CREATE TABLE AS."""
    assert fact.query is not None
    found = analyse_query(step, fact.query, report=True)
    origin = step.origin(fact.name.span)
    columns: list[Column] = []
    for number, output in enumerate(found.columns, 1):
        written = number <= len(fact.query_columns)
        name = fact.query_columns[number - 1] if written else output.name
        if any(column.name == name for column in columns):
            label = f"{full_name(step, fact.name)}.{name}"
            step.reject(ProblemKind.DUPLICATE_COLUMN, fact.name.span, label)
        columns.append(Column(number=number, name=name, type=output.type or UNKNOWN_TYPE, origin=origin))
    if found.known and len(fact.query_columns) > len(columns):
        detail = "too many column names were specified"
        step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)
    return tuple(columns), found.known


def partition_keys(step: Step, fact: CreateTable, columns: tuple[Column, ...]) -> tuple[int, ...]:
    """The column numbers of PARTITION BY, 0 for an expression."""
    if fact.partition_by is None:
        return ()
    label = full_name(step, fact.name)
    if fact.inherits:
        detail = "cannot create partitioned table as inheritance child"
        step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
    by_name = {column.name: column for column in columns}
    for name in fact.partition_by.columns:
        column = by_name.get(name) if name is not None else None
        if name is not None and column is None:
            step.reject(ProblemKind.UNKNOWN_COLUMN, fact.name.span, f"{label}.{name}")
        if column is not None and column.generated is not None:
            detail = "cannot use generated column in partition key"
            step.reject(ProblemKind.INVALID, fact.name.span, f"{label}.{name}", detail)
    return tuple(0 if name is None else by_name[name].number for name in fact.partition_by.columns)


def require_composite(step: Step, name: Name) -> OtherType:
    """The composite type that OF names."""
    found = find_type(step, name.parts)
    if found is None:
        if step.is_tainted(name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_TYPE, name.span, full_name(step, name))
    if not isinstance(found, OtherType) or found.kind != "composite":
        step.reject(ProblemKind.WRONG_KIND, name.span, full_name(step, name), "it is not a composite type")
    return found


def columns_of_type(step: Step, name: Name, oid: int) -> list[Column]:
    """The columns of CREATE TABLE ... OF type."""
    found = require_composite(step, name)
    step.depend(oid, found.oid)
    return [
        msgspec.structs.replace(column, number=number, origin=step.origin(name.span), changes=())
        for number, column in enumerate(found.columns, 1)
    ]


# -- LIKE -------------------------------------------------------------------------------------------------


def _like_source(step: Step, clause: LikeTable) -> Table | View | OtherType:
    found = step.find_relation(clause.source)
    if found is None:
        reject_missing(step, clause.source)
    if not isinstance(found, (Table, View, OtherType)):
        label = full_name(step, clause.source)
        step.reject(ProblemKind.WRONG_KIND, clause.source.span, label, f"it is {kind_word(found)}")
    return found


def like_columns(
    step: Step, clause: LikeTable, schema: str, table: str, oid: int, before: int
) -> tuple[list[Column], bool]:
    """The columns that LIKE copies, numbered behind `before` others, and whether they are all."""
    source = _like_source(step, clause)
    origin = step.origin(clause.source.span)
    columns: list[Column] = []
    from_: tuple[Column | ViewColumn, ...] = source.columns
    for number, column in enumerate(from_, before + 1):
        if not isinstance(column, Column):
            type_ = column.type or UNKNOWN_TYPE
            columns.append(Column(number=number, name=column.name, type=type_, origin=origin))
            continue
        step.depend(oid, column.type.oid)
        including = clause.including
        identity = column.identity if "identity" in including else ""
        sequence = 0
        if identity:
            sequence = owned_sequence(
                step,
                schema,
                table,
                (oid, number),
                column.name,
                column.type,
                clause.source.span,
                identity=True,
            ).oid
            _copy_options(step, column.sequence, sequence)
        default = column.default if "defaults" in including and column.generated is None else None
        if default is not None:
            depend_on(step, oid, default.uses)
        columns.append(Column(
            number=number, name=column.name, type=column.type, origin=origin, default=default,
            identity=identity, collation=column.collation, sequence=sequence,
            generated=column.generated if "generated" in including else None,
            generated_virtual=column.generated_virtual and "generated" in including,
            comment=column.comment if "comments" in including else None,
        ))  # fmt: skip
    return columns, getattr(source, "columns_known", True)


def _copy_options(step: Step, source: int, copy: int) -> None:
    """INCLUDING IDENTITY gives the new sequence the options of the old one, and the type bigint (measured)."""
    old, new = step.catalog.relations.get(source), step.catalog.relations.get(copy)
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        step.put_relation(msgspec.structs.replace(
            new, type=TypeRef("int8"), increment=old.increment, minimum=old.minimum, maximum=old.maximum, start=old.start,
            cache=old.cache, cycle=old.cycle,
        ))  # fmt: skip


def _as_local(table: Table, name: str) -> Table:
    """`table`, whose inherited check of that name is now its own as well."""
    constraints = tuple(
        msgspec.structs.replace(c, local=True) if c.name == name else c for c in table.constraints
    )
    return msgspec.structs.replace(table, constraints=constraints)


def like_not_nulls(step: Step, clause: LikeTable) -> list[tuple[str, Constraint]]:
    """The NOT NULLs that LIKE copies, with the names of their columns."""
    source = _like_source(step, clause)
    if not isinstance(source, Table):
        return []
    return [
        (name, constraint)
        for constraint in source.constraints
        if constraint.kind == "not null"
        for name in source.column_names(constraint.columns)
    ]


def like(step: Step, table: Table, clause: LikeTable) -> Table:
    """`table` with the checks and indexes that LIKE copies; generated columns now mean its own columns."""
    source = _like_source(step, clause)
    if not isinstance(source, Table):
        return table
    including = clause.including
    if "generated" in including:
        for column in source.columns:
            own = table.column(column.name) if column.generated is not None else None
            if own is not None:
                own = msgspec.structs.replace(own, generated=moved(column.generated, source, table))
                table = msgspec.structs.replace(table, columns=replace_column(table, own))
    for constraint in source.constraints:
        if constraint.kind == "check" and "constraints" in including:
            if any(c.name == constraint.name and c.inherited for c in table.constraints):
                table = _as_local(table, constraint.name)
                continue
            copy = inherited_check(step, source, constraint, table)
            comment = constraint.comment if "comments" in including else None
            copy = msgspec.structs.replace(
                copy, inherited=False, local=True, origin=step.origin(clause.source.span), comment=comment,
                validated=constraint.enforced,
            )  # fmt: skip
            if any(c.name == copy.name for c in table.constraints):
                label = f"{table.schema}.{table.name}.{copy.name}"
                step.reject(ProblemKind.ALREADY_EXISTS, clause.source.span, label)
            table = msgspec.structs.replace(table, constraints=(*table.constraints, copy))
    if "indexes" in including:
        for index in source.indexes:
            table = _like_index(step, source, table, clause, index.oid)
    return table


def _like_index(step: Step, source: Table, table: Table, clause: LikeTable, oid: int) -> Table:
    index = next(i for i in source.indexes if i.oid == oid)
    constraint = constraint_of(source, index)
    if constraint is not None:
        constraint = msgspec.structs.replace(constraint, inherited=False)
    made, copy = clone_index(step, source, index, table, constraint, clause.source.span)
    if "comments" in clause.including:
        made = msgspec.structs.replace(made, comment=index.comment)
    constraints = table.constraints if copy is None else (*table.constraints, copy)
    return msgspec.structs.replace(table, indexes=(*table.indexes, made), constraints=constraints)


# -- parents -------------------------------------------------------------------------------------------------


def inherit(step: Step, table: Table, parents: list[Table]) -> Table:
    """`table` with its parents' checks and generated columns."""
    for parent in parents:
        for column in parent.columns:
            own = table.column(column.name) if column.generated is not None else None
            if own is not None and own.inherited and own.generated is not None and not own.local:
                own = msgspec.structs.replace(own, generated=moved(column.generated, parent, table))
                table = msgspec.structs.replace(table, columns=replace_column(table, own))
        for constraint in parent.constraints:
            if constraint.kind != "check" or constraint.no_inherit:
                continue
            if any(c.name == constraint.name for c in table.constraints):
                continue
            copy = inherited_check(step, parent, constraint, table)
            columns = () if copy.expression is None else own_columns(table, copy.expression)
            copy = msgspec.structs.replace(copy, columns=columns, validated=constraint.enforced)
            table = msgspec.structs.replace(table, constraints=(*table.constraints, copy))
    return table


def take_from_partitioned(step: Step, parent: Table, partition: Table) -> None:
    """Give a partition its parent's indexes, keys, foreign keys and row-level triggers."""
    for index in parent.indexes:
        current = step.catalog.table_by_oid(partition.oid) or partition
        before = step.catalog.next_oid
        made = attach_or_clone(step, parent, index, current, constraint_of(parent, index), same_kind=True)
        current = step.catalog.table_by_oid(partition.oid) or partition
        if current.kind == "partitioned" and made.oid >= before:
            clone_to_partitions(step, current, made, constraint_of(current, made))
    for constraint in parent.constraints:
        if constraint.kind == "foreign key":
            current = step.catalog.table_by_oid(partition.oid) or partition
            put_inherited_foreign_key(step, parent, constraint, current)
    for trigger in parent.triggers:
        if trigger.for_each_row:
            current = step.catalog.table_by_oid(partition.oid) or partition
            copy = inherited_trigger(step, trigger, parent, current)
            step.depend(current.oid, copy.function)
            step.put_relation(msgspec.structs.replace(current, triggers=(*current.triggers, copy)))
