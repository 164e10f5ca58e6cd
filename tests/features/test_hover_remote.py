"""Hover on what only the real database has."""

from __future__ import annotations

import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.snapshot import Snapshot
from schemabot.catalog.state import At
from schemabot.facts import extract
from schemabot.features.hover import hover
from schemabot.syntax.source import Source
from support.rule_examples import check, project_of

PATH = "migrations/20260101000000_a.sql"
HISTORY = "create table public.customers (id bigint primary key);\n"
THERE = """
create table public.other_first (n int);
create table public.customers (id bigint primary key, email text);
create table public.only_there (id bigint primary key, note text, customer_id bigint references public.customers (id));
alter table public.only_there enable row level security;
create policy "Own" on public.only_there for select using (note = 'x');
create type public.mood as enum ('good', 'bad');
create function public.f(a int, b text default 'x') returns int language sql as 'select 1';
create view public.shown as select id, note from public.only_there;
"""


def remote() -> Snapshot:
    state = begin_file(platform_state("supabase"))
    for statement in Source.of(THERE).statements:
        state = replay_statement(state, extract(statement.text), At("remote:", 0)).state
    return Snapshot(state.catalog, "Supabase project abc", 1_790_000_000.0, 170004, "supabase")


def said(text: str) -> str:
    """The hover where <|> stands."""
    text = HISTORY + text
    at = text.index("<|>")
    project = project_of({PATH: text.replace("<|>", "")}, remote=remote())
    found = hover(check(project), PATH, at)
    return "" if found is None else found.markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from public.only<|>_there;", ["table public.only_there", "`note`", "is **on**", "`Own`"]),
        ("select o.no<|>te from only_there o;", ["note text"]),
        ("select em<|>ail from customers;", ["email text"]),
        ("alter table customers alter ema<|>il set not null;", ["email text"]),
        ("select public.f<|>(1);", ["public.f"]),
        ("alter table customers add m public.mo<|>od;", ["enum public.mood", "good"]),
        ("select note from public.sho<|>wn;", ["view public.shown"]),
        ('drop policy "O<|>wn" on public.only_there;', ["create policy", "note = 'x'"]),
        ("insert into public.only_there (no<|>te) values ('x');", ["note text"]),
        ("create policy p on only_there using (no<|>te = 'y');", ["note text"]),
    ],
)
def test_it_is_told_that_only_the_remote_has_it(text: str, expected: list[str]) -> None:
    found = said(text)
    assert "Only in the remote, Supabase project abc (read on 2026-09-21)" in found
    for words in expected:
        assert words in found


@pytest.mark.parametrize("text", ["select * from public.cust<|>omers;", "select i<|>d from customers;"])
def test_what_migrations_make_is_told_as_ever(text: str) -> None:
    found = said(text)
    assert found
    assert "remote" not in found


def test_what_nobody_has_is_nothing() -> None:
    assert said("select * from public.no<|>where;") == ""


@pytest.mark.parametrize(
    "text",
    [
        "select * from public.only<|>_there;\ncreate table public.only_there (id int);",
        "select em<|>ail from customers;\nalter table customers add email text;",
        "select public.f<|>(1);\ncreate function public.f() returns int language sql as 'select 1';",
    ],
)
def test_what_a_later_migration_makes_is_not_only_there(text: str) -> None:
    assert "remote" not in said(text)
