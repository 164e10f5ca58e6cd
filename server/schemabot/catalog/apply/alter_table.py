"""ALTER TABLE about the table as a whole: row security, partitions, inheritance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.altered import (
    altered_column,
    altered_relation,
    altered_table,
    full_name,
    refuse_foreign,
    refuse_typed,
    reject_missing,
)
from schemabot.catalog.apply.indexes import constraint_of, has_shape_of
from schemabot.catalog.apply.inheritance import children, column_map, descendants, refuse_overlap
from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.not_null import not_null_of
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.table_forms import require_composite, take_from_partitioned
from schemabot.catalog.apply.touched import refuse_touch, touched
from schemabot.catalog.apply.trigger_checks import follows_rows
from schemabot.catalog.objects import Column, Constraint, Index, IndexEntry, Table, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import (
    AttachPartition,
    SetInheritance,
    SetRowSecurity,
    SetTableType,
    TouchTable,
)
from schemabot.facts.names import Name


def set_row_security(step: Step, fact: SetRowSecurity) -> None:
    """ENABLE, DISABLE, FORCE, NO FORCE ROW LEVEL SECURITY; never on children."""
    table = altered_table(step, fact)
    refuse_foreign(step, table, fact.table.span, "row level security")
    rls, force = table.rls, table.force_rls
    if fact.action in ("enable", "disable"):
        rls, what = fact.action == "enable", "row level security"
    else:
        force, what = fact.action == "force", "forced row level security"
    changes = (*table.changes, step.change(what, fact.span))
    step.put_relation(msgspec.structs.replace(table, rls=rls, force_rls=force, changes=changes))


_WHOLE_STORAGE = ("set without cluster", "cluster on", "set logged", "set unlogged")
"""What a partitioned table, which has no rows of its own, does not take."""


_OF_OWN_STORAGE = (*_WHOLE_STORAGE, "set tablespace", "replica identity")
"""What a foreign table, whose rows are elsewhere, does not take."""


def touch_table(step: Step, fact: TouchTable) -> None:
    """A sub-command that the catalog does not keep: its table must be there all the same."""
    relation = altered_relation(step, fact)
    if isinstance(relation, Table) and relation.kind == "partitioned" and fact.what in _WHOLE_STORAGE:
        label = f"{relation.schema}.{relation.name}"
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, label, f"{fact.what}: the table is partitioned")
    if fact.what in _OF_OWN_STORAGE:
        refuse_foreign(step, relation, fact.table.span, f"storage of its own ({fact.what})")
    if isinstance(relation, Table) and fact.column is not None:
        altered_column(step, relation, fact.column)
    if isinstance(relation, Table) and fact.what in ("set logged", "set unlogged"):
        relation = _persistent(step, relation, fact)
    if isinstance(relation, (Table, View)):
        refuse_touch(step, relation, fact)
        relation = touched(relation, fact)
        changes = (*relation.changes, step.change(fact.what, fact.span))
        step.put_relation(msgspec.structs.replace(relation, changes=changes))


def _persistent(step: Step, table: Table, fact: TouchTable) -> Table:
    """SET LOGGED and SET UNLOGGED: a permanent table refers to permanent ones only (ATPrepChangePersistence)."""
    unlogged = fact.what == "set unlogged"
    if table.unlogged == unlogged:
        return table
    others = [step.catalog.table_by_oid(c.references) for c in table.constraints if c.kind == "foreign key"]
    if unlogged:
        users = map(step.catalog.table_by_oid, step.catalog.dependents.get(table.oid) or ())
        others = [t for t in users if t is not None and any(c.references == table.oid for c in t.constraints)]
    for other in others:
        if other is not None and other.oid != table.oid and other.unlogged != unlogged:
            detail = f'could not change table "{table.name}": foreign keys connect it with "{other.name}"'
            step.reject(ProblemKind.INVALID, fact.span, f"{table.schema}.{table.name}", detail)
    return msgspec.structs.replace(table, unlogged=unlogged)


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
    refuse_typed(step, child, fact.partition.span, "cannot attach a typed table as partition")
    if child.oid == parent.oid or any(t.oid == parent.oid for t in descendants(step, child)):
        step.reject(ProblemKind.INVALID, fact.partition.span, label, "circular inheritance not allowed")
    if child.partition_of or child.parents:
        detail = "it is already a partition" if child.partition_of else "it inherits from a table"
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    for own in child.columns:
        if parent.column(own.name) is None and parent.columns_known:
            detail = f'it has a column "{own.name}" that is not in parent "{parent.name}"'
            step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    if child.kind != "partitioned" and children(step, child):
        detail = "cannot attach inheritance parent as partition"
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    if any(column.identity for column in child.columns):
        detail = "a table being attached cannot have an identity column"
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    _refuse_triggers(step, child, fact.partition, "a partition")
    if child.temporary != parent.temporary:
        kinds = ("temporary", "permanent") if child.temporary else ("permanent", "temporary")
        detail = f'cannot attach a {kinds[0]} relation as partition of {kinds[1]} relation "{parent.name}"'
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    refuse_overlap(step, parent, fact.bound, child.name, fact.partition.span)
    columns = _inheriting(step, parent, child, fact.partition)
    child = msgspec.structs.replace(
        child, columns=columns, constraints=_merged_checks(step, parent, child, fact.partition),
        partition_of=parent.oid, partition_bound=fact.bound, bound_text=fact.bound_text,
        changes=(*child.changes, step.change(f"partition of {parent.schema}.{parent.name}", fact.span)),
    )  # fmt: skip
    step.put_relation(child)
    step.depend(child.oid, parent.oid)
    note = step.change(f"partition {label}", fact.span)
    step.put_relation(msgspec.structs.replace(parent, changes=(*parent.changes, note)))
    take_from_partitioned(step, parent, child)


def _refuse_triggers(step: Step, child: Table, place: Name, what: str) -> None:
    for trigger in child.triggers:
        if follows_rows(trigger):
            detail = f'trigger "{trigger.name}" prevents table "{child.name}" from becoming {what}'
            step.reject(ProblemKind.INVALID, place.span, f"{child.schema}.{child.name}", detail)


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
        _require_not_null(step, parent, column, child, own, place)
        identity = column.identity if parent.kind == "partitioned" else own.identity
        is_local = own.local and parent.kind != "partitioned"
        made[own.number] = msgspec.structs.replace(own, inherited=True, identity=identity, local=is_local)
    return tuple(made.values())


def _require_not_null(
    step: Step, parent: Table, column: Column, child: Table, own: Column, place: Name
) -> None:
    above, below = not_null_of(parent, column.number), not_null_of(child, own.number)
    if above is None or above.no_inherit:
        return
    detail = ""
    if below is None:
        detail = f'column "{column.name}" in child table must be marked NOT NULL'
    elif below.no_inherit:
        detail = f'constraint "{below.name}" conflicts with non-inherited constraint on child table'
    elif above.validated and not below.validated:
        detail = f'constraint "{below.name}" conflicts with NOT VALID constraint on child table'
    if detail:
        step.reject(ProblemKind.INVALID, place.span, f"{child.schema}.{child.name}", detail)


def _merged_checks(step: Step, parent: Table, child: Table, place: Name) -> tuple[Constraint, ...]:
    wanted = {c.name for c in parent.constraints if c.kind == "check" and not c.no_inherit}
    has = {c.name for c in child.constraints if c.kind == "check"}
    for name in sorted(wanted - has):
        detail = f'child table is missing constraint "{name}"'
        step.reject(ProblemKind.INVALID, place.span, f"{child.schema}.{child.name}", detail)
    numbers = column_map(parent.columns, child.columns)
    not_nulls = {
        (numbers.get(c.columns[0], 0),)
        for c in parent.constraints
        if c.kind == "not null" and not c.no_inherit
    }
    return tuple(
        msgspec.structs.replace(c, inherited=True, local=c.local and parent.kind != "partitioned")
        if (c.kind == "check" and c.name in wanted) or (c.kind == "not null" and c.columns in not_nulls)
        else c
        for c in child.constraints
    )


def _detach(step: Step, parent: Table, child: Table, fact: AttachPartition) -> None:
    label = f"{child.schema}.{child.name}"
    if child.partition_of != parent.oid:
        detail = f'it is not a partition of "{parent.name}"'
        step.reject(ProblemKind.INVALID, fact.partition.span, label, detail)
    step.put_relation(msgspec.structs.replace(
        _disinherited(child), partition_of=0, partition_bound=(), bound_text="",
        indexes=tuple(msgspec.structs.replace(i, parent=0) for i in child.indexes),
        triggers=tuple(t for t in child.triggers if not t.inherited),
        changes=(*child.changes, step.change(f"partition of {parent.schema}.{parent.name}", fact.span)),
    ))  # fmt: skip
    for below in descendants(step, child):  # identity comes from the table above
        columns = tuple(msgspec.structs.replace(c, identity="") for c in below.columns)
        step.put_relation(msgspec.structs.replace(below, columns=columns))
    note = step.change(f"partition {label}", fact.span)
    step.put_relation(msgspec.structs.replace(parent, changes=(*parent.changes, note)))


def _disinherited(table: Table) -> Table:
    return msgspec.structs.replace(
        table,
        columns=tuple(
            msgspec.structs.replace(c, inherited=False, local=True, identity="") for c in table.columns
        ),
        constraints=tuple(msgspec.structs.replace(c, inherited=False, local=True) for c in table.constraints),
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
    own = next(i for i in owner.indexes if i.oid == other.oid)
    kinds = [None if c is None else c.kind for c in (constraint_of(owner, own), constraint_of(parent, above))]
    if not has_shape_of(own, owner, above, parent) or (above.constraint and kinds[0] != kinds[1]):
        label = full_name(step, fact.partition)
        step.reject(ProblemKind.INVALID, fact.partition.span, label, "the index definitions do not match")
    if own.parent not in (0, above.oid):
        label = full_name(step, fact.partition)
        step.reject(ProblemKind.INVALID, fact.partition.span, label, "it is attached to another index")
    if any(i.parent == above.oid and i.oid != own.oid for i in owner.indexes):
        label = full_name(step, fact.partition)
        step.reject(
            ProblemKind.INVALID, fact.partition.span, label, "another index of the partition is attached"
        )
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
    _refuse_new_parent(step, child, parent, fact)
    note = step.change(f"inherits {parent.schema}.{parent.name}", fact.span)
    if fact.inherit:
        _refuse_triggers(step, child, fact.table, "an inheritance child")
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
    not_nulls = {
        (column_map(other.columns, child.columns).get(c.columns[0], 0),)
        for other in others for c in other.constraints if c.kind == "not null" and not c.no_inherit
    }  # fmt: skip
    step.put_relation(msgspec.structs.replace(
        child, parents=left, changes=(*child.changes, note),
        columns=tuple(
            c if c.number in kept else msgspec.structs.replace(c, inherited=False, local=True)
            for c in child.columns
        ),
        constraints=tuple(
            c
            if (c.kind == "check" and c.name in checks) or (c.kind == "not null" and c.columns in not_nulls)
            else msgspec.structs.replace(c, inherited=False, local=True)
            for c in child.constraints
        ),
    ))  # fmt: skip


def _refuse_new_parent(step: Step, child: Table, parent: Table, fact: SetInheritance) -> None:
    """What ATPrepAddInherit and ATExecAddInherit refuse."""
    refuse_typed(step, child, fact.table.span, "cannot change inheritance of typed table")
    detail = ""
    if child.partition_of:
        detail = "cannot change inheritance of a partition"
    elif child.kind == "partitioned":
        detail = "cannot change inheritance of partitioned table"
    elif fact.inherit and (parent.kind == "partitioned" or parent.partition_of):
        detail = f"cannot inherit from {'a partition' if parent.partition_of else 'partitioned table'}"
    elif fact.inherit and (
        child.oid == parent.oid or any(t.oid == parent.oid for t in descendants(step, child))
    ):
        detail = "circular inheritance not allowed"
    if detail:
        step.reject(ProblemKind.INVALID, fact.parent.span, f"{child.schema}.{child.name}", detail)


def set_table_type(step: Step, fact: SetTableType) -> None:
    """OF type and NOT OF."""
    table = altered_table(step, fact)
    label = f"{table.schema}.{table.name}"
    note = step.change("of" if fact.type is not None else "not of", fact.span)
    if fact.type is None:
        if not table.of_type:
            step.reject(ProblemKind.WRONG_KIND, fact.table.span, label, "it is not a typed table")
        step.put_relation(msgspec.structs.replace(table, of_type=0, changes=(*table.changes, note)))
        return
    composite = require_composite(step, fact.type)
    if table.parents or table.partition_of:
        step.reject(ProblemKind.INVALID, fact.table.span, label, "typed tables cannot inherit")
    if [(c.name, c.type) for c in table.columns] != [(c.name, c.type) for c in composite.columns]:
        detail = f'its columns are not those of type "{composite.name}"'
        step.reject(ProblemKind.INVALID, fact.table.span, label, detail)
    step.put_relation(msgspec.structs.replace(table, of_type=composite.oid, changes=(*table.changes, note)))
    step.depend(table.oid, composite.oid)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    SetRowSecurity: set_row_security,
    AttachPartition: attach_partition,
    SetInheritance: set_inheritance,
    SetTableType: set_table_type,
    TouchTable: touch_table,
}
