"""The schema of a real database at one moment."""

from __future__ import annotations

import attrs

from schemabot.catalog.catalog import Catalog


@attrs.frozen
class Snapshot:
    """What was read. `origin` says from where, without secrets; `taken_at` is in seconds since the epoch.

    `applied` are the versions of the migrations that the database has recorded, None where it records none. `notes` say
    what could not be read.
    """

    catalog: Catalog
    origin: str
    taken_at: float
    server_version: int
    platform: str
    applied: frozenset[str] | None = None
    notes: tuple[str, ...] = ()
