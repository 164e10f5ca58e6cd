"""Constraints: those of CREATE TABLE and ALTER TABLE ... ADD, and altering them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.altered import altered_table
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.foreign_keys import add_foreign_key
from schemabot.catalog.apply.indexes import (
    clone_to_partitions,
    column_numbers,
    index_keys,
    name_index,
)
from schemabot.catalog.apply.inheritance import children, descendants, moved
from schemabot.catalog.apply.lookup import depend_on
from schemabot.catalog.apply.naming import (
    choose_constraint_name,
    choose_relation_name,
    index_column_names,
    join_columns,
    make_object_name,
)
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Constraint, Index, IndexKey, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import AddConstraint, AlterConstraint, ConstraintDef, IndexElement


def add_constraint(step: Step, fact: AddConstraint) -> None:
    """ALTER TABLE ... ADD constraint."""
    table = altered_table(step, fact)
    written = fact.constraint
    table = define(step, table, written)
    name = table.constraints[-1].name if table.constraints else written.kind
    note = step.change(f"constraint {name}" if written.kind != "not null" else "not null", written.span)
    step.put_relation(msgspec.structs.replace(table, changes=(*table.changes, note)))
    if written.kind == "check" and not written.no_inherit:
        inherit_check(step, step.catalog.table_by_oid(table.oid) or table, table.constraints[-1], fact.only)
    elif written.kind == "not null" and not fact.only:
        _inherit_not_null(step, table, written)
    elif table.kind == "partitioned" and not fact.only:
        _give_to_partitions(step, table, table.constraints[-1])


def define(step: Step, table: Table, written: ConstraintDef) -> Table:
    """`table` with the constraint added, not stored yet; its names and dependencies are."""
    _require_free_name(step, table, written)
    if written.kind == "not null":
        return _add_not_null(step, table, written)
    if written.kind == "check":
        return _add_check(step, table, written)
    if written.kind == "foreign key":
        return add_foreign_key(step, table, written)
    return _add_key(step, table, written)


def _require_free_name(step: Step, table: Table, written: ConstraintDef) -> None:
    if written.name is None:
        return
    name = written.name.name
    if any(c.name == name for c in table.constraints):
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        label = f"{table.schema}.{table.name}.{name}"
        step.reject(ProblemKind.ALREADY_EXISTS, written.name.span, label, "the table has such a constraint")


def _add_not_null(step: Step, table: Table, written: ConstraintDef) -> Table:
    """Only named NOT NULL constraints are kept (PostgreSQL 18 has one for each column that is not null)."""
    numbers = column_numbers(step, table, written.columns, written.span)
    columns = tuple(
        msgspec.structs.replace(c, not_null=True) if c.number in numbers else c for c in table.columns
    )
    if written.name is None:
        return msgspec.structs.replace(table, columns=columns)
    constraint = Constraint(
        oid=step.new_oid(), name=written.name.name, kind="not null", origin=step.origin(written.span),
        columns=numbers, no_inherit=written.no_inherit, validated=not written.not_valid,
    )  # fmt: skip
    step.name_constraint(table.schema, constraint.name)
    return msgspec.structs.replace(table, columns=columns, constraints=(*table.constraints, constraint))


def _inherit_not_null(step: Step, table: Table, written: ConstraintDef) -> None:
    for child in descendants(step, table):
        columns = tuple(
            msgspec.structs.replace(c, not_null=True) if c.name in written.columns else c
            for c in child.columns
        )
        step.put_relation(msgspec.structs.replace(child, columns=columns))


def _add_check(step: Step, table: Table, written: ConstraintDef) -> Table:
    assert written.expression is not None
    bound = bind(step, written.expression, table, report=True)
    columns = own_columns(table, bound)
    if written.name is not None:
        name = written.name.name
    else:
        # Only a check of a single column is named after it (AddRelationNewConstraints).
        column = table.column_names(columns)[0] if len(columns) == 1 else ""
        name = choose_constraint_name(
            step, table.schema, table.name, column, "check", [c.name for c in table.constraints]
        )
    constraint = Constraint(
        oid=step.new_oid(), name=name, kind="check", origin=step.origin(written.span), columns=columns,
        expression=bound, validated=not written.not_valid and not written.not_enforced,
        enforced=not written.not_enforced, no_inherit=written.no_inherit,
    )  # fmt: skip
    step.name_constraint(table.schema, name)
    depend_on(step, table.oid, bound.uses)
    return msgspec.structs.replace(table, constraints=(*table.constraints, constraint))


def own_columns(table: Table, bound: Bound) -> tuple[int, ...]:
    """The numbers of the table's own columns that an expression mentions."""
    return tuple(sorted({use.number for use in bound.uses if use.oid == table.oid and use.number}))


