"""Which foreign keys refer to a table."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Constraint, Table


def referring_keys(catalog: Catalog, table: Table) -> Iterator[tuple[Table, Constraint]]:
    """The foreign keys that refer to the table, its own among them, each with the table that has it."""
    for oid in (table.oid, *(catalog.dependents.get(table.oid) or ())):
        other = catalog.table_by_oid(oid)
        if other is not None:
            for constraint in other.constraints:
                if constraint.kind == "foreign key" and constraint.references == table.oid:
                    yield other, constraint


def is_referred_to(catalog: Catalog, table: Table, number: int) -> bool:
    """Whether a foreign key refers to that column of the table."""
    return any(number in key.references_columns for _, key in referring_keys(catalog, table))
