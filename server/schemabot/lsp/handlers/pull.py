"""The commands `schemabot.pull`, which reads the project's real database, and `schemabot.remoteStatus`, how old that is.

Which database is said by the environment of the server or the user's keyring (`remote.sources`), never by the client or a
file of the workspace: no URL and no token crosses the protocol. Reading happens in a thread of its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types

from schemabot.lsp.handlers.commands import project_of, texts
from schemabot.lsp.progress import progress
from schemabot.lsp.server import SchemaBotServer
from schemabot.lsp.session import ProjectState
from schemabot.workspace import remote_cache

logger = logging.getLogger(__name__)

PULL = "schemabot.pull"
STATUS = "schemabot.remoteStatus"
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    running: set[str] = set()

    @server.command(PULL)
    async def pull(*arguments: Any) -> dict[str, Any] | None:
        """(uri): read the database of the project of `uri`, or of the only one; gives what was read, in numbers."""
        (uri,) = texts(arguments, 1)
        state = project_of(server, uri)
        if state is None:
            server.tell("No project is open: open one of its migrations first.")
            return None
        if state.key in running:
            server.tell("The schema of this project is being read already.", types.MessageType.Info)
            return None
        running.add(state.key)
        try:
            return await _pulled(server, state)
        finally:
            running.discard(state.key)

    @server.command(STATUS)
    def status(*arguments: Any) -> dict[str, Any] | None:
        """(uri): what is known of the real database of the project of `uri`, and since when; null without a project."""
        (uri,) = texts(arguments, 1)
        state = project_of(server, uri)
        if state is None:
            return None
        server.session.look_at_disk(state)  # a pull in a terminal is seen by the next question
        return _status(state, time.time())


async def _pulled(server: SchemaBotServer, state: ProjectState) -> dict[str, Any] | None:
    root = state.loaded.layout.migrations
    async with progress(server, "Reading the schema of the database") as shown:
        ended = await asyncio.to_thread(_read, root, shown.cancelled)
    if isinstance(ended, str):
        server.tell(ended)
        return None
    found, text = ended
    server.window_log_message(types.LogMessageParams(types.MessageType.Info, text))
    server.tell(text.partition("\n")[0], types.MessageType.Info)
    server.session.files_changed()
    return found


def _read(root: Path, cancelled: Callable[[], bool]) -> tuple[dict[str, Any], str] | str:
    """What was read and kept, as numbers and text; or why nothing was, for the user."""
    from schemabot.remote.introspect import IntrospectionCancelledError, RemoteError
    from schemabot.remote.pull import pull

    try:
        pulled = pull(root, os.environ, cancelled=cancelled)
    except RemoteError as error:
        return f"The schema was not read: {error}"
    except IntrospectionCancelledError:
        return "Reading the schema was cancelled."
    kept = remote_cache.save(str(root), pulled.snapshot) is not None
    return pulled.as_json(kept=kept), pulled.as_text(kept=kept)


def _status(state: ProjectState, now: float) -> dict[str, Any]:
    remote = state.analysis.project.remote
    if remote is None:
        return {"known": False, "text": "No remote schema: it has not been read."}
    pending = sum(f.status == "pending" and not f.is_down for f in state.analysis.project.migrations)
    counted = remote.applied is not None and not remote.local
    return {
        "known": True,
        "origin": remote.origin,
        "takenAt": remote.taken_at,
        "age": age(now - remote.taken_at),
        "applied": None if remote.applied is None else len(remote.applied),
        "pending": pending if counted else None,
        "text": f"{remote.origin}, read {age(now - remote.taken_at)}",
    }


def age(seconds: float) -> str:
    """How long ago something was, for people."""
    for size, unit in _UNITS:
        count = int(seconds // size)
        if count > 0:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
