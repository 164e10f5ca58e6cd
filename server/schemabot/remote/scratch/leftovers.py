"""What a killed process left: a server that nobody needs any more, and its folder.

A server's folder holds `owner.lock`, locked by the process that runs it for as long as it lives. A folder whose
lock can be taken belongs to nobody: its server is ended, and it is removed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)

PREFIX = "schemabot-pg-"
LOCK = "owner.lock"

_YOUNG = 60.0  # seconds in which a folder without a lock may be one that is just being made
_PATIENCE = 5.0  # seconds for a server to end by itself
_REMOVALS = 50
_BETWEEN_REMOVALS = 0.1  # seconds


def own(folder: Path) -> int:
    """Lock the folder for this process; gives the descriptor that holds the lock until it is closed."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def remove(folder: Path) -> None:
    """Remove a server's folder; what its last processes write while they end is removed as well."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_BETWEEN_REMOVALS)
    logger.warning("%s could not be removed", folder)


def sweep() -> list[Path]:
    """End the servers and remove the folders that killed processes of this user left; gives those removed."""
    removed = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        try:
            with _abandoned(folder) as is_abandoned:
                if not is_abandoned:
                    continue
                _end_server(folder)
                remove(folder)
                removed.append(folder)
        except OSError as problem:  # somebody else removes it, or it is not ours
            logger.debug("%s is left alone: %s", folder, problem)
    return removed


@contextmanager
def _abandoned(folder: Path) -> Iterator[bool]:
    try:
        # no new file and no link: the folder may be anybody's
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        state = folder.lstat()
        is_ours = state.st_uid in (os.geteuid(), *_nobody())
        yield is_ours and folder.is_dir() and time.time() - state.st_mtime > _YOUNG
        return
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            yield False
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


def _nobody() -> tuple[int, ...]:
    if os.geteuid() != 0:
        return ()
    import pwd

    return (pwd.getpwnam("nobody").pw_uid,)


def _end_server(folder: Path) -> None:
    try:
        process = int((folder / "data/postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        if not _is_server_of(process, folder):
            return
        os.kill(process, sign)
        deadline = time.monotonic() + _PATIENCE
        while _is_server_of(process, folder) and time.monotonic() < deadline:
            time.sleep(0.02)


def _is_server_of(process: int, folder: Path) -> bool:
    """Whether the process is the server of that folder: a number alone may be another's by now."""
    if sys.platform == "linux":
        try:
            return str(folder).encode() in Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return False
    asked = subprocess.run(
        ["ps", "-o", "command=", "-p", str(process)], capture_output=True, check=False, text=True
    )
    return str(folder) in asked.stdout
