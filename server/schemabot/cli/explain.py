"""`schemabot explain`: a rule's page."""

from __future__ import annotations

import sys

import click

from schemabot.cli.options import known_rules
from schemabot.cli.output import plain, print_result, use_colour
from schemabot.features.rule_docs import rule_page
from schemabot.rulekit.registry import all_rules


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> int:
    """Explain a rule: why it matters, examples, fixes, options. RULE is an id or an alias of it."""
    page = rule_page(all_rules()[known_rules([rule])[0]])
    if not use_colour():
        print_result(plain(page))
        return 0
    from rich.console import Console  # 0.1 s that only a terminal costs
    from rich.markdown import Markdown

    Console(file=sys.stdout).print(Markdown(page))
    return 0
