"""CREATE TABLE in all its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.altered import full_name
from schemabot.catalog.apply.columns import bind_default, generate, make_column
from schemabot.catalog.apply.constraints import define
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.table_forms import (
    columns_of_query,
    columns_of_type,
    inherit,
    like,
    like_columns,
    parents_named,
    take_from_partitioned,
)
from schemabot.catalog.objects import Column, OtherType, Table, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import ColumnDef, ConstraintDef, CreateTable


def create_table(step: Step, fact: CreateTable) -> None:
    """CREATE TABLE: columns first, then checks, what LIKE brings, keys, foreign keys, as PostgreSQL does."""
    name = fact.name.name
    temporary = fact.temporary or fact.name.schema == "pg_temp"
    schema = "pg_temp" if temporary else step.creation_schema(fact.name)
    _require_free_name(step, fact, schema)
    oid = step.new_oid()
    role = step.session.role
    parents = parents_named(step, fact)
    columns, known = _columns(step, fact, schema, oid, parents)
    table = Table(
        oid=oid, schema=schema, name=name, origin=step.origin(fact.name.span),
        kind="foreign" if fact.foreign else "partitioned" if fact.partition_by is not None else "table",
        columns=columns, next_number=len(columns) + 1, temporary=temporary, unlogged=fact.unlogged,
        parents=() if fact.partition_of is not None else tuple(parent.oid for parent in parents),
        partition_of=parents[0].oid if fact.partition_of is not None else 0,
        partition_strategy=fact.partition_by.strategy if fact.partition_by is not None else "",
        owner=role, acl=default_acl(step, "table", schema, role), columns_known=known,
    )  # fmt: skip
    step.put_relation(table)
    step.name_relation(schema, name, oid)
    put_row_type(step, table)
    for parent in parents:
        step.depend(oid, parent.oid)
    table = _own_columns(step, table, fact)
    if parents:
        table = inherit(step, table, parents)
    constraints = _constraints(fact)
    step.put_relation(table)
    for constraint in constraints:
        if constraint.kind in ("check", "not null"):
            table = define(step, table, constraint)
    for clause in fact.likes:
        table = like(step, table, clause)
    for constraint in _keys(constraints):
        table = define(step, table, constraint)
    for constraint in constraints:
        if constraint.kind == "foreign key":
            table = define(step, table, constraint)
    step.put_relation(table)
    if fact.partition_of is not None:
        take_from_partitioned(step, parents[0], table)


def _require_free_name(step: Step, fact: CreateTable, schema: str) -> None:
    name = fact.name.name
    key = (schema, name)
    if key not in step.catalog.relation_names and key not in step.catalog.type_names:
        return
    if step.is_tainted(fact.name) or (fact.if_not_exists and key in step.catalog.relation_names):
        step.skip()
    detail = "" if key in step.catalog.relation_names else "a type of that name exists"
    step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}", detail)


def put_row_type(step: Step, table: Table | View) -> None:
    """Store the row type that comes with a table or view and has its name."""
    step.put_type(
        OtherType(
            oid=step.new_oid(), schema=table.schema, name=table.name, origin=table.origin, kind="row",
            relation=table.oid, owner=table.owner,
        )
    )  # fmt: skip


# -- columns -------------------------------------------------------------------------------------------------


def _columns(
    step: Step, fact: CreateTable, schema: str, oid: int, parents: list[Table]
) -> tuple[tuple[Column, ...], bool]:
    """The columns in their order, and whether they are all: inherited ones first, LIKE's in their places."""
    if fact.query is not None:
        return columns_of_query(step, fact)
    known = all(parent.columns_known for parent in parents)
    columns: list[Column] = []
    for parent in parents:
        for column in parent.columns:
            _merge_inherited(step, fact, columns, column, oid)
    if fact.of_type is not None:
        columns = columns_of_type(step, fact.of_type, oid)
    # Columns that stand before a LIKE clause precede its columns.
    for place, written in enumerate((*fact.columns, None)):
        for clause in fact.likes:
            if clause.position == place or (written is None and clause.position > place):
                source, sure = like_columns(step, clause, schema, fact.name.name, oid, len(columns))
                for column in source:
                    _add_copied(step, fact, columns, column)
                known = known and sure
        if written is not None:
            _add_own(step, fact, schema, oid, columns, written)
    return tuple(columns), known


