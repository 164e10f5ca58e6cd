"""Indexes: CREATE INDEX, those behind constraints, and their copies on partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from schemabot.catalog.apply.access_methods import require_method, require_operator_class
from schemabot.catalog.apply.altered import refuse_foreign
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.inheritance import children, column_map, moved
from schemabot.catalog.apply.lookup import depend_on, kind_word, require_relation
from schemabot.catalog.apply.naming import choose_relation_name, index_column_names, join_columns
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import (
    Bound,
    Column,
    Constraint,
    Index,
    IndexEntry,
    IndexKey,
    Table,
    View,
    ViewColumn,
)
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateIndex, IndexElement
from schemabot.text import Span

Owner = TypeVar("Owner", Table, View)


def create_index(step: Step, fact: CreateIndex) -> None:
    """CREATE INDEX."""
    owner = require_relation(step, fact.table)
    if not isinstance(owner, (Table, View)) or (isinstance(owner, View) and not owner.materialized):
        if step.is_tainted(fact.table):
            step.skip()
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, str(fact.table), f"it is {kind_word(owner)}")
    refuse_foreign(step, owner, fact.table.span, "indexes")
    if fact.name is not None and (owner.schema, fact.name.name) in step.catalog.relation_names:
        if fact.if_not_exists or step.is_tainted(fact.table):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{owner.schema}.{fact.name.name}")
    if fact.concurrently and isinstance(owner, Table) and owner.kind == "partitioned":
        detail = f'cannot create index on partitioned table "{owner.name}" concurrently'
        step.reject(ProblemKind.INVALID, fact.span, f"{owner.schema}.{owner.name}", detail)
    if fact.unique and isinstance(owner, Table) and owner.kind == "partitioned":
        names = [element.column for element in fact.elements if element.column is not None]
        require_partition_keys(step, owner, column_numbers(step, owner, names, fact.span), fact.span)
    require_method(
        step, owner, fact.method, fact.elements, fact.span, unique=fact.unique, including=bool(fact.include)
    )
    require_operator_class(step, owner, fact.method, fact.elements, fact.span)
    if fact.concurrently and step.session.in_transaction:
        detail = "CREATE INDEX CONCURRENTLY cannot run inside a transaction block"
        step.reject(ProblemKind.TRANSACTION, fact.span, f"{owner.schema}.{owner.name}", detail)
    name = fact.name.name if fact.name is not None else None
    columns = index_column_names(fact.elements, fact.include)
    if name is None:
        name = choose_relation_name(step, owner.schema, owner.name, join_columns(columns), "idx")
    index = Index(
        oid=step.new_oid(), name=name, keys=index_keys(step, owner, fact.elements, fact.span),
        origin=step.origin(fact.name.span if fact.name is not None else fact.span), unique=fact.unique,
        method=fact.method, include=column_numbers(step, owner, fact.include, fact.span),
        where=None if fact.where is None else bind(step, fact.where, owner, report=True),
        nulls_not_distinct=fact.nulls_not_distinct, column_names=tuple(columns), options=fact.options,
        path=step.search_path() if any(e.operator_class or e.collation for e in fact.elements) else (),
    )  # fmt: skip
    used = [use.number for bound in _expressions(index) for use in bound.uses if use.oid == owner.oid]
    refuse_virtual(
        step, owner, (*used, *(key.column for key in index.keys), *index.include), fact.span, "indexes"
    )
    store(step, owner, (*owner.indexes, index), index)
    if isinstance(owner, Table) and owner.kind == "partitioned" and not fact.only:
        clone_to_partitions(step, owner, index, None)


def require_partition_keys(step: Step, table: Table, numbers: tuple[int, ...], span: Span) -> None:
    """Reject a unique index of a partitioned table that lacks a column of the partition key (DefineIndex)."""
    if not all(number in numbers for number in table.partition_keys):
        detail = "unique constraint on partitioned table must include all partitioning columns"
        step.reject(ProblemKind.INVALID, span, f"{table.schema}.{table.name}", detail)


def refuse_virtual(step: Step, owner: Table | View, numbers: Iterable[int], span: Span, what: str) -> None:
    """Reject an index on a virtual generated column."""
    virtual = {c.number for c in owner.columns if isinstance(c, Column) and c.generated_virtual}
    if virtual.intersection(numbers):
        detail = f"{what} on virtual generated columns are not supported"
        step.reject(ProblemKind.INVALID, span, f"{owner.schema}.{owner.name}", detail)


def store(step: Step, owner: Table | View, indexes: tuple[Index, ...], index: Index) -> None:
    """Store `owner` with its indexes, and the name and dependencies of the new one."""
    step.put_relation(msgspec.structs.replace(owner, indexes=indexes))
    name_index(step, owner, index)


def _expressions(index: Index) -> list[Bound]:
    found = [key.expression for key in index.keys]
    return [bound for bound in (*found, index.where) if bound is not None]


def name_index(step: Step, owner: Table | View, index: Index) -> None:
    """Let the index's name mean it, and note what it depends on."""
    step.put_relation(IndexEntry(index.oid, owner.oid))
    step.name_relation(owner.schema, index.name, index.oid)
    for key in index.keys:
        if key.expression is not None:
            depend_on(step, owner.oid, key.expression.uses)
    if index.where is not None:
        depend_on(step, owner.oid, index.where.uses)


