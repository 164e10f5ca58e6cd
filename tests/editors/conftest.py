"""What the editor tests share: the server under test, a workspace, and the check that no server stays behind.

`SCHEMABOT_TEST_SERVER` names the program to run as `PROGRAM lsp`; without it, it is the `schemabot` beside
the Python that runs the tests. `.ci/install-editors` installs the editors.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.postgres import Platform

ROOT = Path(__file__).resolve().parents[2]
CREATE_TABLE = "create table public.t (id uuid primary key);\n"
MIGRATION = "supabase/migrations/20250101000000_create_t.sql"
ENDING_SECONDS = 5.0

_WRAPPER = """\
#!/bin/sh
echo $$ >> '{started}'
exec '{server}' "$@"
"""


@dataclass(frozen=True)
class RecordedServer:
    """A program that starts the server and writes down its process id."""

    program: Path
    started: Path

    def process_ids(self) -> list[int]:
        """The ids of all processes that were started so far."""
        return [int(line) for line in self.started.read_text().split()] if self.started.exists() else []

    def still_running(self) -> list[int]:
        """The ids of those that run, after they were given some seconds to end."""
        deadline = time.monotonic() + ENDING_SECONDS
        while (running := [pid for pid in self.process_ids() if _runs(pid)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        return running


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    # A dead process that nobody has waited for yet still has an id; its state is Z.
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def require(program: str, *also: str) -> str:
    """The path of the program: the first of `also` that can be run, else from the PATH; skips when absent."""
    for candidate in also:
        if os.access(candidate, os.X_OK):
            return candidate
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is absent: run .ci/install-editors")
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RecordedServer]:
    """The server under test; afterwards none of its processes may be left."""
    program = Path(os.environ.get("SCHEMABOT_TEST_SERVER") or Path(sys.executable).with_name("schemabot"))
    if not program.exists():
        pytest.skip(f"{program} is absent: install the project, or set SCHEMABOT_TEST_SERVER")
    wrapper = tmp_path / "schemabot"
    started = tmp_path / "started"
    wrapper.write_text(_WRAPPER.format(started=started, server=program))
    wrapper.chmod(0o755)
    recorded = RecordedServer(wrapper, started)
    yield recorded
    assert recorded.still_running() == [], "servers were left behind"


@pytest.fixture
def remote(platforms: Callable[[str], Platform]) -> Iterator[str]:
    """A database with a table that no migration makes, as a connection string."""
    database = platforms("postgres").database()
    with database.connect() as connection:
        connection.execute("create table public.only_there (id int primary key)")
        info = connection.info
        yield f"host={info.host} port={info.port} dbname={info.dbname} user=postgres"
    database.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A Supabase project with one migration, which creates a table without row level security."""
    folder = tmp_path / "workspace"
    migration = folder / MIGRATION
    migration.parent.mkdir(parents=True)
    migration.write_text(CREATE_TABLE)
    (folder / "supabase/config.toml").write_text('project_id = "t"\n')
    return folder
