"""A real PostgreSQL for the tests: the throw-away server of `schemabot verify`, with a database for each test.

A server is one cluster, and roles belong to the cluster. The platform `supabase` therefore has a server of
its own; roles that a test made are dropped with its database, and a cluster whose roles a test changed
otherwise is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from schemabot.remote.scratch.programs import NotInstalled, package_folder, program
from schemabot.remote.scratch.server import ScratchServer, build_supabase, without_default_grants

__all__ = ["PLATFORM", "Database", "NotInstalled", "Platform", "Server", "program", "require_installed"]

PLATFORM = Path(__file__).resolve().parents[2] / "server/schemabot/catalog/platform"

require_installed = package_folder

_CLUSTER_STATE = """
select (select array_agg(to_jsonb(r) - 'oid' - 'rolpassword' order by rolname) from pg_roles r
        where rolname <> all (%(made)s)),
       (select array_agg(array[roleid::regrole::text, member::regrole::text, admin_option::text,
                               inherit_option::text, set_option::text] order by 1, 2)
        from (select * from pg_auth_members
              where roleid::regrole::text <> all (%(made)s)
                and member::regrole::text <> all (%(made)s)) m),
       (select setconfig::text from pg_db_role_setting where setdatabase = 0 and setrole = 0)
"""


class Server(ScratchServer):
    """A cluster that knows what it was like when it was new. `build` makes its templates."""

    def __init__(self, superuser: str = "postgres", build: Callable[[Server], None] | None = None) -> None:
        super().__init__(superuser)
        try:
            if build is not None:
                build(self)
            self._state = self._cluster_state(())
        except BaseException:
            self.stop()
            raise

    def drop_database(self, name: str) -> None:
        """Drop the database and undo what its test did to roles; where that cannot be, stop the server."""
        self._administer(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        with self.connect("postgres") as connection:
            known = [row["rolname"] for row in self._state[0]]
            found = connection.execute("select rolname from pg_roles").fetchall()
            made = sorted({row[0] for row in found} - set(known))
            if self._cluster_state(made, connection) != self._state:
                self.stop()
                return
            connection.execute("alter database postgres reset all")
            try:
                for statement in ("drop owned by {}", "drop role {}"):
                    for role in made:
                        connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
            except psycopg.Error:
                self.stop()

    def _cluster_state(self, made: Any, connection: psycopg.Connection | None = None) -> Any:
        if connection is not None:
            return connection.execute(_CLUSTER_STATE, {"made": list(made)}).fetchone()
        with self.connect("postgres") as own:
            return self._cluster_state(made, own)

    def _administer(self, statement: sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)


class Database:
    """A database of one test. Its connections are closed, and it is dropped, when the test is over."""

    def __init__(self, server: Server, template: str, user: str) -> None:
        self._server = server
        self._user = user
        self._connections: list[psycopg.Connection] = []
        self.name = server.create_database(template, owner=user)

    @property
    def host(self) -> str:
        """Where clients reach the server: the folder of its socket."""
        return str(self._server.folder)

    def connect(self, *, user: str | None = None) -> psycopg.Connection:
        """A connection in autocommit mode, as the role that runs migrations unless another is named."""
        connection = self._server.connect(self.name, user=user or self._user)
        self._connections.append(connection)
        return connection

    def run(self, text: str) -> None:
        """Run a whole migration text as runners do: in a session of its own, by the simple query protocol, in
        one implicit transaction unless the text has its own. Raises psycopg's errors."""
        with self._server.connect(self.name, user=self._user) as connection:
            execute_text(connection, text)

    def without_default_grants(self) -> None:
        """Take back what makes new tables reachable, as Supabase does in projects made since 2026-05-30."""
        self.run(without_default_grants())

    def close(self) -> None:
        """Close all connections and drop the database."""
        for connection in self._connections:
            connection.close()
        self._server.drop_database(self.name)


class Platform:
    """Databases of one platform; its server starts when a test first asks, and again after one spoilt it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._server: Server | None = None

    def database(self) -> Database:
        """A fresh database, as the first migration of a project finds it."""
        if self._server is None or not self._server.running:
            self._server = Server() if self._name == "postgres" else Server("bootstrap", build_supabase)
        template = "template0" if self._name == "postgres" else "supabase"
        return Database(self._server, template, "postgres")

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.stop()


def execute_text(connection: psycopg.Connection, text: str) -> None:
    """Send the text as one simple query. psycopg does so when there are no parameters."""
    connection.execute(text.encode())
