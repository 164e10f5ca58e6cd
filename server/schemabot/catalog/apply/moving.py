"""Giving objects another name or schema, with everything that goes along: row types, indexes, sequences."""

from __future__ import annotations

from typing import Any

import msgspec

from schemabot.catalog.apply.inheritance import replace_column
from schemabot.catalog.apply.sequences import column_sequence, sequences_of, serial_default
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import (
    Change,
    Function,
    Index,
    OtherType,
    Sequence,
    Table,
    TypeObject,
    View,
)
from schemabot.catalog.state import ProblemKind
from schemabot.text import Span


def require_free(step: Step, schema: str, name: str, span: Span) -> None:
    """Reject when a relation of that name is there."""
    if (schema, name) in step.catalog.relation_names:
        if step.catalog.is_tainted(schema, name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, span, f"{schema}.{name}")


def require_free_type(step: Step, schema: str, name: str, span: Span) -> None:
    """Reject when a type of that name is there."""
    if (schema, name) in step.catalog.type_names:
        if step.catalog.is_tainted(schema, name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, span, f"{schema}.{name}", "a type of that name exists")


def move_relation(
    step: Step, relation: Table | View | Sequence, schema: str, name: str, change: Change, span: Span
) -> None:
    """Let a table, view or sequence be `schema.name`; indexes, row type and owned sequences go along."""
    require_free(step, schema, name, span)
    old_schema, old_name = relation.schema, relation.name
    row = step.catalog.type_named(old_schema, old_name)
    if isinstance(row, OtherType) and row.relation == relation.oid:
        require_free_type(step, schema, name, span)
        move_type(step, row, schema, name, None)
    step.unname_relation(old_schema, old_name)
    step.name_relation(schema, name, relation.oid)
    if schema != old_schema:
        _move_parts(step, relation, schema, change, span)
        relation = _current(step, relation)
    step.put_relation(
        msgspec.structs.replace(relation, schema=schema, name=name, changes=(*relation.changes, change))
    )


def _current(step: Step, relation: Any) -> Any:
    return step.catalog.relations.get(relation.oid) or relation


def _move_parts(
    step: Step, relation: Table | View | Sequence, schema: str, change: Change, span: Span
) -> None:
    old = relation.schema
    if isinstance(relation, (Table, View)):
        for index in relation.indexes:
            require_free(step, schema, index.name, span)
            step.unname_relation(old, index.name)
            step.name_relation(schema, index.name, index.oid)
    if isinstance(relation, Table):
        for constraint in relation.constraints:
            step.unname_constraint(old, constraint.name)
            step.name_constraint(schema, constraint.name)
        for sequence in sequences_of(step.catalog, relation):
            move_relation(step, sequence, schema, sequence.name, change, span)
        for column in relation.columns:
            if column.sequence:
                _spell_serial_default(step, relation.oid, column.number)


def _spell_serial_default(step: Step, oid: int, number: int) -> None:
    """Write a serial column's default anew: its sequence is in another schema."""
    table = step.catalog.table_by_oid(oid)
    column = table.column_by_number(number) if table is not None else None
    if table is None or column is None or column.default is None:
        return
    sequence = column_sequence(step, column)
    if sequence is not None and any(use.oid == sequence.oid for use in column.default.uses):
        made = msgspec.structs.replace(column, default=serial_default(sequence))
        step.put_relation(msgspec.structs.replace(table, columns=replace_column(table, made)))


def move_type(step: Step, item: TypeObject, schema: str, name: str, change: Change | None) -> None:
    """Let a type be `schema.name`; a composite type is a relation too."""
    catalog = step.catalog
    step.catalog = msgspec.structs.replace(
        catalog, type_names=catalog.type_names.drop((item.schema, item.name))
    )
    changes = item.changes if change is None else (*item.changes, change)
    moved = msgspec.structs.replace(item, schema=schema, name=name, changes=changes)
    step.put_type(moved)
    if isinstance(moved, OtherType) and moved.kind == "composite" and moved.oid in step.catalog.relations:
        step.unname_relation(item.schema, item.name)
        step.name_relation(schema, name, moved.oid)
        step.put_relation(moved)


