"""The schema of a real database at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from schemabot.catalog.catalog import Catalog


@attrs.frozen(eq=False)
class Snapshot:
    """What was read. `origin` says from where, without secrets; `taken_at` is in seconds since the epoch.

    `applied` are the versions of the migrations that the database has recorded, None where it records none. `notes` say
    what could not be read. `ran` names the text that each migration had when it ran (`catalog.recorded`), by version,
    where that is kept. `local`: it was on this machine.
    """

    catalog: Catalog
    origin: str
    taken_at: float
    server_version: int
    platform: str
    applied: frozenset[str] | None = None
    notes: tuple[str, ...] = ()
    ran: Mapping[str, str] = attrs.field(factory=dict)
    local: bool = False

    @property
    def shown(self) -> str:
        """The database and the day on which it was read, for people."""
        return f"{self.origin} (read on {datetime.fromtimestamp(self.taken_at, UTC).date().isoformat()})"
