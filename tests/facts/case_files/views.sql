-- Views and materialized views.

create or replace recursive view public.v (a, b) with (security_invoker = true, security_barrier) as select 1, 2
--> [public.v] CreateView(name=public.v, query=`select 1, 2`, columns=[a, b], options=[[security_invoker, true], [security_barrier, true]], or_replace=True, recursive=True)

create view v as select 1 with check option
--> [v] CreateView(name=v, query=`select 1`, options=[[check_option, cascaded]])

create view v with (security_invoker=on) as select a as "as" from t with local check option
--> [v] CreateView(name=v, query=`select a as "as" from t`, options=[[security_invoker, on], [check_option, local]])

create temp view v as values (1)
--> [v] CreateView(name=v, query=`values (1)`, temporary=True)

create materialized view if not exists s.m (a) using heap with (fillfactor=70) tablespace x as select 1 with no data
--> [s.m] CreateView(name=s.m, query=`select 1`, columns=[a], options=[[fillfactor, 70]], materialized=True, if_not_exists=True)

create materialized view m as select 1 -- done
--> [m] CreateView(name=m, query=`select 1`, materialized=True)

create or replace view v(x) as (select 1 union select 2)
--> [v] CreateView(name=v, query=`(select 1 union select 2)`, columns=[x], or_replace=True)
