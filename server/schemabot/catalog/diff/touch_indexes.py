"""Indexes of partitions: PostgreSQL makes them with the parent's and names them; they get their names back."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.inherited import Inherited
from schemabot.catalog.objects import Index, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.tables import table_name


class IndexTouches:
    """Statements for the indexes that follow a parent's, and for those that are to."""

    def __init__(self, now: Catalog, wanted: Catalog) -> None:
        self._now, self._wanted = Inherited(now), Inherited(wanted)

    def touches(self, before: Table, item: Table) -> Iterator[str]:
        """What gives the indexes of `before` the names and parents of those of `item`."""
        known = {index.name: index for index in before.indexes}
        names = {index.name for index in item.indexes}
        followers = {
            above: index
            for index in before.indexes
            if index.name not in names and (above := _name(self._now, index))
        }
        for index in item.indexes:
            above = _name(self._wanted, index)
            if above is None:
                continue
            own = known.get(index.name)
            if own is not None:
                parent = self._wanted.index_above(index)
                owners = self._wanted.parents(item)
                if _name(self._now, own) is None and parent is not None and owners and not index.constraint:
                    place = quote_qualified(owners[0].schema, parent.name)
                    yield f"alter index {place} attach partition {quote_qualified(item.schema, index.name)}"
            elif (made := followers.get(above)) is not None:
                yield _renamed(item, made, index.name)


def _name(inherited: Inherited, index: Index) -> str | None:
    above = inherited.index_above(index)
    return None if above is None else above.name


def _renamed(item: Table, index: Index, name: str) -> str:
    if index.constraint:
        was = quote_identifier(index.name)
        return f"alter table {table_name(item)} rename constraint {was} to {quote_identifier(name)}"
    return f"alter index {quote_qualified(item.schema, index.name)} rename to {quote_identifier(name)}"


__all__ = ["IndexTouches"]
