"""What an object needs before it can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Bound,
    Domain,
    Function,
    OtherObject,
    OtherType,
    Table,
    TypeObject,
    TypeRef,
    Use,
    View,
)
from schemabot.catalog.render.order import Node

KEYS = -1
LATER = -2


class Needs:
    """Answers for one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def of_type(self, item: TypeObject) -> frozenset[Node]:
        found: set[Node] = set()
        if isinstance(item, Domain):
            found.update(self._ref(item.base))
            found.update(self._bound(item.default))
            for constraint in item.constraints:
                found.update(self._bound(constraint.expression))
        elif isinstance(item, OtherType):
            found.update(self._ref(item.subtype))
            for column in item.columns:
                found.update(self._ref(column.type))
        return frozenset(found)

    def of_function(self, item: Function) -> frozenset[Node]:
        found = set(self._uses(item.uses))
        for parameter in item.parameters:
            found.update(self._ref(parameter.type))
            found.update(self._bound(parameter.default))
        found.update(self._ref(item.returns))
        return frozenset(found)

    def of_table(self, table: Table) -> frozenset[Node]:
        found: set[Node] = {(oid, 0) for oid in (*table.parents, table.partition_of, table.of_type) if oid}
        for column in table.columns:
            found.update(self._ref(column.type))
            found.update(self._bound(column.generated))
        for key in table.partition_elements:
            found.update(self._bound(key.expression))
        found.discard((table.oid, 0))
        found.discard((table.oid, KEYS))
        return frozenset(found)

    def wishes_of_table(self, table: Table) -> frozenset[Node]:
        """What defaults and checks need: they can be added later."""
        found: set[Node] = set()
        for bound in later_parts(table).values():
            found.update(self._bound(bound))
        found.discard((table.oid, 0))
        found.discard((table.oid, KEYS))
        return frozenset(found)

    def of_part(self, bound: Bound) -> frozenset[Node]:
        return frozenset(self._bound(bound))

    def of_keys(self, table: Table) -> frozenset[Node]:
        found: set[Node] = {(table.oid, 0)}
        for index in table.indexes:
            if index.constraint:
                for key in index.keys:
                    found.update(self._bound(key.expression))
                found.update(self._bound(index.where))
        for other in self.catalog.dependents.get(table.oid) or ():
            below = self.catalog.table_by_oid(other)
            if below is not None and below.partition_of == table.oid:
                found.add((below.oid, KEYS))
        found.discard((table.oid, KEYS))
        return frozenset(found)

    def of_view(self, view: View) -> frozenset[Node]:
        found = set(self._uses(view.places or view.uses))
        for column in view.columns:
            found.update(self._ref(column.type))
        found.discard((view.oid, 0))
        return frozenset(found)

    def of_other(self, item: OtherObject) -> frozenset[Node]:
        return frozenset(self._uses(item.uses))

    # -- pieces --

    def _uses(self, uses: Iterable[Use]) -> Iterator[Node]:
        for use in uses:
            yield from self._object(use.oid)

    def _bound(self, bound: Bound | None) -> Iterator[Node]:
        if bound is not None:
            yield from self._uses(bound.uses)

    def _object(self, oid: int) -> Iterator[Node]:
        catalog = self.catalog
        item = catalog.types.get(oid)
        if isinstance(item, OtherType) and item.kind in ("row", "multirange"):
            yield (item.relation or item.partner, 0)
            return
        yield (oid, 0)
        if isinstance(catalog.relations.get(oid), Table):
            yield (oid, KEYS)

    def _ref(self, ref: TypeRef | None) -> Iterator[Node]:
        if ref is not None and ref.oid:
            for node in self._object(ref.oid):
                if node[1] == 0:
                    yield node


def later_parts(table: Table) -> dict[tuple[int, int], Bound]:
    """The defaults and checks of a table by the names that `write_table` knows them by."""
    found = {
        (table.oid, column.number): column.default
        for column in table.columns
        if column.default is not None and column.generated is None
    }
    for constraint in table.constraints:
        if constraint.kind == "check" and constraint.expression is not None:
            found[constraint.oid, 0] = constraint.expression
    return found
