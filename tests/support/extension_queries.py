"""What `support.write_extension_files` asks PostgreSQL's catalogs about the members of one extension.

Members are what `pg_depend` lists with deptype `e`. Types are named as in `TYPE`: a type of pg_catalog by its
internal name, one of an extension with `=` before it, arrays with `[]` behind it.
"""

from __future__ import annotations

from typing import Final


def _members(catalog: str, alias: str = "x") -> str:
    return (
        f"join pg_depend d on d.classid = '{catalog}'::regclass and d.objid = {alias}.oid and d.deptype = 'e'"
        " and d.refclassid = 'pg_extension'::regclass and d.refobjid = %(extension)s"
    )


def _type(oid: str) -> str:
    return (
        "(select case when e.oid is not null"
        " then (case en.nspname when 'pg_catalog' then '' else '=' end) || e.typname || '[]'"
        " else (case tn.nspname when 'pg_catalog' then '' else '=' end) || t.typname end"
        " from pg_type t join pg_namespace tn on tn.oid = t.typnamespace"
        " left join pg_type e on e.typarray = t.oid left join pg_namespace en on en.oid = e.typnamespace"
        f" where t.oid = {oid})"
    )


TYPES: Final = f"""
select n.nspname, x.typname,
  case x.typtype when 'r' then 'range' when 'm' then 'multirange' else 'base' end, x.typcategory::text
from pg_type x {_members("pg_type")} join pg_namespace n on n.oid = x.typnamespace
where x.typtype in ('b', 'r', 'm')
  and not exists (select from pg_type e where e.typarray = x.oid)
order by x.oid
"""

FUNCTIONS: Final = f"""
select n.nspname, x.proname,
  (select coalesce(string_agg({_type("a.type")}, ',' order by a.place), '')
   from unnest(coalesce(x.proallargtypes, x.proargtypes::oid[])) with ordinality a (type, place)),
  case when x.prokind = 'p' then '' else {_type("x.prorettype")} end,
  case x.prokind when 'f' then '' else x.prokind::text end || case when x.proretset then 'r' else '' end
    || case x.provolatile when 'v' then '' else x.provolatile::text end
    || case when x.proisstrict then '!' else '' end || case when x.prosecdef then 'd' else '' end
    || case x.proparallel when 's' then '+' else '' end
    || case l.lanname when 'c' then '' when 'sql' then 'q' when 'plpgsql' then 'l' else 'n' end,
  x.pronargdefaults,
  case when x.proargmodes is null then case when x.pronargdefaults > 0 then
      coalesce(array_to_string(x.proargnames, ','), '') else '' end
    else (select string_agg(m.mode || ':' || coalesce(x.proargnames[m.place], ''), ',' order by m.place)
          from unnest(x.proargmodes::text[]) with ordinality m (mode, place)) end
from pg_proc x {_members("pg_proc")} join pg_namespace n on n.oid = x.pronamespace
join pg_language l on l.oid = x.prolang
order by x.oid
"""

