"""Edits of the comments that speak to SchemaBot."""

from __future__ import annotations

import re

from schemabot.rulekit import Directive, FileContext, Fix, Replace
from schemabot.text import Span

_REST_OF_LINE = re.compile(r"[ \t]*(\r\n|\r|\n)?")
_BLANKS = " \t"


def without_comment(directive: Directive, context: FileContext[object], title: str) -> Fix:
    """Take the whole comment away, with its line if it stands alone there."""
    text = context.migration.text
    start, end = directive.span.start, directive.span.end
    before = text[:start].rstrip(_BLANKS)
    rest = _REST_OF_LINE.match(text, end)
    alone = before == "" or before[-1] in "\r\n"
    if alone and rest is not None and (rest[1] or rest.end() == len(text)):
        span = Span(len(before), rest.end())
    else:
        span = Span(len(before), end)
    return Fix(title=title, steps=(Replace(context.origin(span), ""),), safe=True, preferred=True)


def without_name(directive: Directive, name: str, context: FileContext[object], title: str) -> Fix:
    """Take one rule's name out of the comment, or the whole comment if it names no other."""
    rules = directive.rules
    place = next(index for index, (item, _) in enumerate(rules) if item == name)
    if len(rules) == 1:
        return without_comment(directive, context, title)
    if place + 1 < len(rules):
        span = Span(rules[place][1].start, rules[place + 1][1].start)
    else:
        span = Span(rules[place - 1][1].end, rules[place][1].end)
    return Fix(title=title, steps=(Replace(context.origin(span), ""),), safe=True, preferred=True)
