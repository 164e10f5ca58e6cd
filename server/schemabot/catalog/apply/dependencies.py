"""Who depends on what: the targets that a DROP reaches, with PostgreSQL's difference between objects that go
by themselves and objects that need CASCADE (pg_depend's automatic and normal dependencies)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from schemabot.catalog.apply.sequences import sequences_of
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Bound,
    Constraint,
    Domain,
    Function,
    Index,
    IndexEntry,
    OtherObject,
    OtherType,
    Sequence,
    Table,
    TypeRef,
    Use,
    View,
)

TargetKind = Literal[
    "relation", "index", "constraint", "column", "default", "policy", "trigger", "type", "function",
    "schema", "extension", "event trigger", "domain default", "domain constraint", "object",
    "publication table",
]  # fmt: skip


class Target(NamedTuple):
    """Something that can be dropped. `part` is a column number, or the oid of a part of the relation `oid`.

    Schemas and extensions have a `name` instead.
    """

    kind: TargetKind
    oid: int = 0
    part: int = 0
    name: str = ""


Dependents = Iterator[tuple[Target, bool]]
"""(target, whether it goes by itself)"""


def dependents_of(catalog: Catalog, target: Target) -> Dependents:
    """What depends directly on `target`."""
    if target.kind == "relation":
        yield from _of_relation(catalog, target.oid)
    elif target.kind == "column":
        yield from _of_column(catalog, target.oid, target.part)
    elif target.kind in ("index", "constraint"):
        yield from _of_key(catalog, target)
    elif target.kind in ("type", "function"):
        yield from _of_used(catalog, target.oid)
        if target.kind == "type":
            yield from _of_type(catalog, target.oid)
    elif target.kind == "object":
        yield from _of_object(catalog, target.oid)
    elif target.kind == "schema":
        yield from _in_schema(catalog, target.name)
    elif target.kind == "extension":
        yield from _in_extension(catalog, target.name)


def _dependents(catalog: Catalog, oid: int) -> list[int]:
    return sorted(catalog.dependents.get(oid) or ())


def _of_relation(catalog: Catalog, oid: int) -> Dependents:
    relation = catalog.relations.get(oid)
    if isinstance(relation, Table):
        for sequence in sequences_of(catalog, relation):
            yield Target("relation", sequence.oid), True
    if isinstance(relation, Table) and relation.partition_of:
        yield from _of_partitioned_parents(catalog, relation)
    if isinstance(relation, Sequence) and relation.owned_by is not None:
        table = catalog.table_by_oid(relation.owned_by[0])
        if relation.identity and table is not None:
            yield Target("column", *relation.owned_by), False
    if isinstance(relation, (Table, View)):
        row = catalog.type_named(relation.schema, relation.name)
        if isinstance(row, OtherType) and row.relation == oid:
            yield Target("type", row.oid), True
    for other in _dependents(catalog, oid):
        user = catalog.relations.get(other)
        if isinstance(user, Table):
            if user.partition_of == oid:
                yield Target("relation", other), True
            elif oid in user.parents:
                yield Target("relation", other), False
            for constraint in user.constraints:
                if constraint.references == oid and other != oid:
                    yield Target("constraint", other, constraint.oid), False
    yield from _of_used(catalog, oid)


def _of_partitioned_parents(catalog: Catalog, partition: Table) -> Dependents:
    """Foreign keys to a partitioned table refer to each of its partitions."""
    above = catalog.table_by_oid(partition.partition_of)
    while above is not None:
        for other in _dependents(catalog, above.oid):
            user = catalog.table_by_oid(other)
            for constraint in user.constraints if user is not None and not user.partition_of else ():
                if constraint.references == above.oid:
                    yield Target("constraint", other, constraint.oid), False
        above = catalog.table_by_oid(above.partition_of) if above.partition_of else None


def _of_used(catalog: Catalog, oid: int, number: int | None = None) -> Dependents:
    """Everything with `oid` (and that column of it) among its uses."""
    for event_trigger in catalog.event_triggers.values():
        if event_trigger.function == oid:
            yield Target("event trigger", name=event_trigger.name), False
    for other in _dependents(catalog, oid):
        if (made := catalog.objects.get(other)) is not None and _is_used(made.uses, oid, number):
            yield Target("object", other), _goes_along(catalog, made, oid)
        user = catalog.relations.get(other)
        if isinstance(user, Table):
            yield from _parts_using(user, oid, number)
        elif isinstance(user, View):
            if _is_used(user.uses, oid, number):
                yield Target("relation", other), False
            for trigger in user.triggers:
                if trigger.function == oid:
                    yield Target("trigger", other, trigger.oid), False
            yield from _indexes_using(user.indexes, other, oid, number)
        elif (function := catalog.functions.get(other)) is not None:
            if _is_used(function.uses, oid, number) or _in_signature(function, oid):
                yield Target("function", other), False
        elif isinstance(domain := catalog.types.get(other), Domain):
            if domain.base.oid == oid:
                yield Target("type", other), False
            if domain.default is not None and _is_used(domain.default.uses, oid, number):
                yield Target("domain default", other), False
            for constraint in domain.constraints:
                if _bound_uses(constraint.expression, oid, number):
                    yield Target("domain constraint", other, constraint.oid), False


def _goes_along(catalog: Catalog, item: OtherObject, on: int) -> bool:
    """Whether an object goes with what it depends on: statistics, and operator classes with their family."""
    family = catalog.objects.get(on)
    return item.kind == "statistics" or (family is not None and family.kind == "operator family")


def _of_object(catalog: Catalog, oid: int) -> Dependents:
    """What needs an operator class, a collation, a server ...: the former two are known by name only."""
    yield from _of_used(catalog, oid)
    item = catalog.objects.get(oid)
    if item is None:
        return
    names = (item.name, f"{item.schema}.{item.name}")
    for other in _dependents(catalog, oid):
        if isinstance(catalog.relations.get(other), Table):  # of a foreign server, or an access method
            yield Target("relation", other), False
    if item.kind not in ("collation", "operator class"):
        return
    for relation in catalog.relations.values():
        if isinstance(relation, Table) and item.kind == "collation":
            for column in relation.columns:
                if column.collation in names:
                    yield Target("column", relation.oid, column.number), False
        if isinstance(relation, (Table, View)):
            for index in relation.indexes:
                field = "collation" if item.kind == "collation" else "operator_class"
                if any(getattr(key, field) in names for key in index.keys):
                    yield Target("index", relation.oid, index.oid), False


def _parts_using(table: Table, oid: int, number: int | None) -> Dependents:
    for column in table.columns:
        if _bound_uses(column.default, oid, number):
            yield Target("default", table.oid, column.number), False
        if column.generated is not None and _bound_uses(column.generated, oid, number):
            yield Target("column", table.oid, column.number), False
    for constraint in table.constraints:
        if _bound_uses(constraint.expression, oid, number):
            yield Target("constraint", table.oid, constraint.oid), False
    yield from _indexes_using(table.indexes, table.oid, oid, number)
    if any(_bound_uses(element.expression, oid, number) for element in table.partition_elements):
        yield Target("relation", table.oid), False
    for policy in table.policies:
        if _bound_uses(policy.using, oid, number) or _bound_uses(policy.check, oid, number):
            yield Target("policy", table.oid, policy.oid), False
    for trigger in table.triggers:
        if trigger.function == oid or _bound_uses(trigger.when, oid, number):
            yield Target("trigger", table.oid, trigger.oid), False


def _indexes_using(indexes: Iterable[Index], owner: int, oid: int, number: int | None) -> Dependents:
    for index in indexes:
        if any(_bound_uses(key.expression, oid, number) for key in index.keys) or _bound_uses(
            index.where, oid, number
        ):
            yield Target("index", owner, index.oid), False


def _bound_uses(bound: Bound | None, oid: int, number: int | None) -> bool:
    return bound is not None and _is_used(bound.uses, oid, number)


def _is_used(uses: tuple[Use, ...], oid: int, number: int | None) -> bool:
    return any(use.oid == oid and (number is None or use.number == number) for use in uses)


def _in_signature(function: Function, oid: int) -> bool:
    types = [parameter.type for parameter in function.parameters]
    if function.returns is not None:
        types.append(function.returns)
    return any(type_.oid == oid for type_ in types)


def _of_type(catalog: Catalog, oid: int) -> Dependents:
    """Columns of the type, in tables and in composite types; a range's multirange, a subtype's range."""
    for other in _dependents(catalog, oid):
        user = catalog.relations.get(other) or catalog.types.get(other)
        if isinstance(user, OtherType) and user.kind in ("range", "multirange"):
            yield Target("type", other), user.kind == "multirange"
        if isinstance(user, Table) or (isinstance(user, OtherType) and user.kind == "composite"):
            if isinstance(user, Table) and user.of_type == oid:
                yield Target("relation", other), False
            for column in user.columns:
                if _is_type(column.type, oid):
                    yield Target("column", other, column.number), False


def _is_type(type_: TypeRef, oid: int) -> bool:
    return type_.oid == oid


def _of_column(catalog: Catalog, oid: int, number: int) -> Dependents:
    table = catalog.relations.get(oid)
    if not isinstance(table, Table):
        yield from _of_used(catalog, oid, number)
        return
    column = table.column_by_number(number)
    if column is not None:
        for sequence in sequences_of(catalog, table, number):
            yield Target("relation", sequence.oid), True
    for constraint in table.constraints:
        if number in constraint.columns or _bound_uses(constraint.expression, oid, number):
            yield Target("constraint", oid, constraint.oid), True
    for index in table.indexes:
        if _index_has(index, oid, number):
            yield Target("index", oid, index.oid), True
    for other in (oid, *_dependents(catalog, oid)):
        user = catalog.relations.get(other)
        if isinstance(user, Table):
            for constraint in user.constraints:
                if constraint.references == oid and number in constraint.references_columns:
                    yield Target("constraint", other, constraint.oid), False
    for target, automatic in _parts_using(table, oid, number):
        if target.kind in ("policy", "trigger", "column") and target.part != number:
            yield target, automatic
    if table.is_partitioned_by(number):
        yield Target("relation", oid), True
    for publication in catalog.publications.values():
        if (oid, number) in publication.columns:
            yield Target("publication table", oid, name=publication.name), False
    for trigger in table.triggers:
        if number in trigger.update_columns:
            yield Target("trigger", oid, trigger.oid), False
    for target, automatic in _of_used(catalog, oid, number):
        if target.oid != oid:
            yield target, automatic


def _index_has(index: Index, oid: int, number: int) -> bool:
    return (
        any(key.column == number or _bound_uses(key.expression, oid, number) for key in index.keys)
        or number in index.include
        or _bound_uses(index.where, oid, number)
    )


def _of_key(catalog: Catalog, target: Target) -> Dependents:
    """A constraint's index goes with it, and foreign keys need it; so do the copies in partitions."""
    owner = catalog.relations.get(target.oid)
    if not isinstance(owner, (Table, View)):
        return
    index_oid = target.part
    if target.kind == "constraint":
        constraint = _constraint(owner, target.part)
        if constraint is None:
            return
        if constraint.kind == "foreign key":
            yield from _copies(catalog, target.oid, constraint)
            return
        if not constraint.index:
            return
        index_oid = constraint.index
        yield Target("index", target.oid, index_oid), True
    else:
        index = next((i for i in owner.indexes if i.oid == index_oid), None)
        if index is not None and index.constraint:
            yield Target("constraint", target.oid, index.constraint), True
    for other in (target.oid, *_dependents(catalog, target.oid)):
        user = catalog.relations.get(other)
        if not isinstance(user, Table):
            continue
        for constraint in user.constraints:
            if constraint.kind == "foreign key" and constraint.index == index_oid:
                yield Target("constraint", other, constraint.oid), False
        if user.partition_of == target.oid:
            for index in user.indexes:
                if index.parent == index_oid:
                    yield Target("index", other, index.oid), True


