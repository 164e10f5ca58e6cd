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
)
from schemabot.catalog.apply.inheritance import children, column_map, moved
from schemabot.catalog.apply.keys import add_key, refuse_null, require_single_primary_key
from schemabot.catalog.apply.lookup import depend_on
from schemabot.catalog.apply.naming import (
    choose_constraint_name,
    join_columns,
)
from schemabot.catalog.apply.not_null import add_not_null, spread_inheritance
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Constraint, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.canonical import canonical
from schemabot.facts.model import AddConstraint, AlterConstraint, ConstraintDef

_SPOKEN = {"exclude": "exclusion"}


def add_constraint(step: Step, fact: AddConstraint) -> None:
    """ALTER TABLE ... ADD constraint."""
    table = altered_table(step, fact)
    written = fact.constraint
    if written.kind == "not null":
        _add_not_null(step, table, fact)
        return
    if written.kind == "primary key":
        table = _refuse_null(step, table, fact)
    if written.kind == "foreign key" and fact.only and table.kind == "partitioned":
        detail = "cannot use ONLY for foreign key on partitioned table"
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    before = table
    table = define(step, table, written)
    if table is before:  # a foreign key to an unknown table
        return
    note = step.change(f"constraint {table.constraints[-1].name}", written.span)
    step.put_relation(msgspec.structs.replace(table, changes=(*table.changes, note)))
    if written.kind == "check" and not written.no_inherit:
        inherit_check(step, step.catalog.table_by_oid(table.oid) or table, table.constraints[-1], fact.only)
    elif table.kind == "partitioned" and not fact.only:
        _give_to_partitions(step, table, table.constraints[-1])


def define(step: Step, table: Table, written: ConstraintDef) -> Table:
    """`table` with the constraint added, not stored yet; its names and dependencies are."""
    if written.kind == "check" and (inherited := _inherited_twin(table, written)) is not None:
        own = msgspec.structs.replace(inherited, local=True)
        constraints = tuple(own if c.oid == own.oid else c for c in table.constraints)
        return msgspec.structs.replace(table, constraints=constraints)
    _require_free_name(step, table, written)
    if written.kind == "check":
        if written.no_inherit and table.kind == "partitioned":
            detail = "cannot add NO INHERIT constraint to partitioned table"
            step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
        return _add_check(step, table, written)
    if table.kind == "foreign":  # parse_utilcmd.c, transformTableConstraint
        detail = f"{_SPOKEN.get(written.kind, written.kind)} constraints are not supported on foreign tables"
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    if written.kind == "foreign key":
        return add_foreign_key(step, table, written)
    return add_key(step, table, written)


def _inherited_twin(table: Table, written: ConstraintDef) -> Constraint | None:
    """The inherited check that a definition repeats under its name (MergeWithExistingConstraint)."""
    if written.name is None or written.expression is None:
        return None
    for constraint in table.constraints:
        if constraint.name == written.name.name and constraint.inherited and not constraint.local:
            expression = None if constraint.expression is None else constraint.expression.expression
            if expression is not None and canonical(expression.root) == canonical(written.expression.root):
                return constraint
    return None


def _require_free_name(step: Step, table: Table, written: ConstraintDef) -> None:
    if written.name is None:
        return
    name = written.name.name
    if any(c.name == name for c in table.constraints):
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        label = f"{table.schema}.{table.name}.{name}"
        step.reject(ProblemKind.ALREADY_EXISTS, written.name.span, label, "the table has such a constraint")


def _add_not_null(step: Step, table: Table, fact: AddConstraint) -> None:
    """ADD NOT NULL column."""
    written = fact.constraint
    for number in column_numbers(step, table, written.columns, written.span):
        table = add_not_null(step, table, number, written.span, written, only=fact.only)
    note = step.change("not null", written.span)
    step.put_relation(msgspec.structs.replace(table, changes=(*table.changes, note)))


