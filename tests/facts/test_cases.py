"""Every written form and its facts: the tables in `cases/`.

A case is a statement followed by its facts, `--> [what the fact underlines] Fact(field=value)`, without the
fields that have their default.
"""

from __future__ import annotations

import pytest

from facts.brief import facts_of
from facts.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_facts(case: Case) -> None:
    assert facts_of(case.sql) == case.facts


def test_every_kind_of_fact_has_a_case() -> None:
    from typing import get_args

    from schemabot.facts.model import AnyFact

    seen = {
        line.split("] ", 1)[1].split("(")[0]
        for case in CASES
        for line in case.facts.splitlines()
        if "] " in line
    }
    assert {kind.__name__ for kind in get_args(AnyFact)} <= seen


def test_no_case_meets_a_tree_that_no_reader_foresaw() -> None:
    assert [case.sql for case in CASES if "parse tree is unknown" in case.facts] == []
