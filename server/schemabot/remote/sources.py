"""Which database a project's schema is read from: said by the user or the user's environment, never by a workspace file.

One exception: the port of a local Supabase stack, always on this machine and with the password that everybody has there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import attrs
import psycopg
from psycopg import conninfo

from schemabot.remote.errors import RemoteError

VARIABLES = ("SCHEMABOT_DATABASE_URL", "SUPABASE_DB_URL", "DATABASE_URL")
_LIBPQ = ("PGSERVICE", "PGHOST", "PGDATABASE")
_LOCAL_PORT = 54322


@attrs.frozen
class RemoteSource:
    """A database to read. `url` may hold a password; `name` says where it was found, for people."""

    url: str = attrs.field(repr=False)
    name: str

    @property
    def origin(self) -> str:
        """Host and database, without user and password."""
        try:
            parts = conninfo.conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            return "a database"
        host = parts.get("host") or parts.get("hostaddr")
        where = f"service {parts['service']}" if "service" in parts else str(host or "this machine")
        return f"{where}/{parts.get('dbname') or parts.get('user') or ''}".rstrip("/")


def find_source(root: Path, environment: Mapping[str, str], url: str | None = None) -> RemoteSource:
    """The database of a project. Raises `RemoteError` where none is named."""
    if url:
        return RemoteSource(url, "--database-url")
    for variable in VARIABLES:
        if environment.get(variable):
            return RemoteSource(environment[variable], variable)
    if any(environment.get(variable) for variable in _LIBPQ):
        return RemoteSource("", "PG* variables")
    port = _local_port(root)
    if port is not None:
        address = f"postgresql://postgres:postgres@127.0.0.1:{port}/postgres"
        return RemoteSource(address, f"the local Supabase stack, port {port}")
    raise RemoteError(
        f"no database is named. Give --database-url, or set {', '.join(VARIABLES[:-1])}, {VARIABLES[-1]} or PGSERVICE."
    )


def _local_port(root: Path) -> int | None:
    """The port of the local stack, if the project has the configuration of one."""
    for folder in (root, *root.parents):
        path = folder / "supabase" / "config.toml"
        if path.is_file():
            try:
                settings = tomllib.loads(path.read_text("utf-8"))
            except (OSError, ValueError):
                return None
            found = settings.get("db", {})
            port = found.get("port", _LOCAL_PORT) if isinstance(found, dict) else _LOCAL_PORT
            return port if isinstance(port, int) and 0 < port < 65536 else None
    return None