def inherit_check(step: Step, table: Table, check: Constraint, only: bool = False) -> None:
    """Give the children a check of their parent; one that they have under its name is merged."""
    for child in children(step, table):
        if only:
            label = f"{table.schema}.{table.name}.{check.name}"
            detail = "the constraint must be added to child tables too"
            step.reject(ProblemKind.INVALID, check.origin.span, label, detail)
        put_inherited_check(step, table, check, child)


def put_inherited_check(step: Step, parent: Table, check: Constraint, child: Table) -> None:
    """Store `parent`'s check in `child` and below."""
    own = next((c for c in child.constraints if c.name == check.name), None)
    if own is not None:
        merged = msgspec.structs.replace(own, inherited=True)
        constraints = tuple(merged if c.oid == own.oid else c for c in child.constraints)
        step.put_relation(msgspec.structs.replace(child, constraints=constraints))
        return
    copy = inherited_check(step, parent, check, child)
    child = msgspec.structs.replace(child, constraints=(*child.constraints, copy))
    step.put_relation(child)
    for grandchild in children(step, child):
        put_inherited_check(step, child, copy, grandchild)


def inherited_check(step: Step, parent: Table, check: Constraint, child: Table) -> Constraint:
    """A copy of a check for a child, its name and dependencies noted."""
    bound = moved(check.expression, parent, child)
    step.name_constraint(child.schema, check.name)
    if bound is not None:
        depend_on(step, child.oid, bound.uses)
    return msgspec.structs.replace(
        check, oid=step.new_oid(), expression=bound, inherited=True, comment=None, changes=(),
        columns=() if bound is None else own_columns(child, bound),
    )  # fmt: skip


def _give_to_partitions(step: Step, table: Table, constraint: Constraint) -> None:
    if constraint.kind == "foreign key":
        for child in descendants(step, table):
            put_inherited_foreign_key(step, table, constraint, child)
    elif constraint.index:
        index = next(i for i in table.indexes if i.oid == constraint.index)
        clone_to_partitions(step, table, index, constraint)


def put_inherited_foreign_key(step: Step, parent: Table, constraint: Constraint, child: Table) -> None:
    """Store a partitioned table's foreign key in a partition; an equal one that it has becomes the copy."""
    names = parent.column_names(constraint.columns)
    numbers = {column.name: column.number for column in child.columns}
    columns = tuple(numbers[name] for name in names if name in numbers)
    for own in child.constraints:
        if own.kind == "foreign key" and not own.inherited and (own.columns, own.references) == (
            columns, constraint.references,
        ) and own.references_columns == constraint.references_columns:  # fmt: skip
            kept = msgspec.structs.replace(own, inherited=True)
            constraints = tuple(kept if c.oid == own.oid else c for c in child.constraints)
            step.put_relation(msgspec.structs.replace(child, constraints=constraints))
            return
    name = constraint.name
    if any(c.name == name for c in child.constraints):
        joined = join_columns(table_names(child, columns))
        name = choose_constraint_name(step, child.schema, child.name, joined, "fkey")
    copy = msgspec.structs.replace(
        constraint, oid=step.new_oid(), name=name, columns=columns, inherited=True, comment=None, changes=()
    )
    step.name_constraint(child.schema, name)
    step.depend(child.oid, constraint.references)
    step.put_relation(msgspec.structs.replace(child, constraints=(*child.constraints, copy)))


def table_names(table: Table, numbers: tuple[int, ...]) -> list[str]:
    """The names of the columns with those numbers."""
    return list(table.column_names(numbers))


# -- keys and exclusion constraints ------------------------------------------------------------------------


