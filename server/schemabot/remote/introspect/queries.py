"""What a server is asked, and the statements that its answers are written as.

Every query gives statements of DDL that PostgreSQL writes itself (pg_get_viewdef, pg_get_constraintdef, format_type
        ...).
The search path is empty, so every name has its schema. Objects of extensions are left out: CREATE EXTENSION brings
        them.
Catalogs: manual, chapter 52; everything here is there in PostgreSQL 13 to 18.
"""

from __future__ import annotations

from typing import Final

_SYSTEM = (
    r"n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_toast%'"
    r" and n.nspname not like 'pg\_temp%'"
)


def _own(catalog: str, oid: str) -> str:
    return (
        f"not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.{catalog}'::regclass"
        f" and d.objid = {oid} and d.deptype = 'e')"
    )


_CLASS = (
    "pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    f" and {_SYSTEM} and {_own('pg_class', 'c.oid')}"
)
_NAME = "format('%I.%I', n.nspname, c.relname)"
_OPTIONS = (
    "case when c.reloptions is null then '' else ' with (' || array_to_string(c.reloptions, ', ') || ')' end"
)
_KIND = (
    "case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view'"
    " when 'f' then 'foreign table' else 'table' end"
)

SERVER: Final = """select current_setting('server_version_num')::int, current_database(),
    (select count(*) from pg_catalog.pg_namespace where nspname in ('auth', 'storage'))
    + (select count(*) from pg_catalog.pg_roles where rolname in ('supabase_admin', 'authenticated', 'anon')) = 5"""

ROLES: Final = """select format('create role %I%s', rolname, concat(case when rolsuper then ' superuser' end,
    case when not rolinherit then ' noinherit' end, case when rolcreaterole then ' createrole' end,
    case when rolcreatedb then ' createdb' end, case when rolcanlogin then ' login' end,
    case when rolreplication then ' replication' end, case when rolbypassrls then ' bypassrls' end))
    from pg_catalog.pg_roles where rolname not like 'pg\\_%' order by oid"""
MEMBERS: Final = """select distinct format('grant %I to %I', g.rolname, m.rolname) from pg_catalog.pg_auth_members a
    join pg_catalog.pg_roles g on g.oid = a.roleid join pg_catalog.pg_roles m on m.oid = a.member
    where g.rolname not like 'pg\\_%' and m.rolname not like 'pg\\_%' order by 1"""
SCHEMAS: Final = f"""select format('create schema %I authorization %I', n.nspname, pg_get_userbyid(n.nspowner))
    from pg_catalog.pg_namespace n where {_SYSTEM} and {_own("pg_namespace", "n.oid")} order by n.oid"""
EXTENSIONS: Final = """select format('create extension %I schema %I', e.extname, n.nspname)
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname <> 'plpgsql' order by e.oid"""

FOREIGN: Final = """select ddl from (
  select f.oid::bigint as at, 0 as step, format('create foreign data wrapper %I', f.fdwname) as ddl
    from pg_catalog.pg_foreign_data_wrapper f where not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and d.objid = f.oid and d.deptype = 'e')
  union all
  select s.oid::bigint, 1, format('create server %I foreign data wrapper %I', s.srvname, f.fdwname)
    from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper f on f.oid = s.srvfdw
) made order by step, at"""
"""Without options: a server's may hold what only its owner should know."""

_COLUMN = """format('%I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> t.typcollation and a.attcollation <> 0
         then ' collate ' || (select format('%I.%I', cn.nspname, co.collname) from pg_catalog.pg_collation co
              join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) else '' end,
    case when a.attgenerated <> '' then format(' generated always as (%s) %s', pg_get_expr(x.adbin, x.adrelid),
         case a.attgenerated when 'v' then 'virtual' else 'stored' end) else '' end,
    case when a.attidentity = '' then '' else format(' generated %s as identity%s', case a.attidentity when 'a' then
        'always'
         else 'by default' end, coalesce((select format(' (sequence name %I.%I)', sn.nspname, sc.relname) from
             pg_catalog.pg_depend d
         join pg_catalog.pg_class sc on sc.oid = d.objid and sc.relkind = 'S' join pg_catalog.pg_namespace sn on
             sn.oid = sc.relnamespace
         where d.refobjid = a.attrelid and d.refobjsubid = a.attnum and d.deptype = 'i'
         and d.classid = 'pg_catalog.pg_class'::regclass limit 1), '')) end,
    case when a.attnotnull then ' not null' else '' end)"""
