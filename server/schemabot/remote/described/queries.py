"""What `support.introspect` asks PostgreSQL's catalogs, one query for each key of its answer.

Extensions' objects are left out, and what lies in the server's own and in temporary schemas. Types are
printed for the session's search_path. Default privileges stand in no acl, hence acldefault.
"""

from __future__ import annotations

from typing import Final

_SCHEMA: Final = "n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'"


def _member(catalog: str, oid: str) -> str:
    """Whether an extension owns the object."""
    return (
        f"exists (select from pg_depend d where d.classid = '{catalog}'::regclass and d.objid = {oid}"
        " and d.deptype = 'e')"
    )


def _names(relation: str, numbers: str) -> str:
    return (
        "(select coalesce(jsonb_agg(a.attname order by u.place), '[]')"
        f" from unnest({numbers}) with ordinality u (number, place)"
        f" left join pg_attribute a on a.attrelid = {relation} and a.attnum = u.number)"
    )


_ACTION: Final = (
    "case {} when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'"
    " when 'n' then 'set null' else 'set default' end"
)

_SCHEMAS: Final = f"select n.nspname as name from pg_namespace n where {_SCHEMA}"

_TABLES: Final = f"""
select n.nspname as schema, c.relname as name,
  case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' else 'table' end as kind,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
      'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
      'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end
    ) order by a.attnum), '[]')
   from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname, 'kind', k.contype, 'columns', {_names("k.conrelid", "k.conkey")},
      'references', case when k.contype = 'f' then jsonb_build_object(
        'schema', tn.nspname, 'table', t.relname, 'columns', {_names("k.confrelid", "k.confkey")}) end,
      'on_delete', {_ACTION.format("k.confdeltype")}, 'on_update', {_ACTION.format("k.confupdtype")}
    )), '[]')
   from pg_constraint k left join pg_class t on t.oid = k.confrelid
     left join pg_namespace tn on tn.oid = t.relnamespace
   where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f')
     -- A foreign key to a partitioned table is repeated for each partition.
     and not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)
  ) as constraints,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', i.relname, 'unique', x.indisunique, 'method', m.amname, 'partial', x.indpred is not null,
      'columns', {_names("c.oid", "(x.indkey::int2[])[0 : x.indnkeyatts - 1]")}
    )), '[]')
   from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
   where x.indrelid = c.oid) as indexes,
  c.relrowsecurity as rls, c.relforcerowsecurity as force_rls,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', p.polname, 'permissive', p.polpermissive,
      'command', case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert'
        when 'w' then 'update' else 'delete' end,
      'roles', (select jsonb_agg(coalesce(r.rolname, 'public'))
                from unnest(p.polroles) o (id) left join pg_roles r on r.oid = o.id),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)
    )), '[]') from pg_policy p where p.polrelid = c.oid) as policies,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', t.tgname, 'function', fn.nspname || '.' || f.proname)), '[]')
   from pg_trigger t join pg_proc f on f.oid = t.tgfoid join pg_namespace fn on fn.oid = f.pronamespace
   where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
  obj_description(c.oid, 'pg_class') as comment
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f') and {_SCHEMA} and not {_member("pg_class", "c.oid")}
"""

_VIEWS: Final = f"""
select n.nspname as schema, c.relname as name, c.relkind = 'm' as materialized,
  coalesce((select option_value::boolean from pg_options_to_table(c.reloptions)
            where option_name = 'security_invoker'), false) as security_invoker,
  array(select attname::text from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and {_SCHEMA} and not {_member("pg_class", "c.oid")}
"""

_FUNCTIONS: Final = f"""
select n.nspname as schema, p.proname as name,
  array(select format_type(t.id, null) from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
          with ordinality t (id, place)
        where coalesce(p.proargmodes[t.place], 'i') <> 't' order by t.place) as arguments,
  case when p.prokind <> 'p' then pg_get_function_result(p.oid) end as returns,
  l.lanname as language, case when p.prosecdef then 'definer' else 'invoker' end as security,
  case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
  array(select unnest(p.proconfig) order by 1) as settings
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where {_SCHEMA} and not {_member("pg_proc", "p.oid")}
  -- What CREATE TYPE ... AS RANGE makes.
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                  and d.deptype = 'i')
"""

