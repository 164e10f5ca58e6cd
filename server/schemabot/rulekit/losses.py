"""What a statement takes away besides what it names: CASCADE, and what belongs to a dropped object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Constraint,
    Function,
    OtherType,
    Policy,
    Table,
    Trigger,
    TypeObject,
    View,
)
from schemabot.facts.model import (
    AddConstraint,
    AnyFact,
    CreateFunction,
    CreatePolicy,
    CreateTable,
    CreateTrigger,
    CreateView,
    DropConstraint,
    DropObject,
)
from schemabot.facts.names import Name
from schemabot.rulekit.context import ChangeContext, qualified
from schemabot.rulekit.removal import is_dropped_later, means

Lost: TypeAlias = Table | View | Function | TypeObject
LostPart: TypeAlias = Constraint | Policy | Trigger


def gone_besides(context: ChangeContext[Any], *oids: int) -> list[str]:
    """What the statement took away besides the objects with these oids and what is part of them, sorted, in words.

    Left out is what this file made, what it makes again further on, what it drops by name as well, and what
    belongs to an extension.
    """
    before, after = context.before.catalog, context.after.catalog
    started = context.file_start.catalog
    later = tuple(context.later())
    gone = [
        _words(item)
        for item in _objects(before, after)
        if item.oid not in oids and _stood(item, started) and not _object_is_settled(item, later, context)
    ]
    for old, new in _changed_tables(before, after):
        stood = started.table_by_oid(old.oid)
        if old.oid not in oids and stood is not None and not is_dropped_later(old, context):
            gone += _gone_parts(old, new, stood, later, context)
    return sorted(gone)


def _objects(before: Catalog, after: Catalog) -> Iterator[Lost]:
    for oid in after.relations.changed_since(before.relations):
        relation = before.relations.get(oid)
        if isinstance(relation, (Table, View)) and oid not in after.relations:
            yield relation
    for oid in after.functions.changed_since(before.functions):
        function = before.functions.get(oid)
        if function is not None and oid not in after.functions:
            yield function
    for oid in after.types.changed_since(before.types):
        found = before.types.get(oid)
        if found is None or oid in after.types:
            continue
        if not isinstance(found, OtherType) or found.kind in ("composite", "range"):
            yield found


def _changed_tables(before: Catalog, after: Catalog) -> Iterator[tuple[Table, Table]]:
    for oid in after.relations.changed_since(before.relations):
        old, new = before.relations.get(oid), after.relations.get(oid)
        if isinstance(old, Table) and isinstance(new, Table):
            yield old, new


def _stood(item: Lost, started: Catalog) -> bool:
    if item.extension is not None:
        return False
    return item.oid in started.relations or item.oid in started.functions or item.oid in started.types


def _object_is_settled(item: Lost, later: tuple[AnyFact, ...], context: ChangeContext[Any]) -> bool:
    """Whether the file makes it again further on, or names it in a DROP."""
    return any(
        isinstance(fact, (CreateTable, CreateView, CreateFunction, DropObject))
        and (
            fact.kind in _kinds(item)
            if isinstance(fact, DropObject)
            else isinstance(fact, CreateFunction) == isinstance(item, Function)
        )
        and means(fact.name, item.schema, item.name, context)
        for fact in later
    )


def _kinds(item: Lost) -> tuple[str, ...]:
    """The words after DROP that may stand for it."""
    if isinstance(item, Table):
        return ("table", "foreign table")
    if isinstance(item, View):
        return ("view", "materialized view")
    if isinstance(item, Function):
        return ("function", "procedure", "routine", "aggregate")
    return ("type", "domain")


def _words(item: Lost) -> str:
    if isinstance(item, View):
        return f"{'materialized view' if item.materialized else 'view'} {qualified(item)}"
    if isinstance(item, Table):
        return f"{'partition' if item.partition_of else 'table'} {qualified(item)}"
    if isinstance(item, Function):
        return f"function {qualified(item)}"
    return f"type {item.schema}.{item.name}"


def _gone_parts(
    old: Table, new: Table, stood: Table, later: tuple[AnyFact, ...], context: ChangeContext[Any]
) -> Iterator[str]:
    gone = {c.number for c in old.columns} - {c.number for c in new.columns}
    for column in old.columns:
        if column.number in gone and stood.column_by_number(column.number) is not None:
            yield f"column {column.name} of {qualified(old)}"
    known = {part.oid for part in _parts(stood)} - {part.oid for part in _parts(new)}
    for part in _parts(old):
        if part.oid not in known or _part_is_settled(old, part, later, context):
            continue
        if isinstance(part, Policy):
            yield f'policy "{part.name}" of {qualified(old)}'
        elif isinstance(part, Trigger):
            yield f"trigger {part.name} of {qualified(old)}"
        elif not gone or not gone >= set(part.columns):  # else it goes with its own column
            yield f"foreign key {part.name} of {qualified(old)}"


def _parts(table: Table) -> Iterator[LostPart]:
    yield from (c for c in table.constraints if c.kind == "foreign key")
    yield from table.policies
    yield from (t for t in table.triggers if not t.inherited)


def _part_is_settled(
    table: Table, part: LostPart, later: tuple[AnyFact, ...], context: ChangeContext[Any]
) -> bool:
    """Whether the file makes the part of the table again further on, or names it in a DROP."""
    for fact in later:
        on: Name | None
        if isinstance(fact, (AddConstraint, DropConstraint)):
            on, same = fact.table, isinstance(part, Constraint) and _is_that_key(fact, part, table)
        elif isinstance(fact, CreatePolicy):
            on, same = fact.table, isinstance(part, Policy) and fact.name.name == part.name
        elif isinstance(fact, CreateTrigger):
            on, same = fact.table, isinstance(part, Trigger) and fact.name.name == part.name
        elif isinstance(fact, DropObject):
            kind = "policy" if isinstance(part, Policy) else "trigger"
            on, same = fact.table, fact.kind == kind and fact.name.name == part.name
        else:
            continue
        if same and on is not None and means(on, table.schema, table.name, context):
            return True
    return False


def _is_that_key(fact: AddConstraint | DropConstraint, key: Constraint, table: Table) -> bool:
    if isinstance(fact, DropConstraint):
        return fact.name.name == key.name
    added = fact.constraint
    if added.name is not None and added.name.name == key.name:
        return True
    return added.kind == key.kind and added.columns == table.column_names(key.columns)
