"""What PostgreSQL prints for an expression is, canonically, what was written."""

from __future__ import annotations

from typing import Any

import pytest

from schemabot.facts import extract
from schemabot.facts.canonical import canonical
from schemabot.facts.model import AddConstraint, CreateIndex, CreatePolicy, SetDefault
from support.postgres import Database

pytestmark = pytest.mark.postgres

SCHEMA = """
create schema auth;
create function auth.uid() returns uuid language sql stable as 'select null::uuid';
create function auth.jwt() returns jsonb language sql stable as $$select '{}'::jsonb$$;
create type mood as enum ('sad', 'ok', 'happy');
create domain email as text check (value like '%@%');
create table members (id int, user_id uuid, org_id uuid, role text, primary key (org_id, user_id));
create table projects (id uuid primary key, org_id uuid, owner uuid);
create table t (
  id uuid, org_id uuid, owner uuid, a int, b int, c bigint, n numeric(10, 2), f double precision, r real,
  s text, v varchar(20), ch char(3), active boolean, d date, ts timestamptz, lts timestamp, iv interval,
  tags text[], nums int[], j jsonb, m mood, e email, u uuid, nm name
);
"""

CONDITIONS = [
    "true",
    "false",
    "active",
    "not active",
    "a = 1",
    "a != 1",
    "a<>1 and b > 2 or c<=3",
    "(a = 1 and (b = 2 and c = 3)) or not (a = 1 or (b = 2 or c = 3))",
    "a in (1, 2, 3)",
    "a not in (1, 2, 3)",
    "a in (1)",
    "a in (b, 1, 2)",
    "a in (b, c)",
    "a not in (b, 1)",
    "s in ('x', 'y')",
    "v in ('x', 'y')",
    "v not in ('x', 'y')",
    "m in ('sad', 'ok')",
    "m = 'sad'",
    "ch = 'abc'",
    "a between 1 and 10",
    "a not between 1 and 10",
    "a between symmetric 10 and b",
    "a not between symmetric 10 and b",
    "n between 0 and 1.5 and active",
    "n > 0",
    "f >= 0.5",
    "c > 5000000000",
    "a > -1",
    "-a < + b",
    "a + b * 2 - (c - 1) > 0",
    "s like 'x%'",
    "s not like 'x%'",
    "s ilike '%y'",
    "v like 'a!%' escape '!'",
    "s similar to '(a|b)%'",
    "s ~ '^[a-z]+$'",
    "v ~* 'abc'",
    "s is null",
    "s is not null",
    "active is true",
    "active is not false",
    "active is unknown",
    "a is distinct from b",
    "a is not distinct from 3",
    "a = any (nums)",
    "a = any (array[1, 2, 3])",
    "a <> all (array[1, 2])",
    "s = any ('{x,y}'::text[])",
    "tags @> array['x', 'y']",
    "tags && '{}'",
    "nums[1] = 3",
    "nums[1:2] = array[1, 2]",
    "char_length(s) between 1 and 100",
    "length(trim(v)) > 0",
    "trim(both 'x' from s) <> ''",
    "lower(v) = v",
    "coalesce(s, '') = ''",
    "nullif(s, '') is not null",
    "greatest(a, b) > least(a, 3)",
    "case when a > 1 then true else false end",
    "case a when 1 then active when 2 then not active end",
    "(a, b) = (1, 2)",
    "(a, b) <> (1, 2)",
    "(a, b) in ((1, 2), (3, 4))",
    "row(a, b) is not null",
    "j ->> 'x' = 'y'",
    "(j -> 'a' ->> 'b')::int > 3",
    """j @> '{"b": 1, "a": [1,2]}'""",
    "j ? 'k'",
    "u = '00000000-0000-0000-0000-000000000001'",
    "current_setting('app.tenant', true)::uuid = org_id",
    "ts > now() - interval '7 days'",
    "ts > now() - interval '1 hour'",
    "ts < current_timestamp",
    "d = current_date",
    "d >= date '2020-01-31'",
    "iv = interval '1 year 2 months 3 days 04:05:06'",
    "iv < '90 minutes'",
    "extract(year from ts) = 2020",
    "date_trunc('day', ts) = ts",
    "ts at time zone 'utc' > lts",
    "(d, d) overlaps (d, d)",
    "position('x' in s) > 0",
    "substring(s from 1 for 2) = 'ab'",
    "overlay(s placing 'x' from 2) = s",
    "s || v || 'x' = 'y'",
    's collate "C" < v',
    "a::text = s",
    "s::int = a",
    "nm = current_user",
    "current_user = 'x' and session_user <> current_role",
    "md5(s) = s and starts_with(s, 'x')",
    "b'101' = b'101'",
    "1.50 < n and 1e3 > n and 0x1f > a and 1_000 > a",
    "e <> 'a@b'",
    "jsonb_typeof(j) = any (array['object', 'array'])",
    "num_nonnulls(a, b, c) = 1",
    "(a is not null)::int + (b is not null)::int = 1",
    "s = E'it''s\\n'",
]

