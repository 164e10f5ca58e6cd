"""The server under Emacs' client eglot, in a batch Emacs: the steps are in eglot/suite.el."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .conftest import MIGRATION, RecordedServer, require

pytestmark = pytest.mark.editor

SUITE_SECONDS = 60


def test_server_in_eglot(tmp_path: Path, server: RecordedServer, workspace: Path) -> None:
    emacs = require("emacs")
    has_eglot = [emacs, "-q", "--batch", "--eval", '(kill-emacs (if (locate-library "eglot") 0 1))']
    if subprocess.run(has_eglot, capture_output=True, timeout=SUITE_SECONDS, check=False).returncode != 0:
        pytest.skip("eglot is absent: run .ci/install-editors, or use Emacs 29")
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        [emacs, "-q", "--batch", "-l", str(Path(__file__).with_name("eglot") / "suite.el")],
        env={
            **os.environ,
            "HOME": str(tmp_path / "home"),
            "LC_ALL": "C.UTF-8",
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
    assert done.stdout.count("passed:") == 5
    assert len(server.process_ids()) == 1