_COLUMNS = f"""(select string_agg({_COLUMN}, ', ' order by a.attnum) from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef x on x.adrelid = a.attrelid and x.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attislocal)"""
_PARENTS = """(select string_agg(format('%I.%I', pn.nspname, pc.relname), ', ' order by i.inhseqno)
    from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where i.inhrelid = c.oid)"""

OBJECTS: Final = f"""select ddl from (
  select c.oid::bigint as at, case when c.relispartition
      then format('create table %s partition of %s %s', {_NAME}, {_PARENTS}, pg_get_expr(c.relpartbound, c.oid))
      else format('create %s%s %s (%s)%s', case c.relpersistence when 'u' then 'unlogged ' else '' end, 'table',
          {_NAME},
           coalesce({_COLUMNS}, ''), coalesce(' inherits (' || {_PARENTS} || ')', '')) end
      || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '') || {_OPTIONS} as ddl
    from {_CLASS} where c.relkind in ('r', 'p')
  union all
  select c.oid::bigint, format('create foreign table %s (%s) server %I', {_NAME}, coalesce({_COLUMNS}, ''), s.srvname)
    from {_CLASS} join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
    join pg_catalog.pg_foreign_server s on s.oid = f.ftserver where c.relkind = 'f'
  union all
  select c.oid::bigint, format('create %sview %s%s as %s', case c.relkind when 'm' then 'materialized ' else '' end,
        {_NAME},
      {_OPTIONS}, rtrim(pg_get_viewdef(c.oid), ';')) from {_CLASS} where c.relkind in ('v', 'm')
  union all
  select c.oid::bigint, format('create sequence %s as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s',
      {_NAME},
      format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
      case when s.seqcycle then ' cycle' else '' end)
    from {_CLASS} join pg_catalog.pg_sequence s on s.seqrelid = c.oid where not exists (select from
        pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
  union all
  select t.oid::bigint, case t.typtype
      when 'e' then format('create type %I.%I as enum (%s)', n.nspname, t.typname, coalesce((select
          string_agg(quote_literal(enumlabel),
           ', ' order by enumsortorder) from pg_catalog.pg_enum where enumtypid = t.oid), ''))
      when 'r' then format('create type %I.%I as range (subtype = %s)', n.nspname, t.typname,
           (select format_type(rngsubtype, null) from pg_catalog.pg_range where rngtypid = t.oid))
      when 'd' then format('create domain %I.%I as %s%s%s', n.nspname, t.typname, format_type(t.typbasetype,
          t.typtypmod),
           coalesce(' default ' || t.typdefault, ''), case when t.typnotnull then ' not null' else '' end)
      else format('create type %I.%I as (%s)', n.nspname, t.typname, coalesce((select string_agg(format('%I %s',
          a.attname,
           format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum) from pg_catalog.pg_attribute a
           where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '')) end
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace and {_SYSTEM} and
        {_own("pg_type", "t.oid")}
    where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and (select relkind from pg_catalog.pg_class where oid =
        t.typrelid) = 'c')
  union all
  select p.oid::bigint, pg_get_functiondef(p.oid) from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace and {_SYSTEM} and {_own("pg_proc", "p.oid")}
    where p.prokind in ('f', 'p', 'w') and not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
) made order by at"""

DEFAULTS: Final = f"""select format('alter %s %s alter column %I set default %s', case when c.relkind in ('r', 'p')
        then 'table only' else {_KIND} end,
    {_NAME}, a.attname,
    pg_get_expr(x.adbin, x.adrelid))
    from {_CLASS} join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped and a.attgenerated = ''
    join pg_catalog.pg_attrdef x on x.adrelid = c.oid and x.adnum = a.attnum
    order by c.oid, a.attnum"""
