"""Foreign keys: finding the table and the key that they refer to."""

from __future__ import annotations

import msgspec

from schemabot.catalog.apply.altered import full_name
from schemabot.catalog.apply.casts import is_comparable
from schemabot.catalog.apply.indexes import column_numbers
from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.naming import choose_constraint_name, join_columns
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Constraint, Index, Table
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import ConstraintDef
from schemabot.text import Span


def add_foreign_key(step: Step, table: Table, written: ConstraintDef) -> Table:
    """`table` with the foreign key; the same table when what it refers to cannot be known."""
    columns = column_numbers(step, table, written.columns, written.span)
    target = _target(step, table, written)
    if target is None:
        return table
    if table.kind == "partitioned" and _is_below(step, target, table):
        detail = f'cannot ALTER TABLE "{target.name}" because it is being used by this statement'
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    key, references = _referenced_key(step, target, written)
    _require_period(step, target, key, written)
    if len(columns) != len(references) and table.columns_known and target.columns_known:
        detail = "number of referencing and referenced columns for foreign key disagree"
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    _check_actions(step, table, columns, written)
    detail = _persistence(table, target)
    if detail:
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)
    _refuse_generated(step, table, columns, written)
    require_comparable(step, table, columns, target, references, written.span)
    if written.name is not None:
        name = written.name.name
    else:
        names = join_columns(written.columns)
        name = choose_constraint_name(step, table.schema, table.name, names, "fkey")
    constraint = Constraint(
        oid=step.new_oid(), name=name, kind="foreign key",
        origin=step.origin(written.name.span if written.name is not None else written.span),
        columns=columns, references=target.oid, references_columns=references, on_delete=written.on_delete,
        on_update=written.on_update, match=written.match, index=0 if key is None else key.oid,
        deferrable=written.deferrable, initially_deferred=written.initially_deferred,
        validated=not written.not_valid and not written.not_enforced, enforced=not written.not_enforced,
        on_delete_columns=tuple(c.number for c in table.columns if c.name in written.on_delete_columns),
        period=written.without_overlaps,
    )  # fmt: skip
    step.name_constraint(table.schema, name)
    step.depend(table.oid, target.oid)
    return msgspec.structs.replace(table, constraints=(*table.constraints, constraint))


def _persistence(table: Table, target: Table) -> str:
    """Why a table of this persistence may not refer to that one; empty when it may (tablecmds.c,
    ATAddForeignKeyConstraint)."""
    if table.temporary:
        return (
            "" if target.temporary else "constraints on temporary tables may reference only temporary tables"
        )
    if table.unlogged:
        only = "constraints on unlogged tables may reference only permanent or unlogged tables"
        return only if target.temporary else ""
    is_permanent = not target.temporary and not target.unlogged
    return "" if is_permanent else "constraints on permanent tables may reference only permanent tables"


def _check_actions(step: Step, table: Table, columns: tuple[int, ...], written: ConstraintDef) -> None:
    """What the actions of a foreign key must keep to (ATAddForeignKeyConstraint)."""
    label = f"{table.schema}.{table.name}"
    for name in written.on_delete_columns:
        column = table.column(name)
        if column is None:
            if table.columns_known:
                step.reject(ProblemKind.UNKNOWN_COLUMN, written.span, f"{label}.{name}")
        elif column.number not in columns:
            detail = f'column "{name}" referenced in ON DELETE SET action must be part of foreign key'
            step.reject(ProblemKind.INVALID, written.span, label, detail)
    if written.without_overlaps and (written.on_delete, written.on_update) != ("no action", "no action"):
        detail = "unsupported action for foreign key constraint using PERIOD"
        step.reject(ProblemKind.INVALID, written.span, label, detail)


def _require_period(step: Step, target: Table, index: Index | None, written: ConstraintDef) -> None:
    """A key WITHOUT OVERLAPS is referred to with PERIOD, and no other is (transformFkeyCheckAttrs)."""
    key = next((c for c in target.constraints if index is not None and c.oid == index.constraint), None)
    has_period = key is not None and key.period
    if index is not None and has_period != written.without_overlaps:
        detail = "foreign key must use PERIOD when, and only when, it refers to a key WITHOUT OVERLAPS"
        step.reject(ProblemKind.INVALID, written.span, f"{target.schema}.{target.name}", detail)


