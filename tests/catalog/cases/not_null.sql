-- case: the names of not null
create table t (a int not null, b int primary key, c serial, d int generated always as identity, constraint t_a_not_null check (a > 0));
create table t (a int not null, b int primary key, c serial, d int generated always as identity);
alter table t drop constraint t_a_not_null;
alter table t rename constraint t_c_not_null to c_is_there;
alter table t drop constraint c_is_there;
alter table t drop constraint t_b_not_null;
alter table t drop constraint t_d_not_null;
alter table t add check (a > 0), add constraint a_is_there not null a;
alter table t drop constraint t_a_not_null;
-- case: not null after a rename
create table t (a int not null);
alter table t rename to old;
alter table old rename column a to b;
create table t (a int not null);
alter table old drop constraint t_a_not_null;
alter table t drop constraint t_a_not_null1;
-- case: not null said twice
create table t (a int not null not null, b int constraint x not null, not null b);
create table u (a int constraint x not null, constraint y not null a);
create table v (a int not null no inherit primary key);
create table w (a int constraint x not null, b int constraint x not null);
alter table t add constraint y not null a;
alter table t add not null a no inherit;
-- case: not null of children
create table p (a int not null, b int not null no inherit);
create table c () inherits (p);
create table d (a int not null) inherits (p);
alter table c alter a drop not null;
alter table p alter a drop not null;
alter table p alter b set not null;
alter table p add primary key (a);
alter table p drop constraint p_pkey;
alter table only p alter a drop not null;
alter table p add column s serial;
-- case: not null, not valid
create table p (a int not null);
create table c (a int);
alter table c add not null a not valid;
alter table c inherit p;
alter table c validate constraint c_a_not_null;
alter table c inherit p;
alter table p rename constraint p_a_not_null to named;
alter table p drop constraint named;
-- case: not null of partitions
create table p (a int, b int not null) partition by list (a);
create table p1 partition of p default;
create table p2 (a int, b int constraint own not null);
alter table p1 alter b drop not null;
alter table p add primary key (a);
alter table p attach partition p2 for values in (1);
alter table p2 add primary key (a);
alter table p attach partition p2 for values in (1);
alter table p drop constraint p_b_not_null;
-- case: like copies the names of not null
create table t (a int constraint named not null, b serial);
create table u (like t);
alter table u drop constraint named;
alter table u drop constraint t_b_not_null;
-- case: not null with and without inherit
create table p (a int not null no inherit);
create table c () inherits (p);
alter table p alter constraint p_a_not_null inherit;
alter table c alter a drop not null;
alter table p alter constraint p_a_not_null no inherit;
alter table c alter a drop not null;
