"""The Markdown suite of signature help: one signature a line, what is being written in bold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemabot.analysis import retype
from schemabot.features.signatures import Signatures, signature_help
from schemabot.syntax.source import Source
from support.feature_suite import FeatureTest, suite

from .test_completion import ANALYSIS, PATH, TEXT

TESTS = suite("signatures.md")


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_signatures(test: FeatureTest) -> None:
    cursor = test.cursor
    answer = signature_help(test.analysis(), cursor.path, cursor.span.start)
    assert ("nothing" if answer is None else shown(answer)) == test.answers["signatures"].rstrip()


def shown(answer: Signatures) -> str:
    lines = [one.label for one in answer.signatures]
    active = answer.signatures[answer.active]
    if answer.parameter < len(active.parameters):
        start, end = active.parameters[answer.parameter]
        label = active.label
        lines[answer.active] = f"{label[:start]}**{label[start:end]}**{label[end:]}"
    return "\n".join(lines)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(TEXT)), st.booleans())
def test_every_place_of_a_text_is_answered(offset: int, cut: bool) -> None:
    analysis = retype(ANALYSIS, PATH, Source.of(TEXT[:offset])) if cut else ANALYSIS
    answer = signature_help(analysis, PATH, offset)
    if answer is not None:
        assert answer.signatures
        assert all(
            0 <= start < end <= len(one.label) for one in answer.signatures for start, end in one.parameters
        )