def _copies(catalog: Catalog, oid: int, constraint: Constraint) -> Dependents:
    """The copies of a partitioned table's foreign key in its partitions."""
    table = catalog.table_by_oid(oid)
    names = table.column_names(constraint.columns) if table is not None else ()
    for other in _dependents(catalog, oid):
        user = catalog.table_by_oid(other)
        if user is not None and user.partition_of == oid:
            for copy in user.constraints:
                if (
                    copy.kind == "foreign key" and copy.inherited and copy.references == constraint.references
                    and user.column_names(copy.columns) == names
                ):  # fmt: skip
                    yield Target("constraint", other, copy.oid), True


def _constraint(owner: Table | View, oid: int) -> Constraint | None:
    return next((c for c in owner.constraints if c.oid == oid), None) if isinstance(owner, Table) else None


def _in_schema(catalog: Catalog, schema: str) -> Dependents:
    for name, oid in catalog.relation_names.items():
        if name[0] == schema and not isinstance(catalog.relations.get(oid), (IndexEntry, OtherType)):
            yield Target("relation", oid), False
    for name, oid in catalog.type_names.items():
        item = catalog.types.get(oid)
        if name[0] == schema and not (isinstance(item, OtherType) and item.kind == "row"):
            yield Target("type", oid), False
    for name, oids in catalog.function_names.items():
        if name[0] == schema:
            yield from ((Target("function", oid), False) for oid in oids)
    for oid, other in catalog.objects.items():
        if other.schema == schema:
            yield Target("object", oid), False
    for extension in catalog.extensions.values():
        if extension.schema == schema:
            yield Target("extension", name=extension.name), False


