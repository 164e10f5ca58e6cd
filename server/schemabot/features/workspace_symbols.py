"""Searching the schema at the end of the history by parts of names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Domain,
    EnumType,
    Extension,
    Function,
    IndexEntry,
    Origin,
    OtherType,
    Role,
    SchemaObject,
    Sequence,
    Table,
    View,
)
from schemabot.features.symbols import SymbolKind
from schemabot.rulekit.once import OncePerCatalog
from schemabot.text import Span

MOST = 200
"""Symbols that are answered; nobody scrolls further."""
_MOST_RANKED = 600
_LEAST_OF_COLUMNS = 3
_SPACE = re.compile(r"\s")


class Found(msgspec.Struct, frozen=True):
    """An object of the schema: its name, what it belongs to, and where it was made (absolute)."""

    name: str
    kind: SymbolKind
    container: str
    path: str
    span: Span


class _Entry(msgspec.Struct, frozen=True):
    name: str
    kind: SymbolKind
    container: str
    origin: Origin


class _Chunk(msgspec.Struct, frozen=True):
    """The names of one object and its parts: `text` has a line for each entry, in small letters."""

    item: object
    entries: tuple[_Entry, ...]
    text: str
    head: _Chunk | None = None  # the object alone


class _Names:
    """Names of the project's own objects in one text, so that one search looks at all of them.

    `main` are those of the objects themselves, without what belongs to them.
    """

    def __init__(self, chunks: Iterable[_Chunk], main: _Names | None = None) -> None:
        self.chunks = [chunk for chunk in chunks if chunk.entries]
        self.main = self if main is None else main
        # A line end before every name and one behind the last: searches for a literal are the fastest.
        self.text = "\n".join(("", *(chunk.text for chunk in self.chunks), ""))
        lengths = (len(chunk.text) + 1 for chunk in self.chunks)
        self.starts = list(accumulate(lengths, initial=1))

    def entry(self, offset: int) -> _Entry:
        """The entry whose line holds an offset of the text."""
        number = bisect_right(self.starts, offset) - 1
        chunk = self.chunks[number]
        return chunk.entries[chunk.text.count("\n", 0, offset - self.starts[number])]

    def matching(self, pattern: str) -> Iterator[_Entry]:
        """The entries whose line matches."""
        return (self.entry(match.end()) for match in re.finditer(pattern, self.text))


class _Reader:
    """Reads the names of catalogs; those of objects that did not change since the last one are kept."""

    def __init__(self) -> None:
        self._known: dict[int, _Chunk] = {}

    def __call__(self, catalog: Catalog, _: None) -> _Names:
        known, kept = self._known, dict[int, _Chunk]()
        for oid, item in _objects(catalog):
            chunk = known.get(oid)
            if chunk is None or chunk.item is not item:
                chunk = _chunk(item)
            kept[oid] = chunk
        self._known = kept
        named = (*catalog.schemas.values(), *catalog.roles.values(), *catalog.extensions.values())
        chunks = (*kept.values(), *(_chunk(item) for item in named))
        return _Names(chunks, _Names(chunk.head for chunk in chunks if chunk.head is not None))


_names: OncePerCatalog[None, _Names] = OncePerCatalog(_Reader())


def workspace_symbols(analysis: Analysis, query: str) -> tuple[Found, ...]:
    """The objects whose name holds the letters of `query` in order, the best first.

    A query with a dot searches behind it, in what the part before it names: `notes.id`.
    """
    container, _, own = query.strip().lower().rpartition(".")
    found: list[Found] = []
    for entry in _best(_names(analysis.settled, None), container, own):
        span = analysis.place(entry.origin)
        if span is not None:
            found.append(Found(entry.name, entry.kind, entry.container, entry.origin.file, span))
    return tuple(found)


def _best(names: _Names, container: str, own: str) -> list[_Entry]:
    """Exact names before those that begin so, words that do, names that hold it, names with the letters in order.

    A next kind is looked for only while there is room, and a few letters do not match columns: nearly all would.
    """
    chosen: dict[int, _Entry] = {}
    if container:
        names = _Names(chunk for chunk in names.chunks if container in chunk.entries[0].name.lower())
    patterns = _patterns(own)
    for number, pattern in enumerate(patterns):
        fresh: dict[int, _Entry] = {}
        # With the letters anywhere, nearly every part of some table would do: only objects themselves are asked.
        is_last = number == len(patterns) - 1
        for entry in (names.main if is_last else names).matching(pattern):
            if container and container not in entry.container.lower():
                continue
            if entry.kind == "column" and not container and len(own) < _LEAST_OF_COLUMNS:
                continue
            if id(entry) not in chosen:
                fresh[id(entry)] = entry
            if len(fresh) >= _MOST_RANKED:
                break
        ranked = sorted(
            fresh.values(), key=lambda entry: (_ORDER.get(entry.kind, 5), len(entry.name), entry.name)
        )
        chosen.update((id(entry), entry) for entry in ranked)
        if len(chosen) >= MOST:
            break
    return list(chosen.values())[:MOST]


def _patterns(own: str) -> tuple[str, ...]:
    letters = [re.escape(letter) for letter in own if not letter.isspace()]
    if not letters:
        return ("\n(?=[^\n])",)
    whole = "".join(letters)
    in_order = "\n" + "".join(f"[^\n{letter}]*+{letter}" for letter in letters)
    return (f"\n{whole}(?=\n)", f"\n{whole}", f"{whole}(?<=[_ ]{whole})", whole, in_order)


_ORDER: dict[SymbolKind, int] = {"table": 0, "view": 1, "function": 2, "type": 3, "column": 8}


def _objects(catalog: Catalog) -> Iterator[tuple[int, object]]:
    """What has an oid and a name of its own, with what belongs to it."""
    for oid, relation in catalog.relations.items():
        if not isinstance(relation, IndexEntry):
            yield oid, relation
    yield from catalog.functions.items()
    for oid, item in catalog.types.items():
        if oid not in catalog.relations:
            yield oid, item


def _chunk(item: object) -> _Chunk:
    entries = tuple(entry for entry in _entries(item) if not entry.origin.platform)
    lines = [_SPACE.sub(" ", entry.name.lower()) for entry in entries]
    head = _Chunk(item, entries[:1], lines[0]) if entries else None
    return _Chunk(item, entries, "\n".join(lines), head)


def _entries(item: object) -> Iterator[_Entry]:
    if getattr(item, "extension", None) is not None:
        return
    if isinstance(item, (Table, View)):
        yield from _of_relation(item)
    elif isinstance(item, Sequence):
        yield _Entry(item.name, "sequence", item.schema, item.origin)
    elif isinstance(item, Function):
        yield _Entry(item.name, "function", item.schema, item.origin)
    elif isinstance(item, EnumType | Domain | OtherType):
        if not (isinstance(item, OtherType) and item.kind in ("row", "multirange")):
            yield _Entry(item.name, "type", item.schema, item.origin)
    elif isinstance(item, SchemaObject):
        yield _Entry(item.name, "schema", "", item.origin)
    elif isinstance(item, Role):
        yield _Entry(item.name, "role", "", item.origin)
    elif isinstance(item, Extension):
        yield _Entry(item.name, "extension", item.schema, item.origin)


def _of_relation(item: Table | View) -> Iterator[_Entry]:
    label = f"{item.schema}.{item.name}"
    yield _Entry(item.name, "table" if isinstance(item, Table) else "view", item.schema, item.origin)
    for index in item.indexes:
        yield _Entry(index.name, "index", label, index.origin)
    for trigger in item.triggers:
        if not trigger.inherited:
            yield _Entry(trigger.name, "trigger", label, trigger.origin)
    if isinstance(item, Table):
        for policy in item.policies:
            yield _Entry(policy.name, "policy", label, policy.origin)
        for column in item.columns:
            yield _Entry(column.name, "column", label, column.origin)
        for constraint in item.constraints:
            if constraint.kind != "not null" and not constraint.index:
                yield _Entry(constraint.name, "constraint", label, constraint.origin)
