-- case: tables
create table a (x int primary key);
create table b (x int references a);
drop table a;
drop table if exists a, nothing;
drop table nothing;
drop table a cascade;
drop table b;
-- case: several tables that depend on each other
create table a (x int primary key);
create table b (x int references a);
create view v as select * from b;
drop table a, b;
drop view v;
drop table a, b;
-- case: views of tables
create table t (a int);
create view v as select a from t;
create materialized view m as select a from v;
create index on m (a);
drop table t;
drop view v;
drop view m;
drop materialized view v;
drop table v;
drop table t cascade;
-- case: view that uses the row
create table t (a int);
create view v as select t from t;
drop table t;
drop table t cascade;
-- case: policies of other tables
create table t (a int);
create table u (b int);
create policy p on u using (b in (select a from t));
create policy q on u using (true);
drop table t;
drop table t cascade;
-- case: children
create table a (x int);
create table b () inherits (a);
drop table a;
drop table a cascade;
-- case: indexes
create table t (a int unique, b int);
create index i on t (b);
drop index t_a_key;
drop index i;
drop index i;
drop index if exists i;
drop index t;
create unique index u on t (b);
create table f (b int references t (b));
drop index u;
drop index u cascade;
-- case: sequences
create sequence s;
create table t (a int default nextval('s'), b serial, c int generated always as identity);
drop sequence s;
drop sequence s cascade;
drop sequence t_b_seq;
drop sequence t_b_seq cascade;
drop sequence t_c_seq;
drop sequence t_c_seq cascade;
-- case: owned sequence goes with its table
create sequence s;
create table t (a int);
alter sequence s owned by t.a;
drop table t;
create sequence s;
create table u (a int default nextval('s'));
alter sequence s owned by u.a;
alter sequence s owned by none;
drop table u;
-- case: types
create type e as enum ('a', 'b');
create table t (a e, b e[], c text default 'a'::e::text, d int);
create index on t (d) where 'a'::e = 'b'::e;
create function f(e) returns int language sql as 'select 1';
create function g() returns e language sql as 'select null::e';
create view v as select a from t;
create domain dom as e;
drop type e;
drop type e cascade;
-- case: composite and domain types
create type pair as (a int, b text);
create domain posint as int check (value > 0);
create table t (a pair, b posint, c int);
drop domain pair;
drop type posint;
drop domain posint cascade;
drop type pair cascade;
create type outer_pair as (p int);
create type inner_use as (o outer_pair, q int);
drop type outer_pair cascade;
-- case: row type
create table t (a int);
create function f(t) returns int language sql as 'select 1';
drop type t;
drop table t;
drop table t cascade;
-- case: functions
create function f() returns int language sql immutable as 'select 1';
create function f(int) returns int language sql immutable as 'select $1';
create table t (a int default f(), b int check (f(b) > 0), c int generated always as (f(a)) stored);
create index on t (f(a));
create policy p on t using (f() = 1);
create view v as select f() as x;
drop function f;
drop function f();
drop function f(text);
drop function if exists f(text);
drop function f() cascade;
drop function f(int) cascade;
-- case: trigger functions
create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a int);
create trigger x before insert on t for each row execute function f();
drop function f();
drop function f() cascade;
-- case: procedures and routines
create procedure p(a int) language sql as 'select 1';
create function f() returns int language sql as 'select 1';
drop function p;
drop procedure f;
drop procedure p;
drop routine f;
-- case: function bodies that depend
create table t (a int);
create function f() returns bigint language sql begin atomic select count(*) from t; end;
create function g() returns bigint language sql as 'select count(*) from t';
drop table t;
drop table t cascade;
-- case: schemas
create schema s;
create table s.t (a int);
create table u (a s.t);
create view v as select a from s.t;
drop schema s;
drop schema nothing;
drop schema if exists nothing;
drop schema s cascade;
-- case: empty schema
create schema s;
drop schema s;
create schema s;
-- case: policies and triggers
create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a int);
create policy p on t;
create trigger x before insert on t for each row execute function f();
drop policy p on t;
drop policy p on t;
drop policy if exists p on t;
drop policy p on nowhere;
drop policy if exists p on nowhere;
drop trigger x on t;
drop trigger x on t;
drop trigger if exists x on t;
-- case: key of a partitioned table
create table p (a int, b int, constraint u unique (a)) partition by list (a);
create table p1 partition of p for values in (1);
create table f (a int references p (a));
alter table p1 drop constraint p1_a_key;
alter table p drop constraint u;
alter table p drop constraint u cascade;
-- case: foreign key of a partitioned table
create table r (a int primary key);
create table p (a int, constraint fk foreign key (a) references r) partition by list (a);
create table p1 partition of p for values in (1);
alter table p1 drop constraint fk;
alter table p drop constraint fk;
-- case: index of a partitioned table
create table p (a int) partition by list (a);
create table p1 partition of p for values in (1);
create index i on p (a);
drop index p1_a_idx;
drop index i;
-- case: wrong kinds
create table t (a int);
create view v as select 1 as a;
create sequence s;
drop view t;
drop table s;
drop sequence v;
drop view if exists t;
drop index s;
-- case: names are free again
create table t (a serial primary key, b int unique, c int check (c > 0));
drop table t;
create table t (a serial primary key, b int unique, c int check (c > 0));
-- case: view chain with restrict
create table t (a int, b int);
create view v1 as select a from t;
create view v2 as select a from v1;
drop view v1;
drop view v1 cascade;
create view v1 as select b from t;
