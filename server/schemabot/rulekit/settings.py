"""The settings of a project, as rules and the analysis see them: frozen values with their defaults.

Where they come from (command line over schemabot.toml over client settings) is decided above this layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs

Level = Literal["error", "warning", "information", "hint", "off", "default"]
PlatformName = Literal["postgres", "supabase"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


@attrs.frozen
class RuleSetting:
    """Level and options of one rule; `level` is `default` when only options are set."""

    level: Level = "default"
    options: Mapping[str, Any] = NOTHING


@attrs.frozen
class Ignore:
    """A suppression outside the migrations: by rule and object (`schema.name`, with `*`), and why."""

    rule: str
    object: str
    reason: str


@attrs.frozen
class Override:
    """Rule levels for the files that match one of the glob patterns, relative to the settings file."""

    paths: tuple[str, ...]
    rules: Mapping[str, RuleSetting] = NOTHING


@attrs.frozen
class Tenancy:
    """How the project separates its organisations; None means detect."""

    column: str | None = None
    organizations: str | None = None
    memberships: str | None = None
    helpers: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    service_only: tuple[str, ...] = ()


@attrs.frozen
class Invariant:
    """What must hold of the data, asked by `schemabot verify`: `holds` is a query that gives true, `violations` one
    that gives the rows that break it; one of the two is there."""

    name: str
    holds: str | None = None
    violations: str | None = None


@attrs.frozen
class Settings:
    """Everything that schemabot.toml may say."""

    preset: str = "recommended"
    platform: PlatformName | None = None
    postgres_version: int = 17
    migrations: str | None = None
    layout: str | None = None
    exposed_schemas: tuple[str, ...] | None = None
    default_grants: bool | None = None
    baseline: str | None = None
    rollbacks: str | None = None
    remote: bool = True
    tenancy: Tenancy = Tenancy()
    rules: Mapping[str, RuleSetting] = NOTHING
    ignore: tuple[Ignore, ...] = ()
    override: tuple[Override, ...] = ()
    invariant: tuple[Invariant, ...] = ()