def move_function(step: Step, function: Function, schema: str, name: str, change: Change) -> None:
    """Let a function be `schema.name`."""
    catalog = step.catalog
    old, new = (function.schema, function.name), (schema, name)
    names = catalog.function_names
    left = tuple(oid for oid in names.get(old) or () if oid != function.oid)
    names = names.set(old, left) if left else names.drop(old)
    names = names.set(new, (*(names.get(new) or ()), function.oid))
    moved = msgspec.structs.replace(function, schema=schema, name=name, changes=(*function.changes, change))
    step.catalog = msgspec.structs.replace(
        catalog, function_names=names, functions=catalog.functions.set(function.oid, moved)
    )


def rename_index(
    step: Step, owner: Table | View, index: Index, name: str, change: Change, span: Span
) -> None:
    """Let an index of `owner` be called `name`; the constraint that it serves is called so too."""
    require_free(step, owner.schema, name, span)
    if index.constraint and isinstance(owner, Table) and any(c.name == name for c in owner.constraints):
        label = f"{owner.schema}.{owner.name}.{name}"
        step.reject(ProblemKind.ALREADY_EXISTS, span, label, "the table has such a constraint")
    step.unname_relation(owner.schema, index.name)
    step.name_relation(owner.schema, name, index.oid)
    renamed = msgspec.structs.replace(index, name=name, changes=(*index.changes, change))
    indexes = tuple(renamed if i.oid == index.oid else i for i in owner.indexes)
    if isinstance(owner, View):
        step.put_relation(msgspec.structs.replace(owner, indexes=indexes))
        return
    constraints = owner.constraints
    if index.constraint:
        step.unname_constraint(owner.schema, index.name)
        step.name_constraint(owner.schema, name)
        constraints = tuple(
            msgspec.structs.replace(c, name=name, changes=(*c.changes, change))
            if c.oid == index.constraint
            else c
            for c in constraints
        )
    step.put_relation(msgspec.structs.replace(owner, indexes=indexes, constraints=constraints))


def rename_schema(step: Step, old: str, new: str, change: Change) -> None:
    """Let everything in the schema `old` be in `new`."""
    catalog = step.catalog
    holder = catalog.schemas.get(old)
    assert holder is not None
    schemas = catalog.schemas.drop(old).set(
        new, msgspec.structs.replace(holder, name=new, changes=(*holder.changes, change))
    )
    relations, types, functions = catalog.relations, catalog.types, catalog.functions
    for oid, relation in catalog.relations.items():
        if getattr(relation, "schema", None) == old:
            relations = relations.set(oid, msgspec.structs.replace(relation, schema=new))
    for oid, item in catalog.types.items():
        if item.schema == old:
            types = types.set(oid, msgspec.structs.replace(item, schema=new))
    for oid, function in catalog.functions.items():
        if function.schema == old:
            functions = functions.set(oid, msgspec.structs.replace(function, schema=new))
    objects = catalog.objects
    for oid, other in catalog.objects.items():
        if other.schema == old:
            objects = objects.set(oid, msgspec.structs.replace(other, schema=new))
    publications = catalog.publications
    for publication in catalog.publications.values():
        if old in publication.schemas:
            renamed = msgspec.structs.replace(publication, schemas=publication.schemas - {old} | {new})
            publications = publications.set(publication.name, renamed)
    extensions = catalog.extensions
    for extension in catalog.extensions.values():
        if extension.schema == old:
            extensions = extensions.set(extension.name, msgspec.structs.replace(extension, schema=new))
    step.catalog = msgspec.structs.replace(
        catalog, schemas=schemas, relations=relations, types=types, functions=functions,
        extensions=extensions, objects=objects, publications=publications,
        relation_names=_under(catalog.relation_names, old, new),
        constraint_names=_under(catalog.constraint_names, old, new),
        type_names=_under(catalog.type_names, old, new),
        function_names=_under(catalog.function_names, old, new),
        default_privileges=tuple(
            msgspec.structs.replace(d, schema=new) if d.schema == old else d
            for d in catalog.default_privileges
        ),
    )  # fmt: skip


def _under(names: Any, old: str, new: str) -> Any:
    for key, value in list(names.items()):
        if key[0] == old:
            names = names.drop(key).set((new, key[1]), value)
    return names
