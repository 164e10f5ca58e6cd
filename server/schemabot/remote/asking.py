"""Questions to a database that is only ever read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import conninfo

from schemabot.remote.redaction import redacted

CONNECT_SECONDS = 10
STATEMENT_MILLISECONDS = 30_000
LOCK_MILLISECONDS = 2_000
_LOCAL = ("localhost", "127.0.0.1", "::1")


class RemoteError(Exception):
    """A database cannot be read; the message is for people and holds no secret."""


class Asker(Protocol):
    """Answers queries, each a row as a tuple. Raises `RemoteError`."""

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        ...


class ConnectionAsker:
    """Asks over a connection of psycopg, in one transaction that sees one state and can write nothing."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        try:
            return self._connection.execute(query.encode()).fetchall()
        except psycopg.Error as error:
            raise RemoteError(f"the database did not answer: {first_line(error)}") from None


@contextmanager
def connected(url: str) -> Iterator[ConnectionAsker]:
    """An asker for the database of a URL or connection string, with time-outs.

    Beyond this machine the connection is encrypted and the server's certificate verified, unless the URL says otherwise.
    """
    try:
        given = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise RemoteError(
            "the URL of the database cannot be read: postgresql://user@host/name is expected"
        ) from None
    host = str(given.get("host") or given.get("hostaddr") or "")
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "schemabot"}
    if (
        host
        and not host.startswith("/")
        and host not in _LOCAL
        and "sslmode" not in given
        and "service" not in given
    ):
        options |= {"sslmode": "verify-full", "sslrootcert": "system"}
    try:
        connection = psycopg.connect(
            url, autocommit=True, prepare_threshold=None, **{**options, **_chosen(given)}
        )
    except psycopg.Error as error:
        raise RemoteError(f"the database cannot be reached: {redacted(first_line(error), url)}") from None
    try:
        asker = ConnectionAsker(connection)
        asker_begin(asker)
        yield asker
    finally:
        connection.close()


def _chosen(given: dict[str, Any]) -> dict[str, Any]:
    """What the URL says itself counts more than what we would choose."""
    return {
        name: given[name]
        for name in ("connect_timeout", "application_name", "sslmode", "sslrootcert")
        if name in given
    }


def asker_begin(asker: ConnectionAsker) -> None:
    """Begin the transaction in which everything is read."""
    connection = asker._connection
    try:
        connection.execute("begin transaction isolation level repeatable read read only")
        connection.execute(f"set local statement_timeout to {STATEMENT_MILLISECONDS}".encode())
        connection.execute(f"set local lock_timeout to {LOCK_MILLISECONDS}".encode())
        connection.execute("set local search_path to ''")
    except psycopg.Error as error:
        raise RemoteError(f"the database did not answer: {first_line(error)}") from None


def first_line(error: psycopg.Error) -> str:
    """What the server or the library said, without its details."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
