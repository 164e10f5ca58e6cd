"""ALTER TABLE about the table as a whole: row security, partitions, inheritance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.altered import (
    altered_relation,
    altered_table,
    full_name,
    reject_missing,
)
from schemabot.catalog.apply.inheritance import column_map
from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.table_forms import take_from_partitioned
from schemabot.catalog.objects import Column, Constraint, Index, IndexEntry, Table, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import AttachPartition, SetInheritance, SetRowSecurity, TouchTable
from schemabot.facts.names import Name


def set_row_security(step: Step, fact: SetRowSecurity) -> None:
    """ENABLE, DISABLE, FORCE, NO FORCE ROW LEVEL SECURITY; never on children."""
    table = altered_table(step, fact)
    rls, force = table.rls, table.force_rls
    if fact.action in ("enable", "disable"):
        rls, what = fact.action == "enable", "row level security"
    else:
        force, what = fact.action == "force", "forced row level security"
    changes = (*table.changes, step.change(what, fact.span))
    step.put_relation(msgspec.structs.replace(table, rls=rls, force_rls=force, changes=changes))


def touch_table(step: Step, fact: TouchTable) -> None:
    """A sub-command that the catalog does not keep: its table must be there all the same."""
    relation = altered_relation(step, fact)
    if isinstance(relation, (Table, View)):
        changes = (*relation.changes, step.change(fact.what, fact.span))
        step.put_relation(msgspec.structs.replace(relation, changes=changes))


def _other_table(step: Step, name: Name) -> Table:
    found = step.find_relation(name)
    if found is None:
        reject_missing(step, name)
    if not isinstance(found, Table):
        step.reject(ProblemKind.WRONG_KIND, name.span, full_name(step, name), f"it is {kind_word(found)}")
    return found


# -- partitions ----------------------------------------------------------------------------------------------


def attach_partition(step: Step, fact: AttachPartition) -> None:
    """ATTACH and DETACH PARTITION, of tables and indexes."""
    relation = altered_relation(step, fact)
    if isinstance(relation, IndexEntry):
        _attach_index(step, relation, fact)
        return
    parent = altered_table(step, fact)
    if parent.kind != "partitioned":
        if step.is_tainted(fact.table):
            step.skip()
        label = f"{parent.schema}.{parent.name}"
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, label, "it is not partitioned")
    child = _other_table(step, fact.partition)
    if fact.attach:
        _attach(step, parent, child, fact)
    else:
        _detach(step, parent, child, fact)


def _attach(step: Step, parent: Table, child: Table, fact: AttachPartition) -> None:
    label = f"{child.schema}.{child.name}"
    if child.partition_of or child.parents:
        detail = "it is already a partition" if child.partition_of else "it inherits from a table"
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    for own in child.columns:
        if parent.column(own.name) is None and parent.columns_known:
            detail = f'it has a column "{own.name}" that is not in parent "{parent.name}"'
            step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    columns = _inheriting(step, parent, child, fact.partition)
    child = msgspec.structs.replace(
        child, columns=columns, constraints=_merged_checks(step, parent, child, fact.partition),
        partition_of=parent.oid,
        changes=(*child.changes, step.change(f"partition of {parent.schema}.{parent.name}", fact.span)),
    )  # fmt: skip
    step.put_relation(child)
    step.depend(child.oid, parent.oid)
    note = step.change(f"partition {label}", fact.span)
    step.put_relation(msgspec.structs.replace(parent, changes=(*parent.changes, note)))
    take_from_partitioned(step, parent, child)


def _inheriting(step: Step, parent: Table, child: Table, place: Name) -> tuple[Column, ...]:
    """The child's columns, those that the parent has marked as inherited; rejects where one does not fit."""
    label = f"{child.schema}.{child.name}"
    made = {column.number: column for column in child.columns}
    for column in parent.columns:
        own = child.column(column.name)
        if own is None:
            if not child.columns_known:
                continue
            detail = f'child table is missing column "{column.name}"'
            step.reject(ProblemKind.INVALID, place.span, label, detail)
        if own.type != column.type and own.type.known and column.type.known:
            detail = f'child table has different type for column "{column.name}"'
            step.reject(ProblemKind.INVALID, place.span, label, detail)
        if column.not_null and not own.not_null:
            detail = f'column "{column.name}" in child table must be marked NOT NULL'
            step.reject(ProblemKind.INVALID, place.span, label, detail)
        identity = column.identity if parent.kind == "partitioned" else own.identity
        made[own.number] = msgspec.structs.replace(own, inherited=True, identity=identity)
    return tuple(made.values())


