"""What a project's settings, folder and migrations say of the platform that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemabot.analysis import Project
from schemabot.rulekit.settings import PlatformName, Settings
from schemabot.syntax.source import Source
from schemabot.workspace.layouts import Layout, Listing
from schemabot.workspace.supabase import DEFAULT_EXPOSED

_DATE = re.compile(r"20\d{6}")
# https://supabase.com/changelog, 2026-04-28: new tables are no longer exposed in projects made from that day on
_NO_DEFAULT_GRANTS = "20260530"
# What only a Supabase project says; a schema called auth of one's own is no sign of it.
_SUPABASE_WORDS = re.compile(
    r"\bauth\s*\.\s*(?:uid|jwt|role|email)\s*\(|\bauth\s*\.\s*users\b|\bstorage\s*\.\s*(?:objects|buckets)\b",
    re.I,
)
_OWN_AUTH = re.compile(r"\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?\"?(?:auth|storage)\b", re.I)


def platform_of(settings: Settings, layout: Layout, sources: Iterable[Source]) -> PlatformName:
    """What is there before the first migration: as set, else by the folder and the words of the migrations."""
    if settings.platform is not None:
        return settings.platform
    if layout.kind in ("supabase", "supabase-schemas") or layout.supabase_config is not None:
        return "supabase"
    if (layout.root / "supabase" / "config.toml").is_file() or "supabase" in layout.migrations.parts:
        return "supabase"
    mentions = False
    for source in sources:
        if _OWN_AUTH.search(source.text):
            return "postgres"
        mentions = mentions or _SUPABASE_WORDS.search(source.text) is not None
    return "supabase" if mentions else "postgres"


def grants_by_default(settings: Settings, listing: Listing) -> bool:
    """Whether Supabase grants new tables to the roles of its API: as set, else by the age of the project."""
    if settings.default_grants is not None:
        return settings.default_grants
    dated = (_DATE.match(entry.version or "") for entry in listing.history)
    oldest = min((found[0] for found in dated if found is not None), default="")
    return oldest < _NO_DEFAULT_GRANTS


def exposed_schemas(project: Project) -> frozenset[str] | None:
    """The schemas that the API serves: as set, Supabase's default, or on plain PostgreSQL all of them."""
    if project.settings.exposed_schemas is not None:
        return frozenset(project.settings.exposed_schemas)
    return frozenset(DEFAULT_EXPOSED) if project.platform == "supabase" else None
