"""What must be there before an element is made, and goes after it is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.inherited import Key
from schemabot.catalog.objects import (
    Bound,
    Column,
    Constraint,
    Domain,
    EnumType,
    Function,
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


class Needs:
    """The keys of what others are made of. `keys_of_index` are those of the elements that make an index."""

    def __init__(self, catalog: Catalog, keys_of_index: Mapping[int, Key]) -> None:
        self._catalog = catalog
        self._keys_of_index = keys_of_index
        self._named: dict[tuple[str, str], list[int]] = {}
        for other in catalog.objects.values():
            self._named.setdefault((other.kind, other.name), []).append(other.oid)

    def of_constraint(self, table: Table, item: Constraint) -> Iterator[Key]:
        """Columns, what an expression names, and for a foreign key the key it refers to."""
        yield from ((table.oid, number, "column") for number in item.columns)
        yield from self.bound(item.expression)
        if item.kind == "foreign key":
            yield (item.references,)
            yield from ((item.references, number, "column") for number in item.references_columns)
            if item.index in self._keys_of_index:
                yield self._keys_of_index[item.index]
        elif item.index:
            index = next((i for i in table.indexes if i.oid == item.index), None)
            for key in () if index is None else index.keys:
                yield from self.bound(key.expression)
                if key.column:
                    yield (table.oid, key.column, "column")
            yield from () if index is None else self.bound(index.where)

    def of_type(self, item: EnumType | Domain | OtherType) -> Iterator[Key]:
        """What a domain, a composite type or a range is made of."""
        if isinstance(item, Domain):
            yield from self.ref(item.base)
            yield from self.bound(item.default)
            for constraint in item.constraints:
                yield from self.bound(constraint.expression)
        elif isinstance(item, OtherType):
            yield from self.ref(item.subtype)
            for column in item.columns:
                yield from self.ref(column.type)

    def of_function(self, item: Function) -> Iterator[Key]:
        """Types, defaults, and what a SQL-standard body names."""
        yield from self.uses(item.uses)
        for parameter in item.parameters:
            yield from self.ref(parameter.type)
            yield from self.bound(parameter.default)
        yield from self.ref(item.returns)

    def of_table(self, table: Table) -> Iterator[Key]:
        """Parents, its type, and by name its server and access method."""
        yield from ((oid,) for oid in (*table.parents, table.partition_of, table.of_type) if oid)
        yield from self.named("server", table.server)
        yield from self.named("access method", table.access_method)
        for key in table.partition_elements:
            yield from self.bound(key.expression)

    def of_view(self, view: View) -> Iterator[Key]:
        """What its query names."""
        yield from self.uses(view.places or view.uses)
        for column in view.columns:
            yield from self.ref(column.type)

    def of_policy(self, item: Policy) -> Iterator[Key]:
        """What its expressions name, and its roles."""
        yield from self.bound(item.using)
        yield from self.bound(item.check)
        yield from (("role", role) for role in item.roles)

    def of_trigger(self, owner: Table | View, item: Trigger) -> Iterator[Key]:
        """Its function, and what WHEN and UPDATE OF name."""
        yield from self.object_keys(item.function)
        yield from self.bound(item.when)
        yield from ((owner.oid, number, "column") for number in item.update_columns)

    def of_rule(self, item: Rule) -> Iterator[Key]:
        """What its actions name."""
        if item.definition is not None:
            yield from self.uses(item.definition.uses)

    def of_column(self, column: Column) -> Iterator[Key]:
        """Its type, its collation, what its generation expression names."""
        yield from self.ref(column.type)
        yield from self.bound(column.generated)
        yield from self.named("collation", column.collation or "")

    # -- pieces --

    def named(self, kind: str, name: str) -> Iterator[Key]:
        """An object that is kept by its name, as written; the server's own are none."""
        if name:
            own = name.rpartition(".")[2]
            yield from ((oid,) for oid in self._named.get((kind, own), ()))

    def uses(self, uses: Iterable[Use]) -> Iterator[Key]:
        """Objects and columns of tables that are named."""
        for use in uses:
            yield from self.object_keys(use.oid)
            if use.number and isinstance(self._catalog.relations.get(use.oid), Table):
                yield (use.oid, use.number, "column")

    def bound(self, bound: Bound | None) -> Iterator[Key]:
        """What an expression names."""
        if bound is not None:
            yield from self.uses(bound.uses)

    def ref(self, ref: TypeRef | None) -> Iterator[Key]:
        """A type that is no built-in one."""
        if ref is not None and ref.oid:
            yield from self.object_keys(ref.oid)

    def object_keys(self, oid: int) -> Iterator[Key]:
        """The object that has a statement of its own: the table of a row type, the range of a multirange."""
        item = self._catalog.types.get(oid)
        if isinstance(item, OtherType) and item.kind in ("row", "multirange"):
            oid = item.relation or item.partner
        sequence = self._catalog.relations.get(oid)
        if isinstance(sequence, Sequence) and sequence.identity and sequence.owned_by is not None:
            yield (*sequence.owned_by, "column")
        elif oid:
            yield (oid,)


__all__ = ["Needs"]
