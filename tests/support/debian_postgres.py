"""Debian's PostgreSQL 15 for the tests that read older servers: a cluster for one module, gone when it is over."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_START_SECONDS = 30.0
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "autovacuum=off",
    "max_connections=10",
    "log_min_messages=fatal",
)


@contextmanager
def debian_postgres() -> Iterator[str]:
    """A connection string of its superuser; skips where the program is absent."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip("PostgreSQL 15 is absent: run .ci/install-postgres15")
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    # PostgreSQL refuses to run as root.
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    owner = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    process: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run(
            [
                PROGRAMS / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            cwd=folder,
            check=True,
            capture_output=True,
            **owner,
        )
        options = [
            word for setting in (*_SETTINGS, f"unix_socket_directories={folder}") for word in ("-c", setting)
        ]
        process = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", folder / "data", *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **owner,
        )
        conninfo = f"host={folder} dbname=postgres user=postgres"
        _wait_for(conninfo)
        yield conninfo
    finally:
        if process is not None:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(conninfo: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