def _in_extension(catalog: Catalog, extension: str) -> Dependents:
    for oid, relation in catalog.relations.items():
        if getattr(relation, "extension", None) == extension:
            yield Target("relation", oid), True
    for oid, item in catalog.types.items():
        if item.extension == extension:
            yield Target("type", oid), True
    for oid, function in catalog.functions.items():
        if function.extension == extension:
            yield Target("function", oid), True
    for oid, other in catalog.objects.items():
        if other.extension == extension:
            yield Target("object", oid), True
    for schema in catalog.schemas.values():
        if schema.extension == extension:
            yield Target("schema", name=schema.name), True
    for other_extension in catalog.extensions.values():
        if extension in other_extension.requires:
            yield Target("extension", name=other_extension.name), False


def closure(catalog: Catalog, roots: Iterable[Target], *, cascade: bool) -> dict[Target, bool]:
    """All that goes with `roots`, in order of discovery; the value tells whether it goes by itself.

    Without `cascade` only what goes by itself is followed.
    """
    found: dict[Target, bool] = dict.fromkeys(roots, True)
    todo = list(found)
    while todo:
        target = todo.pop(0)
        for dependent, automatic in dependents_of(catalog, target):
            if dependent not in found and (automatic or cascade):
                found[dependent] = automatic
                todo.append(dependent)
    return found


