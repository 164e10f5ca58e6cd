"""What is the same in two catalogs, and what it is called in each.

Catalogs of one line of replay share oids: what has the same oid is the same object, whatever it is called now. Others
are matched by their names.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    IndexEntry,
    Table,
    View,
)

T = TypeVar("T")
_PARTS = ("constraints", "indexes", "policies", "triggers", "rules")
_WORDS = {"constraints": "constraint", "policies": "policy", "triggers": "trigger", "rules": "rule"}


def aligned(old: Catalog, new: Catalog, only: frozenset[int]) -> Catalog:
    """`old` with the names that `new` has for the same things; `only` these oids may be others."""
    relations, types, functions = old.relations, old.types, old.functions
    for oid, item in of_oids(old.relations, only):
        other = new.relations.get(oid)
        if other is not None and other is not item and not isinstance(item, IndexEntry):
            named = _with_names(item, other)
            if named is not item:
                relations = relations.set(oid, named)
    for oid, kind in of_oids(old.types, only):
        other_type = new.types.get(oid)
        if other_type is not None and other_type is not kind:
            types = types.set(oid, _with_names(kind, other_type))
    for oid, function in of_oids(old.functions, only):
        other_function = new.functions.get(oid)
        if other_function is not None and other_function is not function:
            functions = functions.set(oid, _with_names(function, other_function))
    return msgspec.structs.replace(old, relations=relations, types=types, functions=functions)


def of_oids(mapping: Layered[int, T], only: frozenset[int]) -> list[tuple[int, T]]:
    """Those of `only` that the mapping has, in the order of their oids."""
    found = ((oid, mapping.get(oid)) for oid in sorted(only))
    return [(oid, item) for oid, item in found if item is not None]


def _with_names(item: Any, other: Any) -> Any:
    changes: dict[str, Any] = {}
    if (item.schema, item.name) != (other.schema, other.name):
        changes |= {"schema": other.schema, "name": other.name}
    if isinstance(item, Table) and isinstance(other, Table):
        names = {column.number: column.name for column in other.columns}
        if any(names.get(c.number, c.name) != c.name for c in item.columns):
            changes["columns"] = tuple(
                msgspec.structs.replace(c, name=names.get(c.number, c.name)) for c in item.columns
            )
    if isinstance(item, (Table, View)):
        for field in _PARTS:
            own, theirs = getattr(item, field, ()), getattr(other, field, ())
            known = {part.oid: part.name for part in theirs}
            if any(known.get(part.oid, part.name) != part.name for part in own):
                changes[field] = tuple(
                    msgspec.structs.replace(part, name=known.get(part.oid, part.name)) for part in own
                )
    return msgspec.structs.replace(item, **changes) if changes else item


__all__ = ["aligned", "of_oids"]
