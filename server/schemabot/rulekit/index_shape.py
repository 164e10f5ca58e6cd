"""What two indexes have in common, whether one may go, and the fix that drops it."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Index, IndexKey, Table
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.finding import Fix, InsertAfter
from schemabot.rulekit.sql import quote_name

Shape = tuple[object, ...]


def shape(index: Index) -> Shape:
    """Method, keys, further columns and condition: equal for indexes that answer the same queries."""
    return (
        index.method,
        tuple(key_shape(key) for key in index.keys),
        frozenset(index.include),
        _text(index.where),
    )


def key_shape(key: IndexKey) -> Shape:
    """A key with its order; NULLS FIRST goes with DESC, NULLS LAST with ASC (manual, CREATE INDEX)."""
    nulls = key.nulls or ("first" if key.descending else "last")
    return (key.column, _text(key.expression), key.descending, nulls, key.operator_class, key.collation)


def is_needed(index: Index, table: Table, catalog: Catalog) -> bool:
    """Whether a foreign key, the replica identity or CLUSTER relies on this very index."""
    if index.parent or index.oid in (table.replica_index, table.clustered_on):
        return True
    if not index.unique:
        return False
    referring = (catalog.table_by_oid(oid) for oid in (table.oid, *(catalog.dependents.get(table.oid) or ())))
    return any(
        constraint.kind == "foreign key" and constraint.index == index.oid
        for other in referring
        if other is not None
        for constraint in other.constraints
    )


def drop_fix(
    index: Index, other: Index, table: Table, context: StateContext[Any], *, safe: bool = True
) -> Fix:
    """A fix that drops the index, behind the places where it got its name and the `other` one was made."""
    at = context.project.latest(
        index.origin, other.origin, *(change.at for change in (*index.changes, *table.changes))
    )
    sql = context.project.style(at).sql("drop index {};", quote_name(table.schema, index.name))
    return Fix(
        title=f"Drop the index {index.name}",
        steps=(InsertAfter(at, sql),),
        safe=safe,
        preferred=True,
        later=sql,
    )


def _text(bound: Bound | None) -> str:
    return "" if bound is None else "".join(bound.text.lower().split())
