"""What a table has from its parents: columns, checks, keys, indexes and triggers that come and go with theirs."""

from __future__ import annotations

from typing import TypeAlias

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Index, IndexEntry, Table, Trigger, View

Key: TypeAlias = tuple[int | str, ...]
"""What an element is known by in both catalogs: an oid, or (oid of the table, number of the column, what of it)."""


class Inherited:
    """The parents' part that each part of a table follows, None where the table has it on its own."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def parents(self, table: Table) -> list[Table]:
        """The tables that it inherits from, or the one it is a partition of."""
        oids = (table.partition_of,) if table.partition_of else table.parents
        found = map(self._catalog.table_by_oid, oids)
        return [parent for parent in found if parent is not None]

    def column(self, table: Table, column: Column) -> Key | None:
        """The column of a parent."""
        if not column.inherited:
            return None
        for parent in self.parents(table):
            above = parent.column(column.name)
            if above is not None:
                return (parent.oid, above.number, "column")
        return None

    def default(self, table: Table, column: Column) -> Key | None:
        """The same default of a parent's column."""
        if not column.inherited or column.default is None:
            return None
        for parent in self.parents(table):
            above = parent.column(column.name)
            if above is not None and above.default is not None and above.default.text == column.default.text:
                return (parent.oid, above.number, "default")
        return None

    def constraint(self, table: Table, constraint: Constraint) -> Key | None:
        """The constraint of a parent: of a key that of the index above its own, of a foreign key the like."""
        if constraint.kind in ("primary key", "unique", "exclude"):
            index = next((i for i in table.indexes if i.oid == constraint.index), None)
            return None if index is None else self.index(index)
        if not constraint.inherited:
            return None
        names = table.column_names(constraint.columns)
        for parent in self.parents(table):
            for above in parent.constraints:
                same = above.kind == constraint.kind and (
                    above.references == constraint.references and parent.column_names(above.columns) == names
                    if constraint.kind == "foreign key"
                    else above.name == constraint.name
                )
                if same:
                    return (above.oid,)
        return None

    def index(self, index: Index) -> Key | None:
        """The partitioned index that it belongs to, or the key that this one serves."""
        above = self.index_above(index)
        return None if above is None else (above.constraint or above.oid,)

    def index_above(self, index: Index) -> Index | None:
        """The partitioned index that it belongs to."""
        entry = self._catalog.relations.get(index.parent) if index.parent else None
        owner = self._catalog.relations.get(entry.owner) if isinstance(entry, IndexEntry) else None
        if not isinstance(owner, (Table, View)):
            return None
        return next((above for above in owner.indexes if above.oid == index.parent), None)

    def trigger(self, owner: Table | View, trigger: Trigger) -> Key | None:
        """The row trigger of the table it is a partition of."""
        if not trigger.inherited or not isinstance(owner, Table):
            return None
        for parent in self.parents(owner):
            for above in parent.triggers:
                if above.name == trigger.name:
                    return (above.oid,)
        return None


__all__ = ["Inherited", "Key"]
