"""DROP of every kind, and ALTER TABLE ... DROP COLUMN / CONSTRAINT: RESTRICT refuses, CASCADE follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

import msgspec

from schemabot.catalog.apply.altered import (
    altered_relation,
    altered_table,
    full_name,
    refuse_partition_key,
    refuse_typed,
)
from schemabot.catalog.apply.dependencies import Target, blockers, closure, describe
from schemabot.catalog.apply.extensions import refuse_member
from schemabot.catalog.apply.functions import find_function
from schemabot.catalog.apply.inheritance import children, parents, replace_column
from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.not_null import drop_not_null
from schemabot.catalog.apply.other_objects import KINDS as OTHER_KINDS
from schemabot.catalog.apply.other_objects import require_dropped
from schemabot.catalog.apply.owned import drop_role
from schemabot.catalog.apply.publications import drop_publication
from schemabot.catalog.apply.removal import remove
from schemabot.catalog.apply.rules import drop_event_trigger, drop_rule
from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.apply.type_refs import find_type
from schemabot.catalog.objects import (
    Domain,
    IndexEntry,
    OtherType,
    Relation,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import DropColumn, DropConstraint, DropObject, ObjectKind
from schemabot.facts.names import Name
from schemabot.text import Span

_RELATIONS: Final[frozenset[ObjectKind]] = frozenset(
    {"table", "view", "materialized view", "foreign table", "sequence", "index"}
)
_ROUTINES: Final[frozenset[ObjectKind]] = frozenset({"function", "procedure", "routine", "aggregate"})


def drop_object(step: Step, fact: DropObject) -> None:
    """DROP of one object."""
    if fact.table is not None:
        _drop_part(step, fact, fact.table)
        return
    target = _target(step, fact, fact.name)
    if target is None:
        return
    if fact.together and fact.name == fact.together[0] and fact.kind not in _ROUTINES and not fact.if_exists:
        for name in fact.together[1:]:
            _target(step, fact, name)
    _check_owned(step, fact, target)
    refuse_member(step, target, fact.name.span)
    drop(step, [target], cascade=fact.cascade, span=fact.span, place=fact.name.span,
         together=_together(step, fact, target))  # fmt: skip


def drop(
    step: Step,
    roots: list[Target],
    *,
    cascade: bool,
    span: Span,
    place: Span,
    together: Iterable[Target] = (),
) -> None:
    """Drop `roots` and what goes with them. `together` are dropped by the same statement and no obstacle."""
    catalog = step.catalog
    gone = closure(catalog, roots, cascade=cascade)
    if not cascade:
        inside = {**closure(catalog, together, cascade=False), **gone} if together else gone
        found = blockers(catalog, inside)
        if found:
            others = tuple(describe(catalog, target) for target in found)
            step.reject(ProblemKind.DEPENDENT_OBJECTS, place, _label(step, roots[0]), "", others)
    remove(step, gone, span)


def _label(step: Step, target: Target) -> str:
    """`schema.name` of what is dropped, `schema.table.part` of a part."""
    if target.name:
        return target.name
    catalog = step.catalog
    if target.kind == "function":
        function = catalog.functions.get(target.oid)
        return "" if function is None else f"{function.schema}.{function.name}"
    owner = catalog.relations.get(target.oid) or catalog.types.get(target.oid)
    if owner is None or isinstance(owner, IndexEntry):
        return ""
    name = f"{owner.schema}.{owner.name}"
    if target.kind == "column" and isinstance(owner, Table):
        column = owner.column_by_number(target.part)
        return f"{name}.{column.name}" if column is not None else name
    if target.kind == "constraint" and isinstance(owner, Table):
        return next((f"{name}.{c.name}" for c in owner.constraints if c.oid == target.part), name)
    if target.kind == "index" and isinstance(owner, (Table, View)):
        return next((f"{owner.schema}.{i.name}" for i in owner.indexes if i.oid == target.part), name)
    return name


def _together(step: Step, fact: DropObject, own: Target) -> list[Target]:
    """The other objects of the same statement that exist."""
    found: list[Target] = []
    for name in fact.together:
        if name == fact.name or (fact.kind in _ROUTINES):
            continue
        try:
            target = _target(step, msgspec.structs.replace(fact, if_exists=True), name)
        except Rejected:
            continue
        if target is not None and target != own:
            found.append(target)
    return found


# -- finding what is meant -----------------------------------------------------------------------------------


def _target(step: Step, fact: DropObject, name: Name) -> Target | None:
    """What a DROP names; None when its kind is not kept in the catalog."""
    kind = fact.kind
    if kind in _RELATIONS:
        return _relation_target(step, fact, name)
    if kind in ("type", "domain"):
        return _type_target(step, fact, name)
    if kind in _ROUTINES:
        return _function_target(step, fact, name)
    if kind == "schema":
        if name.name not in step.catalog.schemas:
            _missing(step, fact, ProblemKind.UNKNOWN_SCHEMA, name)
        return Target("schema", name=name.name)
    if kind == "extension":
        if name.name not in step.catalog.extensions:
            _missing(step, fact, ProblemKind.UNKNOWN_OBJECT, name)
        return Target("extension", name=name.name)
    if kind in OTHER_KINDS:
        found = require_dropped(step, fact, name)
        return Target("object", found.oid)
    if kind == "role":
        drop_role(step, fact)
    elif kind == "publication":
        drop_publication(step, fact)
    elif kind == "event trigger":
        drop_event_trigger(step, fact)
    return None


def _missing(step: Step, fact: DropObject, kind: ProblemKind, name: Name) -> NoReturn:
    if fact.if_exists or step.is_tainted(name):
        step.skip()
    if fact.kind not in _ROUTINES and fact.name in fact.together[1:] and name == fact.name:
        step.skip()  # it was there, and went with one that the statement names before it
    label = name.name if fact.kind in ("schema", "extension", "role") else full_name(step, name)
    step.reject(kind, name.span, label)


def _relation_target(step: Step, fact: DropObject, name: Name) -> Target:
    found = step.find_relation(name)
    if found is None:
        if may_be_provided(step.catalog, "relation", name.schema, name.name):
            step.skip()
        kind = ProblemKind.UNKNOWN_OBJECT if fact.kind == "index" else ProblemKind.UNKNOWN_TABLE
        _missing(step, fact, kind, name)
    if not _is_kind(found, fact.kind):
        if step.is_tainted(name):
            step.skip()
        # IF EXISTS does not help against an object of another kind.
        step.reject(ProblemKind.WRONG_KIND, name.span, full_name(step, name), f"it is {kind_word(found)}")
    if isinstance(found, IndexEntry):
        return Target("index", found.owner, found.oid)
    return Target("relation", found.oid)


def _is_kind(relation: Relation, kind: ObjectKind) -> bool:
    if isinstance(relation, Table):
        return kind == ("foreign table" if relation.kind == "foreign" else "table")
    if isinstance(relation, View):
        return kind == ("materialized view" if relation.materialized else "view")
    if isinstance(relation, Sequence):
        return kind == "sequence"
    return kind == "index" and isinstance(relation, IndexEntry)


def _type_target(step: Step, fact: DropObject, name: Name) -> Target:
    found = find_type(step, name.parts)
    if found is None:
        if may_be_provided(step.catalog, "type", name.schema, name.name):
            step.skip()
        _missing(step, fact, ProblemKind.UNKNOWN_TYPE, name)
    label = f"{found.schema}.{found.name}"
    if fact.kind == "domain" and not isinstance(found, Domain):
        step.reject(ProblemKind.WRONG_KIND, name.span, label, "it is not a domain")
    if isinstance(found, OtherType) and found.kind == "row":
        detail = "it is the row type of a table: drop the table instead"
        step.reject(ProblemKind.DEPENDENT_OBJECTS, name.span, label, detail, (f"table {label}",))
    if (
        isinstance(found, OtherType)
        and found.kind == "multirange"
        and not _drops_its_range(step, fact, found)
    ):
        detail = "its range type requires it"
        step.reject(ProblemKind.DEPENDENT_OBJECTS, name.span, label, detail)
    return Target("type", found.oid)


def _drops_its_range(step: Step, fact: DropObject, multirange: OtherType) -> bool:
    """Whether the same statement drops the range type that the multirange belongs to."""
    ranges = (find_type(step, name.parts) for name in fact.together)
    return any(
        item is not None and multirange.oid in (step.catalog.dependents.get(item.oid) or ())
        for item in ranges
        if item is not multirange
    )


def _function_target(step: Step, fact: DropObject, name: Name) -> Target:
    found = find_function(step, name, fact.arguments, fact.kind)
    if found is None:
        if may_be_provided(step.catalog, "function", name.schema, name.name):
            step.skip()
        _missing(step, fact, ProblemKind.UNKNOWN_FUNCTION, name)
    return Target("function", found.oid)


def _check_owned(step: Step, fact: DropObject, target: Target) -> None:
    """What cannot be dropped by itself: a constraint's or partition's index, an identity's sequence."""
    catalog = step.catalog
    owner = catalog.relations.get(target.oid)
    if target.kind == "index" and isinstance(owner, (Table, View)):
        index = next((i for i in owner.indexes if i.oid == target.part), None)
        if index is not None and index.constraint:
            others = (describe(catalog, Target("constraint", target.oid, index.constraint)),)
            detail = f"constraint {index.name} on table {owner.schema}.{owner.name} requires it"
        elif index is not None and index.parent:
            parent = catalog.relations.get(index.parent)
            above = parent.owner if isinstance(parent, IndexEntry) else 0
            others = (describe(catalog, Target("index", above, index.parent)),)
            detail = "the index of the partitioned table requires it"
        else:
            return
        step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.name.span, _label(step, target), detail, others)
    if isinstance(owner, Sequence) and owner.identity and owner.owned_by is not None:
        others = (describe(catalog, Target("column", *owner.owned_by)),)
        detail = "an identity column requires it"
        step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.name.span, _label(step, target), detail, others)