def _refuse_null(step: Step, table: Table, fact: AddConstraint) -> Table:
    """ADD PRIMARY KEY makes its columns NOT NULL first, those of children too (ATPrepAddPrimaryKey)."""
    written = fact.constraint
    require_single_primary_key(step, table, written)
    numbers = column_numbers(step, table, written.columns, written.span)
    if written.using_index is not None:
        numbers = tuple(
            k.column for i in table.indexes if i.name == written.using_index for k in i.keys if k.column
        )
    return refuse_null(step, table, numbers, written.span, only=fact.only)


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
        merged = msgspec.structs.replace(own, inherited=True, local=own.local and not child.partition_of)
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
        check, oid=step.new_oid(), expression=bound, inherited=True, local=False, comment=None, changes=(),
        columns=() if bound is None else own_columns(child, bound),
    )  # fmt: skip


def _give_to_partitions(step: Step, table: Table, constraint: Constraint) -> None:
    if constraint.kind == "foreign key":
        for child in children(step, table):
            put_inherited_foreign_key(step, table, constraint, child)
    elif constraint.index:
        index = next(i for i in table.indexes if i.oid == constraint.index)
        clone_to_partitions(step, table, index, constraint)


def put_inherited_foreign_key(step: Step, parent: Table, constraint: Constraint, child: Table) -> None:
    """Store a partitioned table's foreign key in a partition and below; an equal one that a partition has becomes
    the copy (tryAttachPartitionForeignKey)."""
    numbers = column_map(parent.columns, child.columns)
    columns = tuple(numbers[number] for number in constraint.columns if number in numbers)
    wanted = _attachable(msgspec.structs.replace(constraint, columns=columns))
    for own in child.constraints:
        if own.kind == "foreign key" and not own.inherited and _attachable(own) == wanted:
            kept = msgspec.structs.replace(own, inherited=True)
            constraints = tuple(kept if c.oid == own.oid else c for c in child.constraints)
            step.put_relation(msgspec.structs.replace(child, constraints=constraints))
            return
    name = constraint.name
    if any(c.name == name for c in child.constraints):
        joined = join_columns(table_names(child, columns))
        name = choose_constraint_name(step, child.schema, child.name, joined, "fkey")
    copy = msgspec.structs.replace(
        constraint, oid=step.new_oid(), name=name, columns=columns, inherited=True, comment=None, changes=(),
        on_delete_columns=tuple(numbers.get(number, 0) for number in constraint.on_delete_columns),
    )  # fmt: skip
    step.name_constraint(child.schema, name)
    step.depend(child.oid, constraint.references)
    child = msgspec.structs.replace(child, constraints=(*child.constraints, copy))
    step.put_relation(child)
    for grandchild in children(step, child) if child.kind == "partitioned" else ():
        put_inherited_foreign_key(step, child, copy, grandchild)


def _attachable(key: Constraint) -> tuple[object, ...]:
    """What two foreign keys must have in common so that one can be the other's copy in a partition."""
    return (
        key.columns, key.references, key.references_columns, key.on_delete, key.on_update, key.match,
        key.deferrable, key.initially_deferred, key.enforced, key.period,
    )  # fmt: skip


def table_names(table: Table, numbers: tuple[int, ...]) -> list[str]:
    """The names of the columns with those numbers."""
    return list(table.column_names(numbers))


# -- altering ------------------------------------------------------------------------------------------------


