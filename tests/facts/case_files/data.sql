-- Statements that read or change rows.

insert into s.t as x (a, b.c, d[1]) overriding system value select 1 returning *
--> [s.t] InsertRows(table=s.t, columns=[a, b, d], query=<insert>)

insert into t default values
--> [t] InsertRows(table=t, query=<insert>)

insert into t values (1, default) on conflict (a) where b > 1 do update set c = excluded.c, (d, e) = (1, 2) where t.a > 1
--> [t] InsertRows(table=t, query=<insert>)

with x as (select 1) update only t set a = 1, (b, c) = (select 1, 2), d.x = 1 from u where t.a = u.a returning a
--> [t] UpdateRows(table=t, columns=[a, b, c, d], query=<update>)

delete from s.t using u where t.a = u.a
--> [s.t] DeleteRows(table=s.t, query=<delete>)

delete from t
--> [t] DeleteRows(table=t, query=<delete>)

delete from t where current of c
--> [t] DeleteRows(table=t, query=<delete>)

merge into t using s on t.a = s.a when matched and t.b then update set c = 1 when not matched then insert (a) values (1) when not matched by source then delete when matched then do nothing
--> [t] InsertRows(table=t, query=<merge>)

truncate only a, b.c restart identity cascade
--> [a] TruncateTable(table=a, cascade=True)
--> [b.c] TruncateTable(table=b.c, cascade=True)

truncate table t
--> [t] TruncateTable(table=t)

copy t (a, b) from stdin with (format csv)
--> [t] InsertRows(table=t, columns=[a, b], copy=True)

copy t to stdout
--> [copy] NoEffect(what=copy to)

copy (select 1) to stdout
--> [copy] RunQuery(query=<select>)

copy (insert into t values (1) returning a) to stdout
--> [copy] RunQuery(query=<insert>)

copy s.t from 'x' where a > 1
--> [s.t] InsertRows(table=s.t, copy=True)

values (1, 2), (3, 4)
--> [values] RunQuery(query=<values>)

table foo
--> [table] RunQuery(query=<select>)

select set_config('search_path', '', false)
--> [select] RunQuery(query=<select>)

call p(1, x => 2)
--> [call] RunQuery(query=<select>)

declare c cursor for select 1
--> [declare] RunQuery(query=<select>)

with d as (delete from t returning *) select * from d
--> [with] RunQuery(query=<select>)

(select 1)
--> [(] RunQuery(query=<select>)

insert into t ("A", b) with x as (select 1) select * from x
--> [t] InsertRows(table=t, columns=[A, b], query=<insert>)