NOT_NULL: Final = f"""select format('alter table only %s alter column %I set not null', {_NAME}, a.attname)
    from {_CLASS} join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and
        a.attnotnull
    where not a.attislocal and c.relkind in ('r', 'p') order by c.oid, a.attnum"""
OWNED: Final = f"""select format('alter sequence %s owned by %I.%I.%I', {_NAME}, tn.nspname, tc.relname, a.attname)
    from {_CLASS} join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'a' and d.refobjsubid > 0
    join pg_catalog.pg_class tc on tc.oid = d.refobjid join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = tc.oid and a.attnum = d.refobjsubid where c.relkind = 'S' order by
        c.oid"""
CONSTRAINTS: Final = f"""select format('alter table %s%s add constraint %I %s', case when k.contype in ('p', 'u', 'x')
    or (k.contype = 'f' and c.relkind <> 'p') then 'only ' else '' end, {_NAME}, k.conname,
        pg_get_constraintdef(k.oid))
    from {_CLASS} join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'c', 'f')
    where k.contype in ('p', 'u', 'x') or (k.conparentid = 0 and k.conislocal) order by
        array_position('{{p,u,x,c,f}}'::"char"[], k.contype), k.oid"""
DOMAIN_CONSTRAINTS: Final = f"""select format('alter domain %I.%I add constraint %I %s', n.nspname, t.typname,
        k.conname,
    pg_get_constraintdef(k.oid)) from pg_catalog.pg_constraint k join pg_catalog.pg_type t on t.oid = k.contypid
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace and {_SYSTEM} and {_own("pg_type", "t.oid")}
    where k.contype = 'c' order by k.oid"""
INDEXES: Final = f"""select pg_get_indexdef(i.indexrelid) from {_CLASS} join pg_catalog.pg_index i on i.indrelid =
        c.oid
    where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p',
        'u', 'x')) order by i.indexrelid"""
ATTACHED: Final = f"""select format('alter index %I.%I attach partition %s', pn.nspname, pc.relname, {_NAME})
    from {_CLASS} join pg_catalog.pg_inherits i on i.inhrelid = c.oid join pg_catalog.pg_class pc on pc.oid =
        i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where c.relkind in ('i', 'I') order by c.oid"""
TRIGGERS: Final = f"""select pg_get_triggerdef(t.oid) from {_CLASS} join pg_catalog.pg_trigger t on t.tgrelid = c.oid
    and not t.tgisinternal and (to_jsonb(t) ->> 'tgparentid') is distinct from (select m.oid::text from
        pg_catalog.pg_trigger m
    where m.oid::text = to_jsonb(t) ->> 'tgparentid') order by t.oid"""
TRIGGER_STATES: Final = f"""select format('alter table %s %s trigger %I', {_NAME}, case t.tgenabled when 'D' then
        'disable'
    when 'R' then 'enable replica' else 'enable always' end, t.tgname)
    from {_CLASS} join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal where t.tgenabled <> 'O'
        order by t.oid"""
RULES: Final = f"""select rtrim(pg_get_ruledef(r.oid), ';') from {_CLASS} join pg_catalog.pg_rewrite r on r.ev_class
        = c.oid
    where r.rulename <> '_RETURN' order by r.oid"""
ROW_SECURITY: Final = f"""select format('alter table %s %s row level security', {_NAME}, word) from {_CLASS}
    cross join lateral (values ('enable', c.relrowsecurity), ('force', c.relforcerowsecurity)) s (word, is_on)
    where is_on order by c.oid"""
POLICIES: Final = f"""select format('create policy %I on %s as %s for %s to %s%s%s', p.polname, {_NAME},
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else
        'all' end,
    (select string_agg(case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ') from
        unnest(p.polroles) r),
    coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''),
    coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''))
    from {_CLASS} join pg_catalog.pg_policy p on p.polrelid = c.oid order by p.oid"""
