"""What is worked out is kept as long as it is true: keys and reloads cost what they change."""

from __future__ import annotations

from typing import Any

import pytest

from schemabot.analysis import analyse, retype
from schemabot.analysis.checks import StateJudge
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.platform import platform_state
from schemabot.rulekit.once import OncePerCatalog
from schemabot.syntax.source import Source
from support.rule_examples import check, project_of

FIRST = "\n".join(f"create table public.t{n} (id uuid primary key);" for n in range(40))
NEWEST = """create function public.f() returns int language sql as 'select 1';
create table public.newest (id uuid primary key);
"""
PATHS = ("migrations/20260101000000_a.sql", "migrations/20260102000000_b.sql")


def judged_after(monkeypatch: pytest.MonkeyPatch, text: str, again: str) -> int:
    """How many objects a whole analysis judges after `text` was typed in the newest file and `again` stands there."""
    analysis = check(project_of(dict(zip(PATHS, (FIRST, NEWEST), strict=True))))
    typed = retype(analysis, PATHS[1], Source.of(text))
    project = retype(typed, PATHS[1], Source.of(again)).project
    count = 0
    findings = StateJudge.findings

    def counted(self: StateJudge, subject: Any) -> Any:
        nonlocal count
        count += 1
        return findings(self, subject)

    monkeypatch.setattr(StateJudge, "findings", counted)
    analyse(project, analysis.rules, platform_state("supabase"), typed)
    return count


def test_a_function_that_is_made_again_as_it_was_judges_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged_after(monkeypatch, "select 1;\n" + NEWEST, NEWEST) < 10


def test_another_function_judges_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged_after(monkeypatch, NEWEST, NEWEST.replace("select 1", "select 2")) > 40


def test_the_answers_for_two_catalogs_are_kept() -> None:
    """While the background judges a newer catalog keys go on with the older one."""
    asked: list[Catalog] = []
    settings = object()

    def compute(catalog: Catalog, _: object) -> int:
        asked.append(catalog)
        return len(asked)

    once = OncePerCatalog(compute)
    older, newer, third = Catalog(), Catalog(), Catalog()
    assert [once(catalog, settings) for catalog in (older, newer, older, newer, older)] == [1, 2, 1, 2, 1]
    assert [once(catalog, settings) for catalog in (third, older, newer)] == [3, 1, 4]
