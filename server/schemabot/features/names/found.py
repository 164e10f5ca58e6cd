"""From a target to what it is in a catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Column,
    Constraint,
    EventTrigger,
    Extension,
    Function,
    Index,
    IndexEntry,
    OtherType,
    Policy,
    Publication,
    Role,
    Rule,
    SchemaObject,
    Table,
    Trigger,
    TypeObject,
    View,
    ViewColumn,
)
from schemabot.catalog.objects import Sequence as SequenceObject
from schemabot.features.names.target import Target

Item: TypeAlias = (
    Table | View | SequenceObject | TypeObject | Column | ViewColumn | Function | Index | Constraint | Policy
    | Trigger | Rule | SchemaObject | Role | Extension | Publication | EventTrigger
)  # fmt: skip
"""What a target can be; all have a `name`."""


def find(catalog: Catalog, target: Target) -> Item | None:
    """What the target is in a catalog; None when it is not there, and for variables."""
    kind, oid = target.kind, target.oid
    if kind == "relation":
        found = catalog.relations.get(oid)
        return None if isinstance(found, IndexEntry) else found
    if kind == "column":
        return _column(catalog, oid, target.number)
    if kind == "type":
        return catalog.types.get(oid)
    if kind == "function":
        return catalog.functions.get(oid)
    if oid and kind != "row":
        part = owner_and_part(catalog, target)
        return None if part is None else part[1]
    named: dict[str, Any] = {
        "schema": catalog.schemas,
        "role": catalog.roles,
        "extension": catalog.extensions,
        "publication": catalog.publications,
        "event trigger": catalog.event_triggers,
    }
    item: Item | None = named[kind].get(target.name) if kind in named else None
    return item


def _column(catalog: Catalog, oid: int, number: int) -> Column | ViewColumn | None:
    relation = catalog.relations.get(oid)
    if relation is None:
        relation = catalog.types.get(oid)  # type: ignore[assignment]  # a composite type has columns too
    if isinstance(relation, (Table, OtherType)):
        return next((column for column in relation.columns if column.number == number), None)
    if isinstance(relation, View) and 0 < number <= len(relation.columns):
        return relation.columns[number - 1]
    return None


def owner_of(catalog: Catalog, target: Target) -> Table | View | None:
    """The table or view that a column, constraint, index, policy, trigger or rule belongs to."""
    if target.kind == "column":
        found = catalog.relations.get(target.oid)
        return found if isinstance(found, (Table, View)) else None
    part = owner_and_part(catalog, target)
    return None if part is None else part[0]


def owner_and_part(
    catalog: Catalog, target: Target
) -> tuple[Table | View, Index | Constraint | Policy | Trigger | Rule] | None:
    """A part that has an oid of its own, with what it belongs to."""
    if target.kind == "index":
        entry = catalog.relations.get(target.oid)
        owner = catalog.relations.get(entry.owner) if isinstance(entry, IndexEntry) else None
    elif target.kind in ("constraint", "policy", "trigger", "rule"):
        owner = catalog.relations.get(target.number)
    else:
        return None
    if not isinstance(owner, (Table, View)):
        return None
    return next(((owner, part) for part in _parts(owner, target.kind) if part.oid == target.oid), None)


def _parts(relation: Table | View, kind: str) -> Iterator[Index | Constraint | Policy | Trigger | Rule]:
    if kind == "index":
        yield from relation.indexes
    elif kind == "trigger":
        yield from relation.triggers
    elif kind == "rule":
        yield from relation.rules
    elif isinstance(relation, Table):
        yield from relation.constraints if kind == "constraint" else relation.policies
