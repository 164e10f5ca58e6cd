"""Hover, by the suite `hover.md`."""

from __future__ import annotations

import pytest

from schemabot.features.hover import hover, rule_in_settings
from support.feature_suite import FeatureTest, Place, suite


@pytest.mark.parametrize("case", suite("hover.md"), ids=lambda case: case.name)
def test_hover(case: FeatureTest) -> None:
    """An answer is compared whole (`markdown`), by lines (`contains`), or must not be."""
    analysis = case.analysis()
    answers = [hover(analysis, at.path, at.span.start) for at in case.cursors]
    shown = "\n\n".join(answer.markdown for answer in answers if answer is not None)
    if "markdown" in case.answers:
        assert shown.replace("```", "~~~") == case.answers["markdown"]
    elif "contains" in case.answers:
        assert all(answer is not None for answer in answers)
        lines = shown.splitlines()
        for wanted in case.answers["contains"].splitlines():
            assert any(line.startswith(wanted) for line in lines), shown
    else:
        assert answers == [None] * len(answers)
    spans = [
        Place(at.path, answer.span)
        for at, answer in zip(case.cursors, answers, strict=True)
        if answer is not None
    ]
    if case.marks:
        assert [case.text(span) for span in spans] == [case.text(mark) for mark in case.marks]
        assert tuple(spans) == case.marks


def test_a_rule_in_a_settings_file() -> None:
    text = '[rules]\nrls-disabled = "off"\n'
    at = text.index("disabled")
    found = rule_in_settings(text, at)
    assert found is not None
    assert found[0].of(text) == "rls-disabled"
    assert "rls-disabled" in found[1]
    assert rule_in_settings(text, text.index("off")) is None
    assert rule_in_settings(text, 0) is None