def _merged_checks(step: Step, parent: Table, child: Table, place: Name) -> tuple[Constraint, ...]:
    wanted = {c.name for c in parent.constraints if c.kind == "check" and not c.no_inherit}
    has = {c.name for c in child.constraints if c.kind == "check"}
    for name in sorted(wanted - has):
        detail = f'child table is missing constraint "{name}"'
        step.reject(ProblemKind.INVALID, place.span, f"{child.schema}.{child.name}", detail)
    return tuple(
        msgspec.structs.replace(c, inherited=True) if c.name in wanted and c.kind == "check" else c
        for c in child.constraints
    )


def _detach(step: Step, parent: Table, child: Table, fact: AttachPartition) -> None:
    label = f"{child.schema}.{child.name}"
    if child.partition_of != parent.oid:
        detail = f'it is not a partition of "{parent.name}"'
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    step.put_relation(msgspec.structs.replace(
        _disinherited(child), partition_of=0,
        indexes=tuple(msgspec.structs.replace(i, parent=0) for i in child.indexes),
        triggers=tuple(t for t in child.triggers if not t.inherited),
        changes=(*child.changes, step.change(f"partition of {parent.schema}.{parent.name}", fact.span)),
    ))  # fmt: skip
    note = step.change(f"partition {label}", fact.span)
    step.put_relation(msgspec.structs.replace(parent, changes=(*parent.changes, note)))


def _disinherited(table: Table) -> Table:
    return msgspec.structs.replace(
        table,
        columns=tuple(msgspec.structs.replace(c, inherited=False, local=True) for c in table.columns),
        constraints=tuple(msgspec.structs.replace(c, inherited=False) for c in table.constraints),
    )


def _attach_index(step: Step, entry: IndexEntry, fact: AttachPartition) -> None:
    """ALTER INDEX parent ATTACH PARTITION index."""
    other = step.find_relation(fact.partition)
    if other is None:
        reject_missing(step, fact.partition)
    owner = step.catalog.table_by_oid(other.owner) if isinstance(other, IndexEntry) else None
    parent = step.catalog.table_by_oid(entry.owner)
    if owner is None or parent is None or owner.partition_of != parent.oid:
        label = full_name(step, fact.partition)
        step.reject(ProblemKind.INVALID, fact.partition.span, label, "it is no index of a partition")
    above = next(i for i in parent.indexes if i.oid == entry.oid)
    constraints = owner.constraints
    if above.constraint:
        constraints = tuple(
            msgspec.structs.replace(c, inherited=True) if c.index == other.oid else c for c in constraints
        )
    indexes: tuple[Index, ...] = tuple(
        msgspec.structs.replace(i, parent=entry.oid) if i.oid == other.oid else i for i in owner.indexes
    )
    step.put_relation(msgspec.structs.replace(owner, indexes=indexes, constraints=constraints))


# -- inheritance ---------------------------------------------------------------------------------------------


def set_inheritance(step: Step, fact: SetInheritance) -> None:
    """INHERIT and NO INHERIT."""
    child = altered_table(step, fact)
    parent = _other_table(step, fact.parent)
    label = f"{child.schema}.{child.name}"
    note = step.change(f"inherits {parent.schema}.{parent.name}", fact.span)
    if fact.inherit:
        if parent.oid in child.parents:
            detail = f'relation "{parent.name}" would be inherited from more than once'
            step.reject(ProblemKind.ALREADY_EXISTS, fact.parent.span, label, detail)
        step.put_relation(msgspec.structs.replace(
            child, parents=(*child.parents, parent.oid), changes=(*child.changes, note),
            columns=_inheriting(step, parent, child, fact.parent),
            constraints=_merged_checks(step, parent, child, fact.parent),
        ))  # fmt: skip
        step.depend(child.oid, parent.oid)
        return
    if parent.oid not in child.parents:
        detail = f'relation "{parent.name}" is not a parent of relation "{child.name}"'
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.parent.span, label, detail)
    left = tuple(oid for oid in child.parents if oid != parent.oid)
    others = [t for oid in left if (t := step.catalog.table_by_oid(oid)) is not None]
    kept = {number for other in others for number in column_map(other.columns, child.columns).values()}
    checks = {c.name for other in others for c in other.constraints if c.kind == "check"}
    step.put_relation(msgspec.structs.replace(
        child, parents=left, changes=(*child.changes, note),
        columns=tuple(
            c if c.number in kept else msgspec.structs.replace(c, inherited=False, local=True)
            for c in child.columns
        ),
        constraints=tuple(
            c if c.name in checks else msgspec.structs.replace(c, inherited=False) for c in child.constraints
        ),
    ))  # fmt: skip


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    SetRowSecurity: set_row_security,
    AttachPartition: attach_partition,
    SetInheritance: set_inheritance,
    TouchTable: touch_table,
}
