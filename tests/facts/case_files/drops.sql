-- DROP.

drop table if exists a.b, c cascade
--> [a.b] DropObject(kind=table, name=a.b, if_exists=True, cascade=True, together=[a.b, c])
--> [c] DropObject(kind=table, name=c, if_exists=True, cascade=True, together=[a.b, c])

drop function f(int, text), g, s.h()
--> [f] DropObject(kind=function, name=f, arguments=[int4, text], together=[f, g, s.h])
--> [g] DropObject(kind=function, name=g, together=[f, g, s.h])
--> [s.h] DropObject(kind=function, name=s.h, arguments=[], together=[f, g, s.h])

drop policy if exists p on s.t cascade
--> [p on s.t] DropObject(kind=policy, name=p, table=s.t, if_exists=True, cascade=True)

drop trigger t on x
--> [t on x] DropObject(kind=trigger, name=t, table=x)

drop type a.b, int4
--> [a.b] DropObject(kind=type, name=a.b, together=[a.b, int4])
--> [int4] DropObject(kind=type, name=int4, together=[a.b, int4])

drop aggregate f(*)
--> [f] DropObject(kind=aggregate, name=f, arguments=[])

drop aggregate f(int order by text)
--> [f] DropObject(kind=aggregate, name=f, arguments=[int4, text])

drop index concurrently if exists i, s.j
--> [i] DropObject(kind=index, name=i, if_exists=True, concurrently=True, together=[i, s.j])
--> [s.j] DropObject(kind=index, name=s.j, if_exists=True, concurrently=True, together=[i, s.j])

drop schema if exists a, b
--> [a] DropObject(kind=schema, name=a, if_exists=True, together=[a, b])
--> [b] DropObject(kind=schema, name=b, if_exists=True, together=[a, b])

drop extension x
--> [x] DropObject(kind=extension, name=x)

drop rule r on t
--> [r on t] DropObject(kind=rule, name=r, table=t)

drop view v
--> [v] DropObject(kind=view, name=v)

drop materialized view "V w"."x"
--> ["V w"."x"] DropObject(kind=materialized view, name=V w.x)

drop domain d
--> [d] DropObject(kind=domain, name=d)

drop sequence s
--> [s] DropObject(kind=sequence, name=s)

drop cast (int as text)
--> [(int as text)] DropObject(kind=cast, name=int4.text, arguments=[int4, text])

drop operator + (int, int), s.- (none, int)
--> [+] DropObject(kind=operator, name=+, arguments=[int4, int4], together=[+, s.-])
--> [s.-] DropObject(kind=operator, name=s.-, arguments=[none, int4], together=[+, s.-])

drop role if exists a, b
--> [a] DropObject(kind=role, name=a, if_exists=True)
--> [b] DropObject(kind=role, name=b, if_exists=True)

drop user c
--> [c] DropObject(kind=role, name=c)

drop owned by x
--> [drop owned by x] DropOwned(roles=[x])

drop publication p
--> [p] DropObject(kind=publication, name=p)

drop event trigger e
--> [e] DropObject(kind=event trigger, name=e)

drop procedure p(int)
--> [p] DropObject(kind=procedure, name=p, arguments=[int4])

drop routine p
--> [p] DropObject(kind=routine, name=p)

drop foreign table x
--> [x] DropObject(kind=foreign table, name=x)

drop server s
--> [s] DropObject(kind=server, name=s)

drop collation c
--> [c] DropObject(kind=collation, name=c)

drop text search configuration x
--> [x] DropObject(kind=text search configuration, name=x)

drop database if exists d
--> [d] DropObject(kind=database, name=d, if_exists=True)

drop subscription s
--> [s] DropObject(kind=subscription, name=s)

drop user mapping for x server y
--> [y] DropObject(kind=user mapping, name=y, qualifier=x)

drop transform for int language sql
--> [int] DropObject(kind=transform, name=int4, arguments=[int4], qualifier=sql)

drop operator class x using btree
--> [x] DropObject(kind=operator class, name=x, qualifier=btree)

drop statistics s
--> [s] DropObject(kind=statistics, name=s)

drop access method a
--> [a] DropObject(kind=access method, name=a)

drop tablespace x
--> [drop tablespace] NoEffect(what=drop tablespace)

drop conversion x
--> [x] DropObject(kind=conversion, name=x)

drop language l
--> [l] DropObject(kind=language, name=l)

drop foreign data wrapper f
--> [f] DropObject(kind=foreign data wrapper, name=f)

drop function f(a int, out b text, variadic c numeric(10, 2)[])
--> [f] DropObject(kind=function, name=f, arguments=[int4, numeric(10,2)[]])

drop function if exists f(setof s.t)
--> [f] DropObject(kind=function, name=f, arguments=[setof s.t], if_exists=True)

drop constraint x
--> [drop constraint] Unanalysed(reason=it does not parse: syntax error at or near "constraint", names=[[x]])

drop index -- c
 i
--> [i] DropObject(kind=index, name=i)

DROP TABLE T
--> [T] DropObject(kind=table, name=t)