# -- parts of tables -----------------------------------------------------------------------------------------


def _drop_part(step: Step, fact: DropObject, table_name: Name) -> None:
    """DROP POLICY, TRIGGER and RULE."""
    owner = step.find_relation(table_name)
    if owner is None:
        if fact.if_exists or step.is_tainted(table_name):
            step.skip()
        if may_be_provided(step.catalog, "relation", table_name.schema, table_name.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_TABLE, table_name.span, full_name(step, table_name))
    if not isinstance(owner, (Table, View)):
        return
    if fact.kind == "rule":
        drop_rule(step, fact, owner)
        return
    if fact.kind == "policy":
        found = (
            next((p.oid for p in owner.policies if p.name == fact.name.name), 0)
            if isinstance(owner, Table)
            else 0
        )
        target = Target("policy", owner.oid, found)
    else:
        trigger = next((t for t in owner.triggers if t.name == fact.name.name), None)
        found = trigger.oid if trigger is not None else 0
        target = Target("trigger", owner.oid, found)
        if trigger is not None and trigger.inherited:
            detail = "the trigger of the partitioned table requires it"
            label = f"{owner.schema}.{owner.name}.{trigger.name}"
            step.reject(ProblemKind.DEPENDENT_OBJECTS, fact.name.span, label, detail)
    if not found:
        if fact.if_exists or step.is_tainted(table_name):
            step.skip()
        label = f"{owner.schema}.{owner.name}.{fact.name.name}"
        detail = f"the {'table' if isinstance(owner, Table) else 'view'} has no such {fact.kind}"
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, detail)
    gone = {target: True}
    if target.kind == "trigger":
        gone.update(dict.fromkeys(_inherited_triggers(step, owner, fact.name.name), True))
    remove(step, gone, fact.span)


