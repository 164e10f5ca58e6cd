"""The keys of one catalog's elements as those of what is called alike in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.elements import Element, Key
from schemabot.catalog.objects import EnumType, IndexEntry, OtherObject, Table, TypeRef, View

_PARTS = ("constraints", "indexes", "policies", "triggers", "rules")


class Matching:
    """Which oids and column numbers of `old` mean what `new` has under the same name.

    What is not in `only` is the very same object in both.
    """

    def __init__(self, old: Catalog, new: Catalog, only: frozenset[int]) -> None:
        self._known = set(only)  # with the oids of their parts
        self._oids: dict[int, int] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        for oid in only:
            relation = old.relations.get(oid)
            if relation is None or isinstance(relation, IndexEntry):
                continue
            for field in _PARTS:
                self._known.update(part.oid for part in getattr(relation, field, ()))
            other = new.relation(relation.schema, relation.name)
            if other is not None and type(other) is type(relation):
                self._oids[relation.oid] = other.oid
                self._parts(relation, other)
        for oid in only:
            item = old.types.get(oid)
            if item is None:
                continue
            kind = new.type_named(item.schema, item.name)
            if kind is not None and type(kind) is type(item):
                self._oids[item.oid] = kind.oid
        for oid in only:
            function = old.functions.get(oid)
            if function is None:
                continue
            wanted = [self._type(old, ref) for ref in function.signature]
            for candidate in new.functions_named(function.schema, function.name):
                if [self._type(new, ref) for ref in candidate.signature] == wanted:
                    self._oids[function.oid] = candidate.oid
        named = {_identity(new, other): other.oid for other in new.objects.values()}
        for object_ in old.objects.values():
            found = named.get(_identity(old, object_))
            if found is not None:
                self._oids[object_.oid] = found
        for mine, theirs in ((old.publications, new.publications), (old.event_triggers, new.event_triggers)):
            there: Any = theirs
            for name, thing in mine.items():
                self._known.add(thing.oid)
                if (same := there.get(name)) is not None:
                    self._oids[thing.oid] = same.oid

    def element(self, element: Element) -> Element:
        """The element under the keys of `new`."""
        return Element(
            key=self.key(element.key),
            kind=element.kind,
            item=element.item,
            owner=element.owner,
            inside=None if element.inside is None else self.key(element.inside),
            needs=frozenset(map(self.key, element.needs)),
            follows=None if element.follows is None else self.key(element.follows),
            of=None if element.of is None else self.key(element.of),
        )

    def key(self, key: Key) -> Key:
        """The key in `new`; one that nothing there has when there is no such thing."""
        first = key[0]
        if not isinstance(first, int):
            return key
        if first not in self._known:
            return key
        if len(key) == 1:
            return (self._oids.get(first, -first),)
        number = key[1]
        assert isinstance(number, int)
        return (self._oids.get(first, -first), self._numbers.get((first, number), -number), *key[2:])

    def _parts(self, mine: Any, theirs: Any) -> None:
        if isinstance(mine, Table):
            numbers = {column.name: column.number for column in theirs.columns}
            for column in mine.columns:
                if column.name in numbers:
                    self._numbers[mine.oid, column.number] = numbers[column.name]
        if isinstance(mine, (Table, View)):
            for field in _PARTS:
                named = {part.name: part.oid for part in getattr(theirs, field, ())}
                for part in getattr(mine, field, ()):
                    if part.name in named:
                        self._oids[part.oid] = named[part.name]

    @staticmethod
    def _type(catalog: Catalog, ref: TypeRef) -> tuple[Any, ...]:
        item = catalog.types.get(ref.oid)
        return (ref.array, ref.name) if item is None else (ref.array, item.schema, item.name)


def replaced_enums(old: Catalog, new: Catalog, only: frozenset[int]) -> Callable[[Element], Element]:
    """What gives elements of `old` the keys that enums of `new` have under the same names.

    An enum that another took the place of is no other thing: columns keep its name, and only labels differ.
    """
    oids: dict[int, int] = {}
    for oid in only:
        item = old.types.get(oid)
        if isinstance(item, EnumType) and new.types.get(oid) is None:
            other = new.type_named(item.schema, item.name)
            if isinstance(other, EnumType) and old.types.get(other.oid) is None:
                oids[oid] = other.oid

    def key(found: Key) -> Key:
        first = found[0]
        return (oids[first], *found[1:]) if isinstance(first, int) and first in oids else found

    def element(found: Element) -> Element:
        needs = frozenset(map(key, found.needs))
        return msgspec.structs.replace(found, key=key(found.key), needs=needs)

    return element


def _identity(catalog: Catalog, item: OtherObject) -> tuple[Any, ...]:
    """What tells an operator, cast, server ... apart, in names."""
    arguments = []
    for of, array in item.arguments:
        type_ = catalog.types.get(of) if isinstance(of, int) else None
        arguments.append((of if type_ is None else f"{type_.schema}.{type_.name}", array))
    return (item.kind, item.schema, item.name, item.qualifier, tuple(arguments))
