-- Schemas, sequences, extensions, roles, publications, databases.

create schema a
--> [a] CreateSchema(name=a)

create schema if not exists a authorization b
--> [a] CreateSchema(name=a, if_not_exists=True, owner=b)

create schema authorization b
--> [b] CreateSchema(name=b, owner=b)

create schema authorization current_user
--> [current_user] CreateSchema(name=current_user, owner=current_user)

create schema s create table t (a int references x, b int references u) create view v as select 1 from t create index i on t (a) grant select on t to x create sequence q create table u (a int default 1) create trigger tr before insert on t execute function f()
--> [s] CreateSchema(name=s)
--> [q] CreateSequence(name=s.q, options=SequenceOptions())
--> [t] CreateTable(name=s.t, columns=[ColumnDef(name=a, type=int4, constraints=[ConstraintDef(kind=foreign key, columns=[a], references=x)]), ColumnDef(name=b, type=int4, constraints=[ConstraintDef(kind=foreign key, columns=[b], references=s.u)])])
--> [u] CreateTable(name=s.u, columns=[ColumnDef(name=a, type=int4, default=`1`)])
--> [v] CreateView(name=s.v, query=`select 1 from t`)
--> [i] CreateIndex(name=i, table=s.t, elements=[IndexElement(column=a)])
--> [tr] CreateTrigger(name=tr, table=s.t, function=f, timing=before, events=[insert])
--> [grant select on t] ChangePrivileges(grant=True, kind=table, privileges=[[select, []]], grantees=[x], objects=[s.t])

create sequence if not exists a.s as bigint start 1 owned by t.c restart
--> [a.s] CreateSequence(name=a.s, options=SequenceOptions(type=int8, owned_by=t.c, restart=True, settings=[[start, 1]]), if_not_exists=True)

create temp sequence s
--> [s] CreateSequence(name=s, options=SequenceOptions(), temporary=True)

alter sequence if exists s owned by none restart with 5
--> [s] CreateSequence(name=s, options=SequenceOptions(owned_by=none, restart=True), alter=True, if_exists=True)

alter sequence s as int
--> [s] CreateSequence(name=s, options=SequenceOptions(type=int4), alter=True)

create extension if not exists "uuid-ossp" with schema extensions version '1.1' cascade
--> ["uuid-ossp"] CreateExtension(name=uuid-ossp, schema=extensions, if_not_exists=True, cascade=True)

create extension vector
--> [vector] CreateExtension(name=vector)

create language plpython3u
--> [plpython3u] CreateExtension(name=plpython3u)

alter extension e update to '2'
--> [alter extension] NoEffect(what=alter extension update)

alter extension e add table t
--> [alter extension] NoEffect(what=alter extension add or drop)

create role a with login password 'x' superuser nobypassrls connection limit 3 in role b role c admin d valid until 'x' createdb
--> [a] CreateRole(name=a, options=[login, password, superuser, nobypassrls, connection limit, valid until, createdb])
--> [a] GrantRole(grant=True, roles=[b], members=[a])
--> [a] GrantRole(grant=True, roles=[a], members=[c])
--> [a] GrantRole(grant=True, roles=[a], members=[d])

create user a
--> [a] CreateRole(name=a, options=[login])

create user a nologin
--> [a] CreateRole(name=a, options=[nologin])

create group g
--> [g] CreateRole(name=g)

alter role a nologin
--> [a] CreateRole(name=a, options=[nologin], alter=True)

alter role a set search_path = x, y
--> [alter role a set search_path = x, y] SetDefaultSetting(name=search_path, role=a, schemas=[x, y])

alter role all in database d reset all
--> [alter role all in database d reset all] SetDefaultSetting(name=*, database=d)

alter user a with createrole
--> [a] CreateRole(name=a, options=[createrole], alter=True)

alter group g add user u
--> [g] GrantRole(grant=True, roles=[g], members=[u])

alter group g drop user u
--> [g] GrantRole(grant=False, roles=[g], members=[u])

alter role current_user nologin
--> [current_user] CreateRole(name=current_user, options=[nologin], alter=True)

create publication p for all tables
--> [p] CreatePublication(name=p, all_tables=True)

create publication p for table a (x, y) where (a > 1), only b, tables in schema s, current_schema with (publish = 'insert')
--> [p] CreatePublication(name=p, tables=[a, b], only=[False, True], columns=[[x, y], []], filters=[`a > 1`, None], schemas=[s, current_schema], options=[[publish, insert]])

create publication p
--> [p] CreatePublication(name=p)

alter publication p add table a, s.b
--> [p] AlterPublication(name=p, action=add, tables=[a, s.b], only=[False, False], columns=[[], []], filters=[None, None])

alter publication p set (publish = 'x')
--> [alter publication p set (publish = 'x')] TouchObject(kind=publication, name=p, what=alter publication set options, options=[[publish, x]])

alter publication p drop tables in schema x
--> [p] AlterPublication(name=p, action=drop, schemas=[x])

alter publication p set table x
--> [p] AlterPublication(name=p, action=set, tables=[x], only=[False], columns=[[]], filters=[None])

alter database d set x = 1
--> [alter database d set x = 1] SetDefaultSetting(name=x, database=d)

create database d
--> [create database] NoEffect(what=create database)

alter database d owner to x
--> [owner to x] ChangeOwner(kind=database, name=d, owner=x)

alter event trigger e disable
--> [e] TouchObject(kind=event trigger, name=e, what=alter event trigger enable or disable, options=[[enabled, disabled]])