OBJECTS: Final = f"""
select kind, schema, name, qualifier, arguments, result from (
  select 1 as place, x.oid as number, 'operator' as kind, n.nspname as schema, x.oprname as name, '' as qualifier,
    (case when x.oprleft = 0 then 'none' else {_type("x.oprleft")} end) || ',' || {_type("x.oprright")} as arguments,
    {_type("x.oprresult")} as result
  from pg_operator x {_members("pg_operator")} join pg_namespace n on n.oid = x.oprnamespace
  union all
  select 2, x.oid, 'cast', null, x.castcontext::text, '', {_type("x.castsource")} || ',' || {_type("x.casttarget")}, ''
  from pg_cast x {_members("pg_cast")}
  union all
  select 3, x.oid, 'access method', null, x.amname, '', '', '' from pg_am x {_members("pg_am")}
  union all
  select 4, x.oid, 'operator family', n.nspname, x.opfname, m.amname, '', ''
  from pg_opfamily x {_members("pg_opfamily")} join pg_namespace n on n.oid = x.opfnamespace
  join pg_am m on m.oid = x.opfmethod
  union all
  select 5, x.oid, 'operator class', n.nspname, x.opcname, m.amname, {_type("x.opcintype")},
    case when x.opcdefault then 'default' else '' end
  from pg_opclass x {_members("pg_opclass")} join pg_namespace n on n.oid = x.opcnamespace
  join pg_am m on m.oid = x.opcmethod
  union all
  select 6, x.oid, 'foreign data wrapper', null, x.fdwname, '', '', ''
  from pg_foreign_data_wrapper x {_members("pg_foreign_data_wrapper")}
  union all
  select 7, x.oid, 'language', null, x.lanname, '', '', '' from pg_language x {_members("pg_language")}
  union all
  select 8, x.oid, 'text search template', n.nspname, x.tmplname, '', '', ''
  from pg_ts_template x {_members("pg_ts_template")} join pg_namespace n on n.oid = x.tmplnamespace
  union all
  select 9, x.oid, 'text search dictionary', n.nspname, x.dictname, '', '', ''
  from pg_ts_dict x {_members("pg_ts_dict")} join pg_namespace n on n.oid = x.dictnamespace
  union all
  select 10, x.oid, 'text search configuration', n.nspname, x.cfgname, '', '', ''
  from pg_ts_config x {_members("pg_ts_config")} join pg_namespace n on n.oid = x.cfgnamespace
  union all
  select 11, x.oid, 'collation', n.nspname, x.collname, '', '', ''
  from pg_collation x {_members("pg_collation")} join pg_namespace n on n.oid = x.collnamespace
  union all
  select 12, x.oid, 'transform', null, '', l.lanname, {_type("x.trftype")}, ''
  from pg_transform x {_members("pg_transform")} join pg_language l on l.oid = x.trflang
) o order by place, number
"""

# -- what is made by statements: relations, and types that consist of others --

_CLASS: Final = f"pg_class x {_members('pg_class')} join pg_namespace n on n.oid = x.relnamespace"
_NAME: Final = "quote_ident(n.nspname) || '.' || quote_ident(x.relname)"
_TYPE_NAME: Final = "quote_ident(n.nspname) || '.' || quote_ident(x.typname)"
_ATTRIBUTES: Final = "from pg_attribute a where a.attrelid = {} and a.attnum > 0 and not a.attisdropped"