def _inherited_triggers(step: Step, owner: Table | View, name: str) -> list[Target]:
    if not isinstance(owner, Table) or owner.kind != "partitioned":
        return []
    found: list[Target] = []
    for child in children(step, owner):
        found += [
            Target("trigger", child.oid, t.oid) for t in child.triggers if t.name == name and t.inherited
        ]
        found += _inherited_triggers(step, child, name)
    return found


def drop_column(step: Step, fact: DropColumn) -> None:
    """DROP COLUMN with what goes with it; on children too, unless they have it in their own right."""
    relation = altered_relation(step, fact)
    if not isinstance(relation, Table):
        _drop_attribute(step, relation, fact)
        return
    table = relation
    column = table.column(fact.column.name)
    label = f"{table.schema}.{table.name}.{fact.column.name}"
    if column is None:
        if fact.column_if_exists or not table.columns_known:
            step.skip()
        if step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_COLUMN, fact.column.span, label)
    refuse_typed(step, table, fact.column.span, "cannot drop column from typed table")
    refuse_partition_key(step, table, column.number, fact.column.span, "drop")
    if column.inherited and any(p.column(column.name) for p in parents(step, table)):
        step.reject(ProblemKind.INVALID, fact.column.span, label, "cannot drop inherited column")
    if fact.only and table.kind == "partitioned" and children(step, table):
        detail = "cannot drop column from only the partitioned table when partitions exist"
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
    roots = [Target("column", table.oid, column.number)]
    if not fact.only:
        roots += _inherited_columns(step, table, column.name, {table.oid})
        for root in roots[1:]:
            child = step.catalog.table_by_oid(root.oid)
            if child is not None:
                refuse_partition_key(step, child, root.part, fact.column.span, "drop")
    drop(step, roots, cascade=fact.cascade, span=fact.span, place=fact.column.span)
    if fact.only:
        _disinherit(step, table, column.name)


