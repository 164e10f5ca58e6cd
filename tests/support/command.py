"""Running the real `schemabot` command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple


class Ran(NamedTuple):
    """What one run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def as_everybody() -> list[str]:
    """What to put in front of a command so that permissions hold for it: root reads everything otherwise."""
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def schemabot(*arguments: str | Path, cwd: Path, as_root: bool = False, **environment: str) -> Ran:
    """Run the command in `cwd` with extra environment variables, colour and caches off unless they say so.

    `as_root`: where root runs the tests, with all that root may do: a PostgreSQL is started as another user then.
    """
    done = subprocess.run(
        [
            *([] if as_root else as_everybody()),
            sys.executable,
            "-P",
            "-m",
            "schemabot",
            *map(os.fspath, arguments),
        ],
        cwd=cwd,
        env={**os.environ, "SCHEMABOT_CACHE_DIR": "", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def supabase_project(root: Path, files: dict[str, str], **others: str) -> Path:
    """Write `supabase/migrations/<name>` files; `others` lie below `root`, their paths with `__` for `/`."""
    folder = root / "supabase" / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    for name, text in others.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def git(root: Path, *arguments: str) -> str:
    """Run git as a fixed person without the machine's own configuration."""
    done = subprocess.run(
        [
            "git",
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.invalid",
            "-c",
            "commit.gpgsign=false",
            *arguments,
        ],
        cwd=root,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()
