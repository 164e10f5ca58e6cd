-- case: drop a table and its partition at once
create table p (a int) partition by list (a);
create table q partition of p default;
drop table p, q;
create table p (a int);
drop table p, missing;
drop table if exists missing, p;
-- case: one refused sub-command refuses all
create table t (a int, b text);
alter table t add column c int, drop column missing;
alter table t drop column b, add column b int;
-- case: sub-commands run in passes
create table t (a int primary key, b int not null, status text default 'x');
alter table t add primary key (b), drop constraint t_pkey;
alter table t alter status set default 1, alter status type int using status::int, alter status drop default;
alter table t alter status drop default, alter status type int using status::int, alter status set default 1;
-- case: partition keys
create table p (a int, b int, c int) partition by list (a);
alter table p drop column a;
alter table p alter column a type bigint;
alter table p add unique (b);
create unique index on p (b);
alter table p add primary key (a, b);
alter table p add check (c > 0) no inherit;
alter table p drop column c;
create table q (a int unique) partition by list (missing);
create table r (a int, b int unique) partition by range (a);
-- case: partitions that overlap
create table p (a int) partition by list (a);
create table p1 partition of p for values in (1, 2);
create table p2 partition of p for values in (2, 3);
create table p3 partition of p default;
create table p4 partition of p default;
create table p5 (a int);
alter table p attach partition p5 for values in (1);
alter table p detach partition p1;
alter table p attach partition p5 for values in (1);
-- case: identity of partitions
create table p (a int generated always as identity, b int not null) partition by list (b);
create table p1 partition of p for values in (1);
alter table p1 alter a drop identity;
alter table p1 alter b add generated always as identity;
alter table p detach partition p1;
create table p2 (a int not null generated always as identity, b int not null);
alter table p attach partition p2 for values in (2);
-- case: own keys of partitions come after inherited ones
create table p (a int, b int) partition by list (a);
create unique index named on p (a);
create table p1 partition of p (unique (a)) for values in (1);
alter table p add primary key (a);
create table p2 partition of p (primary key (b)) for values in (2);
-- case: typed tables
create type pair as (a int, b text);
create table t of pair (a not null);
alter table t add column c int;
alter table t drop column b;
alter table t alter column b type varchar;
alter table t rename column b to c;
alter table t inherit t;
alter table t not of;
alter table t add column c int;
alter table t of pair;
alter table t drop column c;
alter table t of pair;
drop type pair;
drop type pair cascade;
-- case: who may inherit from whom
create table a (x int);
create table b () inherits (a);
alter table a inherit b;
alter table a inherit a;
create table p (x int) partition by list (x);
create table p1 partition of p default;
alter table p inherit a;
alter table p1 inherit a;
alter table b inherit p1;
create table c () inherits (p1);
create table d () inherits (a, a);
create table e (x int) inherits (a) partition by list (x);
-- case: a check that parent and child both have
create table p (a int, constraint x check (a > 0));
create table c (constraint x check (a > 0)) inherits (p);
create table d (constraint x check (a > 1)) inherits (p);
alter table p drop constraint x;
-- case: parents and defaults
create table a (x int);
create table b (x int default 8);
create table c (x int default 9);
create table ab () inherits (a, b);
create table bc () inherits (b, c);
create table bc (x int default 7) inherits (b, c);
-- case: a column that two parents have is not renamed
create table a (x int);
create table b (x int);
create table c () inherits (a, b);
alter table a rename column x to y;
-- case: types of foreign keys
create table a (i int primary key, n numeric unique, t text unique, u uuid unique);
create table b (i bigint references a, v varchar(10) references a (t));
create table c (n numeric references a (i));
create table d (i int references a (n), t text references a (u));
create table e (i int references a (n));
alter table b alter i type numeric;
alter table a alter i type bigint;
create unlogged table f (i int primary key);
create table g (i int references f);
-- case: types that are not assigned
create type mood as enum ('a');
create table t (a text default 'a', b jsonb default '{}', c int default 1);
alter table t alter a type mood;
alter table t alter a type mood using a::mood;
alter table t alter b type int using 1;
alter table t alter c type numeric;
alter table t alter c type text;
-- case: alter constraint and validate
create table a (x int primary key, check (x > 0) not enforced);
create table b (x int references a not enforced, y int references a);
alter table a validate constraint a_pkey;
alter table a validate constraint a_x_check;
alter table b alter constraint b_x_fkey enforced;
alter table b alter constraint b_y_fkey deferrable initially deferred;
alter table a alter constraint a_x_check deferrable;
-- case: several sequences of one column
create schema s;
create table t (a serial);
create sequence more owned by t.a;
alter table t set schema s;
alter sequence s.more set schema s;
drop table s.t;
-- case: sequences of identity columns
create table t (a int generated always as identity, b text generated always as identity);
create table t (a int generated always as identity);
alter sequence t_a_seq owned by none;
alter sequence t_a_seq owner to postgres;
alter table t alter a type text;
-- case: names of index columns stay
create table t (a int unique, b text);
create index on t (b);
alter table t rename column a to c;
alter table t rename column b to d;
create table u (like t including all);
alter table t alter d type varchar;
create table v (like t including all);
-- case: virtual generated columns
create table t (a int, b int generated always as (a + 1), c int generated always as (a + 1) stored);
create index on t (b);
alter table t add unique (b);
create index on t ((b + 1));
alter table t alter b drop expression;
alter table t alter c drop expression;
-- case: generated columns of children
create table p (a int, g int generated always as (a + 1) stored);
create table c (g int default 1) inherits (p);
create table d (a int generated always as (1) stored) inherits (p);
create table e (g int generated always as (a + 2) stored) inherits (p);
create table f () inherits (p);
alter table f alter g drop expression;
alter table only p alter g drop expression;
alter table p alter g drop expression;
-- case: attach an index that does not fit
create table p (a int, b int) partition by list (a);
create table p1 partition of p for values in (1);
create index i on only p (a);
create index i1 on p1 (b);
create index i2 on p1 (a desc);
alter index i attach partition i1;
alter index i attach partition i2;
-- case: columns of sub-commands that are not kept
create table t (a int);
alter table t alter column b set statistics 10;
alter table t alter column a set statistics 10;
alter table t alter column b set storage plain;
