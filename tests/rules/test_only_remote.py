"""Names that no migration makes and the real database has."""

from __future__ import annotations

import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.snapshot import Snapshot
from schemabot.catalog.state import At
from schemabot.facts import extract
from schemabot.rulekit import Severity
from schemabot.syntax.source import Source
from support.rule_examples import check, findings, project_of

THERE = """
create role reporting;
create type public.mood as enum ('good', 'bad');
create function public.f(a int) returns int language sql as 'select 1';
create table public.customers (id bigint primary key, email text);
create table public.only_there (id bigint primary key);
"""
HISTORY = """create table public.customers (id bigint primary key);
create table public.a (id bigint primary key);
create table public.b (id bigint primary key);
"""


def remote() -> Snapshot:
    state = begin_file(platform_state("supabase"))
    for statement in Source.of(THERE).statements:
        state = replay_statement(state, extract(statement.text), At("remote:", 0)).state
    return Snapshot(state.catalog, "Supabase project abc", 1_790_000_000.0, 170004, "supabase")


def said(statement: str, snapshot: Snapshot | None) -> list[tuple[str, Severity, str]]:
    texts = {"migrations/20260101000000_a.sql": HISTORY, "migrations/20260102000000_b.sql": statement}
    project = project_of(texts, remote=snapshot)
    return [
        (f.rule, f.severity, f.message) for f in findings(check(project)) if f.rule.startswith("unknown-")
    ]


@pytest.mark.parametrize(
    ("rule", "statement", "words"),
    [
        ("unknown-table", "alter table public.only_there add column n int;", 'table "public.only_there"'),
        (
            "unknown-column",
            "create index on public.customers (email);",
            'column "public.customers.email"',
        ),
        ("unknown-function", "drop function public.f(int);", 'function "public.f'),
        ("unknown-type", "alter table public.a add column m public.mood;", 'type "public.mood"'),
    ],
)
def test_it_is_said_that_only_the_database_has_it(rule: str, statement: str, words: str) -> None:
    ((before, severity, _),) = said(statement, None)
    assert (before, severity) == (rule, Severity.ERROR)
    ((found, level, message),) = said(statement, remote())
    assert (found, level) == (rule, Severity.INFORMATION)
    assert f"there is no {words}" in message
    assert "Supabase project abc (read on 2026-09-21)" in message


def test_a_role_that_is_there_is_no_mistake() -> None:
    assert [rule for rule, _, _ in said("grant select on public.a to reporting;", None)] == ["unknown-role"]
    assert said("grant select on public.a to reporting;", remote()) == []


def test_a_function_with_other_arguments_is_no_matter_of_the_remote() -> None:
    made = "create function public.f(a text) returns int language sql as 'select 1';\n"
    statement = made + "drop function public.f(date);"
    assert said(statement, remote()) == said(statement, None)


def test_what_nobody_has_stays_a_mistake() -> None:
    statement = "alter table public.nowhere add column n int;"
    assert said(statement, remote()) == said(statement, None)
