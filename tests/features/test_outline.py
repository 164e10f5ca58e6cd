"""Symbols, folds, selections, semantic tokens and lenses, by their suites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemabot.features.folding import folds
from schemabot.features.lenses import lenses, title
from schemabot.features.links import links
from schemabot.features.selection import selection
from schemabot.features.semantic_tokens import semantic_tokens
from schemabot.features.symbols import Symbol, document_symbols
from schemabot.features.workspace_symbols import workspace_symbols
from schemabot.rulekit.registry import all_rules
from schemabot.syntax.source import Source
from schemabot.text import Span
from support.feature_suite import FeatureTest, suite


def outline(symbols: tuple[Symbol, ...], around: Span, depth: int = 0) -> Iterator[str]:
    """Symbols as lines; checks that spans hold their names and their children."""
    for symbol in symbols:
        assert around.start <= symbol.span.start <= symbol.name_span.start
        assert symbol.name_span.end <= symbol.span.end <= around.end
        yield "  " * depth + " · ".join(part for part in (symbol.name, symbol.kind, symbol.detail) if part)
        yield from outline(symbol.children, symbol.span, depth + 1)


def shown(case: FeatureTest) -> dict[str, str]:
    """What there is to say about a test, by the name of its block."""
    analysis = case.analysis()
    path, text = next(iter(case.files.items()))
    said: dict[str, str] = {}
    if "outline" in case.answers:
        said["outline"] = "\n".join(outline(document_symbols(analysis, path), Span(0, len(text))))
    if "found" in case.answers:
        found = workspace_symbols(analysis, case.options["query"])
        said["found"] = "\n".join(f"{item.name} · {item.kind} · {item.container}" for item in found)
    if "folds" in case.answers:
        said["folds"] = "\n".join(
            f"{fold.first + 1}-{fold.last + 1}{' ' + fold.kind if fold.kind else ''}"
            for fold in folds(Source.of(text))
        )
    if "selected" in case.answers:
        spans = selection(Source.of(text), case.cursor.span.start)
        said["selected"] = "\n".join(span.of(text).replace("\n", "⏎") for span in spans)
    if "tokens" in case.answers:
        said["tokens"] = "\n".join(
            f"{token.span.of(text)} {token.type}{' declared' if token.declaration else ''}"
            f"{' platform' if token.platform else ''}"
            for token in semantic_tokens(analysis, path)
        )
    if "lenses" in case.answers:
        said["lenses"] = "\n".join(
            f"{lens.span.of(text)}: {title(analysis, lens.oid, lens.topic)}"
            for lens in lenses(analysis, path)
        )
    return said


@pytest.mark.parametrize(
    "case", [*suite("symbols.md"), *suite("ranges.md"), *suite("names.md")], ids=lambda case: case.name
)
def test_outline(case: FeatureTest) -> None:
    """What is said is what the suite expects, character by character."""
    assert shown(case) == dict(case.answers)


def test_tokens_of_a_range_are_those_of_its_statements() -> None:
    case = suite("names.md")[0]
    analysis = case.analysis()
    path, text = next(iter(case.files.items()))
    second = Span(text.index("create table"), text.index("alter table") - 2)
    every = semantic_tokens(analysis, path)
    some = semantic_tokens(analysis, path, second)
    assert some == tuple(token for token in every if second.start <= token.span.start < second.end)
    assert 0 < len(some) < len(every)


def test_rules_in_directives_are_links() -> None:
    text = "-- schemabot: ignore rls-disabled, no-such-rule -- because\ncreate table t (id int);\n"
    (only,) = links(Source.of(text))
    assert only.span.of(text) == "rls-disabled"
    assert only.url == all_rules()["rls-disabled"].url
    assert only.tooltip
