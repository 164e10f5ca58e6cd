"""A keyring in a JSON file, for programs that are run with PYTHON_KEYRING_BACKEND=support.file_keyring.FileKeyring."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

VARIABLE = "FILE_KEYRING"


class FileKeyring(KeyringBackend):
    """Keeps what it is given in the file that FILE_KEYRING names."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._read() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        if kept.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError(username)
        self._write(kept)

    def _read(self) -> dict[str, str]:
        path = Path(os.environ[VARIABLE])
        return json.loads(path.read_text()) if path.exists() else {}

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ[VARIABLE]).write_text(json.dumps(kept))
