"""Which objects of two catalogs a difference has to look at."""

from __future__ import annotations

from collections.abc import Iterable

from schemabot.catalog.catalog import Catalog


def changed(one: Catalog, other: Catalog) -> frozenset[int]:
    """The oids of what is not the very same object in both."""
    found: set[int] = set()
    for mine, theirs in (
        (one.relations, other.relations),
        (one.types, other.types),
        (one.functions, other.functions),
        (one.objects, other.objects),
    ):
        found.update(mine.changed_since(theirs))  # type: ignore[arg-type]  # pairs of one kind
        found.update(theirs.changed_since(mine))  # type: ignore[arg-type]
    return frozenset(found)


def with_dependents(oids: Iterable[int], *catalogs: Catalog) -> frozenset[int]:
    """These, and all that refers to them in one of the catalogs, at any depth."""
    found = set(oids)
    todo = list(found)
    while todo:
        oid = todo.pop()
        for catalog in catalogs:
            more = {other for other in catalog.dependents.get(oid) or () if other not in found}
            found |= more
            todo += more
    return frozenset(found)


def with_parents(oids: Iterable[int], *catalogs: Catalog) -> frozenset[int]:
    """These, and the tables that they are partitions of or inherit from, at any height."""
    found = set(oids)
    todo = list(found)
    while todo:
        oid = todo.pop()
        for catalog in catalogs:
            table = catalog.table_by_oid(oid)
            if table is not None:
                more = {*table.parents, table.partition_of} - found - {0}
                found |= more
                todo += more
    return frozenset(found)
