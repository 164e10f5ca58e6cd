-- Settings, transactions, and what changes no schema or is not read.

set search_path = a, 'b', "C"
--> [set search_path = a, 'b', "C"] SetSearchPath(schemas=[a, b, C])

set search_path to default
--> [set search_path to default] SetSearchPath(schemas=None)

set local search_path to ''
--> [set local search_path to ''] SetSearchPath(schemas=[], local=True)

SET SCHEMA 'x'
--> [SET SCHEMA 'x'] SetSearchPath(schemas=[x])

set x.y = 1.5
--> [set x.y = 1.5] SetSetting(name=x.y, value=1.5)

set session statement_timeout = '5s'
--> [set session statement_timeout = '5s'] SetSetting(name=statement_timeout, value=5s)

set time zone 'UTC'
--> [set time zone 'UTC'] SetSetting(name=timezone, value=UTC)

set time zone local
--> [set time zone local] SetSetting(name=timezone, value=None)

set time zone interval '1' hour to minute
--> [set time zone interval '1' hour to minute] SetSetting(name=timezone, value=1)

set names 'utf8'
--> [set names 'utf8'] SetSetting(name=client_encoding, value=utf8)

set role postgres
--> [set role postgres] SetRole(role=postgres)

set role none
--> [set role none] SetRole(role=None)

set local role 'x'
--> [set local role 'x'] SetRole(role=x, local=True)

reset role
--> [reset role] SetRole(role=None)

set session authorization x
--> [set session authorization x] SetRole(role=x)

set session authorization default
--> [set session authorization default] SetRole(role=None)

reset session authorization
--> [reset session authorization] SetRole(role=None)

reset search_path
--> [reset search_path] SetSearchPath(schemas=None)

reset all
--> [reset all] SetSetting(name=*, value=None)

reset x
--> [reset x] SetSetting(name=x, value=None)

set transaction isolation level serializable
--> [set transaction isolation level serializable] NoEffect(what=set transaction)

set session characteristics as transaction read only
--> [set session characteristics as transaction read only] NoEffect(what=set session characteristics)

set x from current
--> [set x from current] NoEffect(what=set from current)

set constraints all deferred
--> [set constraints] NoEffect(what=set constraints)

set x to on, off
--> [set x to on, off] SetSetting(name=x, value=on, off)

set x = true
--> [set x = true] SetSetting(name=x, value=true)

set x = -5
--> [set x = -5] SetSetting(name=x, value=-5)

begin
--> [begin] Transaction(action=begin)

begin work
--> [begin work] Transaction(action=begin)

start transaction read only
--> [start transaction read only] Transaction(action=begin)

commit and chain
--> [commit and chain] Transaction(action=commit, chain=True)

end
--> [end] Transaction(action=commit)

rollback
--> [rollback] Transaction(action=rollback)

abort and chain
--> [abort and chain] Transaction(action=rollback, chain=True)

savepoint a
--> [savepoint a] Transaction(action=savepoint, name=a)

release savepoint a
--> [release savepoint a] Transaction(action=release, name=a)

release a
--> [release a] Transaction(action=release, name=a)

rollback to savepoint a
--> [rollback to savepoint a] Transaction(action=rollback to, name=a)

rollback to a
--> [rollback to a] Transaction(action=rollback to, name=a)

prepare transaction 'x'
--> [prepare transaction 'x'] Transaction(action=prepare, name=x)

commit prepared 'x'
--> [commit prepared 'x'] Unanalysed(reason=what a prepared transaction did is not known where it is completed)

rollback prepared 'x'
--> [rollback prepared 'x'] Unanalysed(reason=what a prepared transaction did is not known where it is completed)

vacuum analyze t (a)
--> [vacuum analyze] NoEffect(what=vacuum or analyze)

analyze
--> [analyze] NoEffect(what=vacuum or analyze)

lock table a, b in share mode nowait
--> [lock table] NoEffect(what=lock)

explain select 1
--> [explain select] NoEffect(what=explain)

explain analyze delete from t
--> [t] DeleteRows(table=t, query=<delete>)

explain (analyze, verbose) insert into t values (1)
--> [t] InsertRows(table=t, query=<insert>)

explain (analyze off) delete from t
--> [explain] NoEffect(what=explain)

reindex table concurrently t
--> [reindex table] NoEffect(what=reindex)

cluster t using i
--> [cluster t] NoEffect(what=cluster)

checkpoint
--> [checkpoint] NoEffect(what=checkpoint)

notify a, 'b'
--> [notify a] NoEffect(what=notify)