def _inherited_columns(step: Step, table: Table, name: str, gone: set[int]) -> list[Target]:
    """The columns of children that go too; `gone` are the tables that have lost theirs."""
    found: list[Target] = []
    for child in children(step, table):
        own = child.column(name)
        # Below a second parent with the same column the child keeps it.
        others = [p for p in parents(step, child) if p.oid not in gone and p.column(name) is not None]
        if own is not None and own.inherited and not own.local and not others:
            gone.add(child.oid)
            found.append(Target("column", child.oid, own.number))
            found += _inherited_columns(step, child, name, gone)
        elif own is not None and not others:
            kept = msgspec.structs.replace(own, inherited=False)
            step.put_relation(msgspec.structs.replace(child, columns=replace_column(child, kept)))
    return found


def _disinherit(step: Step, table: Table, name: str) -> None:
    for child in children(step, table):
        own = child.column(name)
        if own is not None:
            kept = msgspec.structs.replace(own, inherited=False)
            step.put_relation(msgspec.structs.replace(child, columns=replace_column(child, kept)))


def _drop_attribute(step: Step, relation: Relation, fact: DropColumn) -> None:
    if not isinstance(relation, OtherType):
        step.reject(
            ProblemKind.WRONG_KIND,
            fact.table.span,
            full_name(step, fact.table),
            f"it is {kind_word(relation)}",
        )
    column = next((c for c in relation.columns if c.name == fact.column.name), None)
    if column is None:
        if fact.column_if_exists:
            step.skip()
        label = f"{relation.schema}.{relation.name}.{fact.column.name}"
        step.reject(ProblemKind.UNKNOWN_COLUMN, fact.column.span, label)
    remove(step, {Target("column", relation.oid, column.number): True}, fact.span)


def drop_constraint(step: Step, fact: DropConstraint) -> None:
    """DROP CONSTRAINT with the index behind it; checks that children inherited from it go too."""
    table = altered_table(step, fact)
    name = fact.name.name
    constraint = next((c for c in table.constraints if c.name == name), None)
    label = f"{table.schema}.{table.name}.{name}"
    if constraint is None:
        if fact.constraint_if_exists or step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, "the table has no such constraint")
    if constraint.inherited:
        step.reject(ProblemKind.INVALID, fact.name.span, label, "cannot drop inherited constraint")
    if constraint.kind == "not null":
        table = drop_not_null(step, table, constraint, fact.name.span, only=fact.only)
        note = step.change(f"constraint {name}", fact.span)
        step.put_relation(msgspec.structs.replace(table, changes=(*table.changes, note)))
        return
    roots = [Target("constraint", table.oid, constraint.oid)]
    if constraint.kind == "check" and not fact.only:
        roots += _inherited_checks(step, table, name, {table.oid})
    elif constraint.kind == "check":
        _inherited_checks(step, table, name, {table.oid}, keep=True)
    drop(step, roots, cascade=fact.cascade, span=fact.span, place=fact.name.span)


def _inherited_checks(
    step: Step, table: Table, name: str, gone: set[int], *, keep: bool = False
) -> list[Target]:
    """The children's checks that go with the parent's; those that stay (all with `keep`) are their own then.

    `gone` are the tables that have lost theirs.
    """
    found: list[Target] = []
    for child in children(step, table):
        others = [p for p in parents(step, child) if p.oid not in gone]
        shared = any(c.name == name for parent in others for c in parent.constraints)
        for own in child.constraints:
            if own.name == name and own.inherited and (own.local or keep) and not shared:
                kept = tuple(
                    msgspec.structs.replace(c, inherited=False, local=True) if c.oid == own.oid else c
                    for c in child.constraints
                )
                step.put_relation(msgspec.structs.replace(child, constraints=kept))
            elif own.name == name and own.inherited and not shared:
                gone.add(child.oid)
                found.append(Target("constraint", child.oid, own.oid))
                found += _inherited_checks(step, child, name, gone)
    return found


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    DropObject: drop_object,
    DropColumn: drop_column,
    DropConstraint: drop_constraint,
}
