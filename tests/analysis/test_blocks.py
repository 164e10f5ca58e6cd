"""Rules see what statements inside DO blocks and called functions do, at the place where it is written."""

from __future__ import annotations

import pytest

from schemabot.analysis import MigrationFile, Project, analyse, select_rules
from schemabot.catalog.platform import platform_state
from schemabot.rulekit.finding import Finding
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.settings import Settings
from schemabot.syntax.source import Source

OLD = "create table public.t (a int);\nalter table public.t enable row level security;\n"


def said(*texts: str) -> list[tuple[Finding, str]]:
    """What is found in the last of some files, with the text it stands at."""
    files = tuple(MigrationFile(f"m/{n}_x.sql", Source.of(text)) for n, text in enumerate(texts))
    analysis = analyse(Project("m", files), select_rules(all_rules(), Settings()), platform_state("postgres"))
    found = []
    for finding in analysis.report(files[-1].path).findings:
        place = analysis.place(finding.at)
        assert place is not None
        found.append((finding, place.of(texts[-1])))
    return found


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("do $$\nbegin\n  drop table public.t;\nend $$;", "public.t"),
        ("do $$ begin if to_regclass('public.t') is not null then drop table t; end if; end $$;", "t"),
        ("do $$ begin execute 'drop table public.t'; end $$;", None),
        (
            "create function f() returns void language plpgsql as $$ begin drop table t; end $$; select f();",
            None,
        ),
    ],
)
def test_dropping_a_table_in_a_block(text: str, place: str | None) -> None:
    found = [item for item in said(OLD, text) if item[0].rule == "drop-table"]
    assert len(found) == 1
    assert place is None or found[0][1] == place


def test_what_does_not_run_is_no_finding() -> None:
    text = "do $$ begin if to_regclass('public.nothing') is not null then drop table t; end if; end $$;"
    assert not [f for f, _ in said(OLD, text) if f.rule == "drop-table"]


def test_an_approval_before_the_block_counts() -> None:
    text = "-- schemabot: allow drop-table -- it was never used\ndo $$ begin drop table t; end $$;"
    assert not [f for f, _ in said(OLD, text) if f.rule == "drop-table"]


def test_a_table_made_again_in_the_same_block_is_not_lost() -> None:
    text = "do $$ begin drop table t; create table t (a int, b int); end $$;"
    plain = "drop table t; create table t (a int, b int);"
    rules = [[f.rule for f, _ in said(OLD, written) if f.rule == "drop-table"] for written in (text, plain)]
    assert rules[0] == rules[1]


def test_tables_of_blocks_are_judged_and_their_text_is_left_alone() -> None:
    text = "do $$ begin execute format('create table public.%I (id int primary key)', 'made'); end $$;"
    found = [f for f, _ in said(text) if f.rule == "rls-disabled"]
    assert [f.object for f in found] == ["public.made"]
    assert found[0].fixes