_ENUMS: Final = f"""
select n.nspname as schema, t.typname as name,
  array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder) as labels
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and {_SCHEMA} and not {_member("pg_type", "t.oid")}
"""


def _types(condition: str) -> str:
    return f"""
select n.nspname as schema, t.typname as name
from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
where ({condition}) and t.typisdefined and {_SCHEMA} and not {_member("pg_type", "t.oid")}
"""


_SEQUENCES: Final = f"""
select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and {_SCHEMA} and not {_member("pg_class", "c.oid")}
"""

_EXTENSIONS: Final = """
select e.extname as name, n.nspname as schema
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
"""

_GRANTS: Final = f"""
select schema, object, coalesce(r.rolname, 'public') as role,
  array_agg(distinct lower(privilege_type) || column_name order by lower(privilege_type) || column_name)
    as privileges
from (
  select n.nspname as schema, c.relname::text as object, c.relowner as owner, '' as column_name, g.*
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(
    coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) g
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and {_SCHEMA} and not {_member("pg_class", "c.oid")}
  union all
  select n.nspname, c.relname, c.relowner, '(' || a.attname || ')', g.*
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
    aclexplode(a.attacl) g
  where {_SCHEMA} and not {_member("pg_class", "c.oid")}
  union all
  select n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.proowner, '', g.*
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
    aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
  where {_SCHEMA} and not {_member("pg_proc", "p.oid")}
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                    and d.deptype = 'i')
  union all
  select n.nspname, n.nspname, n.nspowner, '', g.*
  from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
  where {_SCHEMA} and not {_member("pg_namespace", "n.oid")}
) found left join pg_roles r on r.oid = found.grantee
where found.grantee <> found.owner
group by schema, object, r.rolname
"""

_PUBLICATIONS: Final = """
select p.pubname as name, p.puballtables as all_tables,
  array(select schemaname || '.' || tablename from pg_publication_tables t
        where t.pubname = p.pubname and exists (
          select from pg_publication_rel r where r.prpubid = p.oid
          and r.prrelid = format('%I.%I', t.schemaname, t.tablename)::regclass) order by 1) as tables,
  array(select n.nspname::text from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid
        where s.pnpubid = p.oid order by 1) as schemas
from pg_publication p
"""

_RULES: Final = f"""
select n.nspname as schema, c.relname as table, r.rulename as name,
  case r.ev_type when '1' then 'select' when '2' then 'update' when '3' then 'insert' else 'delete' end
    as event
from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
where r.rulename <> '_RETURN' and {_SCHEMA} and not {_member("pg_class", "c.oid")}
"""

_EVENT_TRIGGERS: Final = f"""
select e.evtname as name, e.evtevent as event, n.nspname || '.' || p.proname as function
from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid join pg_namespace n on n.oid = p.pronamespace
where not {_member("pg_event_trigger", "e.oid")}
"""

_DEFAULT_PRIVILEGES: Final = """
select o.rolname as role, n.nspname as schema,
  case d.defaclobjtype when 'r' then 'table' when 'S' then 'sequence' when 'f' then 'function'
    when 'T' then 'type' else 'schema' end as kind,
  coalesce(g.rolname, 'public') as grantee,
  array_agg(distinct lower(a.privilege_type) order by lower(a.privilege_type)) as privileges
from pg_default_acl d join pg_roles o on o.oid = d.defaclrole
  left join pg_namespace n on n.oid = d.defaclnamespace,
  aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
where a.grantee <> d.defaclrole
group by 1, 2, 3, 4
"""

QUERIES: Final = {
    "schemas": _SCHEMAS,
    "tables": _TABLES,
    "views": _VIEWS,
    "functions": _FUNCTIONS,
    "enums": _ENUMS,
    "domains": _types("t.typtype = 'd'"),
    "types": _types(
        "t.typtype = 'c' and c.relkind = 'c' or t.typtype in ('r', 'm')"
        " or t.typtype = 'b' and t.typcategory <> 'A'"
    ),
    "sequences": _SEQUENCES,
    "extensions": _EXTENSIONS,
    "grants": _GRANTS,
    "publications": _PUBLICATIONS,
    "rules": _RULES,
    "event_triggers": _EVENT_TRIGGERS,
    "default_privileges": _DEFAULT_PRIVILEGES,
}
