"""The relations of a catalog by name and by column, for questions that come with every key.

One index is kept, of the catalog that was asked about last; for another catalog only what differs is looked at, since
the catalogs of two statements share nearly everything. Only the thread that answers requests for completion uses it. Another
one may prepare the index of a catalog that will be asked about: it is begun with then.
"""

from __future__ import annotations

from bisect import bisect_right
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


class _Oids:
    """Sets of oids by a name; a copy shares them until one of both changes a set."""

    def __init__(self) -> None:
        self.of: dict[str, set[int]] = {}
        self._own: set[str] | None = None  # the names whose sets are shared with nobody; None: all

    def copy(self) -> _Oids:
        made = _Oids()
        made.of = dict(self.of)
        made._own, self._own = set(), set()
        return made

    def add(self, name: str, oid: int) -> None:
        self._changeable(name).add(oid)

    def discard(self, name: str, oid: int) -> None:
        if oid in self.of.get(name, ()):
            oids = self._changeable(name)
            oids.discard(oid)
            if not oids:
                del self.of[name]

    def _changeable(self, name: str) -> set[int]:
        oids = self.of.get(name)
        if oids is None:
            oids = self.of[name] = set()
        elif self._own is not None and name not in self._own:
            oids = self.of[name] = set(oids)
        if self._own is not None:
            self._own.add(name)
        return oids


class RelationIndex:
    """The relations of one catalog."""

    def __init__(self) -> None:
        self._of: Layered[int, Relation] = Layered()
        self._entries: dict[int, Entry] = {}
        self._by_name = _Oids()
        self._by_column = _Oids()
        self._oids: list[int] = []

    def copy(self) -> RelationIndex:
        """An index of the same relations; neither sees what the other follows from then on."""
        made = RelationIndex()
        made._of, made._entries, made._oids = self._of, dict(self._entries), self._oids
        made._by_name, made._by_column = self._by_name.copy(), self._by_column.copy()
        return made

    def follow(self, relations: Layered[int, Relation]) -> None:
        """Become the index of these relations."""
        if relations is self._of:
            return
        changed = relations.changed_since(self._of)
        for oid in changed:
            self._forget(oid)
            relation = relations.get(oid)
            entry = None if relation is None else _entry(oid, relation)
            if entry is not None:
                self._entries[oid] = entry
                self._by_name.add(entry.lower, oid)
                if not entry.platform:
                    for column in entry.columns:
                        self._by_column.add(column, oid)
        self._of = relations
        if changed:
            self._oids = sorted(self._entries)

    def _forget(self, oid: int) -> None:
        entry = self._entries.pop(oid, None)
        if entry is None:
            return
        self._by_name.discard(entry.lower, oid)
        for column in entry.columns:
            self._by_column.discard(column, oid)

    @property
    def column_names(self) -> Iterable[str]:
        """The names of the columns of the project's own tables and views."""
        return self._by_column.of

    def has_column(self, name: str) -> bool:
        """Whether any of the project's own tables or views has such a column."""
        return name in self._by_column.of

    def with_column(self, name: str) -> Iterable[int]:
        """The oids of the project's own tables and views that have such a column."""
        return self._by_column.of.get(name, ())

    def named(self, lower: str) -> Iterator[Entry]:
        """The relations of a name, written in small letters."""
        for oid in self._by_name.of.get(lower, ()):
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


class _Kept:
    """The index that questions are answered from, and the one that was prepared last."""

    def __init__(self) -> None:
        self._index = RelationIndex()
        self._begun: RelationIndex | None = None
        self._prepared: RelationIndex | None = None

    def prepare(self, relations: Layered[int, Relation]) -> None:
        """Make the index of these relations, in whichever thread; nobody changes it afterwards."""
        made = RelationIndex() if self._prepared is None else self._prepared.copy()
        made.follow(relations)
        self._prepared = made

    def index(self, relations: Layered[int, Relation]) -> RelationIndex:
        """The index of these relations; true until the next call."""
        prepared = self._prepared
        if prepared is not None and prepared is not self._begun:
            self._index, self._begun = prepared.copy(), prepared
        self._index.follow(relations)
        return self._index


_own, _remote = _Kept(), _Kept()


def prepare(catalog: Catalog, remote: Catalog | None) -> None:
    """Make the indexes of catalogs that will be asked about; one thread at a time."""
    _own.prepare(catalog.relations)
    if remote is not None:
        _remote.prepare(remote.relations)


def relation_index(catalog: Catalog) -> RelationIndex:
    """The index of a catalog's relations; true until the next call."""
    return _own.index(catalog.relations)


def remote_index(catalog: Catalog) -> RelationIndex:
    """The index of a remote database's relations; it stays while one project is worked on."""
    return _remote.index(catalog.relations)


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
