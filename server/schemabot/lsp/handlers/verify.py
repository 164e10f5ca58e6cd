"""The command `schemabot.verify`: the history on a throw-away PostgreSQL, with progress, to be cancelled.

It runs the SQL of the project, so only who asks for it gets it, and it runs in a thread of its own: no key waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from schemabot.analysis import Analysis
from schemabot.lsp.handlers.commands import project_of, texts
from schemabot.lsp.progress import progress
from schemabot.lsp.server import SchemaBotServer
from schemabot.lsp.session import ProjectState

logger = logging.getLogger(__name__)

VERIFY = "schemabot.verify"


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    running: set[str] = set()

    @server.command(VERIFY)
    async def verify(*arguments: Any) -> dict[str, Any] | None:
        """(uri): verify the project of `uri`, or the only one; that file, or the newest, is taken back and run again."""
        (uri,) = texts(arguments, 1)
        state = project_of(server, uri)
        if state is None:
            server.tell("No project is open: open one of its migrations first.")
            return None
        if state.key in running:
            server.tell("This project is being verified already.", types.MessageType.Info)
            return None
        running.add(state.key)
        try:
            return await _verified(server, state, uri)
        finally:
            running.discard(state.key)


async def _verified(server: SchemaBotServer, state: ProjectState, uri: str) -> dict[str, Any] | None:
    document = server.documents.get(uri) if uri else None
    path = document.path if document is not None else None
    analysis, grants = state.analysis, state.loaded.default_grants
    async with progress(server, "Verifying migrations") as shown:
        ended = await asyncio.to_thread(_run, analysis, grants, path, shown.report, shown.cancelled)
    if isinstance(ended, str):
        server.tell(ended)
        return None
    text, found, passed = ended
    server.window_log_message(types.LogMessageParams(types.MessageType.Info, text))
    kind = types.MessageType.Info if passed else types.MessageType.Warning
    server.tell(text, kind)
    return found


def _run(
    analysis: Analysis,
    grants: bool,
    path: str | None,
    report: Callable[[int, int, str], None],
    cancelled: Callable[[], bool],
) -> str | tuple[str, dict[str, Any], bool]:
    """What was found, as text and JSON; or why nothing was, for the user."""
    import psycopg

    from schemabot.remote.scratch.programs import NotInstalled
    from schemabot.remote.scratch.targets import scratch_database
    from schemabot.remote.verify import verify
    from schemabot.remote.verify.model import Cancelled
    from schemabot.remote.verify.report import as_json, as_text

    forward = [replay.file.path for replay in analysis.replays if not replay.file.is_down]
    tried = frozenset((path,)) if path in forward else frozenset(forward[-1:])
    try:
        with scratch_database(analysis.project.platform, default_grants=grants) as target:
            found = verify(analysis, target, tried, progress=report, cancelled=cancelled)
    except NotInstalled as error:
        return f"Nothing was verified: {error}."
    except Cancelled:
        return "The verification was cancelled."
    except (psycopg.Error, RuntimeError, OSError) as error:
        logger.exception("verification failed")
        return f"Nothing was verified: {str(error).strip().splitlines()[-1]}"
    return as_text(found, analysis, _name), as_json(found, analysis), found.passed


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