def _merge_inherited(step: Step, fact: CreateTable, columns: list[Column], column: Column, oid: int) -> None:
    """Add a parent's column; parents with a column of the same name and type share it."""
    for place, there in enumerate(columns):
        if there.name == column.name:
            if there.type != column.type:
                detail = f'inherited column "{column.name}" has a type conflict'
                step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)
            columns[place] = msgspec.structs.replace(there, not_null=there.not_null or column.not_null)
            return
    step.depend(oid, column.type.oid)
    # Only partitions take identity over (since PostgreSQL 17).
    identity = column.identity if fact.partition_of is not None else ""
    columns.append(msgspec.structs.replace(
        column, number=len(columns) + 1, origin=step.origin(fact.name.span), inherited=True, local=False,
        sequence=0, identity=identity, acl=(), comment=None, changes=(),
    ))  # fmt: skip
    if column.default is not None:
        for use in column.default.uses:
            step.depend(oid, use.oid)


def _add_copied(step: Step, fact: CreateTable, columns: list[Column], column: Column) -> None:
    """Add a column that LIKE copies; an inherited one of its name is merged with it."""
    place = next((n for n, there in enumerate(columns) if there.name == column.name), None)
    if place is None:
        columns.append(msgspec.structs.replace(column, number=len(columns) + 1))
        return
    above = columns[place]
    label = f"{full_name(step, fact.name)}.{column.name}"
    if not above.inherited or above.local:
        step.reject(ProblemKind.DUPLICATE_COLUMN, fact.name.span, label)
    if above.type != column.type:
        detail = f'column "{column.name}" has a type conflict with the inherited one'
        step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
    columns[place] = msgspec.structs.replace(
        column, number=above.number, inherited=True, not_null=column.not_null or above.not_null,
        default=above.default if column.default is None else column.default,
    )  # fmt: skip


def _add_own(
    step: Step, fact: CreateTable, schema: str, oid: int, columns: list[Column], written: ColumnDef
) -> None:
    name = written.name.name
    place = next((n for n, column in enumerate(columns) if column.name == name), None)
    if written.type is None:  # PARTITION OF, OF type: options of a column that is there
        if place is None:
            label = f"{full_name(step, fact.name)}.{name}"
            step.reject(ProblemKind.UNKNOWN_COLUMN, written.name.span, label)
        own = columns[place]
        default = own.default
        if written.default is not None:
            default = bind_default(step, oid, written.default, own.type)
        columns[place] = msgspec.structs.replace(
            own, not_null=own.not_null or written.not_null, default=default
        )
        return
    if place is not None and not columns[place].inherited:
        label = f"{full_name(step, fact.name)}.{name}"
        step.reject(ProblemKind.DUPLICATE_COLUMN, written.name.span, label)
    number = len(columns) + 1 if place is None else columns[place].number
    made = make_column(step, schema, fact.name.name, oid, number, written)
    if place is None:
        columns.append(made)
        return
    above = columns[place]
    if made.type != above.type:
        label = f"{full_name(step, fact.name)}.{name}"
        detail = f'column "{name}" has a type conflict with the inherited one'
        step.reject(ProblemKind.INVALID, written.name.span, label, detail)
    columns[place] = msgspec.structs.replace(
        made, inherited=True, not_null=made.not_null or above.not_null,
        default=made.default if written.default is not None else above.default,
        generated=above.generated, generated_virtual=above.generated_virtual,
    )  # fmt: skip


def _own_columns(step: Step, table: Table, fact: CreateTable) -> Table:
    """Bind the expressions of generated columns, now that all columns are known."""
    for written in fact.columns:
        if written.generated is not None:
            column = table.column(written.name.name)
            if column is not None:
                table = generate(step, table, column.number, written.generated)
    return table


# -- constraints ---------------------------------------------------------------------------------------------


def _constraints(fact: CreateTable) -> list[ConstraintDef]:
    """All constraints, those of columns too, in the order in which they are written."""
    written = [constraint for column in fact.columns for constraint in column.constraints]
    if not written:
        return list(fact.constraints)
    return sorted((*written, *fact.constraints), key=lambda constraint: constraint.span.start)


def _keys(constraints: list[ConstraintDef]) -> list[ConstraintDef]:
    """The constraints that need an index: the primary key first, and each key once.

    As transformIndexConstraints: two keys on the same columns share the first one's index, which takes the
    name of the second when it has none.
    """
    keys = [c for c in constraints if c.kind in ("primary key", "unique", "exclude")]
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
    if "exclude" in (one.kind, other.kind) or (one.kind == other.kind == "primary key"):
        return False
    fields = ("columns", "include", "deferrable", "initially_deferred", "nulls_not_distinct", "using_index")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateTable: create_table}
