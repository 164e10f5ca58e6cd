-- RENAME, SET SCHEMA, OWNER TO.

alter table a rename to b
--> [rename to b] RenameObject(kind=table, name=a, new_name=b)

alter table if exists only a.x rename column b to c
--> [rename column b to c] RenameObject(kind=column, name=a.x, new_name=c, part=b, if_exists=True, only=True)

alter table a rename b to c
--> [rename b to c] RenameObject(kind=column, name=a, new_name=c, part=b)

alter table a rename constraint b to c
--> [rename constraint b to c] RenameObject(kind=constraint, name=a, new_name=c, part=b)

alter policy if exists p on s.t rename to q
--> [rename to q] RenameObject(kind=policy, name=s.t, new_name=q, part=p, if_exists=True)

alter trigger p on t rename to q
--> [rename to q] RenameObject(kind=trigger, name=t, new_name=q, part=p)

alter index i rename to j
--> [rename to j] RenameObject(kind=index, name=i, new_name=j)

alter view v rename column a to b
--> [rename column a to b] RenameObject(kind=column, name=v, new_name=b, part=a, on_kind=view)

alter type s.t rename attribute a to b cascade
--> [rename attribute a to b cascade] RenameObject(kind=column, name=s.t, new_name=b, part=a, on_kind=type)

alter type t rename to u
--> [rename to u] RenameObject(kind=type, name=t, new_name=u)

alter domain d rename constraint a to b
--> [rename constraint a to b] RenameObject(kind=constraint, name=d, new_name=b, part=a, on_kind=domain)

alter domain d rename to x
--> [rename to x] RenameObject(kind=domain, name=d, new_name=x)

alter function s.f(int, text) rename to g
--> [rename to g] RenameObject(kind=function, name=s.f, new_name=g, arguments=[int4, text])

alter schema a rename to b
--> [rename to b] RenameObject(kind=schema, name=a, new_name=b)

alter role a rename to b
--> [rename to b] RenameObject(kind=role, name=a, new_name=b)

alter user a rename to b
--> [rename to b] RenameObject(kind=role, name=a, new_name=b)

alter aggregate f(*) rename to g
--> [rename to g] RenameObject(kind=aggregate, name=f, new_name=g, arguments=[])

alter rule r on t rename to s
--> [rename to s] RenameObject(kind=rule, name=t, new_name=s, part=r)

alter sequence if exists s rename to t
--> [rename to t] RenameObject(kind=sequence, name=s, new_name=t, if_exists=True)

alter materialized view v rename to w
--> [rename to w] RenameObject(kind=materialized view, name=v, new_name=w)

alter publication p rename to q
--> [rename to q] RenameObject(kind=publication, name=p, new_name=q)

alter event trigger p rename to q
--> [rename to q] RenameObject(kind=event trigger, name=p, new_name=q)

alter database d rename to e
--> [rename to e] RenameObject(kind=database, name=d, new_name=e)

alter collation s.c rename to d
--> [rename to d] RenameObject(kind=collation, name=s.c, new_name=d)

alter foreign table f rename a to b
--> [rename a to b] RenameObject(kind=column, name=f, new_name=b, part=a, on_kind=foreign table)

alter view v rename to w
--> [rename to w] RenameObject(kind=view, name=v, new_name=w)

alter procedure f rename to g
--> [rename to g] RenameObject(kind=procedure, name=f, new_name=g)

alter language l rename to x
--> [rename to x] RenameObject(kind=language, name=l, new_name=x)

alter table t * rename column "column" to "to"
--> [rename column "column" to "to"] RenameObject(kind=column, name=t, new_name=to, part=column)

alter routine f() rename to g
--> [rename to g] RenameObject(kind=routine, name=f, new_name=g, arguments=[])

alter server s rename to t
--> [rename to t] RenameObject(kind=server, name=s, new_name=t)

alter text search configuration c rename to d
--> [rename to d] RenameObject(kind=text search configuration, name=c, new_name=d)

