-- How types are spelled.

create table t (a int, b integer, c int4, d pg_catalog.int4, e "int4")
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=int4), ColumnDef(name=b, type=int4), ColumnDef(name=c, type=int4), ColumnDef(name=d, type=int4), ColumnDef(name=e, type=int4)])

create table t (a timestamp(3) with time zone, b timestamp, c time without time zone, d timetz, e time(2))
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=timestamptz(3)), ColumnDef(name=b, type=timestamp), ColumnDef(name=c, type=time), ColumnDef(name=d, type=timetz), ColumnDef(name=e, type=time(2))])

create table t (a char, b char(3), c character varying(5), d national character varying, e "char", f bpchar, g varchar)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=bpchar(1)), ColumnDef(name=b, type=bpchar(3)), ColumnDef(name=c, type=varchar(5)), ColumnDef(name=d, type=varchar), ColumnDef(name=e, type=char), ColumnDef(name=f, type=bpchar), ColumnDef(name=g, type=varchar)])

create table t (a interval, b interval hour to minute, c interval(3), d interval day to second(2), e interval second (1), f interval year)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=interval), ColumnDef(name=b, type=interval(hour to minute)), ColumnDef(name=c, type=interval(3)), ColumnDef(name=d, type=interval(day to second,2)), ColumnDef(name=e, type=interval(second,1)), ColumnDef(name=f, type=interval(year))])

create table t (a int[], b int array, c int array[3], d int[3][4], e text [] not null)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=int4[]), ColumnDef(name=b, type=int4[]), ColumnDef(name=c, type=int4[]), ColumnDef(name=d, type=int4[][]), ColumnDef(name=e, type=text[], not_null=True)])

create table t (a double precision, b float(3), c real, d dec(5), e decimal, f float)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=float8), ColumnDef(name=b, type=float4), ColumnDef(name=c, type=float4), ColumnDef(name=d, type=numeric(5)), ColumnDef(name=e, type=numeric), ColumnDef(name=f, type=float8)])

create table t (a bit, b bit(3), c bit varying, d bit varying(5), e varbit)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=bit(1)), ColumnDef(name=b, type=bit(3)), ColumnDef(name=c, type=varbit), ColumnDef(name=d, type=varbit(5)), ColumnDef(name=e, type=varbit)])

create table t (a geometry(point, 4326), b extensions.vector(3), c public.citext)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=geometry(point,4326)), ColumnDef(name=b, type=extensions.vector(3)), ColumnDef(name=c, type=public.citext)])

create function f(a s.t.c%type, b int = 1) returns setof s.t language sql as ''
--> [f] CreateFunction(name=f, parameters=[ParameterDef(type=s.t.c%type, name=a), ParameterDef(type=int4, name=b, default=`1`)], returns=setof s.t, language=sql, body=)

create table t (a bool, b boolean, c smallint, d bigint, e int2, f bigserial)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=bool), ColumnDef(name=b, type=bool), ColumnDef(name=c, type=int2), ColumnDef(name=d, type=int8), ColumnDef(name=e, type=int2), ColumnDef(name=f, type=bigserial)])

create table t (a xml, b json, c money, d timestamp with time zone)
--> [t] CreateTable(name=t, columns=[ColumnDef(name=a, type=xml), ColumnDef(name=b, type=json), ColumnDef(name=c, type=money), ColumnDef(name=d, type=timestamptz)])
