"""What keeps another object by its name gets the new one when that is renamed or moved.

PostgreSQL keeps oids there; servers, access methods and collations of tables are kept here as they were written.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Column, Domain, Index, IndexKey, OtherObject, Table, View

_Collated = TypeVar("_Collated", Column, IndexKey, Domain)


def follow_rename(step: Step, item: OtherObject, made: OtherObject) -> None:
    """Say `made` where `item`, the same object before, was said."""
    if item.kind in ("server", "access method"):
        field = "server" if item.kind == "server" else "access_method"
        for oid in step.catalog.dependents.get(item.oid) or ():
            table = step.catalog.table_by_oid(oid)
            if table is not None and getattr(table, field) == item.name:
                step.put_relation(msgspec.structs.replace(table, **{field: made.name}))
    elif item.kind == "collation":
        for relation in step.catalog.relations.values():
            if isinstance(relation, (Table, View)):
                collated = _relation(relation, item, made)
                if collated is not relation:
                    step.put_relation(collated)
        for type_ in step.catalog.types.values():
            if isinstance(type_, Domain) and (domain := _collated(type_, item, made)) is not type_:
                step.put_type(domain)


def _relation(relation: Table | View, item: OtherObject, made: OtherObject) -> Table | View:
    indexes = tuple(_index(index, item, made) for index in relation.indexes)
    if any(a is not b for a, b in zip(indexes, relation.indexes, strict=True)):
        relation = msgspec.structs.replace(relation, indexes=indexes)
    if isinstance(relation, Table):
        columns = tuple(_collated(column, item, made) for column in relation.columns)
        if any(a is not b for a, b in zip(columns, relation.columns, strict=True)):
            relation = msgspec.structs.replace(relation, columns=columns)
    return relation


def _index(index: Index, item: OtherObject, made: OtherObject) -> Index:
    keys = tuple(_collated(key, item, made) for key in index.keys)
    changed = any(a is not b for a, b in zip(keys, index.keys, strict=True))
    return msgspec.structs.replace(index, keys=keys) if changed else index


def _collated(part: _Collated, item: OtherObject, made: OtherObject) -> _Collated:
    if part.collation not in (item.name, f"{item.schema}.{item.name}"):
        return part
    return msgspec.structs.replace(part, collation=f"{made.schema}.{made.name}")


__all__ = ["follow_rename"]