RELATIONS: Final[dict[str, str]] = {
    "schemas": f"select x.nspname from pg_namespace x {_members('pg_namespace')} order by x.oid",
    "enums": f"""
select 'create type ' || {_TYPE_NAME} || ' as enum (' ||
  (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = x.oid) || ')'
from pg_type x {_members("pg_type")} join pg_namespace n on n.oid = x.typnamespace
where x.typtype = 'e' order by x.oid""",
    "domains": f"""
select 'create domain ' || {_TYPE_NAME} || ' as ' || format_type(x.typbasetype, x.typtypmod)
  || case when x.typnotnull then ' not null' else '' end
from pg_type x {_members("pg_type")} join pg_namespace n on n.oid = x.typnamespace
where x.typtype = 'd' order by x.oid""",
    "domain_constraints": f"""
select 'alter domain ' || {_TYPE_NAME} || ' add constraint ' || quote_ident(k.conname) || ' '
  || pg_get_constraintdef(k.oid)
from pg_type x {_members("pg_type")} join pg_namespace n on n.oid = x.typnamespace
join pg_constraint k on k.contypid = x.oid and k.contype = 'c' order by k.oid""",
    "composites": f"""
select 'create type ' || {_TYPE_NAME} || ' as (' || (select coalesce(string_agg(quote_ident(a.attname) || ' '
  || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum), '') {_ATTRIBUTES.format("x.typrelid")}) || ')'
from pg_type x {_members("pg_type")} join pg_namespace n on n.oid = x.typnamespace
where x.typtype = 'c' and exists (select from pg_class c where c.oid = x.typrelid and c.relkind = 'c')
order by x.oid""",
    "sequences": f"""
select 'create sequence ' || {_NAME} || ' as ' || format_type(s.seqtypid, null)
from {_CLASS} join pg_sequence s on s.seqrelid = x.oid
where not exists (select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = x.oid
                  and i.deptype = 'i' and i.refobjsubid > 0)
order by x.oid""",
    "tables": f"""
select 'create' || case x.relpersistence when 'u' then ' unlogged' else '' end || ' table ' || {_NAME} || ' ('
  || (select coalesce(string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end
        || ' as identity' else '' end
    || case when a.attgenerated <> '' then ' generated always as (' || pg_get_expr(f.adbin, f.adrelid) || ') stored'
        else '' end
    || case when a.attnotnull then ' not null' else '' end, ', ' order by a.attnum), '')
    from pg_attribute a left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
    where a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped) || ')'
  || coalesce(' inherits (' || (select string_agg(inhparent::regclass::text, ', ' order by inhseqno)
                                from pg_inherits where inhrelid = x.oid) || ')', '')
  || case x.relkind when 'p' then ' partition by ' || pg_get_partkeydef(x.oid) else '' end
from {_CLASS} where x.relkind in ('r', 'p') order by x.oid""",
    "views": f"""
select 'create ' || case x.relkind when 'm' then 'materialized ' else '' end || 'view ' || {_NAME} || ' as select '
  || (select string_agg('null::' || format_type(a.atttypid, a.atttypmod) || ' as ' || quote_ident(a.attname), ', '
      order by a.attnum) {_ATTRIBUTES.format("x.oid")})
from {_CLASS} where x.relkind in ('v', 'm') order by x.oid""",
    "constraints": f"""
select 'alter table ' || {_NAME} || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
from {_CLASS} join pg_constraint k on k.conrelid = x.oid
where k.contype in ('p', 'u', 'c', 'x') and k.conislocal order by k.oid""",
    "foreign": f"""
select 'alter table ' || {_NAME} || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
from {_CLASS} join pg_constraint k on k.conrelid = x.oid where k.contype = 'f' and k.conislocal order by k.oid""",
    "indexes": f"""
select pg_get_indexdef(i.indexrelid) from {_CLASS} join pg_index i on i.indrelid = x.oid
where not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by i.indexrelid""",
    "defaults": f"""
select 'alter table ' || {_NAME} || ' alter column ' || quote_ident(a.attname) || ' set default '
  || pg_get_expr(f.adbin, f.adrelid)
from {_CLASS} join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = ''
join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
where x.relkind in ('r', 'p') order by x.oid, a.attnum""",
    "owned": f"""
select 'alter sequence ' || {_NAME} || ' owned by ' || o.refobjid::regclass || '.' || quote_ident(a.attname)
from {_CLASS} join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = x.oid and o.deptype = 'a'
  and o.refobjsubid > 0
join pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
where x.relkind = 'S' order by x.oid""",
    "rls": f"""
select 'alter table ' || {_NAME} || ' enable row level security' from {_CLASS} where x.relrowsecurity order by x.oid""",
    "policies": f"""
select 'create policy ' || quote_ident(p.polname) || ' on ' || {_NAME}
  || case p.polcmd when 'r' then ' for select' when 'a' then ' for insert' when 'w' then ' for update'
     when 'd' then ' for delete' else '' end
  || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
  || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
from {_CLASS} join pg_policy p on p.polrelid = x.oid order by p.oid""",
    "triggers": f"""
select pg_get_triggerdef(t.oid) from {_CLASS} join pg_trigger t on t.tgrelid = x.oid where not t.tgisinternal
order by t.oid""",
    "grants": f"""
select 'grant ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) || ' on ' || {_NAME} || ' to public'
from {_CLASS} cross join aclexplode(x.relacl) g
where g.grantee = 0 and x.relkind in ('r', 'p', 'v', 'm') and g.privilege_type <> 'MAINTAIN'
group by x.oid, n.nspname, x.relname
union all
select 'grant ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) || ' on schema '
  || quote_ident(x.nspname) || ' to public'
from pg_namespace x {_members("pg_namespace")} cross join aclexplode(x.nspacl) g
where g.grantee = 0 group by x.oid, x.nspname""",
    "event_triggers": f"""
select 'create event trigger ' || quote_ident(x.evtname) || ' on ' || x.evtevent
  || coalesce(' when tag in (' || (select string_agg(quote_literal(tag), ', ') from unnest(x.evttags) tag) || ')', '')
  || ' execute function ' || x.evtfoid::regproc || '()'
from pg_event_trigger x {_members("pg_event_trigger")} order by x.oid""",
}
"""Statements that make them again, one query a kind, without the name of the extension's own schema."""
