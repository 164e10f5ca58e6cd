"""Bodies of functions and DO: the text that runs, and the place of the text as it is written."""

from __future__ import annotations

import pytest

from schemabot.facts import extract
from schemabot.facts.model import CreateFunction, RunBlock

BODIES = [
    ("$$ begin end $$", " begin end ", " begin end "),
    ("$fn$ select '$$' $fn$", " select '$$' ", " select '$$' "),
    ("$$$$", "", ""),
    ("'select 1'", "select 1", "select 1"),
    ("'select ''x'''", "select 'x'", "select ''x''"),
    ("E'a\\nb\\'c'", "a\nb'c", "a\\nb\\'c"),
    ("e'x'", "x", "x"),
    ("U&'d\\0061t'", "dat", "d\\0061t"),
    ("'a'\n  'b'", "ab", "a'\n  'b"),
    ("''", "", ""),
]


@pytest.mark.parametrize(("written", "body", "inner"), BODIES)
def test_function(written: str, body: str, inner: str) -> None:
    head = "create function s.f(a text default '$$') returns void language plpgsql as"
    sql = f"{head} /* '$$' */ {written} stable"
    (fact,) = extract(sql).facts
    assert isinstance(fact, CreateFunction)
    assert fact.body_span is not None
    assert (fact.body, fact.body_span.of(sql), fact.volatility) == (body, inner, "stable")


@pytest.mark.parametrize(("written", "body", "inner"), BODIES)
@pytest.mark.parametrize(
    ("before", "behind"), [("", ""), ("language plpgsql ", ""), ("", " language plpgsql")]
)
def test_block(written: str, body: str, inner: str, before: str, behind: str) -> None:
    sql = f"do {before}{written}{behind}"
    (fact,) = extract(sql).facts
    assert isinstance(fact, RunBlock)
    assert (fact.body, fact.body_span.of(sql), fact.language) == (body, inner, "plpgsql")


def test_the_two_strings_of_a_c_function_are_no_body() -> None:
    (fact,) = extract("create function f() returns int language c as 'lib', 'symbol'").facts
    assert isinstance(fact, CreateFunction)
    assert (fact.body, fact.body_span) == (None, None)


def test_a_default_ends_where_the_next_parameter_starts() -> None:
    (fact,) = extract(
        "create function f(a text default 'x, )', b int = g(1, 2), c int) returns int return a"
    ).facts
    assert isinstance(fact, CreateFunction)
    assert [p.default and p.default.text for p in fact.parameters] == ["'x, )'", "g(1, 2)", None]
    assert (fact.language, len(fact.sql_body), fact.body) == ("sql", 1, None)


def test_mentioned_names() -> None:
    (fact,) = extract(
        "create policy p on s.\"My T\" using (comments.id = location and 'quoted' = $$x$$"
    ).facts
    assert getattr(fact, "names", ()) == (("p",), ("s", "My T"), ("comments", "id"), ("location",))