def index_keys(
    step: Step, owner: Table | View, elements: Iterable[IndexElement], span: Span
) -> tuple[IndexKey, ...]:
    """The keys of an index; rejects for unknown columns."""
    keys: list[IndexKey] = []
    for element in elements:
        if element.column is not None:
            numbers = column_numbers(step, owner, (element.column,), span)
            if not numbers:
                continue
            if not element.descending and not element.nulls and element.operator_class is None:
                keys.append(IndexKey(column=numbers[0], collation=element.collation))
                continue
        else:
            numbers = (0,)
        expression = element.expression
        keys.append(
            IndexKey(
                column=numbers[0],
                expression=None if expression is None else bind(step, expression, owner, report=True),
                descending=element.descending,
                nulls=element.nulls,
                operator_class=element.operator_class,
                collation=element.collation,
                operator_class_options=element.operator_class_options,
            )
        )
    return tuple(keys)


def column_numbers(step: Step, owner: Table | View, names: Iterable[str], span: Span) -> tuple[int, ...]:
    """The numbers of the columns of those names; rejects for one that is not there.

    Where not all columns are known, what is missing is left out.
    """
    numbers: list[int] = []
    columns: tuple[Column | ViewColumn, ...] = owner.columns
    for name in names:
        for place, column in enumerate(columns, 1):
            if column.name == name:
                # A view's columns are never dropped: their numbers are their places.
                numbers.append(column.number if isinstance(column, Column) else place)
                break
        else:
            if owner.columns_known and not step.catalog.is_tainted(owner.schema, owner.name):
                step.reject(ProblemKind.UNKNOWN_COLUMN, span, f"{owner.schema}.{owner.name}.{name}")
    return tuple(numbers)


def clone_index(
    step: Step, source: Table, index: Index, target: Table, constraint: Constraint | None, origin_span: Span
) -> tuple[Index, Constraint | None]:
    """A copy of `index` for `target` under a name of its own, with a copy of its constraint.

    As generateClonedIndexStmt does it for LIKE and partitions. Nothing is stored but the names.
    """
    if constraint is not None and constraint.kind == "primary key":
        name = choose_relation_name(step, target.schema, target.name, "", "pkey", constraint=True)
    else:
        label = "idx" if constraint is None else "excl" if constraint.kind == "exclude" else "key"
        name = choose_relation_name(
            step,
            target.schema,
            target.name,
            join_columns(index.column_names),
            label,
            constraint=constraint is not None,
        )
    numbers = column_map(source.columns, target.columns)
    keys = tuple(
        msgspec.structs.replace(
            key,
            column=numbers.get(key.column, key.column),
            expression=moved(key.expression, source, target),
        )
        for key in index.keys
    )
    oid, origin = step.new_oid(), step.origin(origin_span)
    copy = None
    if constraint is not None:
        copy = msgspec.structs.replace(
            constraint, oid=step.new_oid(), name=name, index=oid, origin=origin,
            columns=tuple(numbers.get(n, n) for n in constraint.columns), comment=None, changes=(),
        )  # fmt: skip
        step.name_constraint(target.schema, name)
    made = msgspec.structs.replace(
        index, oid=oid, name=name, keys=keys, origin=origin, parent=0, comment=None, changes=(),
        include=tuple(numbers.get(n, n) for n in index.include), where=moved(index.where, source, target),
        constraint=0 if copy is None else copy.oid,
    )  # fmt: skip
    name_index(step, target, made)
    return made, copy


