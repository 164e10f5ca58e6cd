"""A real database in PostgreSQL's own words: what `introspect` leaves out and a rendering must give back.

Every object is asked for its definition (pg_get_viewdef, pg_get_functiondef ...), options, owner, privileges and
comment, with an empty search_path, so that every name has its schema. Who granted a privilege is left out, and so are
the objects of extensions and of the system.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg

_SYSTEM: Final = (
    "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg\\_%%temp%%'"
)
_ACL: Final = (
    "(select array_agg(coalesce(g.rolname, 'public') || ' ' || privilege_type || is_grantable"
    " order by a.grantee, privilege_type)"
    " from aclexplode(coalesce({acl}, acldefault({kind}, {owner}))) a left join pg_roles g on g.oid = a.grantee"
    " where a.grantee <> {owner})"
)


def _own(catalog: str, oid: str) -> str:
    return (
        f"not exists (select from pg_depend d where d.classid = '{catalog}'::regclass and d.objid = {oid}"
        " and d.deptype = 'e')"
    )


def _acl(acl: str, kind: str, owner: str) -> str:
    return _ACL.format(acl=acl, kind=kind, owner=owner)


_CLASS: Final = f"""
pg_class c join pg_namespace n on n.oid = c.relnamespace and {_SYSTEM} and {_own("pg_class", "c.oid")}
"""

_QUERIES: Final[dict[str, str]] = {
    "schemas": f"""select nspname, pg_get_userbyid(nspowner), {_acl("nspacl", "'n'", "nspowner")}
        from pg_namespace n where {_SYSTEM} and {_own("pg_namespace", "n.oid")}""",
    "relations": f"""select c.oid::regclass, c.relkind, c.relpersistence, c.reloptions, c.relreplident,
        am.amname, pg_get_userbyid(c.relowner), pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
        c.reloftype::regtype, c.relrowsecurity, c.relforcerowsecurity,
        (select array_agg(inhparent::regclass::text order by inhseqno) from pg_inherits where inhrelid = c.oid),
        {_acl("c.relacl", "case when c.relkind = 'S' then 's' else 'r' end::" + '"char"', "c.relowner")},
        (select array[s.srvname::text, f.ftoptions::text] from pg_foreign_table f
         join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid)
        from {_CLASS} left join pg_am am on am.oid = c.relam where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')""",
    "columns": f"""select c.oid::regclass || '.' || a.attname, row_number() over (partition by c.oid order by attnum),
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated, a.attislocal,
        a.attinhcount, a.attstattarget, a.attstorage, a.attcompression, a.attoptions, a.attfdwoptions,
        a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid), {_acl("a.attacl", "'c'", "c.relowner")}
        from {_CLASS} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')""",
    "views": f"""select c.oid::regclass, pg_get_viewdef(c.oid) from {_CLASS} where c.relkind in ('v', 'm')""",
    "sequences": f"""select c.oid::regclass, s.seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache,
        seqcycle, (select d.refobjid::regclass || '.' || d.refobjsubid || d.deptype::text from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass) from {_CLASS} join pg_sequence s on s.seqrelid = c.oid""",
    "indexes": f"""select c.oid::regclass, pg_get_indexdef(c.oid), c.reloptions, i.indisclustered, i.indisreplident,
        i.indisvalid, i.indisprimary, (select h.inhparent::regclass from pg_inherits h where h.inhrelid = c.oid)
        from {_CLASS} join pg_index i on i.indexrelid = c.oid""",
    "constraints": f"""select coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text)
        || ' ' || k.conname,
        pg_get_constraintdef(k.oid), k.convalidated, to_jsonb(k) -> 'conenforced',
        k.connoinherit and k.contype in ('c', 'n'),
        k.conislocal, k.coninhcount,
        k.condeferrable, k.condeferred, k.conindid::regclass
        from pg_constraint k join pg_namespace n on n.oid = k.connamespace and {_SYSTEM}
        where (k.conrelid = 0 or {_own("pg_class", "k.conrelid")})
        and (k.contypid = 0 or {_own("pg_type", "k.contypid")})""",
    "triggers": f"""select c.oid::regclass || ' ' || t.tgname, pg_get_triggerdef(t.oid), t.tgenabled, t.tgparentid <> 0
        from {_CLASS} join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal""",
    "policies": f"""select c.oid::regclass || ' ' || polname, polcmd, polpermissive, polroles::regrole[]::text,
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        from {_CLASS} join pg_policy p on p.polrelid = c.oid""",
    "rules": f"""select c.oid::regclass || ' ' || rulename, pg_get_ruledef(r.oid), ev_enabled
        from {_CLASS} join pg_rewrite r on r.ev_class = c.oid and r.rulename <> '_RETURN'""",
    "functions": f"""select p.oid::regprocedure, case when p.prokind = 'a' then null else pg_get_functiondef(p.oid) end,
        procost, prorows, proacl is null, pg_get_userbyid(proowner), {_acl("proacl", "'f'", "proowner")},
        (select row(aggkind, aggtransfn, aggfinalfn, aggcombinefn, aggtranstype::regtype, agginitval)::text
         from pg_aggregate where aggfnoid = p.oid)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace and {_SYSTEM}
        where {_own("pg_proc", "p.oid")}""",
    "types": f"""select t.oid::regtype, t.typtype, pg_get_userbyid(typowner), typbasetype::regtype, typtypmod,
        typnotnull, typdefault, typcollation::regcollation, {_acl("typacl", "'T'", "typowner")},
        (select array_agg(enumlabel::text order by enumsortorder) from pg_enum where enumtypid = t.oid),
        (select row(rngsubtype::regtype, rngmultitypid::regtype, rngcollation::regcollation, rngcanonical,
         rngsubdiff)::text
         from pg_range where rngtypid = t.oid)
        from pg_type t join pg_namespace n on n.oid = t.typnamespace and {_SYSTEM}
        where {_own("pg_type", "t.oid")} and (t.typtype in ('e', 'd', 'r', 'm', 'b') and t.typelem = 0
        or t.typrelid in (select oid from pg_class where relkind = 'c'))""",
    "publications": """select pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
        pg_get_userbyid(pubowner),
        (select array_agg(r.prrelid::regclass || ' ' || coalesce(r.prattrs::text, '') || ' '
         || coalesce(pg_get_expr(r.prqual, r.prrelid), '')
         order by r.prrelid::regclass::text)
         from pg_publication_rel r where r.prpubid = p.oid),
        (select array_agg(pnnspid::regnamespace::text
         order by pnnspid::regnamespace::text) from pg_publication_namespace where pnpubid = p.oid)
        from pg_publication p""",
    "event triggers": """select evtname, evtevent, evtfoid::regproc, evtenabled, evttags, pg_get_userbyid(evtowner)
        from pg_event_trigger""",
    "extensions": "select extname, extnamespace::regnamespace from pg_extension",
    "default privileges": """select pg_get_userbyid(defaclrole) || ' ' || defaclnamespace::regnamespace
        || defaclobjtype::text,
        (select array_agg(coalesce(g.rolname, 'public') || ' ' || privilege_type || is_grantable
         order by a.grantee, privilege_type)
         from aclexplode(defaclacl) a left join pg_roles g on g.oid = a.grantee)
        from pg_default_acl""",
    "statistics": f"""select s.stxname, pg_get_statisticsobjdef(s.oid), s.stxstattarget, pg_get_userbyid(stxowner)
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace and {_SYSTEM}""",
    "operators": f"""select o.oid::regoperator, oprcode::regprocedure, oprresult::regtype, oprcom::regoperator,
        oprnegate::regoperator, oprrest, oprjoin, oprcanmerge, oprcanhash, pg_get_userbyid(oprowner)
        from pg_operator o join pg_namespace n on n.oid = o.oprnamespace and {_SYSTEM}
        where {_own("pg_operator", "o.oid")}""",
    "casts": f"""select castsource::regtype || ' ' || casttarget::regtype, castfunc::regprocedure, castcontext, castmethod
        from pg_cast c where c.oid >= 16384 and {_own("pg_cast", "c.oid")}""",
    "collations": f"""select collname, collprovider, collcollate, collctype,
        coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'), collisdeterministic
        from pg_collation c join pg_namespace n on n.oid = c.collnamespace and {_SYSTEM}
        where {_own("pg_collation", "c.oid")}""",
    "servers": "select srvname, srvtype, srvversion, srvoptions, pg_get_userbyid(srvowner) from pg_foreign_server",
    "user mappings": "select srvname || ' ' || usename, umoptions from pg_user_mappings",
    "comments": """select (i).type || ' ' || (i).identity, description
        from (select pg_identify_object(classoid, objoid, objsubid) as i, description, classoid, objoid
              from pg_description where objoid >= 16384 or classoid = 'pg_namespace'::regclass) c
        where (i).type <> 'extension' and not exists (select from pg_depend d where d.classid = c.classoid
        and d.objid = c.objoid and d.deptype = 'e')""",
    "roles": """select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        rolbypassrls, (select array_agg(roleid::regrole::text
        order by roleid::regrole::text) from pg_auth_members where member = r.oid)
        from pg_roles r""",
}

Definitions = dict[str, dict[str, tuple[Any, ...]]]
"""By kind and name: everything else that PostgreSQL says about the object."""


def definitions(connection: psycopg.Connection[Any]) -> Definitions:
    """What is in the database, in PostgreSQL's words."""
    found: Definitions = {}
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute("set local search_path to ''")
        for kind, query in _QUERIES.items():
            rows = cursor.execute(query.replace("%%", "%").encode()).fetchall()
            found[kind] = {str(row[0]): tuple(row[1:]) for row in rows}
    return found


def definition_difference(wanted: Definitions, made: Definitions) -> list[str]:
    """What differs, object by object, in words."""
    found: list[str] = []
    for kind, objects in wanted.items():
        others = made[kind]
        found += [f"{kind}: {name} was not made" for name in objects if name not in others]
        found += [f"{kind}: {name} was made" for name in others if name not in objects]
        found += [
            f"{kind}: {name}: wanted {list(_different(own, others[name]))}, made {list(_different(others[name], own))}"
            for name, own in objects.items()
            if name in others and own != others[name]
        ]
    return found


def _different(own: tuple[Any, ...], other: tuple[Any, ...]) -> list[Any]:
    return [mine for mine, theirs in zip(own, other, strict=True) if mine != theirs]