alter foreign data wrapper f rename to g
--> [rename to g] RenameObject(kind=foreign data wrapper, name=f, new_name=g)

alter statistics s rename to t
--> [rename to t] RenameObject(kind=statistics, name=s, new_name=t)

alter tablespace a rename to b
--> [rename to b] RenameObject(kind=tablespace, name=a, new_name=b)

alter operator class c using btree rename to d
--> [rename to d] RenameObject(kind=operator class, name=c, new_name=d, qualifier=btree)

alter group a rename to b
--> [rename to b] RenameObject(kind=role, name=a, new_name=b)

alter materialized view m rename column a to b
--> [rename column a to b] RenameObject(kind=column, name=m, new_name=b, part=a, on_kind=materialized view)

alter extension e set schema x
--> [set schema x] MoveToSchema(kind=extension, name=e, schema=x)

alter table if exists a.b set schema c
--> [set schema c] MoveToSchema(kind=table, name=a.b, schema=c, if_exists=True)

alter function f(int) set schema c
--> [set schema c] MoveToSchema(kind=function, name=f, schema=c, arguments=[int4])

alter type s.t set schema x
--> [set schema x] MoveToSchema(kind=type, name=s.t, schema=x)

alter domain d set schema x
--> [set schema x] MoveToSchema(kind=domain, name=d, schema=x)

alter view v set schema x
--> [set schema x] MoveToSchema(kind=view, name=v, schema=x)

alter sequence s set schema x
--> [set schema x] MoveToSchema(kind=sequence, name=s, schema=x)

alter materialized view m set schema x
--> [set schema x] MoveToSchema(kind=materialized view, name=m, schema=x)

alter foreign table m set schema x
--> [set schema x] MoveToSchema(kind=foreign table, name=m, schema=x)

alter aggregate f(*) set schema x
--> [set schema x] MoveToSchema(kind=aggregate, name=f, schema=x, arguments=[])

alter operator + (int,int) set schema x
--> [set schema x] MoveToSchema(kind=operator, name=+, schema=x, arguments=[int4, int4])

alter collation c set schema x
--> [set schema x] MoveToSchema(kind=collation, name=c, schema=x)

alter text search parser c set schema x
--> [set schema x] MoveToSchema(kind=text search parser, name=c, schema=x)

alter statistics a.s set schema x
--> [set schema x] MoveToSchema(kind=statistics, name=a.s, schema=x)

alter function a.f(int) owner to x
--> [owner to x] ChangeOwner(kind=function, name=a.f, owner=x, arguments=[int4])

alter schema s owner to x
--> [owner to x] ChangeOwner(kind=schema, name=s, owner=x)

alter type t owner to x
--> [owner to x] ChangeOwner(kind=type, name=t, owner=x)

alter publication p owner to x
--> [owner to x] ChangeOwner(kind=publication, name=p, owner=x)

alter domain d owner to x
--> [owner to x] ChangeOwner(kind=domain, name=d, owner=x)

alter aggregate f(int) owner to x
--> [owner to x] ChangeOwner(kind=aggregate, name=f, owner=x, arguments=[int4])

alter operator + (int,int) owner to x
--> [owner to x] ChangeOwner(kind=operator, name=+, owner=x, arguments=[int4, int4])

alter language l owner to x
--> [owner to x] ChangeOwner(kind=language, name=l, owner=x)

alter event trigger e owner to x
--> [owner to x] ChangeOwner(kind=event trigger, name=e, owner=x)

alter large object 12 owner to x
--> [owner to x] ChangeOwner(kind=large object, name=12, owner=x)

alter server s owner to x
--> [owner to x] ChangeOwner(kind=server, name=s, owner=x)

alter index i depends on extension e
--> [alter index] NoEffect(what=depends on extension)

alter function f no depends on extension e
--> [alter function] NoEffect(what=depends on extension)

alter operator class c using btree owner to x
--> [owner to x] ChangeOwner(kind=operator class, name=c, owner=x, qualifier=btree)
