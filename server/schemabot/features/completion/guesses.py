"""Which table is meant before FROM is written: the one that has the columns that were named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table, View
from schemabot.features.completion.relation_index import RelationIndex
from schemabot.features.names.words import Word

_MOST = 3


def qualifiers(words: Sequence[Word]) -> Iterator[str]:
    """The names before a dot, the last one first."""
    for at in range(len(words) - 2, -1, -1):
        name = words[at].name
        if name is not None and words[at + 1].written == "." and (at == 0 or words[at - 1].written != "."):
            yield name


def written_columns(words: Sequence[Word], alias: str) -> frozenset[str]:
    """What was written of the rows under a name; without a name, the words of the last SELECT list."""
    if alias:
        return frozenset(
            words[at + 2].name or ""
            for at in range(len(words) - 2)
            if words[at].name == alias and words[at + 1].written == "." and words[at + 2].name is not None
        )
    found: set[str] = set()
    for word in reversed(words):
        if word.written in ("select", "returning", ";"):
            break
        if word.name is not None:
            found.add(word.name)
    return frozenset(found)


def likely_tables(catalog: Catalog, index: RelationIndex, written: frozenset[str]) -> list[Table | View]:
    """The tables and views that have the most of these columns, the newest first among equals."""
    if not written:
        return []
    counts: Counter[int] = Counter()
    for name in written:
        counts.update(index.with_column(name))
    if not counts:
        return []
    most = max(counts.values())
    best = sorted((oid for oid, count in counts.items() if count == most), reverse=True)[:_MOST]
    return [found for oid in best if isinstance(found := catalog.relations.get(oid), (Table, View))]
