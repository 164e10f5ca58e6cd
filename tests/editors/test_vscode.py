"""The VS Code extension: its manifest, and the package in a real VS Code (steps in vscode/suite.js)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import schemabot

from .conftest import CREATE_TABLE, MIGRATION, ROOT, RecordedServer, require

EXTENSION = ROOT / "editors/vscode"
EDITORS = ROOT / ".cache/editors"
DRIVER_SECONDS = 120


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def test_extension_has_the_version_of_the_server() -> None:
    assert _read(EXTENSION / "package.json")["version"] == schemabot.__version__
    assert _read(EXTENSION / "package-lock.json")["version"] == schemabot.__version__
    assert f"\n## {schemabot.__version__}\n" in (EXTENSION / "CHANGELOG.md").read_text()


def test_extension_has_the_licence_of_the_project() -> None:
    assert (EXTENSION / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_lock_file_pins_every_package_by_its_hash_and_names_the_public_registry_only() -> None:
    packages = _read(EXTENSION / "package-lock.json")["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert "node_modules/vscode-languageclient" in installed
    for name, package in installed.items():
        assert package.get("integrity", "").startswith("sha512-"), name
        assert package.get("resolved", "https://registry.npmjs.org/").startswith(
            "https://registry.npmjs.org/"
        ), name


def test_a_workspace_cannot_name_the_server() -> None:
    manifest = _read(EXTENSION / "package.json")
    setting = manifest["contributes"]["configuration"]["properties"]["schemabot.server.path"]
    assert setting["scope"] == "machine"
    untrusted = manifest["capabilities"]["untrustedWorkspaces"]
    assert untrusted["supported"] == "limited"
    assert "schemabot.server.path" in untrusted["restrictedConfigurations"]


@pytest.mark.editor
def test_extension_in_vscode(tmp_path: Path, server: RecordedServer, workspace: Path, remote: str) -> None:
    node = require("node")
    chromium = require("chromium", os.environ.get("SCHEMABOT_TEST_CHROMIUM", ""))
    vsix = EDITORS / "schemabot.vsix"
    for needed in (EDITORS / "node_modules/code-server", EDITORS / "node_modules/playwright-core", vsix):
        if not needed.exists():
            pytest.skip(f"{needed.name} is absent: run .ci/install-editors")
    sources = [EXTENSION / "package.json", EXTENSION / "package-lock.json", *EXTENSION.glob("src/*.ts")]
    stale = [source.name for source in sources if source.stat().st_mtime > vsix.stat().st_mtime]
    assert not stale, f"{stale} changed after the extension was packaged: run .ci/install-editors vscode"
    done = subprocess.run(
        [node, str(Path(__file__).with_name("vscode") / "driver.mjs")],
        env={
            **os.environ,
            "SCHEMABOT_DATABASE_URL": remote,
            "SCHEMABOT_CACHE_DIR": str(tmp_path / "cache"),
            "SCHEMABOT_TEST_EDITORS": str(EDITORS),
            "SCHEMABOT_TEST_CHROMIUM": chromium,
            "SCHEMABOT_TEST_VSIX": str(vsix),
            "SCHEMABOT_TEST_SERVER": str(server.program),
            "SCHEMABOT_TEST_WORKSPACE": str(workspace),
            "SCHEMABOT_TEST_MIGRATION": MIGRATION,
            "SCHEMABOT_TEST_SCRATCH": str(tmp_path / "vscode"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DRIVER_SECONDS,
        check=False,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "failed:" not in done.stdout
    assert done.stdout.count("passed:") == 10
    assert (workspace / MIGRATION).read_text() == CREATE_TABLE, "nothing was saved, so the file is as it was"
    assert len(server.process_ids()) == 2, "one at the start, one after the restart"
