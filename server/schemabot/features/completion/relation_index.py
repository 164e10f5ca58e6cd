"""The relations of a catalog by name and by column, for questions that come with every key.

One index is kept, of the catalog that was asked about last; for another catalog only what differs is looked at, since
the catalogs of two statements share nearly everything. Only the thread that answers requests for completion uses it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import Relation, Sequence, Table, View
from schemabot.features.completion.wanted import Kind


class Entry(NamedTuple):
    """A table, view or sequence: `lower` is its name in small letters, `columns` the names of its columns."""

    oid: int
    lower: str
    schema: str
    name: str
    kind: Kind
    platform: bool
    columns: tuple[str, ...]


class RelationIndex:
    """The relations of one catalog."""

    def __init__(self) -> None:
        self._of: Layered[int, Relation] = Layered()
        self._entries: dict[int, Entry] = {}
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._by_column: defaultdict[str, set[int]] = defaultdict(set)
        self._oids: list[int] = []

    def follow(self, relations: Layered[int, Relation]) -> None:
        """Become the index of these relations."""
        if relations is self._of:
            return
        for oid in relations.changed_since(self._of):
            self._forget(oid)
            relation = relations.get(oid)
            entry = None if relation is None else _entry(oid, relation)
            if entry is not None:
                self._entries[oid] = entry
                self._by_name[entry.lower].add(oid)
                if not entry.platform:
                    for column in entry.columns:
                        self._by_column[column].add(oid)
        self._of = relations
        self._oids = sorted(self._entries)

    def _forget(self, oid: int) -> None:
        entry = self._entries.pop(oid, None)
        if entry is None:
            return
        self._by_name[entry.lower].discard(oid)
        for column in entry.columns:
            holders = self._by_column.get(column)
            if holders is not None:
                holders.discard(oid)
                if not holders:
                    del self._by_column[column]

    @property
    def column_names(self) -> Iterable[str]:
        """The names of the columns of the project's own tables and views."""
        return self._by_column.keys()

    def has_column(self, name: str) -> bool:
        """Whether any of the project's own tables or views has such a column."""
        return name in self._by_column

    def with_column(self, name: str) -> Iterable[int]:
        """The oids of the project's own tables and views that have such a column."""
        return self._by_column.get(name, ())

    def named(self, lower: str) -> Iterator[Entry]:
        """The relations of a name, written in small letters."""
        for oid in self._by_name.get(lower, ()):
            yield self._entries[oid]

    def containing(self, typed: str) -> Iterator[Entry]:
        """The relations whose names hold the letters; those that hold them scattered where these are few."""
        found = [entry for entry in self._entries.values() if typed in entry.lower]
        yield from found
        if len(found) < _FEW and len(typed) > 1:
            known = {entry.oid for entry in found}
            first = typed[0]
            yield from (e for e in self._entries.values() if e.lower[:1] == first and e.oid not in known)

    def newest(self) -> Iterator[Entry]:
        """The relations, the one made last first."""
        for oid in reversed(self._oids):
            yield self._entries[oid]

    def made_after(self, oid: int) -> int:
        """The oid of the table that was made after the one with `oid`; 0 where none was."""
        at = bisect_right(self._oids, oid)
        while at < len(self._oids):
            if self._entries[self._oids[at]].kind == "table":
                return self._oids[at]
            at += 1
        return 0


_FEW = 20
_index = RelationIndex()
_remote_index = RelationIndex()


def relation_index(catalog: Catalog) -> RelationIndex:
    """The index of a catalog's relations; true until the next call."""
    _index.follow(catalog.relations)
    return _index


def remote_index(catalog: Catalog) -> RelationIndex:
    """The index of a remote database's relations; it stays while one project is worked on."""
    _remote_index.follow(catalog.relations)
    return _remote_index


def _entry(oid: int, relation: Relation) -> Entry | None:
    if isinstance(relation, Table):
        kind: Kind = "table"
    elif isinstance(relation, View):
        kind = "materialized view" if relation.materialized else "view"
    elif isinstance(relation, Sequence):
        kind = "sequence"
    else:
        return None
    columns = () if isinstance(relation, Sequence) else tuple(column.name for column in relation.columns)
    return Entry(
        oid, relation.name.lower(), relation.schema, relation.name, kind, relation.origin.platform, columns
    )
