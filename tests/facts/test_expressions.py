"""Expressions and queries: the tree that is built, whatever the depth of the input."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from schemabot.facts import extract
from schemabot.facts.expression import (
    Between,
    Call,
    Case,
    Cast,
    Column,
    Constant,
    FunctionRef,
    InList,
    Items,
    Join,
    Logical,
    Opaque,
    Operator,
    Parameter,
    Query,
    QueryRef,
    SubQuery,
    TableRef,
    walk,
)
from schemabot.facts.expression import (
    Test as TruthTest,
)
from schemabot.facts.model import DeleteRows, InsertRows, RunQuery, UpdateRows


def query(sql: str) -> Query:
    (fact,) = extract(sql).facts
    assert isinstance(fact, RunQuery)
    return fact.query


def expression(sql: str) -> Any:
    return query("select " + sql).targets[0].value


def show(part: Any) -> str:
    """A tree as nested words: `=(a, 1)`."""
    if isinstance(part, Column):
        return ".".join(part.parts) + (".*" if part.star and part.parts else "*" if part.star else "")
    if isinstance(part, Constant):
        return f"'{part.value}'" if part.kind == "string" else part.value or "null"
    if isinstance(part, Operator):
        left = "" if part.left is None else show(part.left) + ", "
        return f"{part.name}{part.quantifier}({left}{show(part.right)})"
    if isinstance(part, Logical):
        return f"{part.operator}({', '.join(map(show, part.args))})"
    if isinstance(part, Call):
        words = [*(["distinct"] if part.distinct else []), *(["star"] if part.star else [])]
        words += [*map(show, part.args), *(["+" + ", ".join(map(show, part.extra))] if part.extra else [])]
        mark = ("!" if part.special else "") + ("~" if part.window else "")
        return f"{'.'.join(part.name)}{mark}({', '.join(words)})"
    if isinstance(part, TruthTest):
        return f"{show(part.arg)} is {part.operator}"
    if isinstance(part, InList):
        return f"{'not ' if part.negated else ''}in({show(part.arg)}, {', '.join(map(show, part.items))})"
    if isinstance(part, Between):
        words = ("not " if part.negated else "") + "between" + (" symmetric" if part.symmetric else "")
        return f"{words}({show(part.arg)}, {show(part.low)}, {show(part.high)})"
    if isinstance(part, Cast):
        return f"{show(part.arg)}::{part.type.name}"
    if isinstance(part, Case):
        whens = "; ".join(f"{show(a)}: {show(b)}" for a, b in part.whens)
        return f"case({part.arg and show(part.arg)}; {whens}; {part.default and show(part.default)})"
    if isinstance(part, SubQuery):
        arg = "" if part.arg is None else show(part.arg) + " "
        return f"{arg}{part.operator}{part.kind}<{show(part.query)}>"
    if isinstance(part, Items):
        return f"{part.kind}[{', '.join(map(show, part.items))}]"
    if isinstance(part, Opaque):
        return f"{part.kind}({', '.join(map(show, part.children))})"
    if isinstance(part, Parameter):
        return f"${part.number}"
    assert isinstance(part, Query)
    return part.verb + " " + ", ".join(show(target.value) for target in part.targets)


@pytest.mark.parametrize(
    ("sql", "tree"),
    [
        ("a + b * 2 - 1", "-(+(a, *(b, 2)), 1)"),
        ("- a", "-(a)"),
        ("-1", "-1"),
        ("a or b and not c and d", "or(a, and(b, not(c), d))"),
        ("a = 1 and (b = 2 and c = 3)", "and(=(a, 1), and(=(b, 2), =(c, 3)))"),
        ("s.t.a", "s.t.a"),
        ("t.*", "t.*"),
        ("*", "*"),
        ("count(*)", "count(star)"),
        ("count(distinct a) filter (where b)", "count(distinct, a, +b)"),
        ("sum(a) over (partition by b order by c)", "sum~(a, +b, c)"),
        ("percentile_cont(0.5) within group (order by a)", "percentile_cont(0.5, +a)"),
        ("current_user", "current_user!()"),
        ("current_timestamp(3)", "current_timestamp!(3)"),
        ("coalesce(a, b)", "coalesce!(a, b)"),
        ("nullif(a, 0)", "nullif!(a, 0)"),
        ("greatest(a, least(b, 1))", "greatest!(a, least!(b, 1))"),
        ("a in (1, b)", "in(a, 1, b)"),
        ("a not in (1)", "not in(a, 1)"),
        ("a in (select 1)", "a in<select 1>"),
        ("a not in (select 1)", "not(a in<select 1>)"),
        ("a = any (array[1, 2])", "=any(a, array[1, 2])"),
        ("a <> all (b)", "<>all(a, b)"),
        ("a = any (select 1)", "a =any<select 1>"),
        ("a > all (select 1)", "a >all<select 1>"),
        ("exists (select 1)", "exists<select 1>"),
        ("array(select 1)", "array<select 1>"),
        ("(select max(a) from t)", "scalar<select max(a)>"),
        ("a between 1 and 2", "between(a, 1, 2)"),
        ("a not between symmetric 1 and 2", "not between symmetric(a, 1, 2)"),
        ("a is null", "a is null"),
        ("a notnull", "a is not null"),
        ("a is not true", "a is not true"),
        ("a is distinct from b", "is distinct from(a, b)"),
        ("a is not distinct from b", "is not distinct from(a, b)"),
        ("a like 'x%'", "~~(a, 'x%')"),
        ("a not ilike 'x'", "!~~*(a, 'x')"),
        ("a similar to 'x'", "~(a, pg_catalog.similar_to_escape('x'))"),
        ("a::int::text", "a::int4::text"),
        ("date '2020-01-01'", "'2020-01-01'::date"),
        ("case a when 1 then b else c end", "case(a; 1: b; c)"),
        ("case when a then 1 end", "case(None; a: 1; None)"),
        ("row(1, a)", "row[1, a]"),
        ("(1, a)", "row[1, a]"),
        ("$1", "$1"),
        ("a collate \"C\"", "collate C(a)"),
        ("(a).b", ".b(a)"),
        ("a[1][2:3]", "[][:](a, 1, 2, 3)"),
        ("f(x => 1)", "f(x =>(1))"),
        ("a operator(pg_catalog.+) b", "+(a, b)"),
        ("a at time zone 'utc'", "pg_catalog.timezone('utc', a)"),
        ("extract(year from a)", "pg_catalog.extract('year', a)"),
        ("xmlelement(name x, a, f(b))", "xmlelement(a, f(b))"),
        ("json_object('k': a)", "json_object(JsonKeyValue('k', a))"),
        ("grouping(a)", "GroupingFunc(a)"),
        ("0", "0"),
        ("false", "false"),
        ("''", "''"),
        ("null", "null"),
    ],
)  # fmt: skip
def test_expressions(sql: str, tree: str) -> None:
    assert show(expression(sql)) == tree


def test_from() -> None:
    found = query(
        "select 1 from s.t as x (a, b), lateral (select 1) y, f(1) with ordinality as g (c, n),"
        " g() as (d int, e text), rows from (f(), g()) as r, a join b using (id) left join c on b.x = c.x,"
        " a natural join b, a cross join b, u tablesample system (1), json_table('[]', '$' columns (k int)) j"
    ).sources
    table, sub, ordinality, typed, rows, joined, natural, cross, sample, json = found
    assert isinstance(table, TableRef)
    assert (str(table.name), table.alias, table.columns) == ("s.t", "x", ("a", "b"))
    assert isinstance(sub, QueryRef)
    assert (sub.lateral, sub.alias) == (True, "y")
    assert isinstance(ordinality, FunctionRef)
    assert (ordinality.ordinality, ordinality.columns) == (True, ("c", "n"))
    assert isinstance(typed, FunctionRef)
    assert (typed.columns, [type_.name for type_ in typed.types]) == (("d", "e"), ["int4", "text"])
    assert isinstance(rows, FunctionRef)
    assert len(rows.calls) == 2
    assert isinstance(joined, Join)
    assert (joined.kind, joined.on is not None) == ("left", True)
    assert isinstance(joined.left, Join)
    assert (joined.left.kind, joined.left.using) == ("inner", ("id",))
    assert isinstance(natural, Join)
    assert natural.natural
    assert isinstance(cross, Join)
    assert cross.kind == "cross"
    assert isinstance(sample, TableRef)
    assert isinstance(json, FunctionRef)
    assert (json.alias, json.columns) == ("j", ("k",))


def test_clauses() -> None:
    found = query(
        "with recursive x (n) as (select 1) select distinct a as b from x where a > 1 group by a having"
        " count(*) > 1 window w as (order by a) order by b limit 5 offset 6"
    )
    assert [(cte.name, cte.columns, cte.recursive) for cte in found.with_] == [("x", ("n",), True)]
    assert [target.alias for target in found.targets] == ["b"]
    assert (found.distinct, found.grouped, found.ordered, found.limited) == (True, True, True, True)
    assert [show(other) for other in found.others] == ["a", ">(count(star), 1)", "a", "b", "5", "6"]


def test_set_operations() -> None:
    found = query("select 1 union all select 2 union all select 3 order by 1")
    assert (found.operator, len(found.arms), found.distinct, found.ordered) == ("union", 3, False, True)
    mixed = query("select 1 union select 2 except select 3")
    assert [(mixed.operator, len(mixed.arms)), (mixed.arms[0].operator, len(mixed.arms[0].arms))] == [
        ("except", 2), ("union", 2),
    ]  # fmt: skip
    values = query("values (1, a), (2, b)").values
    assert [[show(value) for value in row] for row in values] == [["1", "a"], ["2", "b"]]


def test_statements_that_change_data() -> None:
    (insert,) = extract(
        "insert into t (a, b) values (1, x), (2, y) on conflict (a) do update set b = excluded.b"
    ).facts
    assert isinstance(insert, InsertRows)
    assert insert.query is not None
    assert [[show(value) for value in row] for row in insert.query.values] == [["1", "x"], ["2", "y"]]
    assert [show(other) for other in insert.query.others] == ["excluded.b"]
    (from_query,) = extract("insert into t select * from u returning a").facts
    assert isinstance(from_query, InsertRows)
    assert from_query.query is not None
    assert isinstance(from_query.query.sources[0], QueryRef)
    assert show(from_query.query.targets[0].value) == "a"
    (update,) = extract(
        "update t as x set a = 1, (b, c) = (2, d), (e, f) = (select 3, 4) from u where x.i = u.i"
    ).facts
    assert isinstance(update, UpdateRows)
    assert [column.name for column in update.columns] == ["a", "b", "c", "e", "f"]
    assert [show(value) for value in update.query.values[0]] == ["1", "2", "d", *["scalar<select 3, 4>"] * 2]
    assert [getattr(source, "alias", None) for source in update.query.sources] == ["x", None]
    (delete,) = extract("delete from t using u where t.a = u.a").facts
    assert isinstance(delete, DeleteRows)
    assert delete.query.where is not None
    assert show(delete.query.where) == "=(t.a, u.a)"


def test_names_are_found_wherever_they_stand() -> None:
    found = query(
        "select xmlelement(name x, c1), case when c2 then array[c3] else (select c4 from t1) end"
        " from f(c5) join lateral (values (c6)) v on c7 in (c8) where exists (select from t2 group by c9)"
        " order by c10::s.ty limit (select count(*) filter (where c11) from t3)"
    )
    columns = {part.parts[-1] for part in walk(found) if isinstance(part, Column)}
    assert columns == {f"c{number}" for number in range(1, 12)}
    assert {part.name.name for part in walk(found) if isinstance(part, TableRef)} == {"t1", "t2", "t3"}


DEEP = {
    "operators": "select " + " || ".join(f"c{number}" for number in range(5000)),
    "parentheses": "select " + "c0 + (" * 1000 + "c1" + ")" * 1000,
    "calls": "select " + "f(" * 1000 + "c0" + ")" * 1000,
    "nots": "select " + "not " * 1000 + "c0",
    "casts": "select c0" + "::text" * 2000,
    "cases": "select " + "case when c0 then c1 else " * 500 + "c2" + " end" * 500,
    "sub-queries": "select " + "(select c0 from t where " * 300 + "c1" + ")" * 300,
    "sub-selects": "select c0 from " + "(select * from " * 300 + "t" + ") x" * 300,
    "joins": "select c0 from t" + " join t on c1" * 2000,
    "unions": "select c0" + " union select c1 from t" * 2000,
    "mixed set operations": "select c0" + " union all select c1 union select 2" * 500,
    "opaque": "select " + "xmlconcat(c0, " * 500 + "c1" + ")" * 500,
    "lists": "select " + "(c0 and (c1 or " * 300 + "c2" + "))" * 300,
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_is_no_danger(name: str) -> None:
    """However deep the input: it is read, its names are known, and the facts can be compared and stored."""
    sql = DEEP[name]
    extracted = extract(sql)
    (fact,) = extracted.facts
    assert isinstance(fact, RunQuery)
    columns = {part.parts[-1] for part in walk(fact.query) if isinstance(part, Column) and not part.star}
    assert columns == set(re.findall(r"\bc\d+\b", sql))
    has_table = any(isinstance(part, TableRef) for part in walk(fact.query))
    assert has_table == (re.search(r"\bt\b", sql) is not None)
    assert extract.__wrapped__(sql) == extracted
    assert hash(fact) == hash(fact)
    encoded = msgspec.msgpack.encode(fact)
    assert msgspec.msgpack.decode(encoded, type=RunQuery) == fact