listen a
--> [listen a] NoEffect(what=listen)

unlisten *
--> [unlisten] NoEffect(what=unlisten)

discard all
--> [discard all] SetRole(role=None)
--> [discard all] SetSetting(name=*, value=None)

create statistics s on a, b from t
--> [s] CreateObject(kind=statistics, name=s, table=t, columns=[a, b])

security label on table t is 'x'
--> [security label] NoEffect(what=security label)

reassign owned by a to b
--> [reassign owned by a to b] ReassignOwned(roles=[a], owner=b)

load 'x'
--> [load] NoEffect(what=load)

prepare p(int) as select 1
--> [prepare p] NoEffect(what=prepare)

execute p(1)
--> [execute p] Unanalysed(reason=what a prepared statement does is not followed, names=[[p]])

deallocate p
--> [deallocate p] NoEffect(what=deallocate)

fetch 1 from c
--> [fetch] NoEffect(what=fetch)

close c
--> [close c] NoEffect(what=close)

move c
--> [move c] NoEffect(what=fetch)

show all
--> [show all] NoEffect(what=show)

refresh materialized view concurrently m
--> [refresh materialized] NoEffect(what=refresh materialized view)

alter statistics s set statistics 1
--> [s] TouchObject(kind=statistics, name=s, what=alter statistics)

alter system set x = 1
--> [alter system] NoEffect(what=alter system)

alter table all in tablespace x set tablespace y
--> [alter table] NoEffect(what=alter ... all in tablespace)

create access method x type index handler h
--> [x] CreateObject(kind=access method, name=x, functions=[[h, None]])

import foreign schema a from server b into c
--> [import foreign] Unanalysed(reason=which tables a foreign schema brings is known to its server only, names=[[import], [a], [b], [c]])

create cast (int as text) with function f(int)
--> [(int as text)] CreateObject(kind=cast, name=int4.text, arguments=[int4, text], functions=[[f, [int4]]])

create operator s.+ (leftarg = int, function = f)
--> [s.+] CreateObject(kind=operator, name=s.+, arguments=[int4, none], functions=[[f, None]])

create server s foreign data wrapper f
--> [s] CreateObject(kind=server, name=s, objects=[[foreign data wrapper, f]])

create subscription s connection 'x' publication p
--> [s] CreateObject(kind=subscription, name=s)

alter subscription s disable
--> [s] TouchObject(kind=subscription, name=s, what=alter subscription)

create text search configuration c (copy = x)
--> [c] CreateObject(kind=text search configuration, name=c, objects=[[text search configuration, x]])

create collation c from "C"
--> [c] CreateObject(kind=collation, name=c, objects=[[collation, C]])

create conversion c for 'a' to 'b' from f
--> [c] CreateObject(kind=conversion, name=c, functions=[[f, None]])

create operator class c for type int using btree as operator 1 <
--> [c] CreateObject(kind=operator class, name=c, qualifier=btree, types=[int4], objects=[[access method, btree]])

create transform for int language sql (from sql with function f(int))
--> [int] CreateObject(kind=transform, name=int4, arguments=[int4], qualifier=sql, functions=[[f, [int4]]], objects=[[language, sql]])

create user mapping for x server y
--> [y] CreateObject(kind=user mapping, name=y, qualifier=x, objects=[[server, y]])

alter foreign data wrapper f options (x 'y')
--> [f] TouchObject(kind=foreign data wrapper, name=f, what=alter foreign data wrapper)

create tablespace t location 'x'
--> [create tablespace] NoEffect(what=create tablespace)

alter text search dictionary d (a=b)
--> [d] TouchObject(kind=text search dictionary, name=d, what=alter text search dictionary)

create or replace language l handler h
--> [l] CreateObject(kind=language, name=l, or_replace=True, functions=[[h, None]])

create table t as execute p(1)
--> [t] Unanalysed(reason=what a prepared statement returns is not followed, names=[[t]])

creat table x
--> [creat table] Unanalysed(reason=it does not parse: syntax error at or near "creat", names=[[creat], [x]])

create table public.users (id int, name
--> [create table] Unanalysed(reason=it does not parse: syntax error at end of input, names=[[public, users], [id], [name]])

select 'abc
--> [select] Unanalysed(reason=it does not parse: unterminated quoted string at or near "'abc", names=[[abc]])

select 1; select 2
--> [select] RunQuery(query=<select>)

create policy p on s.t using (auth.uid() = "User Id" and
--> [create policy] Unanalysed(reason=it does not parse: syntax error at end of input, names=[[p], [s, t], [auth, uid], [User Id]])
