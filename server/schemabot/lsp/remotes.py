"""The kept schemas of real databases, by project: read in a thread, again when `schemabot pull` has written a new one."""

from __future__ import annotations

import asyncio

from schemabot.catalog.catalog import Catalog
from schemabot.workspace import remote_cache


class Remotes:
    """What is known of the remote databases. Nobody waits for it: until it is read there is none."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Catalog | None]] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    def catalog(self, project: str) -> Catalog | None:
        """The remote schema of a project as far as it is read; a newer file is read in the background."""
        stamp = _stamp(project)
        known = self._known.get(project)
        if (known is None or known[0] != stamp) and project not in self._reading:
            self._reading[project] = asyncio.ensure_future(self._read(project, stamp))
        return None if known is None else known[1]

    async def _read(self, project: str, stamp: int) -> None:
        try:
            snapshot = await asyncio.to_thread(remote_cache.load, project) if stamp else None
            self._known[project] = stamp, None if snapshot is None else snapshot.catalog
        finally:
            del self._reading[project]


def _stamp(project: str) -> int:
    """When the file was written, in nanoseconds; 0 where there is none."""
    path = remote_cache.path_of(project)
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return 0