def require_comparable(
    step: Step, table: Table, columns: tuple[int, ...], target: Table, references: tuple[int, ...], span: Span
) -> None:  # fmt: skip
    """Reject where no operator compares a column with the one that it refers to."""
    for number, other in zip(columns, references, strict=False):
        own, theirs = table.column_by_number(number), target.column_by_number(other)
        if own is None or theirs is None:
            continue
        if not is_comparable(step, own.type, theirs.type):
            label = f"{table.schema}.{table.name}.{own.name}"
            detail = f'"{own.name}" and "{theirs.name}" are of incompatible types'
            step.reject(ProblemKind.INVALID, span, label, detail)


def _is_below(step: Step, partition: Table, table: Table) -> bool:
    """Whether `partition` is a partition of `table`, however deep."""
    above: Table | None = partition
    while above is not None and above.partition_of:
        if above.partition_of == table.oid:
            return True
        above = step.catalog.table_by_oid(above.partition_of)
    return False


def _refuse_generated(step: Step, table: Table, columns: tuple[int, ...], written: ConstraintDef) -> None:
    """What a foreign key on a generated column cannot do (ATAddForeignKeyConstraint)."""
    generated = [c for c in table.columns if c.number in columns and c.generated is not None]
    if not generated:
        return
    detail = ""
    if written.on_update in ("set null", "set default", "cascade"):
        detail = "invalid ON UPDATE action for foreign key constraint containing generated column"
    elif written.on_delete in ("set null", "set default"):
        detail = "invalid ON DELETE action for foreign key constraint containing generated column"
    elif any(column.generated_virtual for column in generated):
        detail = "foreign key constraints on virtual generated columns are not supported"
    if detail:
        step.reject(ProblemKind.INVALID, written.span, f"{table.schema}.{table.name}", detail)


def _target(step: Step, table: Table, written: ConstraintDef) -> Table | None:
    name = written.references
    if name is None:
        return None
    found = step.find_relation(name)
    if found is not None and found.oid == table.oid:
        return table
    if isinstance(found, Table):
        return found
    is_unsure = found is None and may_be_provided(step.catalog, "relation", name.schema, name.name)
    if not is_unsure and not step.is_tainted(name):
        label = full_name(step, name)
        if found is None:
            # The server would refuse the whole statement. Here only the key is left out: the table is more often
            # one that was made outside the migrations than one that does not exist, and the rest is worth knowing.
            step.note(ProblemKind.UNKNOWN_TABLE, name.span, label)
            return None
        step.reject(ProblemKind.WRONG_KIND, name.span, label, f"it is {kind_word(found)}")
    return None


def _referenced_key(
    step: Step, target: Table, written: ConstraintDef
) -> tuple[Index | None, tuple[int, ...]]:
    """The unique index that the foreign key refers to, and the referenced columns in the order written."""
    span = written.references.span if written.references is not None else written.span
    label = f"{target.schema}.{target.name}"
    if not written.references_columns:
        primary = target.primary_key
        if primary is None:
            if not target.columns_known or step.catalog.is_tainted(target.schema, target.name):
                return None, ()
            detail = f'there is no primary key for referenced table "{target.name}"'
            step.reject(ProblemKind.KEY_NOT_UNIQUE, span, label, detail, _keys(target))
        return next((i for i in target.indexes if i.oid == primary.index), None), primary.columns
    columns = column_numbers(step, target, written.references_columns, span)
    wanted = set(columns)
    for index in target.indexes:
        if _is_key(target, index) and {key.column for key in index.keys} == wanted:
            return index, columns
    if target.columns_known and not step.catalog.is_tainted(target.schema, target.name):
        detail = f'there is no unique constraint matching given keys for referenced table "{target.name}"'
        step.reject(ProblemKind.KEY_NOT_UNIQUE, span, label, detail, _keys(target))
    return None, columns


def _is_key(table: Table, index: Index) -> bool:
    """Whether a foreign key can refer to it (transformFkeyCheckAttrs): unique, whole, and immediate."""
    if not index.unique or index.where is not None or any(not key.column for key in index.keys):
        return False
    if not index.constraint:
        return True
    return not any(c.oid == index.constraint and c.deferrable for c in table.constraints)


def _keys(table: Table) -> tuple[str, ...]:
    return tuple(
        f"({', '.join(table.column_names(tuple(key.column for key in index.keys)))})"
        for index in table.indexes
        if _is_key(table, index)
    )
