"""Questions to a database that is only ever read."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import psycopg

from schemabot.remote.encryption import safe_options
from schemabot.remote.errors import RemoteError
from schemabot.remote.redaction import redacted

CONNECT_SECONDS = 10
STATEMENT_MILLISECONDS = 30_000
LOCK_MILLISECONDS = 2_000
PATIENCE_SECONDS = 40.0
"""After this the connection is cut: a server that is stopped does not keep its own time-outs."""


class Asker(Protocol):
    """Answers queries, each a row as a tuple. Raises `RemoteError`."""

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one query; behind one that is refused, the next can be asked."""
        ...


class ConnectionAsker:
    """Asks over a connection of psycopg, in one transaction that sees one state and can write nothing."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one query; behind one that is refused, the next can be asked."""
        with _patience(self._connection) as gave_up:
            try:
                return self._rows(query)
            except psycopg.Error as error:
                raise RemoteError(self._said(error, gave_up), lost=self._is_lost()) from None

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        """In one round trip: what comes back are the results of all three."""
        text = f"savepoint question; {query}; release savepoint question"
        cursor = self._connection.execute(text.encode())
        cursor.nextset()
        return cursor.fetchall()

    def _is_lost(self) -> bool:
        if not self._connection.closed:
            with suppress(psycopg.Error):
                self._connection.execute("rollback to savepoint question")
                return False
        return True

    def _said(self, error: psycopg.Error, gave_up: threading.Event) -> str:
        if gave_up.is_set():
            return f"the database did not answer within {PATIENCE_SECONDS:.0f} s"
        return f"the database did not answer: {redacted(first_line(error))}"


@contextmanager
def _patience(connection: psycopg.Connection[Any]) -> Iterator[threading.Event]:
    """Cut the connection when the server says nothing for too long; the event tells that this happened."""
    gave_up = threading.Event()

    def cut() -> None:
        gave_up.set()
        with suppress(OSError, psycopg.Error):
            ours = socket.socket(fileno=os.dup(connection.fileno()))
            ours.shutdown(socket.SHUT_RDWR)
            ours.close()

    timer = threading.Timer(PATIENCE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield gave_up
    finally:
        timer.cancel()


@contextmanager
def connected(url: str) -> Iterator[ConnectionAsker]:
    """An asker for the database of a URL or connection string, with time-outs.

    Beyond this machine the connection is encrypted and the server's certificate verified, unless the URL, the service or
    PGSSLMODE says otherwise.
    """
    options = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "schemabot",
        **safe_options(url, os.environ),
    }
    try:
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=None, **options)
    except psycopg.Error as error:
        raise RemoteError(f"the database cannot be reached: {redacted(first_line(error), url)}") from None
    try:
        asker = ConnectionAsker(connection)
        asker_begin(asker)
        yield asker
    finally:
        connection.close()


def asker_begin(asker: ConnectionAsker) -> None:
    """Begin the transaction in which everything is read."""
    connection = asker._connection
    try:
        connection.execute(
            "begin transaction isolation level repeatable read read only;"
            f" set local statement_timeout to {STATEMENT_MILLISECONDS}; set local lock_timeout to {LOCK_MILLISECONDS};"
            " set local search_path to ''".encode()
        )
    except psycopg.Error as error:
        raise RemoteError(f"the database did not answer: {first_line(error)}") from None


def first_line(error: psycopg.Error) -> str:
    """What the server or the library said, without its details."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
