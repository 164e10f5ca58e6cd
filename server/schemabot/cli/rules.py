"""`schemabot rules`: what rules there are."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from schemabot.cli.output import print_result, styled, use_colour
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule


@click.command("rules")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(format_: str) -> int:
    """List the rules by category, with level, fix and meaning."""
    rules = all_rules().values()
    print_result(_json(rules) if format_ == "json" else _text(rules, use_colour()))
    return 0


def _json(rules: Iterable[Rule]) -> str:
    return json.dumps(
        [
            {
                "id": rule.id,
                "category": rule.category,
                "kind": rule.kind,
                "severity": rule.severity.value,
                "fixable": rule.fixable,
                "aliases": list(rule.aliases),
                "presets": list(rule.presets),
                "summary": rule.summary,
            }
            for rule in rules
        ],
        indent=2,
        ensure_ascii=False,
    )


def _text(rules: Iterable[Rule], colour: bool) -> str:
    ordered = sorted(rules, key=lambda rule: (rule.category, rule.id))
    width = max((len(rule.id) for rule in ordered), default=0)
    lines: list[str] = []
    category = ""
    for rule in ordered:
        if rule.category != category:
            category = rule.category
            lines += (
                ["", styled(category, colour, bold=True)] if lines else [styled(category, colour, bold=True)]
            )
        fix = "fix" if rule.fixable else ""
        lines.append(f"  {rule.id:<{width}}  {rule.severity.value:<11}  {fix:<3}  {rule.summary}")
    return "\n".join([*lines, "", f"{len(ordered)} rules; `schemabot explain RULE` tells more."])