OWNERS: Final = f"""select ddl from (
  select c.oid::bigint as at, format('alter %s %s owner to %I', {_KIND}, {_NAME}, pg_get_userbyid(c.relowner)) as ddl
    from {_CLASS} where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind
          = 'S')
  union all
  select p.oid::bigint, format('alter %s %s owner to %I', case p.prokind when 'p' then 'procedure' when 'a' then
        'aggregate' else 'function' end,
      p.oid::regprocedure, pg_get_userbyid(p.proowner)) from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace and {_SYSTEM} and {_own("pg_proc", "p.oid")} where
        p.prokind in ('f', 'p', 'w') and not exists (select from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
  union all
  select t.oid::bigint, format('alter type %I.%I owner to %I', n.nspname, t.typname, pg_get_userbyid(t.typowner))
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace and {_SYSTEM} and
        {_own("pg_type", "t.oid")}
    where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and (select relkind from pg_catalog.pg_class where oid =
        t.typrelid) = 'c')
) made order by at"""


def _grants(kind: str, name: str, acl: str, owner: str, source: str) -> str:
    """Take away what there is by default, then grant what the privileges list says."""
    rows = (
        f"(select at, {kind} as kind, {name} as name, {acl} as acl, {owner} as owner"
        f" from {source} where {acl} is not null) o"
    )
    return f"""select at, 0 as step, format('revoke all on %s %s from public, %I%s', kind, name, pg_get_userbyid(owner),
        (select string_agg(format(', %I', rolname), '') from pg_catalog.pg_roles
        where rolname in ('anon', 'authenticated', 'service_role'))) as ddl
        from {rows}
    union all select at, 1, format('grant %s on %s %s to %s%s', string_agg(x.privilege_type, ', '), kind, name,
        case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' with grant option' else '' end)
        from {rows} cross join lateral aclexplode(acl) x group by at, kind, name, x.grantee, x.is_grantable"""


PRIVILEGES: Final = (
    "select ddl from ("
    + _grants(
        "case c.relkind when 'S' then 'sequence' else 'table' end", _NAME, "c.relacl", "c.relowner",
        f"(select c.oid::bigint as at, c.*, n.nspname from {_CLASS} where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')) c"
        " cross join lateral (select c.nspname) n",
    )
    + " union all "
    + _grants(
        "case p.prokind when 'p' then 'procedure' else 'function' end", "p.oid::regprocedure", "p.proacl", "p.proowner",
        "(select p.oid::bigint as at, p.* from pg_catalog.pg_proc p"
        " join pg_catalog.pg_namespace n on n.oid = p.pronamespace"
        f" and {_SYSTEM} and {_own('pg_proc', 'p.oid')} where p.prokind in ('f', 'p', 'w')) p",
    )
    + " union all "
    + _grants(
        "'schema'", "quote_ident(n.nspname)", "n.nspacl", "n.nspowner",
        "(select n.oid::bigint as at, n.* from pg_catalog.pg_namespace n"
        f" where {_SYSTEM} and {_own('pg_namespace', 'n.oid')}) n",
    )
    + " union all "
    + _grants(
        "'type'", "format('%I.%I', t.nspname, t.typname)", "t.typacl", "t.typowner",
        "(select t.oid::bigint as at, n.nspname, t.* from pg_catalog.pg_type t"
        " join pg_catalog.pg_namespace n on n.oid = t.typnamespace"
        f" and {_SYSTEM} and {_own('pg_type', 't.oid')} where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c'"
        " and (select relkind from pg_catalog.pg_class where oid = t.typrelid) = 'c')) t",
    )
    + ") made order by at, step"
)  # fmt: skip
COLUMN_PRIVILEGES: Final = f"""select format('grant %s (%I) on table %s to %s', x.privilege_type, a.attname, {_NAME},
    case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end)
    from {_CLASS} join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
    cross join lateral aclexplode(a.attacl) x order by c.oid, a.attnum"""