def clone_to_partitions(step: Step, parent: Table, index: Index, constraint: Constraint | None) -> None:
    """Give every partition, however deep, the parent's index: a fitting one that it has, or a copy."""
    todo = [(parent, child, index, constraint) for child in children(step, parent) if child.partition_of]
    while todo:
        source, child, above, key = todo.pop(0)
        before = step.catalog.next_oid
        made = attach_or_clone(step, source, above, child, key)
        child = step.catalog.table_by_oid(child.oid) or child
        if child.kind == "partitioned" and made.oid >= before:  # one that was there keeps its own below it
            below = constraint_of(child, made)
            todo += [(child, grandchild, made, below) for grandchild in children(step, child)]


def attach_or_clone(
    step: Step, source: Table, index: Index, partition: Table, constraint: Constraint | None,
    *, same_kind: bool = False,
) -> Index:  # fmt: skip
    """Make an index of `partition` the child of its parent's `index`.

    An index that the partition has serves a constraint if the parent's does; of the same kind only where a
    partition is attached (AttachPartitionEnsureIndexes looks at it, DefineIndex does not).
    """
    wanted = moved_keys(source, index, partition)
    for own in partition.indexes:
        if own.parent == index.oid:  # its own partition was attached before its parent's index was made
            return own
        if own.parent or _shape(own) != wanted:
            continue
        own_constraint = constraint_of(partition, own)
        if constraint is not None and (
            own_constraint is None or (same_kind and own_constraint.kind != constraint.kind)
        ):
            continue
        attached = msgspec.structs.replace(own, parent=index.oid)
        constraints = partition.constraints
        if constraint is not None:
            constraints = tuple(
                msgspec.structs.replace(c, inherited=True) if c.oid == own.constraint else c
                for c in constraints
            )
        indexes = tuple(attached if i.oid == own.oid else i for i in partition.indexes)
        step.put_relation(msgspec.structs.replace(partition, indexes=indexes, constraints=constraints))
        return attached
    if (
        constraint is not None
        and constraint.kind == "primary key"
        and (old := partition.primary_key) is not None
    ):
        detail = f'multiple primary keys for table "{partition.name}" are not allowed'
        label = f"{partition.schema}.{partition.name}"
        step.reject(ProblemKind.INVALID, index.origin.span, label, detail, (old.name,))
    if index.unique and partition.kind == "partitioned":
        numbers = column_map(source.columns, partition.columns)
        columns = tuple(numbers.get(key.column, 0) for key in index.keys if key.column)
        require_partition_keys(step, partition, columns, index.origin.span)
    made, copy = clone_index(step, source, index, partition, constraint, index.origin.span)
    made = msgspec.structs.replace(made, parent=index.oid)
    constraints = partition.constraints
    if copy is not None:
        constraints = (*constraints, msgspec.structs.replace(copy, inherited=True))
    step.put_relation(
        msgspec.structs.replace(partition, indexes=(*partition.indexes, made), constraints=constraints)
    )
    return made


def constraint_of(table: Table, index: Index) -> Constraint | None:
    """The constraint that the index serves."""
    if not index.constraint:
        return None
    return next((c for c in table.constraints if c.oid == index.constraint), None)


def _shape(index: Index) -> tuple[object, ...]:
    """What an index and its copy have in common (CompareIndexInfo: the order of a key does not count)."""
    keys = tuple(
        (
            k.column,
            k.expression.text if k.expression else "",
            k.operator_class,
            k.collation,
        )
        for k in index.keys
    )
    return (
        keys,
        index.include,
        index.unique,
        index.nulls_not_distinct,
        index.method,
        index.where.text if index.where else "",
    )


def has_shape_of(index: Index, table: Table, above: Index, source: Table) -> bool:
    """Whether an index of `table` can be the child of the index `above` of `source`."""
    return _shape(index) == moved_keys(source, above, table)


def moved_keys(source: Table, index: Index, target: Table) -> tuple[object, ...]:
    """What an index of `target` must be like to be the child of `source`'s `index`."""
    numbers = column_map(source.columns, target.columns)
    keys = tuple(
        msgspec.structs.replace(key, column=numbers.get(key.column, key.column)) for key in index.keys
    )
    include = tuple(numbers.get(number, number) for number in index.include)
    return _shape(msgspec.structs.replace(index, keys=keys, include=include))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateIndex: create_index}
