-- case: names
create table t (a int, b text, c jsonb, "D e" int);
create index on t (a);
create index on t (a);
create index on t (a, b);
create index on t (lower(b));
create index on t (lower(b), upper(b), a);
create index on t ((a + 1));
create index on t ((a + 1), (a + 2));
create index on t ((c ->> 'x'));
create index on t ((b::varchar));
create index on t (lower(b), lower(b));
create index on t ("D e");
create index on t (a) include (b);
create index on t (coalesce(b, ''));
create index on t ((a is null));
create index named on t (a);
create index named on t (b);
create index if not exists named on t (b);
create unique index if not exists other on t (b);
-- case: methods and options
create table t (a int, b text, c jsonb, d int4range);
create index h on t using hash (a);
create index g on t using gin (c);
create index gp on t using gin (c jsonb_path_ops);
create index r on t using gist (d);
create index br on t using brin (a);
create index o on t (a desc nulls last, b collate "C" text_pattern_ops);
create unique index p on t (a) where a > 0;
create unique index n on t (b) nulls not distinct;
create index concurrently cc on t (a);
-- case: refused
create table t (a int);
create view v as select a from t;
create index on t (b);
create index on t (lower(b));
create index on t (a) where b > 0;
create index on v (a);
create index on nowhere (a);
create index t on t (a);
-- case: in the table's schema
create schema s;
create table s.t (a int);
create index i on s.t (a);
create index i on s.t (a);
create table t (a int);
create index i on t (a);
-- case: long names
create table a_very_long_table_name_that_is_nearly_as_long_as_a_name_may_be (
  a_very_long_column_name_that_is_nearly_as_long_as_a_name_may_be int, b int);
create index on a_very_long_table_name_that_is_nearly_as_long_as_a_name_may_be (a_very_long_column_name_that_is_nearly_as_long_as_a_name_may_be);
create index on a_very_long_table_name_that_is_nearly_as_long_as_a_name_may_be (a_very_long_column_name_that_is_nearly_as_long_as_a_name_may_be, b);
create index on a_very_long_table_name_that_is_nearly_as_long_as_a_name_may_be (b, a_very_long_column_name_that_is_nearly_as_long_as_a_name_may_be);
create index on a_very_long_table_name_that_is_nearly_as_long_as_a_name_may_be (b);
-- case: concurrently on a partitioned table
create table p (a int) partition by list (a);
create index concurrently on p (a);
