"""A catalog taken apart into what can be made and dropped by a statement of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    Bound,
    Constraint,
    Domain,
    EnumType,
    Function,
    IndexEntry,
    OtherType,
    Policy,
    Rule,
    Sequence,
    Table,
    Trigger,
    TypeRef,
    Use,
    View,
)
from schemabot.catalog.render.output import is_made, kind_of

T = TypeVar("T")
Key: TypeAlias = tuple[int | str, ...]
"""What an element is known by in both catalogs: an oid, or (oid of the table, number of the column, what of it)."""


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a statement makes. `item` is the object or part, `owner` the table or view it is a part of.

    `inside` is the element that takes it along when it is dropped. `needs` are those that must be there first.
    What is `hidden` comes and goes with that of a parent and has no statement of its own, as the parts of a partition.
    """

    key: Key
    kind: str
    item: Any
    owner: Any = None
    inside: Key | None = None
    needs: frozenset[Key] = frozenset()
    hidden: bool = False


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
        self._keys_of_index: dict[int, Key] = {}
        for table in self._of(catalog.relations):
            if isinstance(table, (Table, View)):
                for index in table.indexes:
                    self._keys_of_index[index.oid] = (index.constraint or index.oid,)
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
                yield self._object(item, self._of_type(item))
        for function in self._of(catalog.functions):
            if function.extension is None:
                yield self._object(function, self._of_function(function))
        for other in self._of(catalog.objects):
            if other.extension is None:
                yield self._object(other, self._uses(other.uses))
        for relation in self._of(catalog.relations):
            if isinstance(relation, (IndexEntry, OtherType)) or relation.extension or relation.temporary:
                continue
            if isinstance(relation, Sequence):
                yield from self._sequence(relation)
            elif isinstance(relation, View):
                yield self._object(relation, self._of_view(relation))
                yield from self._parts(relation)
            else:
                yield self._object(relation, self._of_table(relation))
                yield from self._columns(relation)
                yield from self._constraints(relation)
                yield from self._parts(relation)
        for publication in catalog.publications.values():
            needs: set[Key] = {("schema", name) for name in publication.schemas}
            for member in publication.members:
                needs.add((member.table,))
                needs.update((member.table, number, "column") for number in member.columns)
                needs.update(self._bound(member.filter))
            yield self._element((publication.oid,), "publication", publication, needs=needs)
        for trigger in catalog.event_triggers.values():
            yield self._element(
                (trigger.oid,), "event trigger", trigger, needs=self._object_keys(trigger.function)
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
        hidden: bool = False,
    ) -> Element:
        own = frozenset(needs) - {key}
        return Element(key=key, kind=kind, item=item, owner=owner, inside=inside, needs=own, hidden=hidden)

    def _sequence(self, item: Sequence) -> Iterator[Element]:
        if item.identity:
            return
        inside = None if item.owned_by is None else (item.owned_by[0], item.owned_by[1], "column")
        yield self._element((item.oid,), "sequence", item, needs=[("schema", item.schema)], inside=inside)

    def _columns(self, table: Table) -> Iterator[Element]:
        for column in table.columns:
            if not column.local and not table.partition_of:
                continue
            key: Key = (table.oid, column.number, "column")
            needs = {(table.oid,), *self._ref(column.type), *self._bound(column.generated)}
            yield self._element(key, "column", column, needs=needs, owner=table, inside=(table.oid,))
            if column.default is not None and column.generated is None:
                yield self._element(
                    (table.oid, column.number, "default"),
                    "default",
                    column,
                    needs={key, *self._bound(column.default)},
                    owner=table,
                    inside=key,
                )

    def _constraints(self, table: Table) -> Iterator[Element]:
        for constraint in table.constraints:
            if constraint.kind == "not null":
                continue
            index = next((i for i in table.indexes if i.oid == constraint.index), None)
            of_parent = constraint.kind != "foreign key" and index is not None and index.parent != 0
            is_own = constraint.local and not table.partition_of
            yield self._element(
                (constraint.oid,),
                "constraint",
                constraint,
                needs={(table.oid,), *self._of_constraint(table, constraint)},
                owner=table,
                inside=(table.oid,),
                hidden=of_parent or (constraint.inherited and not is_own),
            )

    def _of_constraint(self, table: Table, item: Constraint) -> Iterator[Key]:
        yield from ((table.oid, number, "column") for number in item.columns)
        yield from self._bound(item.expression)
        if item.kind == "foreign key":
            yield (item.references,)
            yield from ((item.references, number, "column") for number in item.references_columns)
            if item.index in self._keys_of_index:
                yield self._keys_of_index[item.index]
        elif item.index:
            index = next((i for i in table.indexes if i.oid == item.index), None)
            for key in () if index is None else index.keys:
                yield from self._bound(key.expression)
                if key.column:
                    yield (table.oid, key.column, "column")
            yield from () if index is None else self._bound(index.where)

    def _parts(self, owner: Table | View) -> Iterator[Element]:
        above: Key = (owner.oid,)
        for index in owner.indexes:
            if index.constraint:
                continue
            needs = {above}
            for key in index.keys:
                needs |= (
                    {(owner.oid, key.column, "column")} if key.column else set(self._bound(key.expression))
                )
            needs |= {(owner.oid, number, "column") for number in index.include} | set(
                self._bound(index.where)
            )
            yield self._element(
                (index.oid,), "index", index, needs=needs, owner=owner, inside=above, hidden=index.parent != 0
            )
        parts: list[tuple[str, Any, Iterable[Key]]] = []
        if isinstance(owner, Table):
            parts += [("policy", policy, self._of_policy(policy)) for policy in owner.policies]
        parts += [("trigger", trigger, self._of_trigger(owner, trigger)) for trigger in owner.triggers]
        parts += [("rule", rule, self._of_rule(rule)) for rule in owner.rules]
        for kind, item, needs_of_part in parts:
            yield self._element(
                (item.oid,),
                kind,
                item,
                needs={above, *needs_of_part},
                owner=owner,
                inside=above,
                hidden=getattr(item, "inherited", False),
            )

    # -- what they need --

    def _of_type(self, item: EnumType | Domain | OtherType) -> Iterator[Key]:
        if isinstance(item, Domain):
            yield from self._ref(item.base)
            yield from self._bound(item.default)
            for constraint in item.constraints:
                yield from self._bound(constraint.expression)
        elif isinstance(item, OtherType):
            yield from self._ref(item.subtype)
            for column in item.columns:
                yield from self._ref(column.type)

    def _of_function(self, item: Function) -> Iterator[Key]:
        yield from self._uses(item.uses)
        for parameter in item.parameters:
            yield from self._ref(parameter.type)
            yield from self._bound(parameter.default)
        yield from self._ref(item.returns)

    def _of_table(self, table: Table) -> Iterator[Key]:
        yield from ((oid,) for oid in (*table.parents, table.partition_of, table.of_type) if oid)
        for key in table.partition_elements:
            yield from self._bound(key.expression)

    def _of_view(self, view: View) -> Iterator[Key]:
        yield from self._uses(view.places or view.uses)
        for column in view.columns:
            yield from self._ref(column.type)

    def _of_policy(self, item: Policy) -> Iterator[Key]:
        yield from self._bound(item.using)
        yield from self._bound(item.check)
        yield from (("role", role) for role in item.roles)

    def _of_trigger(self, owner: Table | View, item: Trigger) -> Iterator[Key]:
        yield from self._object_keys(item.function)
        yield from self._bound(item.when)
        yield from ((owner.oid, number, "column") for number in item.update_columns)

    def _of_rule(self, item: Rule) -> Iterator[Key]:
        if item.definition is not None:
            yield from self._uses(item.definition.uses)

    # -- pieces --

    def _uses(self, uses: Iterable[Use]) -> Iterator[Key]:
        for use in uses:
            yield from self._object_keys(use.oid)
            if use.number and isinstance(self.catalog.relations.get(use.oid), Table):
                yield (use.oid, use.number, "column")

    def _bound(self, bound: Bound | None) -> Iterator[Key]:
        if bound is not None:
            yield from self._uses(bound.uses)

    def _ref(self, ref: TypeRef | None) -> Iterator[Key]:
        if ref is not None and ref.oid:
            yield from self._object_keys(ref.oid)

    def _object_keys(self, oid: int) -> Iterator[Key]:
        item = self.catalog.types.get(oid)
        if isinstance(item, OtherType) and item.kind in ("row", "multirange"):
            oid = item.relation or item.partner
        if oid:
            yield (oid,)


__all__ = ["Element", "Elements", "Key"]