COMMENTS: Final = f"""select ddl from (
  select c.oid::bigint as at, d.objsubid as sub, case when d.objsubid = 0 then format('comment on %s %s is %L',
        {_KIND}, {_NAME}, d.description)
      else format('comment on column %s.%I is %L', {_NAME}, a.attname, d.description) end as ddl
    from {_CLASS} join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid =
        c.oid
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid where c.relkind in ('r', 'p',
        'v', 'm', 'f', 'S')
  union all
  select c.oid::bigint, 0, format('comment on index %s is %L', {_NAME}, d.description) from {_CLASS}
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid where
        c.relkind in ('i', 'I')
  union all
  select p.oid::bigint, 0, format('comment on %s %s is %L', case p.prokind when 'p' then 'procedure' else 'function'
        end, p.oid::regprocedure, d.description)
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace and {_SYSTEM} and
        {_own("pg_proc", "p.oid")}
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_proc'::regclass and d.objoid = p.oid where
        p.prokind in ('f', 'p', 'w')
  union all
  select t.oid::bigint, 0, format('comment on %s %I.%I is %L', case t.typtype when 'd' then 'domain' else 'type' end,
        n.nspname, t.typname, d.description)
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace and {_SYSTEM}
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_type'::regclass and d.objoid = t.oid and
        {_own("pg_type", "t.oid")}
  union all
  select n.oid::bigint, 0, format('comment on schema %I is %L', n.nspname, d.description) from
        pg_catalog.pg_namespace n
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_namespace'::regclass and d.objoid = n.oid where
        {_SYSTEM}
  union all
  select p.oid::bigint, 0, format('comment on policy %I on %s is %L', p.polname, {_NAME}, d.description) from {_CLASS}
    join pg_catalog.pg_policy p on p.polrelid = c.oid
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_policy'::regclass and d.objoid = p.oid
  union all
  select t.oid::bigint, 0, format('comment on trigger %I on %s is %L', t.tgname, {_NAME}, d.description) from {_CLASS}
    join pg_catalog.pg_trigger t on t.tgrelid = c.oid
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_trigger'::regclass and d.objoid = t.oid
  union all
  select k.oid::bigint, 0, format('comment on constraint %I on %s is %L', k.conname, {_NAME}, d.description) from
        {_CLASS}
    join pg_catalog.pg_constraint k on k.conrelid = c.oid
    join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_constraint'::regclass and d.objoid = k.oid
) made order by at, sub"""
DEFAULT_REVOKES: Final = """select format('alter default privileges for role %I revoke all on %s from public',
    pg_get_userbyid(d.defaclrole), case d.defaclobjtype when 'f' then 'functions' else 'types' end)
    from pg_catalog.pg_default_acl d where d.defaclnamespace = 0 and d.defaclobjtype in ('f', 'T') order by d.oid"""
"""What everybody may do with functions and types by default, taken away; DEFAULT_PRIVILEGES gives back what is there."""
DEFAULT_PRIVILEGES: Final = """select format('alter default privileges for role %I%s grant %s on %s to %s%s',
        pg_get_userbyid(d.defaclrole),
    case when n.nspname is null then '' else format(' in schema %I', n.nspname) end, string_agg(x.privilege_type,
        ', '),
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then
        'types' else 'schemas' end,
    case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
    case when x.is_grantable then ' with grant option' else '' end)
    from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral aclexplode(d.defaclacl) x where x.grantee <> d.defaclrole and d.defaclobjtype in ('r', 'S',
        'f', 'T', 'n')
    group by d.oid, d.defaclrole, n.nspname, d.defaclobjtype, x.grantee, x.is_grantable order by d.oid"""
EVENT_TRIGGERS: Final = f"""select format('create event trigger %I on %I%s execute function %s()', e.evtname,
        e.evtevent,
    case when e.evttags is null then '' else (select format(' when tag in (%s)', string_agg(quote_literal(tag), ', '))
        from unnest(e.evttags) tag) end, e.evtfoid::regproc)
    from pg_catalog.pg_event_trigger e where {_own("pg_event_trigger", "e.oid")} order by e.oid"""


