-- CREATE INDEX.

create index on t (a)
--> [create index] CreateIndex(name=None, table=t, elements=[IndexElement(column=a)])

create unique index concurrently if not exists "I x" on only s.t using gin (a, lower(b) text_ops desc nulls last) include (c, d) nulls not distinct with (fillfactor = 70) where a > 1 and b is null
--> ["I x"] CreateIndex(name=I x, table=s.t, elements=[IndexElement(column=a), IndexElement(expression=`lower(b)`, descending=True, nulls=last, operator_class=text_ops)], method=gin, include=[c, d], unique=True, where=`a > 1 and b is null`, concurrently=True, if_not_exists=True, only=True, nulls_not_distinct=True, options=[[fillfactor, 70]])

create index i on t ((a + b), coalesce(a, b), s.f(a, (b)) collate "C" desc, (lower(a)) nulls first)
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(expression=`a + b`), IndexElement(expression=`coalesce(a, b)`), IndexElement(expression=`s.f(a, (b))`, descending=True, collation=C), IndexElement(expression=`lower(a)`, nulls=first)])

create index i on t using hash (a) where (deleted_at is null)
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(column=a)], method=hash, where=`(deleted_at is null)`)

create index i on t (a asc, b desc nulls first, c collate pg_catalog."de_DE" text_pattern_ops)
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(column=a), IndexElement(column=b, descending=True, nulls=first), IndexElement(column=c, operator_class=text_pattern_ops, collation=pg_catalog.de_DE)])

create index concurrently on t (a) tablespace x
--> [create index] CreateIndex(name=None, table=t, elements=[IndexElement(column=a)], concurrently=True)

create index i on t (cast(a as text), current_date, (a ->> 'x'))
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(expression=`cast(a as text)`), IndexElement(expression=`current_date`), IndexElement(expression=`a ->> 'x'`)])

create index i on t using gin (to_tsvector('english', a || ' (' || b))
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(expression=`to_tsvector('english', a || ' (' || b)`)], method=gin)

create index if not exists if on t (a)
--> [if] CreateIndex(name=if, table=t, elements=[IndexElement(column=a)], if_not_exists=True)

create index i on t (a gist_ops (siglen = 3))
--> [i] CreateIndex(name=i, table=t, elements=[IndexElement(column=a, operator_class=gist_ops, operator_class_options=[[siglen, 3]])])
