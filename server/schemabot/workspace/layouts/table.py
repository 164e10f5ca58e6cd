"""Every layout by its name, which is also what `layout` in schemabot.toml takes."""

from __future__ import annotations

from collections.abc import Mapping

from schemabot.workspace.layouts.drizzle import DRIZZLE
from schemabot.workspace.layouts.flyway import FLYWAY
from schemabot.workspace.layouts.folders import FOLDERS
from schemabot.workspace.layouts.liquibase import LIQUIBASE
from schemabot.workspace.layouts.model import Family
from schemabot.workspace.layouts.numbered import NUMBERED
from schemabot.workspace.layouts.others import OTHERS
from schemabot.workspace.layouts.sqitch import SQITCH
from schemabot.workspace.layouts.supabase import SUPABASE

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        *SUPABASE, *FOLDERS, *DRIZZLE, *NUMBERED, *FLYWAY, *LIQUIBASE, *SQITCH, *OTHERS,
    )
}  # fmt: skip
LAYOUT_NAMES = tuple(name for name in FAMILIES if name not in ("dump", "file"))
"""The names that a settings file may give to a folder."""
