"""Progress of a long command, to be cancelled where the client shows it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lsprotocol import types

from schemabot.lsp.server import SchemaBotServer


class Progress:
    """What a thread reports, and whether the user wants it to go on. Both may be called from any thread."""

    def __init__(self, server: SchemaBotServer, token: str | None) -> None:
        self._server = server
        self._token = token
        self._loop = asyncio.get_running_loop()

    def report(self, done: int, total: int, what: str) -> None:
        """So many of all steps are done; `what` comes now."""
        if self._token is not None:
            value = types.WorkDoneProgressReport(message=what, percentage=100 * done // max(total, 1))
            self._loop.call_soon_threadsafe(self._server.work_done_progress.report, self._token, value)

    def cancelled(self) -> bool:
        """Whether the user has cancelled it."""
        known = None if self._token is None else self._server.work_done_progress.tokens.get(self._token)
        return known is not None and known.cancelled()


@asynccontextmanager
async def progress(server: SchemaBotServer, title: str) -> AsyncIterator[Progress]:
    """Show progress while the block runs, if the client can."""
    window = server.client_capabilities.window
    if not (window and window.work_done_progress):
        yield Progress(server, None)
        return
    token = str(uuid.uuid4())
    await server.work_done_progress.create_async(token)
    begin = types.WorkDoneProgressBegin(title, cancellable=True, percentage=0)
    server.work_done_progress.begin(token, begin)
    try:
        yield Progress(server, token)
    finally:
        server.work_done_progress.end(token, types.WorkDoneProgressEnd())
