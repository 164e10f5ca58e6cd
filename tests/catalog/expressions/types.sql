-- One select list or query a line: replay and PostgreSQL must name and type a view of it alike.
*
a+b
a+s
s+s
a*n
n*n
f4*f8
a/f4
n+f8
a%b
-n
-a
+b
@ a
a^2
f8^2
|/ f8
a & s
a # 1
a << 2
a+'1'
'1'+a
n+'1'
d+1
d-d
d+iv
ts+iv
tz-iv
ts-ts
tz-tz
tz-ts
d+ti
ti+iv
iv*2
iv/2
iv*f8
d-'2020-01-01'
tz-'1 day'
now()-'1 day'::interval
now() - tz
ti - ti
d + interval '1 day'
v||x
v||'a'
c||'b'
x||a
a||x
'a'||'b'
arr||1
1||arr
arr||arr
jb||jb
tarr||'x'
tarr||array['x']
v||v
by||by
tv||tv
c||c
nm||'x'
varr||v
marr||m
v
c
n
e
am
ts
p
m
(p).x
(p).y
(p).z
(p).z[1]
arr[1]
varr[1]
varr[1:2]
jb['a']
tarr[1]
po[0]
pta[1]
(pta[1]).y
jb['a']['b']
coalesce(v,'x')
coalesce(v,v)
coalesce(v,x)
coalesce(n,n)
coalesce(n,0)
coalesce(a,b)
coalesce(a,1.5)
coalesce(null,a)
coalesce(null,'x')
coalesce(m,'ok')
coalesce(e,'x')
coalesce(e,e)
coalesce(am,0)
coalesce(c,v)
coalesce(d,ts)
coalesce(d,tz)
coalesce(ts,tz)
coalesce(arr,'{}')
coalesce(jb,'{}')
coalesce(f4,f8)
coalesce(f4,n)
coalesce(varr, '{}')
case when bo then a else b end
case when bo then v end
case when bo then 'x' else v end
case a when 1 then 1.5 else 2 end
case when bo then n else n end
case when bo then 'a' else 'b' end
case when bo then null else d end
case when bo then e else x end
case when bo then am end
nullif(v,'x')
nullif(a,b)
nullif(n,0)
nullif('a','b')
nullif(c,'x')
nullif(e,'')
greatest(a,b)
least(n,a)
greatest(v,x)
greatest(d,ts)
nullif(a, 1.5)
nullif(null, a)
count(*)
sum(a)
sum(b)
sum(s)
sum(n)
sum(f4)
sum(f8)
sum(iv)
sum(mo)
avg(a)
avg(n)
avg(f4)
avg(iv)
min(v)
max(c)
max(m)
min(e)
max(d)
max(arr)
array_agg(a)
array_agg(v)
array_agg(arr)
array_agg(m)
string_agg(v,',')
string_agg(by, '\x00')
bool_and(bo)
jsonb_agg(t)
json_object_agg(v,a)
stddev(a)
variance(f8)
corr(f8,f4)
percentile_cont(0.5) within group (order by a)
percentile_cont(0.5) within group (order by iv)
percentile_disc(0.5) within group (order by v)
mode() within group (order by m)
mysum(a)
every(bo)
bit_or(a)
min(u)
max(tz)
array_agg(e)
percentile_cont(array[0.1,0.2]) within group (order by f8)
sum(am)
max(am)
any_value(v)
range_agg(r)
regr_count(f8,f8)
xmlagg(null)
json_agg(a order by b)
count(distinct a) filter (where bo)
row_number() over ()
rank() over (order by a)
ntile(3) over ()
lag(v) over ()
lag(a,1,0) over ()
lead(n, 1, 0) over ()
first_value(m) over ()
nth_value(d,2) over ()
sum(a) over (partition by b)
cume_dist() over (order by a)
percent_rank() over (order by 1)
lag(v, 1, 'x') over ()
last_value(e) over ()
lower(v)
upper(x)
length(v)
substring(v from 1 for 2)
substring(v,1)
position('a' in x)
trim(v)
trim(both 'x' from c)
overlay(x placing 'a' from 1)
replace(v,'a','b')
split_part(v,',',1)
left(v,2)
concat(v,a)
concat_ws(',',a,b)
format('%s',a)
md5(x)
encode(by,'hex')
to_char(d,'YYYY')
to_char(n,'9')
initcap(e)
reverse(v)
repeat(v,2)
char_length(c)
btrim(v)
lpad(v,3)
ascii(v)
chr(65)
quote_ident(v)
regexp_replace(v,'a','b')
regexp_matches(v,'a')
regexp_split_to_array(v,',')
string_to_array(v,',')
array_to_string(arr,',')
starts_with(v,'a')
translate(v,'a','b')
substring(v from '#"a#"' )
substring(x similar 'a' escape '#')
normalize(x)
x is normalized
collation for (x)
abs(a)
abs(n)
abs(f4)
ceil(n)
ceil(f8)
floor(a)
round(n,1)
round(n)
round(f8)
round(a)
trunc(n,1)
mod(a,b)
mod(a,3)
power(a,2)
power(n,2)
sqrt(n)
sqrt(a)
exp(1)
ln(n)
log(n)
random()
sign(n)
width_bucket(n,1,2,3)
div(n,2)
gcd(a,b)
greatest(round(n,1),0)
random(1,10)
trunc(f8)
now()
current_timestamp
current_timestamp(3)
localtimestamp
current_date
current_time(2)
localtime
current_user
session_user
extract(year from d)
extract(epoch from iv)
date_part('year',ts)
date_trunc('day',ts)
date_trunc('day',d)
date_trunc('day',tz)
date_trunc('day', iv)
age(ts)
age(d,d)
age(tz)
to_timestamp(1)
to_timestamp('x','y')
to_date('x','y')
make_interval(days => 3)
make_date(1,2,3)
justify_hours(iv)
isfinite(d)
tz at time zone 'utc'
ts at time zone 'utc'
ti at time zone 'utc'
d at time zone 'utc'
timezone('utc', tz)
clock_timestamp()
tz::date
date(tz)
(tz at time zone 'utc')::date
timeofday()
date_bin('1 day', ts, ts)
tz at local
overlaps(d,d,d,d)
(d,d) overlaps (d,d)
a::text
v::varchar
v::varchar(3)
n::numeric
n::numeric(5,1)
n::numeric(7)
'1'::int
'x'::char
'x'::char(3)
'x'::"char"
ts::timestamp(0)
'1'::bit(3)
'1 day'::interval day to second(3)
interval '1' year
interval(2) '1 day'
date '2020-01-01'
c::text
a::bool
'{1}'::int[]
'{a}'::varchar(3)[]
m::text
'ok'::mood
e::text
x::email
float8 '1'
a::float(24)
a::float(25)
1::dec(4,1)
x::national character varying(4)
timestamptz(3) '2020-01-01'
cast(a as bigint)
text(a)
int4(x)
mood('ok')
'1'::bit varying(5)
1::money
varchar 'x'
x::time with time zone
1
1.5
10000000000
1e10
'x'
null
true
b'101'
x'1F'
99999999999999999999
-1
-10000000000
0x1F
1_000
-2147483648
- 2147483648
a=1
v like 'x'
v in ('a')
a between 1 and 2
a is null
bo is true
exists(select 1)
a = any(arr)
m = 'ok'
not bo
bo and bo
jb @> '{}'
jb ? 'a'
arr && arr
v ~ 'x'
row(a,b)=row(1,2)
a is distinct from b
r @> 1
tv @@ 'x'
po <-> po
r * r
r && r
e = 'x'
v similar to 'x'
ine << ine
ine + 1
j->'a'
j->>'a'
jb->'a'
jb->>'a'
jb#>'{a}'
jb#>>'{a}'
jb - 'a'
jb #- '{a}'
jb->0
jsonb_build_object('a',1)
json_build_array(1)
to_jsonb(t)
row_to_json(t)
jsonb_array_length(jb)
jsonb_typeof(jb)
jsonb_set(jb,'{a}','1')
jsonb_extract_path_text(jb,'a','b')
jsonb_path_query(jb,'$')
jb @? '$'
jsonb_path_exists(jb,'$')
json_strip_nulls(j)
jb - array['a']
(jb->>'a')::int
jsonb_pretty(jb)
jsonb_object_keys(jb)
to_json(arr)
jsonb_each(jb)
jsonb_to_tsvector(jb, '"all"')
array[1,2]
array[a,b]
array['a',v]
array[v]
array[1,1.5]
array[arr,arr]
array[]::int[]
array[m,'ok']
array(select a from t)
array(select arr from t)
array(select 'x')
array[n]
array[e,e]
array['a','b']
array[null]
array[d,ts]
array[['a'],['b']]
row(a,b)
t
t.*
(select a from t2 limit 1)
(select v from t2 limit 1)
(select 'x')
(select n from t2)
(select null)
(select max(v) from t2)
(select t2 from t2)
g(a)
g(b)
g(s)
g(v)
g('x')
g(1)
g(n::int)
g(null::text)
g(c)
outs(1)
(outs(1)).o2
(outs(1)).*
poly(a,b::int)
poly(1,2)
poly('x'::text,'y')
poly(v,v)
var_(1,2,3)
var_(1,variadic array[1.0])
nam(1)
nam(1, cc => '2020-01-01')
nam(aa => 1)
comp(a,b)
comp(a,1.5)
comp('a','b')
comp(v,x)
(tab()).q
tab()
rows_()
public.g(a)
unnest(arr)
unnest(varr)
unnest(array['a','b'])
generate_series(1,2)
generate_series(1,b)
generate_series(d, d, '1 day')
generate_series(1.0,2)
generate_series(ts,ts,iv)
regexp_split_to_table(v,',')
string_to_table(v,',')
jsonb_array_elements(jb)
jsonb_array_elements_text(jb)
generate_subscripts(arr,1)
unnest(pta)
unnest(tv)
json_each(j)
unnest(marr)
generate_series(1, 10, 2)
x collate "C"
v collate "C"
('x' collate "C")
array_length(arr,1)
cardinality(arr)
array_append(arr,1)
array_append(arr, b)
array_cat(arr,arr)
array_remove(tarr,'x')
array_position(tarr,'a')
array_prepend(1,arr)
array_replace(varr,'a','b')
array_dims(arr)
array_upper(arr,1)
array_fill(0,array[3])
trim_array(arr,1)
array_ndims(marr)
array_append(marr,'ok')
array_to_json(arr)
array_position(varr, 'x')
array_sample(arr, 1)
array_reverse(varr)
to_tsvector('english',x)
to_tsvector(x)
plainto_tsquery('x')
ts_rank(tv,to_tsquery('x'))
setweight(tv,'A')
ts_headline(x,to_tsquery('a'))
gen_random_uuid()
uuidv7()
pg_typeof(a)
current_setting('x')
hashtext(x)
md5(x)::uuid
sha256(by)
version()
pg_relation_size('t')
current_schema()
current_schemas(true)
txid_current()
inet_client_addr()
host(ine)
pg_column_size(a)
lower(r)
upper(r)
isempty(r)
int4range(1,2)
lower(fr)
frange(1,2)
numrange(n,n)
tstzrange(tz,tz)
enum_first(m)
enum_range(m)
enum_range(null::mood)
width_bucket(a, arr)
num_nulls(a,b)
pg_size_pretty(b)
json_array_length(j)
nextval('pg_class'::regclass)
has_table_privilege('t','select')
set_config('a','b',true)
convert_from(by,'utf8')
get_byte(by,1)
bit_length(x)
octet_length(by)
substring(by from 1 for 2)
int4multirange(r)
multirange(r)
range_merge(r,r)
pg_input_is_valid('a','int')
to_number(x,'9')
justify_interval(iv)
to_hex(a)
crc32(by)
bit_count(by)
factorial(5)
pi()
cbrt(8)
lcm(a,a)
scale(n)
min_scale(n)
string_to_array('a,b',',')
parse_ident('a')
unistr('a')
age(tz, tz)
age('2020-01-01')
date_part('day', tz - tz)
extract(day from tz - tz)
a::text::varchar(5)
isfinite(ts)
round(avg(a) over (), 2)
jsonb_agg(a) over ()
make_timestamptz(1,2,3,4,5,6)
decode('a','hex')
xmlparse(content x)
strpos(x,'a')
concat(x)
quote_literal(a)
quote_nullable(x)
json_object('a': 1)
json_array(1,2)
json_exists(jb, '$')
json_value(jb,'$.a')
json_value(jb,'$.a' returning int)
json_query(jb,'$.a')
json_query(jb, '$' returning text)
json_object('a': 1 returning jsonb)
json_array(select a from t)
json_objectagg('a': a)
json_arrayagg(a)
json_arrayagg(a returning jsonb)
json('{}')
json_scalar(1)
json_serialize(j)
jb is json
json_serialize(j returning bytea)
json_array(1 returning jsonb)
xmlelement(name foo, x)
xmlforest(a,b)
xmlconcat('<a/>')
xmlserialize(content '<a/>' as text)
xmlroot('<a/>', version '1.0')
xmlpi(name php)
'<a/>'::xml is document
select a as z from t union select b from t
select 'x' union select 'y'
select v from t union all select v from t2
select v from t union all select v from t
select n from t union select n from t2
select null union select 1
select null union select null union select 1
select 'x' as q union all select v from t
select a, v from t except select 1, 'x'
select d from t union select ts from t union select tz from t
select 1 union select 1.5 union select f8 from t
values (1,'a',null), (2.5,'b',null), (3,'c',1)
values ('a'::varchar(3)), ('b'::varchar(3))
values ('a'), (null)
with w as (select a, 'x' as y from t) select * from w
with w(k) as (select v from t) select k, w from w
with recursive r(n) as (select 1 union all select n+1 from r where n < 5) select * from r
with recursive r as (select a, v, array[a] as path from t union all select r.a, r.v, r.path||t.a from r join t on true) select * from r
select * from t2 join t2 as z using (a)
select * from t2 join t using (a)
select a, v from t join t2 using (a,v)
select * from t2 left join (select a::int, 'k' as kk from t) q using (a)
select * from t2 natural full join (select 1 as a, 'q' as k) z
select * from (values (1,'a'),(2,'b')) as w(i,j)
select * from generate_series(1,3) as i
select * from generate_series(1,3) with ordinality as i(a,b)
select * from unnest(array[1,2], array['a','b']) as u(x,y)
select * from unnest(array[1,2], array['a','b']) with ordinality
select * from rows from (generate_series(1,2), unnest(array['a'])) as z
select * from json_each('{}')
select * from jsonb_each_text('{}') as e
select * from jsonb_array_elements('[]') as e
select * from jsonb_array_elements_text('[]') as e(val)
select * from jsonb_to_recordset('[]') as x(a int, b varchar(5))
select * from json_populate_record(null::t2, '{}')
select * from jsonb_populate_recordset(null::pt, '[]')
select * from tab()
select * from tab(1) as q
select q.* from tab(1) as q(aa)
select * from rows_()
select r from rows_() r
select (r).k from rows_() r
select * from outs(1)
select * from g(1)
select * from g('x') as zz
select * from poly(1,2)
select * from poly(1,2) as p(qq)
select * from current_date
select * from current_date as cd
select * from coalesce(1,2)
select * from regexp_matches('a','b')
select * from regexp_matches('a','b') as m(z)
select * from pg_options_to_table(array['a'])
select * from aclexplode(null)
select * from string_to_table('a',',') s
select * from pg_get_keywords()
select * from ts_stat('x')
select * from json_table('[]', '$[*]' columns (id for ordinality, a int path '$.a', b text, e boolean exists path '$.x', nested path '$.z[*]' columns (zz varchar(5))))
select * from xmltable('/a' passing '<a/>' columns id for ordinality, b text path 'b', c numeric(5,2))
select * from t cross join lateral (select t.a+1 as a1, 'lit' as l) q
select q.*, t2.k from t2, lateral jsonb_each(to_jsonb(t2)) q
select (p).* from t
select (select array_agg(q) from (select a from t) q)
select sum(q.z) from (select count(*) as z from t) q
select max(y) from (select a::text||'x' as y from t) q
select coalesce(sum(a),0), coalesce(sum(b),0), count(*)::int, round(avg(n),2), round(100.0*count(*)/nullif(sum(a),0),2), sum(case when bo then 1 else 0 end), sum(n)/count(*), max(tz)-min(tz), extract(epoch from max(tz)-min(tz))/60, count(*) filter (where bo) * 100.0 / count(*) from t
select distinct on (a) a, v from t order by a, b
select a from t for update
table t2
select ctid, tableoid, xmin from t
select a, sum(n) from t group by rollup(a), v having sum(n) > 1
select t.a as x1, t2.* from t, t2
select x.a from t x join t2 y on x.a=y.a
select jsonb_build_object('k', t2.k) || '{}' from t2
select '2020-01-01'::date + '1 day'::interval, '1' || 1, 'a' = 'b', 1 + null, null || 'x', null::int + '1'
select current_date - interval '7 days', current_date - 7, now()::date - '2020-01-01'::date, current_date - '2020-01-01', now() at time zone 'UTC' - interval '1 h', date_trunc('month', current_date)::date, date_trunc('month', now() at time zone 'utc')
select string_agg(distinct v, ', ' order by v) from t
select case when a > 0 then 'pos' when a < 0 then 'neg' else 'zero' end as sign, lower(v)::varchar(10) as lv from t
select age(d) from t
select am * 2, am + am, e || 'x', lower(e), m::text || 'x', am = 1, abs(am), -am, max(e), array_agg(am), coalesce(am, 1.5), round(am, 1) from t
select pg_catalog.lower(x), pg_catalog.now() from t
select rank(3) within group (order by a) from t