QUERIES = [
    "auth.uid() = owner",
    "(select auth.uid()) = owner",
    "owner = auth.uid() and org_id in (select org_id from members where user_id = (select auth.uid()))",
    "exists (select 1 from members m where m.org_id = t.org_id and m.user_id = auth.uid())",
    "exists (select * from members where members.org_id = t.org_id and user_id = auth.uid())",
    "not exists (select from members m, projects p where m.org_id = p.org_id and p.id = t.id)",
    "org_id not in (select m.org_id from public.members as m)",
    "org_id = any (select org_id from members where role in ('owner', 'admin'))",
    "a > all (select id from members)",
    "(select count(*) from members m where m.org_id = t.org_id) > 0",
    "exists (select 1 from members m join projects p on p.org_id = m.org_id where p.id = t.id)",
    "exists (select 1 from members m left join projects p using (org_id) where p.id = t.id)",
    "exists (select 1 from (select org_id from members where role = 'x') x where x.org_id = t.org_id)",
    "((select auth.jwt()) ->> 'role') = 'admin'",
    "(auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid = org_id",
    "org_id in (select org_id from members union all select org_id from projects)",
    "exists (with mine as (select org_id from members) select 1 from mine where mine.org_id = t.org_id)",
    "a in (select distinct id from members order by id limit 3)",
    "array(select id from members) @> array[a]",
    "s in (select max(role) from members group by org_id having count(*) > 1)",
    "a in (select generate_series(1, 10))",
    "s in (select x from unnest(tags) as x)",
    "a = (values (1))",
]

DEFAULTS = {
    "a": ["1", "-1", "1 + 2", "(2 * 3)", "null", "length('abc')"],
    "s": ["'x'", "''", "'it''s'", "current_user", "null", "'a' || 'b'", "md5('x')", "to_char(now(), 'YYYY')"],
    "v": ["'x'", "'abc'::varchar"],
    "active": ["false", "true", "'t'::text = 'x'"],
    "ts": ["now()", "current_timestamp", "now() + interval '30 days'", "timezone('utc', now())"],
    "lts": ["now() at time zone 'utc'", "localtimestamp"],
    "d": ["current_date", "now()::date", "'2020-01-31'"],
    "n": ["0", "0.00", "1.5"],
    "f": ["0", "1.5"],
    "j": ["'{}'", "'[]'::jsonb", """'{"a":1,"b":[true,null]}'""", "jsonb_build_object('a', 1)"],
    "tags": ["'{}'", "array[]::text[]", "array['x', 'y']"],
    "m": ["'ok'", "'ok'::public.mood"],
    "id": ["gen_random_uuid()", "auth.uid()"],
    "iv": ["'1 day'", "interval '1 hour 30 minutes'", "'02:00'"],
}  # fmt: skip

KEYS = [
    "lower(s)",
    "(a + b)",
    "(j ->> 'x')",
    "coalesce(v, 'x')",
    "((a > 1) or b is null)",
    "date_trunc('day', lts)",
]


def fact_of(sql: str) -> Any:
    (fact,) = extract(sql).facts
    return fact


@pytest.fixture
def connection(database: Database) -> Any:
    connection = database.connect()
    connection.execute(SCHEMA.encode())
    return connection


def printed(connection: Any, query: str) -> str:
    text: str = connection.execute(query.encode()).fetchone()[0]
    return text


def test_policies(connection: Any) -> None:
    for condition in [*CONDITIONS, *QUERIES]:
        sql = f"create policy p on t using ({condition})"
        connection.execute(sql.encode())
        shown = printed(connection, "select pg_get_expr(polqual, polrelid) from pg_policy")
        connection.execute(b"drop policy p on t")
        ours, theirs = fact_of(sql), fact_of(f"create policy p on t using ({shown})")
        assert isinstance(ours, CreatePolicy)
        assert isinstance(theirs, CreatePolicy)
        assert ours.using is not None
        assert theirs.using is not None
        assert canonical(ours.using.root) == canonical(theirs.using.root), f"{condition}\n{shown}"


def test_checks(connection: Any) -> None:
    for condition in CONDITIONS:
        sql = f"alter table t add constraint c check ({condition})"
        connection.execute(sql.encode())
        shown = printed(connection, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'c'")
        connection.execute(b"alter table t drop constraint c")
        ours, theirs = fact_of(sql), fact_of(f"alter table t add {shown}")
        assert isinstance(ours, AddConstraint)
        assert isinstance(theirs, AddConstraint)
        assert ours.constraint.expression is not None
        assert theirs.constraint.expression is not None
        assert canonical(ours.constraint.expression.root) == canonical(theirs.constraint.expression.root), (
            shown
        )


def test_defaults(connection: Any) -> None:
    for column, defaults in DEFAULTS.items():
        for default in defaults:
            sql = f"alter table t alter {column} set default {default}"
            connection.execute(sql.encode())
            shown = printed(
                connection,
                "select coalesce(max(pg_get_expr(adbin, adrelid)), 'null') from pg_attrdef",
            )
            connection.execute(f"alter table t alter {column} drop default".encode())
            ours, theirs = fact_of(sql), fact_of(f"alter table t alter {column} set default {shown}")
            assert isinstance(ours, SetDefault)
            assert isinstance(theirs, SetDefault)
            assert ours.default is not None
            assert theirs.default is not None
            assert canonical(ours.default.root) == canonical(theirs.default.root), f"{default}\n{shown}"


def test_indexes(connection: Any) -> None:
    for key in KEYS:
        sql = f"create index i on t ({key}) where a > 1 and s in ('x', 'y')"
        connection.execute(sql.encode())
        shown = printed(connection, "select pg_get_indexdef('i'::regclass)")
        connection.execute(b"drop index i")
        ours, theirs = fact_of(sql), fact_of(shown)
        assert isinstance(ours, CreateIndex)
        assert isinstance(theirs, CreateIndex)
        for one, two in (
            (ours.elements[0].expression, theirs.elements[0].expression),
            (ours.where, theirs.where),
        ):
            assert one is not None
            assert two is not None
            assert canonical(one.root) == canonical(two.root), f"{key}\n{shown}"
