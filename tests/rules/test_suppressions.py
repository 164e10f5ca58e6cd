"""Comments that silence findings, approvals, suppressions in the settings, and what is said of idle ones."""

from __future__ import annotations

import pytest

from schemabot.rulekit.directives import read_directives
from schemabot.syntax.source import Source
from support.rule_examples import check_few, findings, shown

OPEN = "create table public.notes (id uuid primary key);"
DROP = """-- file: 1_create.sql
create table public.a (id int);
alter table public.a enable row level security;
create table public.b (id int);
alter table public.b enable row level security;
-- file: 2_drop.sql
"""
SERVICE_ONLY = '[tenancy]\nservice-only = ["a", "public.b"]'


@pytest.mark.parametrize(
    "sql",
    [
        f"-- schemabot: ignore rls-disabled -- open data\n{OPEN}",
        f"{OPEN} -- schemabot: ignore rls-disabled -- open data",
        f"-- SchemaBot: IGNORE rls-disabled\n\n-- something else\n{OPEN}",
        f"/* schemabot: ignore rls-disabled -- open data */ {OPEN}",
        "create table public.notes (\n  -- schemabot: ignore rls-disabled -- open data\n  id int\n);",
        f"-- schemabot: ignore-file rls-disabled -- open data\nselect 1;\n{OPEN}",
        f"select 1; -- about that\n-- schemabot: ignore rls-disabled\n{OPEN}",
        f"-- schemabot: ignore rls-disabled, \n{OPEN}",
        f"-- schemabot: ignore rls-disabled -- one\r\n{OPEN}\r\n",
    ],
)
def test_a_comment_silences_its_statement(sql: str) -> None:
    assert shown(check_few(sql)) == []


@pytest.mark.parametrize(
    ("sql", "also"),
    [
        (f"-- schemabot: ignore rls-disabled\nselect 1;\n{OPEN}", "suppression-unused"),
        (f"select 1; -- schemabot: ignore rls-disabled\n{OPEN}", "suppression-unused"),
        (f"{OPEN}\n-- schemabot: ignore rls-disabled", "suppression-unused"),
        (f"-- schemabot: ignore fk-index-missing\n{OPEN}", "suppression-unused"),
        (f"-- schemabot: allow rls-disabled -- this rule asks for no approval\n{OPEN}", "suppression-unused"),
        (f"-- schemabot: ignore rls_disabled\n{OPEN}", "suppression-unknown"),
        (f"-- schemabot: ignore\n{OPEN}", "suppression-unknown"),
        (f"-- schemabot: ignored rls-disabled\n{OPEN}", "suppression-unknown"),
        (f"-- schemabot: rls-disabled\n{OPEN}", "suppression-unknown"),
    ],
)
def test_other_comments_silence_nothing_and_are_reported(sql: str, also: str) -> None:
    assert sorted(finding.rule for finding in findings(check_few(sql))) == sorted(["rls-disabled", also])


def test_one_comment_for_several_rules() -> None:
    sql = (
        "create table public.a (id uuid primary key);\nalter table public.a enable row level security;\n"
        "-- schemabot: ignore rls-disabled, fk-index-missing -- written once, read once\n"
        "create table public.b (a uuid references public.a(id));"
    )
    analysis = check_few(sql, '[tenancy]\nservice-only = ["public.a"]')
    assert shown(analysis) == []


def test_the_settings_silence_by_rule_and_object() -> None:
    toml = """
        [[ignore]]
        rule = "rls-disabled"
        object = "public.note*"
        reason = "open data"
    """
    assert shown(check_few(OPEN, toml)) == []
    assert shown(check_few("create table public.other (id int);", toml)) == ["rls-disabled: public.other"]


def test_an_approval_counts_with_its_reason_alone() -> None:
    def rules(comment: str) -> list[str]:
        analysis = check_few(f"{DROP}{comment}drop table public.a;", SERVICE_ONLY)
        return [finding.rule for finding in findings(analysis)]

    assert rules("") == ["drop-table"]
    assert rules("-- schemabot: allow drop-table -- nobody reads it\n") == []
    assert rules("-- schemabot: ignore drop-table\n") == []
    assert sorted(rules("-- schemabot: allow drop-table\n")) == ["approval-without-reason", "drop-table"]
    assert sorted(rules("-- schemabot: allow drop-table -- \n")) == ["approval-without-reason", "drop-table"]


def test_an_approval_speaks_of_every_object_of_its_statement_and_of_no_other() -> None:
    sql = f"{DROP}drop table public.a; -- schemabot: allow drop-table -- done\ndrop table public.b;"
    assert shown(check_few(sql, SERVICE_ONLY)) == ["drop-table: public.b"]
    sql = f"{DROP}-- schemabot: allow drop-table -- done\ndrop table public.a, public.b;"
    assert shown(check_few(sql, SERVICE_ONLY)) == []


def test_comments_in_history_are_left_alone() -> None:
    sql = (
        f"-- schemabot: ignore nothing-known\n{OPEN}\n-- schemabot: allow drop-table\ndrop table if exists x;"
    )
    assert shown(check_few(sql, status="applied")) == ["rls-disabled: public.notes"]


def test_directives_know_their_places() -> None:
    text = (
        "select 1;\n  -- schemabot: ignore one,two -- because\nselect 2; select 3;"
        " -- schemabot: allow three -- x\n"
    )
    source = Source.of(text)
    first, second = read_directives(source.comments, source.statements, lambda: source.lines)
    assert (first.verb, first.statement, first.reason) == ("ignore", 1, "because")
    assert [(name, span.of(text)) for name, span in first.rules] == [("one", "one"), ("two", "two")]
    assert (second.verb, second.statement, second.reason) == ("allow", 2, "x")
    assert first.span.of(text).startswith("-- schemabot") and not first.names("three")