def _add_key(step: Step, table: Table, written: ConstraintDef) -> Table:
    if written.kind == "primary key" and (old := table.primary_key) is not None:
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        label = f"{table.schema}.{table.name}"
        detail = f'multiple primary keys for table "{table.name}" are not allowed'
        step.reject(ProblemKind.INVALID, written.span, label, detail, (old.name,))
    if written.using_index is not None:
        return _use_index(step, table, written)
    elements = written.elements or tuple(IndexElement(column=column) for column in written.columns)
    if written.kind == "exclude":
        keys = index_keys(step, table, elements, written.span)
    else:
        keys = tuple(
            IndexKey(column=number) for number in column_numbers(step, table, written.columns, written.span)
        )
    name = _key_name(step, table, written, elements)
    oid, index_oid = step.new_oid(), step.new_oid()
    origin = step.origin(written.name.span if written.name is not None else written.span)
    numbers = tuple(key.column for key in keys if key.column)
    index = Index(
        oid=index_oid, name=name, keys=keys, origin=origin, unique=written.kind != "exclude" or
        written.without_overlaps, primary=written.kind == "primary key",
        method=written.method or ("gist" if written.without_overlaps else "btree"),
        include=column_numbers(step, table, written.include, written.span),
        where=None if written.where is None else bind(step, written.where, table, report=True),
        constraint=oid, nulls_not_distinct=written.nulls_not_distinct,
    )  # fmt: skip
    constraint = Constraint(
        oid=oid, name=name, kind=written.kind, origin=origin, columns=numbers, index=index_oid,
        deferrable=written.deferrable, initially_deferred=written.initially_deferred,
    )  # fmt: skip
    name_index(step, table, index)
    step.name_constraint(table.schema, name)
    return _with_key(table, index, constraint)


def _with_key(table: Table, index: Index, constraint: Constraint) -> Table:
    columns = table.columns
    if constraint.kind == "primary key":
        columns = tuple(
            msgspec.structs.replace(c, not_null=True) if c.number in constraint.columns else c
            for c in columns
        )
    return msgspec.structs.replace(
        table, columns=columns, constraints=(*table.constraints, constraint), indexes=(*table.indexes, index)
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


# -- altering ------------------------------------------------------------------------------------------------


def alter_constraint(step: Step, fact: AlterConstraint) -> None:
    """VALIDATE CONSTRAINT, and ALTER CONSTRAINT's deferrability."""
    table = altered_table(step, fact)
    constraint = find_constraint(step, table, fact.name.name)
    if constraint is None:
        if is_generated_not_null(table, fact.name.name) or step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        label = f"{table.schema}.{table.name}.{fact.name.name}"
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, "the table has no such constraint")
    what = "validated" if fact.validate else "deferrability"
    changes = (*constraint.changes, step.change(what, fact.span))
    if fact.validate:
        made = msgspec.structs.replace(constraint, validated=True, changes=changes)
    else:
        if constraint.kind != "foreign key":
            detail = f'constraint "{constraint.name}" is not a foreign key constraint'
            step.reject(ProblemKind.WRONG_KIND, fact.name.span, f"{table.schema}.{table.name}", detail)
        deferred = bool(fact.initially_deferred)
        deferrable = deferred if fact.deferrable is None else fact.deferrable
        made = msgspec.structs.replace(
            constraint, deferrable=deferrable, initially_deferred=deferred, changes=changes
        )
    constraints = tuple(made if c.oid == constraint.oid else c for c in table.constraints)
    changes = (*table.changes, step.change(f"constraint {constraint.name}", fact.span))
    step.put_relation(msgspec.structs.replace(table, constraints=constraints, changes=changes))
    if fact.validate and constraint.kind in ("check", "foreign key"):
        for child in descendants(step, table):
            constraints = tuple(
                msgspec.structs.replace(c, validated=True) if c.name == made.name and c.inherited else c
                for c in child.constraints
            )
            step.put_relation(msgspec.structs.replace(child, constraints=constraints))


def find_constraint(step: Step, table: Table, name: str) -> Constraint | None:
    """The constraint of that name."""
    return next((c for c in table.constraints if c.name == name), None)


def is_generated_not_null(table: Table, name: str) -> bool:
    """Whether PostgreSQL 18 may have given this name to the NOT NULL of a column."""
    return not_null_column(table, name) is not None


def not_null_column(table: Table, name: str) -> int | None:
    """The number of the column whose NOT NULL constraint PostgreSQL 18 has given that name."""
    if not name.rstrip("0123456789").endswith("_not_null"):
        return None
    for column in table.columns:
        if column.not_null and make_object_name(table.name, column.name, "not_null") == name:
            return column.number
    return None


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    AddConstraint: add_constraint,
    AlterConstraint: alter_constraint,
}
