"""What the Supabase CLI's own settings file, supabase/config.toml, says about a project."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from schemabot.workspace.files import Unreadable, read_file

DEFAULT_EXPOSED = ("public", "graphql_public")
"""What the API serves when config.toml names nothing (the CLI's own template of that file)."""


def detected_settings(config: Path | None) -> dict[str, Any]:
    """What config.toml implies, in the shape of schemabot.toml; what is not understood is left out.

    `[api] schemas` are the exposed ones and `[db] major_version` PostgreSQL's (CLI reference, "Config").
    """
    if config is None:
        return {}
    try:
        raw = tomllib.loads(read_file(str(config)).text.replace("\r\n", "\n"))
    except (Unreadable, ValueError, RecursionError):
        return {}
    found: dict[str, Any] = {}
    schemas = _table(raw, "api").get("schemas")
    if isinstance(schemas, list) and all(isinstance(name, str) for name in schemas):
        found["exposed-schemas"] = schemas
    version = _table(raw, "db").get("major_version")
    if type(version) is int:
        found["postgres-version"] = version
    return found


def _table(raw: dict[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}
