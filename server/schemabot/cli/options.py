"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from schemabot.rulekit.registry import all_rules
from schemabot.workspace.settings import known_presets, suggestion

paths_argument = click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
rule_option = click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="ID",
    help="Only this rule, whatever the preset says. Repeatable.",
)


def known_rules(names: Iterable[str]) -> tuple[str, ...]:
    """The rules of those ids or aliases. Raises `click.ClickException` for one that does not exist."""
    rules = all_rules()
    aliases = {alias: rule.id for rule in rules.values() for alias in rule.aliases}
    found = []
    for name in names:
        known = name if name in rules else aliases.get(name)
        if known is None:
            raise click.ClickException(f"there is no rule {name!r}{suggestion(name, [*rules, *aliases])}")
        found.append(known)
    return tuple(found)


def known_categories(names: Iterable[str]) -> tuple[str, ...]:
    """The same for categories of rules."""
    categories = sorted({rule.category for rule in all_rules().values()})
    for name in names:
        if name not in categories:
            raise click.ClickException(f"there is no category {name!r}; known are {', '.join(categories)}")
    return tuple(names)


def preset_override(preset: str | None) -> dict[str, Any]:
    """What `--preset` puts over the settings file. Raises `click.ClickException` for an unknown one."""
    if preset is None:
        return {}
    presets = known_presets(all_rules())
    if preset not in presets:
        raise click.ClickException(f"there is no preset {preset!r}; known are {', '.join(presets)}")
    return {"preset": preset}
