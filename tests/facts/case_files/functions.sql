-- Functions, procedures, aggregates, DO.

create or replace function a.f(x int default 1+2, variadic z text[] = '{}', integer) returns table(a int, b text) language sql stable strict security definer set search_path = public, "Foo" set x.y to 'v' set role from current as $$ select 1 $$
--> [a.f] CreateFunction(name=a.f, parameters=[ParameterDef(type=int4, name=x, default=`1+2`), ParameterDef(type=text[], name=z, mode=variadic, default=`'{}'`), ParameterDef(type=int4), ParameterDef(type=int4, name=a, mode=table), ParameterDef(type=text, name=b, mode=table)], returns=setof record, language=sql, body= select 1 , body_queries=[<select>], or_replace=True, security_definer=True, volatility=stable, strict=True, settings=[[search_path, public, "Foo"], [x.y, v], [role, from current]])

create procedure p(inout a int, out b numeric(10, 2)) as 'foo', 'bar' language c parallel safe cost 10 leakproof window
--> [p] CreateFunction(name=p, parameters=[ParameterDef(type=int4, name=a, mode=inout), ParameterDef(type=numeric(10,2), name=b, mode=out)], language=c, procedure=True, leakproof=True, window=True, parallel=safe, library=[foo, bar], cost=10)

create function f() returns setof a.b%type begin atomic select 1; insert into t values (1); end
--> [f] CreateFunction(name=f, returns=setof a.b%type, language=sql, sql_body=[<select>, <insert>], sql_text=begin atomic select 1; insert into t values (1); end)

create function f() returns int return 1+1
--> [f] CreateFunction(name=f, returns=int4, language=sql, sql_body=[<select>], sql_text=return 1+1)

create function f() returns trigger language plpgsql as 'begin return ''x''; end'
--> [f] CreateFunction(name=f, returns=trigger, language=plpgsql, body=begin return 'x'; end)

create function f() returns void as E'a\nb' language plpgsql set search_path = ''
--> [f] CreateFunction(name=f, returns=void, language=plpgsql, body=a\nb, settings=[[search_path, ""]])

create function f(a text, b text default 'x, )', c int default (1)) returns text immutable parallel restricted language sql as $body$ select '$$' $body$
--> [f] CreateFunction(name=f, parameters=[ParameterDef(type=text, name=a), ParameterDef(type=text, name=b, default=`'x, )'`), ParameterDef(type=int4, name=c, default=`(1)`)], returns=text, language=sql, body= select '$$' , body_queries=[<select>], volatility=immutable, parallel=restricted)

create function f() returns int set search_path to pg_catalog, public, pg_temp set statement_timeout = 5000 set work_mem = '64MB' language sql as ''
--> [f] CreateFunction(name=f, returns=int4, language=sql, body=, settings=[[search_path, pg_catalog, public, pg_temp], [statement_timeout, 5000], [work_mem, 64MB]])

create function f() returns int language sql set search_path from current as 'a'
 'b'
--> [f] CreateFunction(name=f, returns=int4, language=sql, body=ab, settings=[[search_path, from current]])

create function f(out a int, out b text) language internal called on null input external security invoker as 'x'
--> [f] CreateFunction(name=f, parameters=[ParameterDef(type=int4, name=a, mode=out), ParameterDef(type=text, name=b, mode=out)], language=internal, body=x)

create function f() returns int set search_path = x reset search_path language sql as ''
--> [f] CreateFunction(name=f, returns=int4, language=sql, body=)

create function f() returns int set search_path = "$user", 'select', 'a b' language sql as ''
--> [f] CreateFunction(name=f, returns=int4, language=sql, body=, settings=[[search_path, "$user", "select", "a b"]])

create function f() returns int set search_path to default language sql as ''
--> [f] CreateFunction(name=f, returns=int4, language=sql, body=)

alter function f(int, out text) stable security definer set search_path = '' reset x reset all
--> [f] AlterFunction(kind=function, name=f, arguments=[int4], security_definer=True, volatility=stable, settings=[[search_path, ""], [x, None], [*, None]])

alter procedure s.p strict
--> [s.p] AlterFunction(kind=procedure, name=s.p, strict=True)

alter routine f(text) called on null input leakproof parallel safe rows 3
--> [f] AlterFunction(kind=routine, name=f, arguments=[text], strict=False, leakproof=True, parallel=safe, rows=3)

alter function f volatile not leakproof security invoker set a = 1
--> [f] AlterFunction(kind=function, name=f, security_definer=False, volatility=volatile, leakproof=False, settings=[[a, 1]])

create aggregate a.f(int, text) (sfunc = x, stype = int)
--> [a.f] CreateAggregate(name=a.f, parameters=[ParameterDef(type=int4), ParameterDef(type=text)], state=int4)

create aggregate f(*) (sfunc = x, stype = s.t)
--> [f] CreateAggregate(name=f, state=s.t)

create or replace aggregate f (basetype = int, sfunc = x, stype = int)
--> [f] CreateAggregate(name=f, parameters=[ParameterDef(type=int4)], state=int4, or_replace=True)

do $$ begin null; end $$
--> [do] RunBlock(body= begin null; end )

do language sql 'a''b'
--> [do] RunBlock(body=a'b, language=sql)

do $x$ begin end $x$ language plpgsql
--> [do] RunBlock(body= begin end )
