"""Every example in the documentation of a rule holds, and so does every fix, also on a real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from schemabot.analysis import Analysis, ChangeSet, apply_change, change_set
from schemabot.rulekit.documentation import Example
from schemabot.rulekit.finding import Finding, Fix, InsertAfter, InsertBefore
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.syntax.source import Source
from support.rule_examples import (
    broken_statements,
    check,
    example_project,
    findings,
    marked_files,
    places,
    platform_of,
    texts_of,
    with_reason,
)

if TYPE_CHECKING:
    from support.postgres import Database

NewDatabase = Callable[[str], "Database"]


def examples(bad: bool) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{example.title.replace(' ', '-') or number}")
        for rule in all_rules().values()
        for number, example in enumerate(e for e in rule.documentation.examples if e.bad == bad)
    ]


@pytest.mark.parametrize(("rule", "example"), examples(bad=True))
def test_bad(rule: Rule, example: Example) -> None:
    files = marked_files(example.sql)
    analysis = check(example_project(rule, example, texts_of(example.sql)))
    found = findings(analysis, rule.id)
    assert places(analysis, found) == [(file.path, mark) for file in files for mark in file.marks]
    assert found != []


@pytest.mark.parametrize(("rule", "example"), examples(bad=False))
def test_good(rule: Rule, example: Example) -> None:
    analysis = check(example_project(rule, example, texts_of(example.sql)))
    assert findings(analysis, rule.id) == []


@pytest.mark.parametrize(("rule", "example"), examples(bad=True))
def test_every_fix_repairs(rule: Rule, example: Example, new_database: NewDatabase) -> None:
    texts = texts_of(example.sql)
    analysis = check(example_project(rule, example, texts))
    _run(rule, analysis, texts, new_database)
    titles = []
    for finding in findings(analysis, rule.id):
        for number, fix in enumerate(finding.fixes):
            titles.append(fix.title)
            change = change_set(analysis, fix)
            assert change is not None, fix.title
            after = with_reason(apply_change(texts, change))
            fixed = next((f for f in example.fixed if f.title == fix.title or not (f.title or number)), None)
            if fixed is not None:
                assert after == texts_of(fixed.sql), fix.title
            _nothing_else_touched(analysis, fix, change, texts, after)
            again = check(example_project(rule, example, after))
            _is_repaired(analysis, finding, again, fix)
            if not list(broken_statements(again)):
                _run(None, again, after, new_database)
    assert [fixed.title for fixed in example.fixed if fixed.title not in (None, *titles)] == []
    assert not example.fixed or titles


@pytest.mark.parametrize(("rule", "example"), examples(bad=True))
def test_every_fix_of_an_applied_file_is_a_new_migration(
    rule: Rule, example: Example, new_database: NewDatabase
) -> None:
    texts = texts_of(example.sql)
    analysis = check(example_project(rule, example, texts, "applied"))
    for finding in findings(analysis, rule.id):
        for fix in finding.fixes:
            change = change_set(analysis, fix, rule.id)
            if fix.later is None:
                assert change is None, f"{fix.title} edits a file that has been applied"
                continue
            assert change is not None
            assert not change.edits
            after = apply_change(texts, change)
            (created,) = change.created
            assert created > max(texts)
            again = check(example_project(rule, example, after, "applied"))
            _is_repaired(analysis, finding, again, fix)
            _run(None, again, after, new_database)


def _is_repaired(before: Analysis, finding: Finding, after: Analysis, fix: Fix) -> None:
    """The finding is gone, or has become a smaller one, and no other finding is new."""
    assert set(fix.leads_to) <= set(all_rules())
    assert set(broken_statements(after)) <= set(broken_statements(before))
    found = findings(after)
    known = Counter((f.rule, f.object, f.part) for f in findings(before))
    there = Counter((f.rule, f.object, f.part) for f in found)
    new = {key for key in there - known if key[0] not in fix.leads_to}
    assert new == set()
    same = [f for f in found if (f.rule, f.object, f.part) == (finding.rule, finding.object, finding.part)]
    if finding.object is None:
        assert there[finding.rule, None, None] < known[finding.rule, None, None]
    else:
        assert finding.message not in [f.message for f in same]


def _nothing_else_touched(
    analysis: Analysis, fix: Fix, change: ChangeSet, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Files that the fix does not name are the same; what only inserts leaves all statements in place."""
    for path, text in before.items():
        if path not in change.edits and path not in change.renamed:
            assert after[path] == text
    if all(isinstance(step, (InsertAfter, InsertBefore)) for step in fix.steps):
        assert all(edit.span.start == edit.span.end for edits in change.edits.values() for edit in edits)
        for path in change.edits:
            new = iter(statement.text for statement in Source.of(after[path]).statements)
            old = analysis.view.by_path[path].statements
            assert all(any(statement.text == text for text in new) for statement in old)


def _run(rule: Rule | None, analysis: Analysis, texts: Mapping[str, str], new_database: NewDatabase) -> None:
    """A server takes the history, file by file. What the rules of correctness show, it refuses."""
    import psycopg

    database = new_database(platform_of(analysis.project))
    history = [texts[path] for path in sorted(texts)]
    if rule is not None and (
        rule.category == "correctness" or rule.id in ("psql-command", "policy-wrong-clause")
    ):
        with pytest.raises(psycopg.Error):
            for text in history:
                database.run(text)
    else:
        for text in history:
            database.run(text)
