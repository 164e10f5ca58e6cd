"""The Neovim plug-in in a real, headless Neovim: the steps are in neovim/suite.lua."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MIGRATION, ROOT, RecordedServer, require

pytestmark = pytest.mark.editor

SUITE_SECONDS = 60


def test_plugin_in_neovim(tmp_path: Path, server: RecordedServer, workspace: Path, remote: str) -> None:
    nvim = require("nvim", str(Path(sys.executable).with_name("nvim")))
    command = [nvim, "--clean", "--headless", "-n", "--cmd", f"set rtp^={ROOT / 'editors/neovim'}"]
    command += ["-c", f"luafile {Path(__file__).with_name('neovim') / 'suite.lua'}"]
    command += ["-c", "cquit 2"]  # not reached, unless the suite itself is broken
    done = subprocess.run(
        command,
        cwd=workspace,
        env={
            **os.environ,
            "HOME": str(tmp_path / "home"),
            **{
                f"XDG_{kind}_HOME": str(tmp_path / "home" / kind)
                for kind in ("CONFIG", "DATA", "STATE", "CACHE")
            },
            "SCHEMABOT_DATABASE_URL": remote,
            "SCHEMABOT_CACHE_DIR": str(tmp_path / "cache"),
            "SCHEMABOT_TEST_SERVER": str(server.program),
            "SCHEMABOT_TEST_WORKSPACE": str(workspace),
            "SCHEMABOT_TEST_MIGRATION": MIGRATION,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SUITE_SECONDS,
        check=False,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "failed:" not in done.stdout
    assert done.stdout.count("passed:") == 10
    assert len(server.process_ids()) == 3, "one for --version, one stopped, one left to :quit"
