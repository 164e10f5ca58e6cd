"""Drizzle with a journal: meta/_journal.json says which files run, and in which order.

Source: Drizzle ORM `migrator.ts` (`readMigrationFiles` goes through `entries` as they stand).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Family, Folder, Listing, shown
from schemabot.workspace.layouts.numbered import entry, natural

JOURNAL = "meta/_journal.json"


def journal(text: str | None) -> dict[str, Any]:
    """The journal's content; empty when it is not one."""
    try:
        found = msgspec.json.decode(text or "")
    except (msgspec.MsgspecError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_drizzle(folder: Folder) -> Listing:
    entries = journal(folder.text(JOURNAL)).get("entries")
    tags = (
        [item.get("tag") for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []
    )
    named = [f"{tag}.sql" for tag in tags if isinstance(tag, str)]
    names = folder.sql
    present = [name for name in named if name in names]
    left = [name for name in names if name not in named]
    missing = [name for name in named if name not in names]
    notes = []
    if not present:
        notes.append(f"{JOURNAL} names none of the files here: they are read in the order of their names")
        return Listing(
            tuple(map(entry, sorted(names, key=natural))), notes=tuple(notes), ordered_by=(JOURNAL,)
        )
    if missing:
        notes.append(f"{JOURNAL} names files that are not there: {shown(missing)}")
    if left:
        notes.append(f"Drizzle does not run {shown(left)}: {JOURNAL} does not name them")
    return Listing(tuple(map(entry, present)), notes=tuple(notes), ordered_by=(JOURNAL,))


def _naming(folder: Path) -> Naming:
    first = f"-- Drizzle runs this file only with an entry in {JOURNAL} (`drizzle-kit generate --custom` makes both)."
    return Naming(str(folder), text=first + "\n{sql}\n")


_RUNNER = Runner(
    title="Drizzle",
    transaction="explicit",
    inner_commit="Drizzle runs all new migrations in one transaction, and this ends it for those behind, too",
    psql=False,
)

DRIZZLE = (Family("drizzle", "Drizzle", _read_drizzle, None, _naming, _RUNNER),)
