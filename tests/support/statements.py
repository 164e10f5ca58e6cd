"""Statements of many kinds that PostgreSQL's grammar takes."""

CORPUS = (
    "select 1",
    "select 0, -1, 1.5, 'a', null, true, b'01', x'1f', $1",
    "select 'q\"uo\\te', E'\\n\\t', U&'\\00e9', 'é😀', '{\"location\":5}', 'a\\', ',\"location\":7'",
    "with recursive r as (select 1 union all select n + 1 from r) select * from r where n in (1, 2) limit 5",
    "create table s.t (id int primary key, a text not null default 'x', check (a <> ''), unique (a, id))",
    "create policy p on t for select to anon, authenticated using ((select auth.uid()) = user_id)",
    "alter table t add column b jsonb default '{}'::jsonb, drop constraint c, enable row level security",
    "create function f(a int default 1) returns int language sql begin atomic select a; select 2; end",
    "create function f() returns void language sql security definer set search_path = '' as $$ begin end $$",
    "create trigger t before insert or update of a on x for row when (new.a is null) execute function f()",
    "create view v with (security_invoker = true) as select a.*, count(*) filter (where b) over w from a"
    " window w as (order by c)",
    "grant select (a), update on t to anon with grant option",
    "insert into t (a, b) values (1, 'x'), (2, 3) on conflict (a) do update set b = excluded.b returning *",
    "merge into t using s on t.id = s.id when matched then update set a = 1 when not matched then do nothing",
    "create type e as enum ('a', 'b')",
    "do $$ begin perform 1; end $$",
    "comment on column t.a is 'é'",
    "create index concurrently i on t using gin (a gin_trgm_ops) where b is not null",
    "set search_path to a, b",
    "select json_table from t, lateral (select x::numeric(9, 2)[] from y) z where a between 1 and 2 or not b",
    "create table p partition of q for values from (minvalue) to ('2020-01-01')",
    "select case when a then 1 else 2 end, a at time zone 'utc', a collate \"C\", a[1:2], (b).c, row(1, 2)",
    "create rule r as on insert to t do instead (insert into u values (1); notify x)",
    "create schema s create table t (a int) create view v as select * from t",
)
