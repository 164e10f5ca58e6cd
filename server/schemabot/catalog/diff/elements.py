"""A catalog taken apart into what can be made and dropped by a statement of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.inherited import Inherited, Key
from schemabot.catalog.diff.needs import Needs
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    IndexEntry,
    OtherType,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.render.output import is_made, kind_of

T = TypeVar("T")


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a statement makes. `item` is the object or part, `owner` the table or view it is a part of.

    `inside` is the element that takes it along when it is dropped. `needs` are those that must be there first.
    `of` is the key of the owner. What `follows` another comes and goes with that of a parent table and has no
    statement of its own.
    """

    key: Key
    kind: str
    item: Any
    owner: Any = None
    inside: Key | None = None
    needs: frozenset[Key] = frozenset()
    follows: Key | None = None
    of: Key | None = None

    @property
    def hidden(self) -> bool:
        """Whether the table has it from a parent."""
        return self.follows is not None


class Elements:
    """The elements of one catalog, by key, or of those objects whose oids are in `only`.

    `rekeyed` gives them the keys of another catalog.
    """

    def __init__(
        self,
        catalog: Catalog,
        only: frozenset[int] | None = None,
        rekeyed: Callable[[Element], Element] = lambda element: element,
    ) -> None:
        self.catalog = catalog
        self._only = only
        self.by_key: dict[Key, Element] = {}
        keys_of_index: dict[int, Key] = {}
        for table in self._of(catalog.relations):
            if isinstance(table, (Table, View)):
                for index in table.indexes:
                    keys_of_index[index.oid] = (index.constraint or index.oid,)
        self._needs = Needs(catalog, keys_of_index)
        self._inherited = Inherited(catalog)
        self.inner: dict[Key, list[Key]] = {}
        for element in map(rekeyed, self._all()):
            self.by_key[element.key] = element
            if element.inside is not None:
                self.inner.setdefault(element.inside, []).append(element.key)

    def __iter__(self) -> Iterator[Element]:
        return iter(self.by_key.values())

    def with_parts(self, key: Key) -> Iterator[Key]:
        """The element and all that goes with it when it is dropped."""
        yield key
        for inner in self.inner.get(key, ()):
            yield from self.with_parts(inner)

    def _of(self, mapping: Layered[int, T]) -> list[T]:
        if self._only is None:
            return mapping.values()
        found = (mapping.get(oid) for oid in sorted(self._only))
        return [item for item in found if item is not None]

    # -- what there is --

    def _all(self) -> Iterator[Element]:
        catalog = self.catalog
        for schema in catalog.schemas.values():
            if schema.extension is None:
                yield Element(key=("schema", schema.name), kind="schema", item=schema)
        for extension in catalog.extensions.values():
            yield self._element(
                ("extension", extension.name),
                "extension",
                extension,
                needs=[("schema", extension.schema), *(("extension", name) for name in extension.requires)],
            )
        for role in catalog.roles.values():
            yield Element(key=("role", role.name), kind="role", item=role)
        for item in self._of(catalog.types):
            if item.extension is None and is_made(item):
                yield self._object(item, self._needs.of_type(item))
        for function in self._of(catalog.functions):
            if function.extension is None:
                yield self._object(function, self._needs.of_function(function))
        for other in self._of(catalog.objects):
            if other.extension is None:
                yield self._object(other, self._needs.uses(other.uses))
        for relation in self._of(catalog.relations):
            if isinstance(relation, (IndexEntry, OtherType)) or relation.extension or relation.temporary:
                continue
            if isinstance(relation, Sequence):
                yield from self._sequence(relation)
            elif isinstance(relation, View):
                yield self._object(relation, self._needs.of_view(relation))
                yield from self._parts(relation)
            else:
                yield self._object(relation, self._needs.of_table(relation))
                yield from self._columns(relation)
                yield from self._constraints(relation)
                yield from self._parts(relation)
        for publication in catalog.publications.values():
            needs: set[Key] = {("schema", name) for name in publication.schemas}
            for member in publication.members:
                needs.add((member.table,))
                needs.update((member.table, number, "column") for number in member.columns)
                needs.update(self._needs.bound(member.filter))
            yield self._element((publication.oid,), "publication", publication, needs=needs)
        for trigger in catalog.event_triggers.values():
            yield self._element(
                (trigger.oid,), "event trigger", trigger, needs=self._needs.object_keys(trigger.function)
            )

    def _object(self, item: Any, needs: Iterable[Key]) -> Element:
        found = {*needs, *((("schema", item.schema),) if item.schema is not None else ())}
        return self._element((item.oid,), kind_of(item), item, needs=found)

    def _element(
        self,
        key: Key,
        kind: str,
        item: Any,
        *,
        needs: Iterable[Key],
        owner: Any = None,
        inside: Key | None = None,
        follows: Key | None = None,
    ) -> Element:
        own = frozenset(needs) - {key}
        of = None if owner is None else (owner.oid,)
        return Element(
            key=key, kind=kind, item=item, owner=owner, inside=inside, needs=own, follows=follows, of=of
        )

    def _sequence(self, item: Sequence) -> Iterator[Element]:
        if item.identity:
            return
        inside = None if item.owned_by is None else (item.owned_by[0], item.owned_by[1], "column")
        yield self._element((item.oid,), "sequence", item, needs=[("schema", item.schema)], inside=inside)

    def _columns(self, table: Table) -> Iterator[Element]:
        for column in table.columns:
            key: Key = (table.oid, column.number, "column")
            yield self._element(
                key,
                "column",
                column,
                needs={(table.oid,), *self._needs.of_column(column)},
                owner=table,
                inside=(table.oid,),
                follows=self._inherited.column(table, column),
            )
            if column.default is not None and column.generated is None:
                yield self._element(
                    (table.oid, column.number, "default"),
                    "default",
                    column,
                    needs={key, *self._needs.bound(column.default)},
                    owner=table,
                    inside=key,
                    follows=self._inherited.default(table, column),
                )

    def _constraints(self, table: Table) -> Iterator[Element]:
        for constraint in table.constraints:
            if constraint.kind != "not null":
                yield self._element(
                    (constraint.oid,),
                    "constraint",
                    constraint,
                    needs={(table.oid,), *self._needs.of_constraint(table, constraint)},
                    owner=table,
                    inside=(table.oid,),
                    follows=self._inherited.constraint(table, constraint),
                )

    def _parts(self, owner: Table | View) -> Iterator[Element]:
        above: Key = (owner.oid,)
        for index in owner.indexes:
            if index.constraint:
                continue
            needs = {above}
            for key in index.keys:
                needs |= (
                    {(owner.oid, key.column, "column")}
                    if key.column
                    else set(self._needs.bound(key.expression))
                )
            needs |= {(owner.oid, number, "column") for number in index.include} | set(
                self._needs.bound(index.where)
            )
            yield self._element(
                (index.oid,),
                "index",
                index,
                needs=needs,
                owner=owner,
                inside=above,
                follows=self._inherited.index(index),
            )
        parts: list[tuple[str, Any, Iterable[Key]]] = []
        if isinstance(owner, Table):
            parts += [("policy", policy, self._needs.of_policy(policy)) for policy in owner.policies]
        parts += [("trigger", trigger, self._needs.of_trigger(owner, trigger)) for trigger in owner.triggers]
        parts += [("rule", rule, self._needs.of_rule(rule)) for rule in owner.rules]
        for kind, item, needs_of_part in parts:
            yield self._element(
                (item.oid,),
                kind,
                item,
                needs={above, *needs_of_part},
                owner=owner,
                inside=above,
                follows=self._inherited.trigger(owner, item) if kind == "trigger" else None,
            )


__all__ = ["Element", "Elements", "Key"]