def blockers(catalog: Catalog, gone: dict[Target, bool]) -> list[Target]:
    """What depends on `gone`, directly or not, and does not go by itself: the reason to refuse RESTRICT."""
    relations = {target.oid for target in gone if target.kind in ("relation", "type")}
    blocking: dict[Target, bool] = {}
    todo = list(gone)
    while todo:
        for dependent, automatic in dependents_of(catalog, todo.pop(0)):
            is_inside = (
                dependent in gone
                or (dependent.kind not in ("relation", "type", "function") and dependent.oid in relations)
                or (dependent.kind == "default" and dependent._replace(kind="column") in gone)
            )
            if not is_inside and dependent not in blocking:
                blocking[dependent] = automatic
                todo.append(dependent)
    return [target for target, automatic in blocking.items() if not automatic]


def describe(catalog: Catalog, target: Target) -> str:
    """The target as PostgreSQL's messages name it: `view public.v`, `policy p on table public.t`."""
    if target.name:
        return f"{target.kind} {target.name}"
    if target.kind == "function":
        function = catalog.functions.get(target.oid)
        return "function" if function is None else f"{function.kind} {function.schema}.{function.name}"
    if (made := catalog.objects.get(target.oid)) is not None:
        return f"{made.kind} {made.name}".rstrip()
    owner = catalog.relations.get(target.oid) or catalog.types.get(target.oid)
    if owner is None or isinstance(owner, IndexEntry):
        return target.kind
    name = f"{owner.schema}.{owner.name}"
    if target.kind == "relation":
        kind = (
            "table" if isinstance(owner, Table) else "sequence" if isinstance(owner, Sequence)
            else "materialized view" if isinstance(owner, View) and owner.materialized else "view"
        )  # fmt: skip
        return f"{kind} {name}"
    if target.kind == "type":
        return f"type {name}"
    on = f"{'table' if isinstance(owner, Table) else 'view' if isinstance(owner, View) else 'type'} {name}"
    if target.kind in ("column", "default"):
        columns = owner.columns if isinstance(owner, (Table, OtherType)) else ()
        column = next((c.name for c in columns if c.number == target.part), "")
        text = f"column {column} of {on}"
        return f"default value for {text}" if target.kind == "default" else text
    if target.kind == "domain default":
        return f"default value for type {name}"
    word = target.kind.removeprefix("domain ")
    groups = [getattr(owner, field, ()) for field in ("constraints", "indexes", "policies", "triggers")]
    part = next((p.name for group in groups for p in group if p.oid == target.part), "")
    return f"index {owner.schema}.{part}" if word == "index" else f"{word} {part} on {on}"
