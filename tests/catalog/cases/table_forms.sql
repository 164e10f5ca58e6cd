-- case: like
create table a (x serial primary key, y int not null default 1 check (y > 0), z text unique, w int generated always as (y + 1) stored);
create index on a (y, z);
create index named on a (lower(z)) where y > 1;
create table b (like a);
create table c (like a including all);
create table d (p int, like a including indexes, q int);
create table e (like a including constraints including defaults);
create table f (like a including generated);
-- case: like identity
create table a (x int generated always as identity, y text);
comment on column a.y is 'text';
create table b (like a including identity including comments);
create table c (like a);
-- case: like a view
create view v as select 1 as a, 'x'::text as b;
create table t (like v);
-- case: like a composite type
create type pair as (a int, b text);
create table t (like pair, c int);
-- case: like with keys of the same columns
create table a (x int primary key, y int unique, constraint two unique (x, y));
create table b (like a including all);
create table c (like a including all, z int unique);
-- case: like exclusion
create table a (x int4range, exclude using gist (x with &&));
create table b (like a including indexes);
-- case: like a missing table
create table b (like nowhere);
-- case: inherits
create table a (x int primary key, y text not null default 'a', constraint big check (x > 0));
create table b (z int) inherits (a);
create table c (x int default 7, y text) inherits (a);
create table d (x text) inherits (a);
create table e () inherits (a);
-- case: two parents
create table a (x int, y int check (y > 0));
create table b (y int not null, z int);
create table c (w int) inherits (a, b);
create table d (y text);
create table e () inherits (a, d);
-- case: no inherit
create table a (x int, check (x > 0) no inherit, constraint c check (x > 1));
create table b () inherits (a);
-- case: inherit later
create table a (x int not null, constraint c check (x > 0));
create table b (x int not null, y int, constraint c check (x > 0));
alter table b inherit a;
alter table a add column z int;
alter table b no inherit a;
alter table a add column w int;
create table d (x int);
alter table d inherit a;
-- case: partitions
create table p (id int, at date not null, v text default 'v', primary key (id, at)) partition by range (at);
create index on p (v);
create index named on p (lower(v), id);
create unique index on p (at, id) include (v);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 partition of p (v default 'w' not null, check (id > 0)) default;
create index later on p (id);
create index only_parent on only p (v, id);
-- case: partition with constraints
create table r (id int primary key);
create table p (id int not null references r, k int, check (k > 0), constraint u unique (id, k)) partition by list (id);
create table p1 partition of p for values in (1);
create table p2 (id int not null, k int, constraint p_k_check check (k > 0));
create unique index mine on p2 (k, id);
create index on p2 (id);
alter table p attach partition p2 for values in (2);
alter table p add constraint late check (id < 100);
alter table p add constraint fk2 foreign key (k) references r;
alter table p add unique (k, id);
-- case: sub partitions
create table p (a int, b int, c text) partition by list (a);
create table p1 partition of p for values in (1) partition by range (b);
create table p11 partition of p1 for values from (0) to (10);
create index on p (c);
alter table p add primary key (a, b);
create table p12 partition of p1 default;
alter table p add column d int default 3;
alter table p1 add column e int;
-- case: attach
create table p (a int, b text) partition by list (a);
create index on p (b);
create table p1 (a int, b text);
create index p1_own on p1 (b);
alter table p attach partition p1 for values in (1);
create table p2 (a int);
alter table p attach partition p2 for values in (2);
create table p3 (a int, b text, c int);
alter table p attach partition p3 for values in (3);
create table p4 (a int, b varchar);
alter table p attach partition p4 for values in (4);
alter table p detach partition p1;
drop index p_b_idx;
-- case: attach an index
create table p (a int) partition by list (a);
create table p1 partition of p for values in (1);
create index pi on only p (a);
create index pi1 on p1 (a);
alter index pi attach partition pi1;
drop index pi1;
drop index pi;
-- case: row triggers of partitions
create function f() returns trigger language plpgsql as 'begin return new; end';
create table p (a int, b int) partition by list (a);
create trigger t1 before insert on p for each row execute function f();
create trigger t2 after insert on p for each statement execute function f();
create table p1 partition of p for values in (1);
create trigger t3 after update of b on p for each row execute function f();
drop trigger t1 on p1;
drop trigger t1 on p;
alter trigger t3 on p rename to t4;
alter table p detach partition p1;
-- case: drop partitions
create table p (a int primary key) partition by list (a);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2) partition by list (a);
create table p21 partition of p2 default;
drop table p1;
drop table p;
-- case: partition of what is not partitioned
create table a (x int);
create table b partition of a default;
create table p (x int) partition by hash (x);
create table c () inherits (p);
create table d partition of p for values with (modulus 2, remainder 0);
-- case: as a query
create table a (x int not null, y varchar(20), z numeric(8, 2), k timestamptz default now());
create table b as select * from a;
create table c as select x, y as why, z + 1 as more, 'text' as t, 1 as one, null as n, 2.5 as d, true as yes, k from a;
create table d (p, q) as select x, y from a with no data;
create table e as select count(*), sum(x) as s, max(y) as m, now() as n, lower(y) as l, x::bigint from a group by x, y;
create table f as values (1, 'a'), (2, 'b');
create table if not exists f as select 1;
create table g as select a.x, b.y from a join b using (x);
create table h as select * from a join b using (x, y);
create table i as with w as (select x, y from a) select * from w union select 1, 'b';
create table j as select row_number() over () as rn, x from a;
create table k as select case when x > 0 then 'a' else 'b' end as c, coalesce(z, 0) as z, array[1, 2] as arr, array_agg(x) as xs from a group by x, z;
create table l as select x, x from a;
create table m as select exists (select 1), (select max(x) from a), x is null as n, x in (1, 2) as i from a;
select x, y into n from a;
create table o as select g as gs, n.x from generate_series(1, 3) as g, lateral (select x from a) n;
create table p as table a;
create table q as select e.key, e.value, x from a, jsonb_each('{}'::jsonb) as e;
create table r as select jsonb_build_object('a', 1) -> 'a' as j, '{}'::jsonb ->> 'a' as t, current_date as cd, interval '1 day' as iv;
create table s as select * from (values (1, 'x')) as v (num, txt);
create temporary table tt as select 1 as a;
-- case: as a query of a view or function
create table a (x int, y text);
create view v as select x as vx, upper(y) as vy from a;
create function f() returns table (p int, q text) language sql as 'select 1, ''x''';
create function g() returns setof a language sql as 'select * from a';
create table b as select * from v;
create table c as select * from f();
create table d as select * from g();
create table e as select f.p, g.* from f() f, g() g;
-- case: materialized view of a query
create table a (x int, y text);
create materialized view m as select x, count(*) as n, lower(y) from a group by 1, 3;
create unique index on m (x);
create index on m (lower);
create index on m (n desc) where n > 0;
create index on m (nothing);
create view v as select * from m;
create index on v (x);
-- case: output names
create table a (x int, y text);
create view v as select x + 1, y || 'a', x::text, y::varchar(3), count(*) over (), case when x > 0 then y end,
  array[x], row(x, y), coalesce(y, ''), greatest(x, 1), (select 5), (select y from a limit 1), exists (select 1),
  current_user from a;
create materialized view w as select x + 1, case when x > 0 then 1 end, array[x], x::text as "Text" from a;
create view u as select a, a.*, now(), nullif(x, 1), -x, not x > 1 from a;
create view u2 as select a.*, now(), nullif(x, 1), -x from a;
create view u3 as select extract(year from now()), trim(y), substring(y from 1 for 2), date '2020-01-01', interval '1 day', position('a' in y) from a;
create view u4 as select now() at time zone 'utc', array(select x from a), y collate "C", true from a;
