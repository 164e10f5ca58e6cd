"""What is the same in two catalogs, and what it is called in each.

Catalogs of one line of replay share oids: what has the same oid is the same object, whatever it is called now. Others
are matched by their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    Function,
    IndexEntry,
    OtherType,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.output import is_made, kind_of
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import Writer

T = TypeVar("T")
_PARTS = ("constraints", "indexes", "policies", "triggers", "rules")
_WORDS = {"constraints": "constraint", "policies": "policy", "triggers": "trigger", "rules": "rule"}


def aligned(old: Catalog, new: Catalog, only: frozenset[int]) -> Catalog:
    """`old` with the names that `new` has for the same things; `only` these oids may be others."""
    relations, types, functions = old.relations, old.types, old.functions
    for oid, item in _of(old.relations, only):
        other = new.relations.get(oid)
        if other is not None and other is not item and not isinstance(item, IndexEntry):
            named = _with_names(item, other)
            if named is not item:
                relations = relations.set(oid, named)
    for oid, kind in _of(old.types, only):
        other_type = new.types.get(oid)
        if other_type is not None and other_type is not kind:
            types = types.set(oid, _with_names(kind, other_type))
    for oid, function in _of(old.functions, only):
        other_function = new.functions.get(oid)
        if other_function is not None and other_function is not function:
            functions = functions.set(oid, _with_names(function, other_function))
    return msgspec.structs.replace(old, relations=relations, types=types, functions=functions)


def _of(mapping: Layered[int, T], only: frozenset[int]) -> list[tuple[int, T]]:
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


def renames(old: Catalog, new: Catalog, only: frozenset[int]) -> Iterator[tuple[str, str, Change]]:
    """Everything that is called otherwise: (place of names, the wanted name in it, the change).

    Names of one place must differ. What was dropped is gone by then, what is new is not there yet.
    """
    w = Writer(new)
    for oid, item in _of(old.relations, only):
        other = new.relations.get(oid)
        if other is None or other is item or isinstance(item, (IndexEntry, OtherType)):
            continue
        if isinstance(other, (IndexEntry, OtherType)):
            continue
        if isinstance(item, Sequence) and item.owned_by is not None and item.name == other.name:
            continue  # it moves with its table
        yield from _of_object(kind_of(item), item, other, "")
        if isinstance(item, (Table, View)) and isinstance(other, (Table, View)):
            yield from _of_parts(item, other)
    for oid, kind in _of(old.types, only):
        other_type = new.types.get(oid)
        if other_type is not None and other_type is not kind and is_made(kind):
            yield from _of_object("type", kind, other_type, "")
    for oid, function in _of(old.functions, only):
        other_function = new.functions.get(oid)
        if other_function is not None and other_function is not function:
            yield from _of_object(kind_of(function), function, other_function, _arguments(w, function))


def _arguments(w: Writer, function: Function) -> str:
    return "(" + w.signature(function).partition("(")[2]


def _of_object(kind: str, item: Any, other: Any, arguments: str) -> Iterator[tuple[str, str, Change]]:
    name = item.name
    if item.schema != other.schema:
        place = quote_qualified(item.schema, item.name) + arguments
        statement = f"alter {kind} {place} set schema {quote_identifier(other.schema)}"
        yield (
            f"{kind} in {other.schema}{arguments}",
            name,
            Change(action="rename", kind=kind, schema=other.schema, name=name, statements=(statement,)),
        )
    if item.name != other.name:
        place = quote_qualified(other.schema, item.name) + arguments
        statement = f"alter {kind} {place} rename to {quote_identifier(other.name)}"
        yield (
            f"{kind} in {other.schema}{arguments}",
            other.name,
            Change(action="rename", kind=kind, schema=other.schema, name=other.name, statements=(statement,)),
        )


def _of_parts(item: Table | View, other: Table | View) -> Iterator[tuple[str, str, Change]]:
    table = table_name(other)

    def change(kind: str, name: str, statement: str) -> Change:
        return Change(
            action="rename",
            kind=kind,
            schema=other.schema,
            name=other.name,
            part=name,
            statements=(statement,),
        )

    if isinstance(item, Table) and isinstance(other, Table):
        names = {column.number: column.name for column in other.columns}
        for column in item.columns:
            now = names.get(column.number, column.name)
            if now != column.name and not column.inherited:
                place = f"rename column {quote_identifier(column.name)} to {quote_identifier(now)}"
                yield f"column of {table}", now, change("column", now, f"alter table {table} {place}")
    for field, word in _WORDS.items():
        known = {part.oid: part.name for part in getattr(other, field, ())}
        for part in getattr(item, field, ()):
            now = known.get(part.oid, part.name)
            if now == part.name or (word in ("constraint", "trigger") and part.inherited):
                continue  # it gets its name with that of the parent
            was, is_now = quote_identifier(part.name), quote_identifier(now)
            statement = (
                f"alter table {table} rename constraint {was} to {is_now}"
                if word == "constraint"
                else f"alter {word} {was} on {table} rename to {is_now}"
            )
            yield f"{word} of {table}", now, change(word, now, statement)
    known = {index.oid: index.name for index in other.indexes}
    for index in item.indexes:
        now = known.get(index.oid, index.name)
        if now != index.name and not index.constraint:
            statement = (
                f"alter index {quote_qualified(other.schema, index.name)} rename to {quote_identifier(now)}"
            )
            yield f"table in {other.schema}", now, change("index", now, statement)
