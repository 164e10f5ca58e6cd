"""A rule that raises is caught, named once, and takes no other rule's findings away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from schemabot.catalog.objects import Table
from schemabot.facts.model import CreateTable
from schemabot.rulekit import DirectiveUse, Finding, Rule, Severity
from support.rule_examples import DEFAULT_FILE, check, few_rules, project_of, shown

SQL = "-- schemabot: ignore rls-disabled\ncreate table public.a (id int);\ncreate table public.b (id int);\n"


def _raises(*_: Any) -> Iterator[Finding]:
    raise ZeroDivisionError("nobody expected this")
    yield


def _broken(kind: Any, *subjects: type) -> Rule:
    return Rule(f"some_pack.testing.broken_{kind}", kind, Severity.ERROR, _raises, subjects)


@pytest.mark.parametrize(
    "broken",
    [_broken("state", Table), _broken("change", CreateTable), _broken("file"), _broken("file", DirectiveUse)],
    ids=["state", "change", "file", "directive"],
)
def test_a_broken_rule_is_caught(broken: Rule, caplog: pytest.LogCaptureFixture) -> None:
    rules = {**few_rules(), broken.id: broken}
    with caplog.at_level(logging.ERROR):
        analysis = check(project_of({DEFAULT_FILE: SQL}), rules)
    assert analysis.failures.by_rule == {broken.id: "ZeroDivisionError: nobody expected this"}
    assert shown(analysis) == ["rls-disabled: public.b"]
    records = [record for record in caplog.records if broken.id in record.getMessage()]
    assert len(records) == 1
    assert records[0].exc_info is not None


def test_findings_before_the_failure_do_not_count() -> None:
    def half(table: Table, context: Any) -> Iterator[Finding]:
        yield context.finding(table.origin, "half", object="public.a")
        raise KeyError(table.name)

    broken = attrs.evolve(_broken("state", Table), check=half)
    analysis = check(project_of({DEFAULT_FILE: SQL}), {broken.id: broken})
    assert shown(analysis) == []
    assert list(analysis.failures.by_rule) == [broken.id]
