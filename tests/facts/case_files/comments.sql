-- COMMENT ON.

comment on table a.b is 'x'
--> [a.b] SetComment(kind=table, name=a.b, text=x)

comment on column a.b.c is null
--> [a.b.c] SetComment(kind=column, name=a.b, text=None, part=c)

comment on column b.c is 'it''s'
--> [b.c] SetComment(kind=column, name=b, text=it's, part=c)

comment on constraint c on a.b is ''
--> [c on a.b] SetComment(kind=constraint, name=a.b, text=None, part=c)

comment on constraint c on domain a.b is 'x'
--> [c on domain a.b] SetComment(kind=constraint, name=a.b, text=x, part=c, on_kind=domain)

comment on policy "p q" on a.b is 'x'
--> ["p q" on a.b] SetComment(kind=policy, name=a.b, text=x, part=p q)

comment on function a.f(int) is 'x'
--> [a.f] SetComment(kind=function, name=a.f, text=x, arguments=[int4])

comment on function a.f is 'x'
--> [a.f] SetComment(kind=function, name=a.f, text=x)

comment on type a.b is 'x'
--> [a.b] SetComment(kind=type, name=a.b, text=x)

comment on schema a is ''
--> [a] SetComment(kind=schema, name=a, text=None)

comment on role a is 'x'
--> [a] SetComment(kind=role, name=a, text=x)

comment on database d is 'x'
--> [d] SetComment(kind=database, name=d, text=x)

comment on extension e is 'x'
--> [e] SetComment(kind=extension, name=e, text=x)

comment on cast (int as text) is 'x'
--> [(int as text)] SetComment(kind=cast, name=int4.text, text=x, arguments=[int4, text])

comment on operator +(int,int) is 'x'
--> [+] SetComment(kind=operator, name=+, text=x, arguments=[int4, int4])

comment on large object 12 is 'x'
--> [12] SetComment(kind=large object, name=12, text=x)

comment on domain a is 'x'
--> [a] SetComment(kind=domain, name=a, text=x)

comment on aggregate f(*) is 'x'
--> [f] SetComment(kind=aggregate, name=f, text=x, arguments=[])

comment on operator class s.x using btree is 'x'
--> [s.x] SetComment(kind=operator class, name=s.x, text=x, qualifier=btree)

comment on text search parser p is 'x'
--> [p] SetComment(kind=text search parser, name=p, text=x)

comment on transform for int language sql is 'x'
--> [int] SetComment(kind=transform, name=int4, text=x, arguments=[int4], qualifier=sql)

comment on rule r on t is 'x'
--> [r on t] SetComment(kind=rule, name=t, text=x, part=r)

comment on trigger r on s.t is 'x'
--> [r on s.t] SetComment(kind=trigger, name=s.t, text=x, part=r)

comment on view v is 'x'
--> [v] SetComment(kind=view, name=v, text=x)

comment on index i is 'x'
--> [i] SetComment(kind=index, name=i, text=x)

comment on materialized view m is 'x'
--> [m] SetComment(kind=materialized view, name=m, text=x)

comment on event trigger e is 'x'
--> [e] SetComment(kind=event trigger, name=e, text=x)

comment on publication e is 'x'
--> [e] SetComment(kind=publication, name=e, text=x)

comment on language l is 'x'
--> [l] SetComment(kind=language, name=l, text=x)

comment on sequence s is E'x\ny'
--> [s] SetComment(kind=sequence, name=s, text=x\ny)

comment on procedure s(int) is 'x'
--> [s] SetComment(kind=procedure, name=s, text=x, arguments=[int4])

comment on routine s is 'x'
--> [s] SetComment(kind=routine, name=s, text=x)

comment on foreign table s is 'x'
--> [s] SetComment(kind=foreign table, name=s, text=x)

comment on column "A".b is $$x$$
--> ["A".b] SetComment(kind=column, name=A, text=x, part=b)

comment on server s is 'x'
--> [s] SetComment(kind=server, name=s, text=x)
