"""Starting the language server on standard input and output, or on a TCP port."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import stat
import sys
from threading import Event

from pygls.io_ import StdoutWriter, run_async

from schemabot.lsp.handlers import register_all
from schemabot.lsp.server import SchemaBotServer

SWITCH_INTERVAL = 0.0005
"""Seconds for which the worker may keep the event loop waiting for the interpreter; Python's default is ten times
that and would be felt at every key."""


def serve(tcp: tuple[str, int] | None = None) -> int:
    """Run until the client says `exit` or goes away; returns the exit code (1: `exit` without `shutdown`)."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(50_000, 20, 100)  # a project is millions of objects that stay: look at them rarely
    server = SchemaBotServer()
    register_all(server)
    if tcp is not None:
        server.start_tcp(*tcp)
    elif _is_pipe(sys.stdin.fileno()):
        asyncio.run(_serve_pipes(server))
    else:
        server.start_io()
    return 0 if server.protocol.was_shut_down else 1


def _is_pipe(descriptor: int) -> bool:
    """Whether the event loop can read from it: a pipe or socket, and not on Windows."""
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


async def _serve_pipes(server: SchemaBotServer) -> None:
    """Read standard input in the event loop itself: pygls's reader crosses threads three times a message."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    server._stop_event = stop = Event()
    task = loop.create_task(
        run_async(
            stop_event=stop,
            reader=reader,
            protocol=server.protocol,
            logger=logging.getLogger("pygls"),
            error_handler=server.report_server_error,
        )
    )
    server.reading(task)
    try:
        await task
    except (asyncio.CancelledError, BrokenPipeError, asyncio.IncompleteReadError):
        pass
    finally:
        server.stop_reading()
