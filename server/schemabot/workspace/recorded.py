"""Which files of a project a real database has recorded as run, and which of them are no longer what ran."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import attrs

from schemabot.catalog.recorded import is_text_of
from schemabot.catalog.snapshot import Snapshot
from schemabot.workspace.layouts import Entry

_ONLY_NEWEST = frozenset(("golang-migrate", "tern"))
"""Runners whose table holds one row: everything up to that version has run."""

_MOST_DIFFERING = 0.25
"""Of the compared files. More than that were not all edited: what was recorded was made in a way we do not know."""


@attrs.frozen
class Recorded:
    """Paths of files that have run there, and of those whose text is another now."""

    applied: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()


NOTHING = Recorded()


def recorded(
    kind: str, entries: Mapping[str, Entry], contents: Mapping[str, bytes], snapshot: Snapshot | None
) -> Recorded:
    """What a snapshot says of the files of a layout of that kind.

    A database on this machine says nothing: a migration that somebody has just written has run there too.
    """
    if snapshot is None or snapshot.local or not snapshot.applied:
        return NOTHING
    known = frozenset(map(_plain, snapshot.applied))
    limit = max((int(name) for name in known if name.isdigit()), default=-1) if kind in _ONLY_NEWEST else -1
    applied: set[str] = set()
    differing: set[str] = set()
    compared = 0
    for path, entry in entries.items():
        number = int(entry.version) if entry.version is not None and entry.version.isdigit() else None
        by_text = kind == "drizzle" and hashlib.sha256(contents.get(path, b"")).hexdigest() in known
        covered = number is not None and number <= limit
        if not (by_text or covered or any(_plain(name) in known for name in _names(entry))):
            continue
        applied.add(path)
        said = next((snapshot.ran[name] for name in _names(entry) if name in snapshot.ran), None)
        same = None if said is None or path not in contents else is_text_of(said, contents[path])
        compared += same is not None
        if same is False:
            differing.add(path)
    if len(differing) > max(2, compared * _MOST_DIFFERING):
        differing = set()
    return Recorded(frozenset(applied), frozenset(differing))


def _names(entry: Entry) -> Iterator[str]:
    """What a runner may call a file in its table."""
    yield from (name for name in (entry.version, entry.full_name, entry.name) if name)


def _plain(name: str) -> str:
    """A version without leading zeros: tools that keep numbers lose them."""
    return name.lstrip("0") or "0" if name.isdigit() else name
