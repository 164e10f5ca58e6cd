"""Hovers of what is no name of an object: rules in directive comments and settings, keywords of risky statements."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from schemabot.analysis.history import FileReplay
from schemabot.features.hover.markdown import joined
from schemabot.features.names.words import words_of
from schemabot.features.rule_docs import rule_brief
from schemabot.rulekit.directives import read_directives
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.text import Span

_RULE_WORD = re.compile(r"[A-Za-z][\w-]*")


@cache
def _sentences() -> Mapping[tuple[str, ...], str]:
    text = resources.files("schemabot.features.hover").joinpath("keywords.json").read_text("utf-8")
    return {tuple(phrase.split()): sentence for phrase, sentence in json.loads(text).items()}


def keyword_at(text: str, offset: int) -> tuple[Span, str] | None:
    """The longest known phrase of keywords at an offset of a statement, and what there is to say about it."""
    words = words_of(text).all
    at = next(
        (n for n, w in enumerate(words) if w.span.start <= offset <= w.span.end and w.name is not None), None
    )
    if at is None:
        return None
    best: tuple[Span, str] | None = None
    size = 0
    for phrase, sentence in _sentences().items():
        if len(phrase) <= size or words[at].written not in phrase:
            continue
        for place, word in enumerate(phrase):
            first = at - place
            if word != words[at].written or first < 0 or first + len(phrase) > len(words):
                continue
            if all(words[first + n].written == other for n, other in enumerate(phrase)):
                span = Span(words[first].span.start, words[first + len(phrase) - 1].span.end)
                best, size = (span, f"**{' '.join(phrase).upper()}** · {sentence}"), len(phrase)
                break
    return best


def rule_in_comment(replay: FileReplay, offset: int) -> tuple[Span, str] | None:
    """The rule that a directive comment names at an absolute offset."""
    source = replay.file.source
    for comment in source.comments:
        if comment.span.start <= offset <= comment.span.end:
            for directive in read_directives((comment,), (), lambda: source.lines):
                for name, span in directive.rules:
                    if span.start <= offset <= span.end and directive.verb != "unknown":
                        rule = all_rules().get(name)
                        return None if rule is None else (span, rule_text(rule))
            return None
    return None


def rule_in_settings(text: str, offset: int) -> tuple[Span, str] | None:
    """The rule that a settings file names at an offset."""
    for match in _RULE_WORD.finditer(text, max(0, text.rfind("\n", 0, offset) + 1)):
        if match.start() > offset:
            return None
        if offset <= match.end():
            rule = all_rules().get(match.group())
            return None if rule is None else (Span(*match.span()), rule_text(rule))
    return None


def rule_text(rule: Rule) -> str:
    """What hover shows of a rule: its short page, with a link to the long one."""
    return joined((rule_brief(rule), f"[All about {rule.id}]({rule.url})"))
