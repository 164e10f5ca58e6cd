"""Links in a file: from the rules that directive comments name to their pages."""

from __future__ import annotations

import msgspec

from schemabot.rulekit.directives import read_directives
from schemabot.rulekit.registry import all_rules
from schemabot.syntax.source import Source
from schemabot.text import Span


class Link(msgspec.Struct, frozen=True):
    """A place that leads to a page; `tooltip` says what it is about."""

    span: Span
    url: str
    tooltip: str


def links(source: Source) -> tuple[Link, ...]:
    """The links of a text."""
    found: list[Link] = []
    for directive in read_directives(source.comments, (), lambda: source.lines):
        for name, span in directive.rules:
            rule = all_rules().get(name)
            if rule is not None and directive.verb != "unknown":
                found.append(Link(span, rule.url, rule.summary))
    return tuple(found)
