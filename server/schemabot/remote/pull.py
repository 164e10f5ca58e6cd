"""Reading a project's database, from finding it to what is said about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from schemabot.catalog.objects import Table, View
from schemabot.catalog.snapshot import Snapshot
from schemabot.remote.encryption import leads_here
from schemabot.remote.errors import RemoteError
from schemabot.remote.introspect import IntrospectionCancelledError, introspect
from schemabot.remote.sources import ANY, DatabaseSource, RemoteSource, Wanted, asked, find_source

_STEP = 0.2


@attrs.frozen
class Pulled:
    """A snapshot, the source it was read from, and how many seconds that took."""

    snapshot: Snapshot
    source: RemoteSource
    seconds: float

    def as_json(self, *, kept: bool) -> dict[str, Any]:
        """What was read, in numbers. `kept`: whether it lies in the cache now."""
        catalog = self.snapshot.catalog
        own = [
            r for r in catalog.relations.values() if isinstance(r, (Table, View)) and not r.origin.platform
        ]
        tables = [r for r in own if isinstance(r, Table)]
        applied = self.snapshot.applied
        return {
            "origin": self.snapshot.origin,
            "named_by": self.source.name,
            "server_version": self.snapshot.server_version,
            "platform": self.snapshot.platform,
            "tables": len(tables),
            "views": len(own) - len(tables),
            "functions": sum(not function.origin.platform for function in catalog.functions.values()),
            "policies": sum(not p.origin.platform for table in catalog.tables() for p in table.policies),
            "applied_migrations": None if applied is None else len(applied),
            "local": self.snapshot.local,
            "seconds": round(self.seconds, 2),
            "kept": kept,
            "notes": list(self.snapshot.notes),
        }

    def as_text(self, *, kept: bool) -> str:
        """The same for people, one line for each thing."""
        said = self.as_json(kept=kept)
        version, applied = said["server_version"], said["applied_migrations"]
        lines = [
            f"Read {said['origin']} ({said['named_by']}): PostgreSQL {version // 10000}.{version % 10000},"
            f" {said['seconds']} s",
            f"{said['tables']} tables, {said['views']} views, {said['functions']} functions, {said['policies']} policies",
            "No table of applied migrations was found."
            if applied is None
            else f"{applied} migrations are recorded as applied there"
            + (", which says nothing about files here: it is this machine." if said["local"] else "."),
            *said["notes"],
        ]
        if not kept:
            lines.append("Nothing was kept: the cache is turned off or cannot be written.")
        return "\n".join(lines)


def pull(
    root: Path,
    environment: Mapping[str, str],
    wanted: Wanted = ANY,
    cancelled: Callable[[], bool] = lambda: False,
) -> Pulled:
    """Read the database of the project whose migrations lie in `root`.

    Raises `RemoteError`, and `IntrospectionCancelledError` when `cancelled` says so.
    """

    def sleep(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if cancelled():
                raise IntrospectionCancelledError
            time.sleep(min(_STEP, left))

    begin = time.monotonic()
    source = find_source(root, environment, wanted)
    try:
        with asked(source, environment, sleep) as asker:
            snapshot = introspect(asker, source.origin, time.time(), cancelled)
    except RemoteError as error:
        raise RemoteError(f"{error} (named by {source.name}){source.hint}") from None
    is_local = isinstance(source, DatabaseSource) and leads_here(source.url, environment)
    return Pulled(attrs.evolve(snapshot, local=is_local), source, time.monotonic() - begin)
