create role app_owner; create role reader; create role writer login; create role boss with createdb;
create schema app authorization app_owner;
create schema extensions;
create extension citext with schema extensions;
create extension pg_trgm with schema extensions;
comment on schema app is 'the application';
create type public.mood as enum ('sad', 'ok', 'it''s fine');
comment on type public.mood is 'how one feels';
create domain app.email as extensions.citext default 'x@y' not null constraint has_at check (value ~ '@');
comment on constraint has_at on domain app.email is 'an at';
create type app.pair as (a int, b text collate "C");
create type app.span as range (subtype = float8, subtype_diff = float8mi);
create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function app.add(a int, b int default 2) returns int language sql immutable strict parallel safe as 'select a + b';
comment on function app.add(int, int) is 'adds; it''s ok';
create function app.tab(p text, out x int, out y text) returns setof record language sql stable security definer set search_path = '' as 'select 1, ''a''';
create function app.tt() returns table (a int, b app.pair) language sql as 'select 1, null::app.pair';
create procedure app.proc(inout a int, variadic b text[]) language plpgsql as $$ begin a := 1; end $$;
create function app.std(a int) returns int language sql begin atomic select a + 1; end;
create operator app.=== (function = app.add, leftarg = int, rightarg = int);
comment on operator app.=== (int, int) is 'plus';
create function app.mood_to_int(public.mood) returns int language sql immutable as 'select 1';
create cast (public.mood as int) with function app.mood_to_int(public.mood) as assignment;
comment on cast (public.mood as int) is 'cast';
create collation app.de from "C";
comment on collation app.de is 'de';
create conversion app.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create text search dictionary app.dict (template = simple, stopwords = english);
create text search configuration app.cfg (copy = english);
alter text search configuration app.cfg alter mapping for asciiword with app.dict;
comment on text search configuration app.cfg is 'cfg';
create operator class app.int_rev for type int using btree as operator 1 <, operator 3 =, operator 5 >, function 1 btint4cmp(int, int);
create operator family app.fam using hash;
create foreign data wrapper fdw;
create server srv type 'x' version '1' foreign data wrapper fdw options (host 'a');
create user mapping for public server srv options (u 'a');
create user mapping for postgres server srv;
comment on server srv is 'server';
create foreign table app.remote (id int not null, name text options (n 'x')) server srv options (t 'y');
create sequence app.numbers as smallint increment by 5 minvalue 5 maxvalue 500 start with 10 cycle;
create table app.users (
  id bigint generated always as identity primary key,
  email app.email unique,
  name varchar(40) not null default 'it''s; a "name"',
  mood public.mood default 'ok',
  tags text[] default '{}'::text[],
  price numeric(10,2) check (price > 0),
  slug text generated always as (lower(name)) stored,
  pair app.pair,
  updated_at timestamptz(3) default now(),
  ip inet, j jsonb default '{"a": [1]}'::jsonb, iv interval day to second(3), b bit(3), c char(4), bb bit varying(8),
  constraint name_len check (length(name) between 1 and 40) not valid
);
comment on table app.users is 'users; with -- tricky /* text */ and $$';
comment on column app.users.email is 'mail';
comment on constraint name_len on app.users is 'length';
create table app.posts (
  id serial primary key, n int default nextval('app.numbers'), user_id bigint not null references app.users on delete cascade on update restrict,
  title text, body text, score double precision, parent int references app.posts deferrable initially deferred,
  unique nulls not distinct (title, user_id), exclude using gist (int4range(least(id, n), greatest(id, n)) with &&)
);
create index on app.posts (lower(title));
create index posts_trgm on app.posts using gin (title extensions.gin_trgm_ops);
create unique index partial on app.posts (user_id desc nulls last, title collate "C") include (score) where score > 1;
comment on index app.partial is 'partial';
alter table app.posts cluster on posts_pkey;
alter table app.posts replica identity using index posts_pkey;
alter table app.posts alter title set statistics 100;
alter table app.posts alter body set storage external;
create statistics app.stat (dependencies, mcv) on title, user_id from app.posts;
create statistics app.stat2 on (lower(title)) from app.posts;
alter statistics app.stat set statistics 50;
comment on statistics app.stat is 'stat';
create table public.events (id bigint not null, at timestamptz not null, kind text, primary key (id, at)) partition by range (at);
create table public.events_1 partition of public.events for values from ('2024-01-01') to ('2025-01-01');
create table public.events_d partition of public.events default;
create index on public.events (kind);
create table public.lists (k text, v int) partition by list (k);
create table public.lists_a partition of public.lists for values in ('a', null) partition by hash (v);
create table public.lists_a0 partition of public.lists_a for values with (modulus 2, remainder 0);
create table app.base (a int, b text not null);
create table app.child (c int) inherits (app.base);
alter table app.child alter a set default 5;
create unlogged table app.quick (a int) with (fillfactor = 70, autovacuum_enabled = off);
create table app.typed of app.pair (primary key (a));
create view app.names with (security_invoker = true) as select u.id, u.name, p.title from app.users u left join app.posts p on p.user_id = u.id where u.price > 1;
comment on view app.names is 'names'; comment on column app.names.id is 'the id';
create view app.checked as select id, name from app.users where name <> '' with local check option;
create materialized view app.mv as select user_id, count(*) as n, max(score) from app.posts group by user_id with no data;
create unique index mv_key on app.mv (user_id);
create recursive view app.rec (n) as values (1) union all select n + 1 from rec where n < 5;
create view app.gb as select id, name, count(*) from app.users group by id;
create rule ins as on insert to app.names do instead nothing;
create rule log as on update to app.base where new.a > 1 do also (insert into app.quick values (1); delete from app.quick where a = 2);
comment on rule log on app.base is 'rule';
create trigger touch before update of name, price on app.users for each row when (old.name is distinct from new.name) execute function app.touch();
create constraint trigger later after insert on app.posts deferrable initially deferred for each row execute function app.touch('x', 'y');
create trigger evt after insert on public.events for each row execute function app.touch();
create trigger tr after insert on app.base referencing new table as fresh for each statement execute function app.touch();
alter table app.base disable trigger tr;
comment on trigger touch on app.users is 'trigger';
create function app.on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
alter table app.users enable row level security;
alter table app.users force row level security;
create policy own on app.users as restrictive for update to reader, writer using (name = current_user) with check (true);
create policy seen on app.users for select using (exists (select 1 from app.posts p where p.user_id = users.id));
comment on policy own on app.users is 'policy';
create publication pub_all for all tables;
create publication pub for table app.users (id, name), app.posts where (id > 1) with (publish = 'insert, update');
create publication pub_s for table app.base, tables in schema public;
comment on publication pub is 'pub';
grant usage on schema app to reader, writer;
grant select, insert on app.users to reader with grant option;
grant select (id, title), update (title) on app.posts to writer;
grant usage, select on sequence app.numbers to writer;
grant execute on function app.add(int, int) to reader; revoke execute on function app.add(int, int) from public;
revoke all on function app.touch() from public;
grant usage on type app.pair to reader; revoke usage on type app.span from public;
grant usage on foreign server srv to reader; grant usage on foreign data wrapper fdw to reader;
grant usage on language sql to reader; revoke all on schema public from public; grant all on schema public to boss;
grant all on app.names to writer; grant select on all tables in schema public to reader;
alter default privileges in schema app grant select on tables to reader;
alter default privileges for role app_owner revoke execute on functions from public;
alter default privileges for role app_owner in schema app grant all on sequences to writer;
alter default privileges grant usage on schemas to boss;
alter table app.posts owner to app_owner; alter function app.tt() owner to app_owner; alter type app.pair owner to app_owner;
alter view app.names owner to boss; alter schema extensions owner to boss;
create table "Weird ""Schema" ("order" int, "x y" text, "select" text default 'a');
create schema "My App"; create table "My App"."T;1" (id int primary key); create view "My App"."V" as select * from "My App"."T;1";
create function "My App"."F"("A b" int) returns text language sql as $x$ select ';$$' $x$;
create access method heap2 type table handler heap_tableam_handler;
create table app.am (a int) using heap2;
create transform for public.mood language plpgsql (from sql with function prsd_lextype(internal));
insert into app.users (email, name) values ('a@b', E'tab\there\\.\nnewline; select'), ('c@d', '\.');
insert into app.posts (id, n, user_id, title) values (10, 11, 1, null), (20, 21, 2, 'x');
insert into app.base values (1, ''), (2, 'create table nope (id int);');
insert into "My App"."T;1" values (5);
select lo_create(4711); comment on large object 4711 is 'lo'; grant select on large object 4711 to reader;
create event trigger ddl on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function app.on_ddl();
alter event trigger ddl disable; comment on event trigger ddl is 'et';
create view app.casted as select id::text as id, coalesce(name, 'x') as name, (pair).a, tags[1] as tag, case when price > 1 then 'a' else 'b' end as c, array_agg(id) over () as ids from app.users;
create table app.gen2 (a int, b int generated always as (a * 2) virtual, constraint nn not null a no inherit);
alter table app.quick add constraint quick_nn not null a not valid;
create table app.temporal (id int4range, valid daterange, primary key (id, valid without overlaps));
