"""What names in expressions and queries mean: the places found and the objects behind them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemabot.catalog.apply.binding import analyse_query, bind
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Table, Use, View
from schemabot.catalog.state import At, State
from schemabot.facts import extract
from schemabot.facts.model import CreatePolicy, CreateView
from support.replay import replay

BEFORE = """create schema s;
create table s.a (x int, y text);
create table public.b ("B x" int, y text);
create function s.f(int) returns int language sql as 'select 1';
create type public.e as enum ('p');
"""


def _shown(state: State, text: str, start: int, uses: tuple[Use, ...]) -> list[str]:
    """`text -> object.column` for each use that is written out."""
    found: list[str] = []
    catalog = state.catalog
    for use in uses:
        item = catalog.relations.get(use.oid) or catalog.functions.get(use.oid) or catalog.types.get(use.oid)
        assert item is not None
        name = getattr(item, "name", "")
        if use.number:
            assert isinstance(item, (Table, View))
            columns = item.columns
            name += "." + (
                next(c.name for c in columns if getattr(c, "number", 0) == use.number)
                if isinstance(item, Table)
                else columns[use.number - 1].name
            )
        written = text[use.span.start - start : use.span.end - start] if use.span.start >= 0 else ""
        found.append(f"{written} -> {name}")
    return sorted(found)


def _query(query: str) -> list[str]:
    state, problems = replay(BEFORE)
    assert problems == ()
    (fact,) = extract(f"create view v as {query}").facts
    assert isinstance(fact, CreateView)
    found = analyse_query(Step(state, At("test.sql", 0)), fact.query)
    assert found.unresolved == ()
    return _shown(state, fact.query.text, fact.query.span.start, found.uses)


@pytest.mark.parametrize(
    ("query", "uses"),
    [
        ("select x from s.a", ["s.a -> a", "x -> a.x"]),
        ("select a.x from s.a", ["a -> a", "s.a -> a", "x -> a.x"]),
        ("select q.x from s.a q", ["s.a -> a", "x -> a.x"]),
        ("select * from s.a", ["* -> a.x", "* -> a.y", "s.a -> a"]),
        ('select b."B x" from b', ['"B x" -> b.B x', "b -> b", "b -> b"]),
        ("select s.f(x) as r from s.a", ["s.a -> a", "s.f -> f", "x -> a.x"]),
        ("select 'p'::e as p", ["e -> e"]),
        ("with w as (select x as k from s.a) select k from w", ["s.a -> a", "x -> a.x"]),
        ("select (select max(a.x) from s.a where a.y = b.y) as m from b",
         ["a -> a", "a -> a", "b -> b", "b -> b", "s.a -> a", "x -> a.x", "y -> a.y", "y -> b.y"]),
        ("select k from (select x, y from s.a) as q (k, l)", ["s.a -> a", "x -> a.x", "y -> a.y"]),
        ("select y from s.a join b using (y)", [" -> a.y", " -> b.y", "b -> b", "s.a -> a", "y -> a.y"]),
        ("select x from b, lateral (select x from s.a where a.y = b.y) z",
         ["a -> a", "b -> b", "b -> b", "s.a -> a", "x -> a.x", "y -> a.y", "y -> b.y"]),
        ("select k from s.a as q (k)", [" -> a.x", "s.a -> a"]),
        ("select q from s.a q", ["s.a -> a"]),
        ("select 1 as n from s.a group by y order by max(x)", ["s.a -> a", "x -> a.x", "y -> a.y"]),
    ],
)  # fmt: skip
def test_uses_of_a_query(query: str, uses: list[str]) -> None:
    assert _query(query) == sorted(uses)


def _check(expression: str, columns: str = "a int, b text") -> tuple[list[str], Bound]:
    state, problems = replay(f"{BEFORE}create table t ({columns}, check ({expression}))")
    assert problems == ()
    table = state.catalog.table("public", "t")
    assert table is not None
    bound = table.constraints[0].expression
    assert bound is not None
    return _shown(state, bound.text, bound.expression.span.start, bound.uses), bound


@pytest.mark.parametrize(
    ("expression", "uses"),
    [
        ("a > 0", ["a -> t.a"]),
        ("t.a > 0", ["a -> t.a", "t -> t"]),
        ("s.f(a) > length(b)", ["a -> t.a", "b -> t.b", "s.f -> f"]),
        ("b::e = 'p'::public.e", ["b -> t.b", "e -> e", "public.e -> e"]),
        ("a in (1, 2) and (b is null or b like 'x')", ["a -> t.a", "b -> t.b", "b -> t.b"]),
        ("case when a > 0 then b end is not null", ["a -> t.a", "b -> t.b"]),
        ("(array[a])[1] > 0", ["a -> t.a"]),
    ],
)
def test_uses_of_an_expression(expression: str, uses: list[str]) -> None:
    assert _check(expression)[0] == sorted(uses)


def test_a_sequence_in_quotes_is_used() -> None:
    state, _ = replay("create sequence sq; create table t (a int default nextval('sq'))")
    table = state.catalog.table("public", "t")
    assert table is not None
    default = table.columns[0].default
    assert default is not None
    assert _shown(state, default.text, default.expression.span.start, default.uses) == ["sq -> sq"]


def test_what_is_not_found_is_listed() -> None:
    state, _ = replay("create table t (a int)")
    (fact,) = extract("create policy p on t using (q = t.r and nosuch(a) and x.y and a > 0)").facts
    assert isinstance(fact, CreatePolicy)
    assert fact.using is not None
    bound = bind(Step(state, At("test.sql", 0)), fact.using, state.catalog.table("public", "t"))
    assert set(bound.unresolved) == {("q",), ("t", "r"), ("nosuch()",), ("x", "y")}


@settings(max_examples=60)
@given(st.recursive(st.sampled_from(["a", "t.a", "1", "b", "f(a)", "null"]), lambda inner: st.one_of(
    st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
    st.tuples(inner, inner).map(lambda p: f"(select {p[0]} from t x where x.a = {p[1]})"),
    inner.map(lambda i: f"exists (select * from (select {i} as a) t)"),
    inner.map(lambda i: f"coalesce({i}, 2)"),
), max_leaves=25))  # fmt: skip
def test_every_span_is_the_name_it_stands_for(expression: str) -> None:
    state, _ = replay(
        "create table t (a int, b int); create function f(int) returns int language sql as 'select 1';"
        f"create view v as select {expression} as c from t"
    )
    view = state.catalog.relation("public", "v")
    if isinstance(view, View):
        for use in view.uses:
            written = view.query.text[
                use.span.start - view.query.span.start : use.span.end - view.query.span.start
            ]
            assert use.span.start < 0 or written in ("a", "b", "t", "f", "*")


def test_deeply_nested_queries_do_no_harm() -> None:
    nested = "select 1 as n"
    for _ in range(90):
        nested = f"select n from ({nested}) q"
    state, _ = replay(f"create view v as {nested}")
    assert state.catalog.relation("public", "v") is not None
