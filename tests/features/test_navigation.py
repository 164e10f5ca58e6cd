"""Definition, type, latest change, references and highlights, by the suite `navigation.md`."""

from __future__ import annotations

import pytest

from schemabot.analysis import Analysis
from schemabot.features.names.places import warm
from schemabot.features.navigation import (
    all_references,
    definition,
    highlights,
    latest_change,
    type_definition,
)
from support.feature_suite import FeatureTest, Place, suite

SINGLE = {"definition": definition, "type": type_definition, "latest": latest_change}


def answers(case: FeatureTest, analysis: Analysis) -> set[Place]:
    """What is answered at all cursors."""
    request = case.options["request"]
    found: set[Place] = set()
    for at in case.cursors:
        if request == "references":
            declaration = case.options.get("declaration") != "no"
            places = all_references(analysis, at.path, at.span.start, declaration)
            found |= {Place(place.path, place.span) for place in places}
        elif request == "highlights":
            shown = highlights(analysis, at.path, at.span.start)
            found |= {Place(at.path, item.span) for item in shown}
        else:
            place = SINGLE[request](analysis, at.path, at.span.start)
            found |= set() if place is None else {Place(place.path, place.span)}
    return found


def told(case: FeatureTest, places: set[Place]) -> list[tuple[str, int, str]]:
    """Places as a failure is read best."""
    return sorted((place.path, place.span.start, case.text(place)) for place in places)


@pytest.mark.parametrize("case", suite("navigation.md"), ids=lambda case: case.name)
def test_navigation(case: FeatureTest) -> None:
    """The answer at the cursors is what is marked, whether the index of names is there already or not."""
    analysis = case.analysis()
    assert told(case, answers(case, analysis)) == told(case, set(case.marks))
    warm(analysis, lambda: False)
    assert told(case, answers(case, analysis)) == told(case, set(case.marks))


def test_of_very_many_references_the_newest_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schemabot.features.navigation.MOST_REFERENCES", 2)
    case = next(case for case in suite("navigation.md") if case.name.startswith("References in every file"))
    analysis = case.analysis()
    marks = sorted(case.marks, key=lambda mark: (mark.path, mark.span))
    assert told(case, answers(case, analysis)) == told(case, set(marks[-2:]))