def alter_constraint(step: Step, fact: AlterConstraint) -> None:
    """VALIDATE CONSTRAINT, and ALTER CONSTRAINT's deferrability, enforcement and inheritance."""
    table = altered_table(step, fact)
    constraint = find_constraint(step, table, fact.name.name)
    label = f"{table.schema}.{table.name}.{fact.name.name}"
    if constraint is None:
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, "the table has no such constraint")
    if fact.only and not fact.validate and table.kind == "partitioned":
        step.reject(
            ProblemKind.INVALID, fact.name.span, label, "constraint must be altered in child tables too"
        )
    _check_alterable(step, constraint, fact, label)
    is_passed_on = constraint.kind in ("check", "not null") and not constraint.no_inherit
    if fact.validate and fact.only and is_passed_on and not constraint.validated and children(step, table):
        detail = "constraint must be validated on child tables too"
        step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
    if fact.no_inherit and table.kind == "partitioned":
        detail = f'not-null constraint "{constraint.name}" on partitioned table cannot be NO INHERIT'
        step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
    what = "validated" if fact.validate else "deferrability"
    note = step.change(f"constraint {constraint.name}", fact.span)
    _alter_below(step, msgspec.structs.replace(table, changes=(*table.changes, note)), constraint, fact, what)


def _check_alterable(step: Step, constraint: Constraint, fact: AlterConstraint, label: str) -> None:
    """What ATExecValidateConstraint and ATExecAlterConstraint refuse."""
    kind, name = constraint.kind, constraint.name
    detail = ""
    if fact.validate and kind not in ("foreign key", "check", "not null"):
        detail = f'constraint "{name}" is not a foreign key, check, or not-null constraint'
    elif fact.validate and not constraint.enforced:
        detail = "cannot validate NOT ENFORCED constraint"
    elif fact.no_inherit is not None and kind != "not null":
        detail = f'constraint "{name}" is not a not-null constraint'
    elif fact.no_inherit is None and not fact.validate and kind != "foreign key":
        detail = f'constraint "{name}" is not a foreign key constraint'
    elif not fact.validate and constraint.inherited and fact.no_inherit in (None, not constraint.no_inherit):
        detail = f'cannot alter inherited constraint "{name}"'
    if detail:
        step.reject(ProblemKind.WRONG_KIND, fact.name.span, label, detail)


def _alter_below(step: Step, table: Table, constraint: Constraint, fact: AlterConstraint, what: str) -> None:
    """Store `table` with the constraint altered, and the copies of it below."""
    made = _altered(constraint, fact)
    if made != constraint:
        made = msgspec.structs.replace(made, changes=(*constraint.changes, step.change(what, fact.span)))
    step.put_relation(msgspec.structs.replace(
        table, constraints=tuple(made if c.oid == constraint.oid else c for c in table.constraints)
    ))  # fmt: skip
    if fact.no_inherit is not None:
        if fact.no_inherit != constraint.no_inherit:
            spread_inheritance(step, table, made, fact.span)
        return
    columns = table.column_names(constraint.columns)
    for child in children(step, table):
        for own in child.constraints:
            is_copy = own.name == made.name or (
                own.kind in ("foreign key", "not null") and child.column_names(own.columns) == columns
            )
            if own.inherited and own.kind == made.kind and is_copy:
                current = step.catalog.table_by_oid(child.oid) or child
                _alter_below(step, current, own, fact, what)


def _altered(constraint: Constraint, fact: AlterConstraint) -> Constraint:
    if fact.validate:
        return msgspec.structs.replace(constraint, validated=True)
    if fact.no_inherit is not None:
        return msgspec.structs.replace(constraint, no_inherit=fact.no_inherit)
    enforced = constraint.enforced if fact.enforced is None else fact.enforced
    deferred = constraint.initially_deferred if fact.deferrable is None else bool(fact.initially_deferred)
    return msgspec.structs.replace(
        constraint, enforced=enforced, validated=constraint.validated if enforced == constraint.enforced else enforced,
        deferrable=constraint.deferrable if fact.deferrable is None else deferred or fact.deferrable,
        initially_deferred=deferred,
    )  # fmt: skip


def find_constraint(step: Step, table: Table, name: str) -> Constraint | None:
    """The constraint of that name."""
    return next((c for c in table.constraints if c.name == name), None)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    AddConstraint: add_constraint,
    AlterConstraint: alter_constraint,
}
