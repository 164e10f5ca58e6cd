"""Names of the form V1__name.sql: Flyway, and refinery, which gives U another meaning.

Sources: Flyway documentation, "Migrations" (naming, order, `B` and `R`), and `MigrationVersion.compareTo`; refinery
README and `refinery_core/src/util.rs`.
"""

from __future__ import annotations

import re
from pathlib import Path

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown

VERSIONED = re.compile(r"([VUB])([0-9][0-9._]*?)__(.*)\.sql\Z", re.S)
_REPEATABLE = re.compile(r"R__(.*)\.sql\Z", re.S)
_REFINERY = re.compile(r"([VU])([0-9]+(?:\.[0-9]+)?)__(\w+)\.sql\Z")


def version_parts(version: str) -> tuple[int, ...]:
    """What orders versions: numbers between dots or underscores, where zeros at the end do not count."""
    parts = [int(piece or 0) for piece in re.split(r"[._]", version)]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _entry(path: str, version: str | None) -> Entry:
    shown_version = None if version is None else version.replace("_", ".")
    return Entry(path, shown_version, _base(path)[:-4])


def _read_flyway(folder: Folder) -> Listing:
    """Locations are read with their folders; on an empty database the newest baseline replaces what it covers."""
    by_kind: dict[str, list[tuple[tuple[int, ...], str, str]]] = {"V": [], "U": [], "B": []}
    repeatable: list[tuple[str, str]] = []
    others: list[str] = []
    for path in folder.deep_sql():
        found = VERSIONED.match(_base(path))
        if found:
            by_kind[found[1]].append((version_parts(found[2]), path, found[2]))
        elif again := _REPEATABLE.match(_base(path)):
            repeatable.append((again[1].replace("_", " "), path))
        else:
            others.append(path)
    notes = []
    versioned = sorted(by_kind["V"])
    if by_kind["B"]:
        newest = max(by_kind["B"])
        versioned = [newest, *(item for item in versioned if item[0] > newest[0])]
        notes.append(
            f"{newest[1]} is the baseline: an empty database starts with it, not with what is before it"
        )
    if others:
        notes.append(f"Flyway takes {shown(others)} for no migration (callbacks are not replayed)")
    history = [_entry(path, version) for _, path, version in versioned]
    history += [_entry(path, None) for _, path in sorted(repeatable)]
    downs = tuple(_entry(path, version) for _, path, version in sorted(by_kind["U"]))
    return Listing(tuple(history), downs, tuple(notes))


def _read_refinery(folder: Folder) -> Listing:
    """`U` stands for unversioned here: such a migration runs like the others, in the order of the numbers."""
    found = [
        (version_parts(m[2]), path, m[2]) for path in folder.deep_sql() if (m := _REFINERY.match(_base(path)))
    ]
    in_rust = [name for name in folder.files if re.match(r"[VU][0-9].*__.*\.rs\Z", name)]
    notes = (f"what the migrations in Rust do is unknown: {shown(in_rust)}",) if in_rust else ()
    return Listing(tuple(_entry(path, version) for _, path, version in sorted(found)), notes=notes)


def _flyway_naming(folder: Path) -> Naming:
    return Naming(str(folder), "V{version}__{slug}.sql", numbering="dotted")


# Flyway documentation, "Out Of Order", "Migrations" (transactions); refinery README (`set_grouped`, `abort_missing`).
_RUNNER = Runner(
    title="Flyway",
    by_version=True,
    unique=True,
    late="Flyway does not run it, and its validation fails, unless outOfOrder is on",
    transaction="explicit",
    inner_commit="Flyway notes that the migration has run in a transaction of its own",
    psql=False,
)
_REFINERY_RUNNER = Runner(title="refinery", by_version=True, unique=True, psql=False)

FLYWAY = (
    Family("flyway", "Flyway", _read_flyway, None, _flyway_naming, _RUNNER),
    Family("refinery", "refinery", _read_refinery, None, _flyway_naming, _REFINERY_RUNNER),
)