def _publications(columns: str, rows: str) -> str:
    return f"""select format('create publication %I%s%s', p.pubname, case when p.puballtables then ' for all tables'
    else coalesce((select ' for table ' || string_agg(format('%I.%I', n.nspname, c.relname) || {columns} || {rows},
        ', ' order by c.oid)
    from pg_catalog.pg_publication_rel r join pg_catalog.pg_class c on c.oid = r.prrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace where r.prpubid = p.oid), '') end,
    coalesce(' with (' || nullif(concat_ws(', ', case when not (p.pubinsert and p.pubupdate and p.pubdelete
        and p.pubtruncate) then format('publish = %L', concat_ws(', ', case when p.pubinsert then 'insert' end,
        case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end,
        case when p.pubtruncate then 'truncate' end)) end,
        case when p.pubviaroot then 'publish_via_partition_root = true' end), '') || ')', ''))
    from pg_catalog.pg_publication p order by p.oid"""


PUBLICATIONS_BEFORE_15: Final = _publications("''", "''")
PUBLICATIONS: Final = _publications(
    "case when r.prattrs is null then '' else (select format(' (%s)', string_agg(quote_ident(a.attname), ', '"
    " order by a.attnum)) from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = any (r.prattrs::int2[]))"
    " end",
    "case when r.prqual is null then '' else format(' where (%s)', pg_get_expr(r.prqual, r.prrelid)) end",
)
"""With column lists and row filters, which there are from PostgreSQL 15 on."""
PUBLISHED_SCHEMAS: Final = """select format('alter publication %I add tables in schema %I', p.pubname, n.nspname)
    from pg_catalog.pg_publication_namespace s join pg_catalog.pg_publication p on p.oid = s.pnpubid
    join pg_catalog.pg_namespace n on n.oid = s.pnnspid order by p.oid, n.oid"""
"""From PostgreSQL 15 on."""
NOT_READ: Final = f"""select what, count(*) from (
  select 'aggregates' as what from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace and
        {_SYSTEM}
    and {_own("pg_proc", "p.oid")} where p.prokind = 'a'
  union all select 'operators' from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
        and {_SYSTEM}
    and {_own("pg_operator", "o.oid")}
  union all select 'casts' from pg_catalog.pg_cast t where t.oid >= 16384 and {_own("pg_cast", "t.oid")}
  union all select 'collations' from pg_catalog.pg_collation o join pg_catalog.pg_namespace n on n.oid =
        o.collnamespace and {_SYSTEM}
  union all select 'text search configurations' from pg_catalog.pg_ts_config o join pg_catalog.pg_namespace n on
        n.oid = o.cfgnamespace
    and {_SYSTEM} and {_own("pg_ts_config", "o.oid")}
  union all select 'statistics objects' from pg_catalog.pg_statistic_ext
) others group by what order by what"""

IN_ORDER: Final = (
    ROLES, MEMBERS, SCHEMAS, EXTENSIONS, FOREIGN, OBJECTS, DEFAULTS, NOT_NULL, OWNED, CONSTRAINTS, DOMAIN_CONSTRAINTS,
    INDEXES, ATTACHED, RULES, TRIGGERS, TRIGGER_STATES, ROW_SECURITY, POLICIES, OWNERS, PRIVILEGES, COLUMN_PRIVILEGES,
    DEFAULT_REVOKES, DEFAULT_PRIVILEGES, EVENT_TRIGGERS, COMMENTS,
)  # fmt: skip
"""Queries whose single column is a statement, in an order in which most can be replayed at once."""


ESSENTIAL: Final = frozenset((SERVER, SCHEMAS, OBJECTS))
"""Without these there is no schema to speak of."""


def queries_for(version: int) -> tuple[str, ...]:
    """The queries for a server of that `server_version_num`."""
    if version >= 150000:
        return (*IN_ORDER, PUBLICATIONS, PUBLISHED_SCHEMAS)
    return (*IN_ORDER, PUBLICATIONS_BEFORE_15)
