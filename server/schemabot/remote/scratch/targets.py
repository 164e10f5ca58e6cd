"""Databases to verify on: one of a throw-away server, or an empty one that the user names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import psycopg

from schemabot.remote.scratch.existing import empty_database
from schemabot.remote.scratch.server import ScratchServer, supabase_server, without_default_grants

ROLE = "postgres"
"""Who runs migrations, and owns what they make."""


@attrs.frozen
class ScratchDatabase:
    """A database of a throw-away server."""

    server: ScratchServer
    name: str

    @property
    def title(self) -> str:
        """The server's version."""
        with self.connect() as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')} (embedded)"

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """A connection in autocommit mode, as the role that runs migrations."""
        return self.server.connect(self.name, user=ROLE, **options)


@contextmanager
def scratch_database(platform: str, *, default_grants: bool = True) -> Iterator[ScratchDatabase]:
    """A database of a new throw-away server, with what the platform provides.

    Raises NotInstalled, and RuntimeError when the server does not start.
    """
    if platform != "supabase":
        with ScratchServer() as server:
            yield ScratchDatabase(server, server.create_database())
        return
    with supabase_server() as server:
        database = ScratchDatabase(server, "supabase")
        if not default_grants:
            with database.connect() as connection:
                connection.execute(without_default_grants().encode())
        yield database


__all__ = ["ROLE", "ScratchDatabase", "empty_database", "scratch_database"]
