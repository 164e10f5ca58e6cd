"""Primary keys, unique and exclusion constraints, with the indexes behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from schemabot.catalog.apply.access_methods import require_operator_class
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.casts import kind_of
from schemabot.catalog.apply.indexes import (
    column_numbers,
    index_keys,
    name_index,
    refuse_virtual,
    require_partition_keys,
)
from schemabot.catalog.apply.inheritance import children, column_map
from schemabot.catalog.apply.naming import choose_relation_name, index_column_names, join_columns
from schemabot.catalog.apply.not_null import add_not_null, not_null_of
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Constraint, Index, IndexKey, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.canonical import canonical
from schemabot.facts.model import ConstraintDef, IndexElement
from schemabot.text import Span

KEYS: Final = ("primary key", "unique", "exclude")
"""The kinds of constraints that have an index."""


def distinct_keys(constraints: Iterable[ConstraintDef]) -> list[ConstraintDef]:
    """The constraints that need an index: the primary key first, and each key once.

    As transformIndexConstraints: two keys on the same columns share the first one's index, which takes the
    name of the second when it has none.
    """
    keys = [c for c in constraints if c.kind in KEYS]
    if len(keys) < 2:
        return keys
    kept: list[ConstraintDef] = []
    for key in sorted(keys, key=lambda c: c.kind != "primary key"):
        same = next((place for place, other in enumerate(kept) if _is_same_key(key, other)), None)
        if same is None:
            kept.append(key)
        elif kept[same].name is None and key.name is not None:
            kept[same] = msgspec.structs.replace(kept[same], name=key.name)
    return kept


def _is_same_key(one: ConstraintDef, other: ConstraintDef) -> bool:
    if (one.kind == "exclude") != (other.kind == "exclude") or one.kind == other.kind == "primary key":
        return False
    fields = [
        "columns", "include", "deferrable", "initially_deferred", "nulls_not_distinct", "using_index", "method",
    ]  # fmt: skip
    if one.kind == "exclude":
        return _exclusion(one) == _exclusion(other) and one.method == other.method
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _exclusion(written: ConstraintDef) -> tuple[object, ...]:
    elements = [
        (
            e.column,
            None if e.expression is None else canonical(e.expression.root),
            e.operator,
            e.operator_class,
        )
        for e in written.elements
    ]
    where = None if written.where is None else canonical(written.where.root)
    return elements, where, written.deferrable, written.initially_deferred


def refuse_null(
    step: Step, table: Table, numbers: tuple[int, ...], span: Span, *, only: bool = False
) -> Table:
    """Store `table` with a NOT NULL for each column of its primary key to be; gives the table back.

    With `only`, the children must have theirs already (ATPrepAddPrimaryKey).
    """
    for number in numbers:
        known = not_null_of(table, number)
        if known is not None:
            _require_firm(step, table, known, span)
            continue
        for child in children(step, table) if only else ():
            below = not_null_of(child, column_map(table.columns, child.columns).get(number, 0))
            if below is None:
                column = table.column_by_number(number)
                name = "" if column is None else column.name
                detail = f'column "{name}" of table "{child.name}" is not marked NOT NULL'
                step.reject(ProblemKind.INVALID, span, f"{table.schema}.{table.name}", detail)
            _require_firm(step, child, below, span)
        table = add_not_null(step, table, number, span)
    return table


def _require_firm(step: Step, table: Table, known: Constraint, span: Span) -> None:
    """Reject a NOT NULL that a primary key cannot build on (verifyNotNullPKCompatible)."""
    if known.no_inherit or not known.validated:
        mark = "NO INHERIT" if known.no_inherit else "NOT VALID"
        detail = f'the constraint "{known.name}" is marked {mark}'
        step.reject(ProblemKind.INVALID, span, f"{table.schema}.{table.name}", detail)


def require_single_primary_key(step: Step, table: Table, written: ConstraintDef) -> None:
    """Reject a second primary key."""
    if written.kind == "primary key" and (old := table.primary_key) is not None:
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        label = f"{table.schema}.{table.name}"
        detail = f'multiple primary keys for table "{table.name}" are not allowed'
        step.reject(ProblemKind.INVALID, written.span, label, detail, (old.name,))


def add_key(step: Step, table: Table, written: ConstraintDef) -> Table:
    """`table` with the key and the index behind it, not stored yet; their names are."""
    require_single_primary_key(step, table, written)
    if written.using_index is not None:
        return _use_index(step, table, written)
    elements = written.elements or tuple(IndexElement(column=column) for column in written.columns)
    method = written.method or ("gist" if written.without_overlaps else "btree")
    _check_overlaps(step, table, written)
    require_operator_class(step, table, method, elements, written.span)
    if table.kind == "partitioned":
        equal = [e.column for e in elements if written.kind != "exclude" or e.operator == "="]
        require_partition_keys(
            step, table, column_numbers(step, table, filter(None, equal), written.span), written.span
        )
    if written.kind == "exclude":
        keys = index_keys(step, table, elements, written.span)
    else:
        keys = tuple(
            IndexKey(column=number) for number in column_numbers(step, table, written.columns, written.span)
        )
    refuse_virtual(step, table, [key.column for key in keys], written.span, f"{written.kind} constraints")
    name = _key_name(step, table, written, elements)
    oid, index_oid = step.new_oid(), step.new_oid()
    origin = step.origin(written.name.span if written.name is not None else written.span)
    numbers = tuple(key.column for key in keys if key.column)
    index = Index(
        oid=index_oid, name=name, keys=keys, origin=origin, unique=written.kind != "exclude" or
        written.without_overlaps, primary=written.kind == "primary key",
        method=method,
        include=column_numbers(step, table, written.include, written.span),
        where=None if written.where is None else bind(step, written.where, table, report=True),
        column_names=tuple(index_column_names(elements, written.include)),
        constraint=oid, nulls_not_distinct=written.nulls_not_distinct, options=written.options,
    )  # fmt: skip
    constraint = Constraint(
        oid=oid, name=name, kind=written.kind, origin=origin, columns=numbers, index=index_oid,
        deferrable=written.deferrable, initially_deferred=written.initially_deferred,
        operators=tuple(element.operator or "" for element in written.elements), period=written.without_overlaps,
    )  # fmt: skip
    name_index(step, table, index)
    step.name_constraint(table.schema, name)
    return _with_key(table, index, constraint)


def _check_overlaps(step: Step, table: Table, written: ConstraintDef) -> None:
    """What DefineIndex refuses of WITHOUT OVERLAPS: its column is the last of several, and a range."""
    if not written.without_overlaps:
        return
    label = f"{table.schema}.{table.name}"
    if len(written.columns) < 2:
        detail = "constraint using WITHOUT OVERLAPS needs at least two columns"
        step.reject(ProblemKind.INVALID, written.span, label, detail)
    column = table.column(written.columns[-1])
    if column is not None and kind_of(step, column.type):
        detail = f'column "{column.name}" in WITHOUT OVERLAPS is not a range or multirange type'
        step.reject(ProblemKind.INVALID, written.span, label, detail)


def _with_key(table: Table, index: Index, constraint: Constraint) -> Table:
    return msgspec.structs.replace(
        table, constraints=(*table.constraints, constraint), indexes=(*table.indexes, index)
    )


def _key_name(step: Step, table: Table, written: ConstraintDef, elements: tuple[IndexElement, ...]) -> str:
    schema = table.schema
    if written.name is not None:
        name = written.name.name
        if (schema, name) in step.catalog.relation_names:
            if step.catalog.is_tainted(schema, name):
                step.skip()
            detail = "the index behind the constraint needs this name"
            step.reject(ProblemKind.ALREADY_EXISTS, written.name.span, f"{schema}.{name}", detail)
        return name
    if written.kind == "primary key":
        return choose_relation_name(step, schema, table.name, "", "pkey", constraint=True)
    columns = join_columns(index_column_names(elements, written.include))
    label = "key" if written.kind == "unique" else "excl"
    return choose_relation_name(step, schema, table.name, columns, label, constraint=True)


def _use_index(step: Step, table: Table, written: ConstraintDef) -> Table:
    """PRIMARY KEY / UNIQUE USING INDEX: the index takes the constraint's name."""
    if table.kind == "partitioned":
        detail = "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables"
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    index = next((i for i in table.indexes if i.name == written.using_index), None)
    label = f"{table.schema}.{written.using_index}"
    if index is None:
        if step.catalog.is_tainted(table.schema, written.using_index or ""):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, written.span, label, "the table has no such index")
    if index.constraint:
        step.reject(ProblemKind.INVALID, written.span, label, "it belongs to a constraint already")
    if not index.unique or index.where is not None or any(key.expression is not None for key in index.keys):
        step.reject(ProblemKind.INVALID, written.span, label, "it is not a plain unique index")
    if written.kind == "primary key" and index.nulls_not_distinct:
        detail = "primary keys cannot use NULLS NOT DISTINCT indexes"
        step.reject(ProblemKind.INVALID, written.span, label, detail)
    name = written.name.name if written.name is not None else index.name
    oid = step.new_oid()
    if name != index.name:
        if (table.schema, name) in step.catalog.relation_names:
            step.reject(ProblemKind.ALREADY_EXISTS, written.span, f"{table.schema}.{name}")
        step.unname_relation(table.schema, index.name)
        step.name_relation(table.schema, name, index.oid)
    note = step.change(f"constraint {name}", written.span)
    used = msgspec.structs.replace(
        index, name=name, constraint=oid, primary=written.kind == "primary key",
        changes=(*index.changes, note),
    )  # fmt: skip
    constraint = Constraint(
        oid=oid, name=name, kind=written.kind, origin=step.origin(written.span), index=index.oid,
        columns=tuple(key.column for key in index.keys), deferrable=written.deferrable,
        initially_deferred=written.initially_deferred,
    )  # fmt: skip
    step.name_constraint(table.schema, name)
    rest = tuple(i for i in table.indexes if i.oid != index.oid)
    return _with_key(msgspec.structs.replace(table, indexes=rest), used, constraint)
