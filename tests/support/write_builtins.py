"""`python -m support.write_builtins`: pg_catalog's functions, operators, casts and types as data files.

Written from the embedded PostgreSQL into `server/schemabot/catalog/builtins`, whose docstring has their form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import psycopg

from support.postgres import Server

FOLDER: Final = Path(__file__).resolve().parents[2] / "server/schemabot/catalog/builtins"

_TYPE: Final = "(select typname from pg_type where oid = {})"
_SYSTEM: Final = "'pg_catalog'::regnamespace"

_QUERIES: Final = {
    "functions": f"""
        select proname, string_agg(line, '\t' order by oid)
        from (
          select p.oid, proname, concat_ws(' ',
            case prokind when 'a' then coalesce((select aggkind::text from pg_aggregate where aggfnoid = p.oid), 'n')
              when 'w' then 'w' else 'f' end || case when proretset then '*' else '' end
              || case provolatile when 'i' then 'i' when 's' then 's' else 'v' end,
            {_TYPE.format("prorettype")},
            coalesce(nullif((select string_agg({_TYPE.format("t")}, ',' order by n)
              from unnest(proargtypes) with ordinality u (t, n)), ''), '-'),
            'v=' || {_TYPE.format("provariadic")},
            'd=' || nullif(pronargdefaults, 0),
            case when proallargtypes is null then 'n=' || array_to_string(proargnames, ',') end,
            'n=' || (select string_agg(proargnames[n], ',' order by n)
              from generate_subscripts(proallargtypes, 1) n
              where proargmodes[n] in ('i', 'b', 'v') and proargnames is not null having count(*) > 0),
            'o=' || (select string_agg(proargnames[n] || ':' || {_TYPE.format("proallargtypes[n]")}, ',' order by n)
              from generate_subscripts(proallargtypes, 1) n where proargmodes[n] in ('o', 'b', 't'))
          ) as line
          from pg_proc p where pronamespace = {_SYSTEM}
        ) f group by proname order by proname collate "C"
    """,
    "operators": f"""
        select oprname, string_agg(concat_ws(' ', coalesce({_TYPE.format("nullif(oprleft, 0)")}, '-'),
            {_TYPE.format("oprright")}, {_TYPE.format("oprresult")}), '\t' order by oid)
        from pg_operator where oprnamespace = {_SYSTEM} and oprresult <> 0
        group by oprname order by oprname collate "C"
    """,
    "casts": f"""
        select {_TYPE.format("castsource")} as s, string_agg({_TYPE.format("casttarget")} || ' ' || castcontext::text
            || ' ' || castmethod::text, '\t' order by {_TYPE.format("casttarget")} collate "C")
        from pg_cast
        where castsource < 16384 and casttarget < 16384 group by 1 order by {_TYPE.format("castsource")} collate "C"
    """,
    "types": f"""
        select typname, concat_ws(' ', typtype::text || typcategory::text || case when typispreferred then '!' else '' end,
            coalesce({_TYPE.format("nullif(t.typelem, 0)")}, '-'),
            coalesce((select {_TYPE.format("rngsubtype")} || ' ' || {_TYPE.format("rngmultitypid")}
              from pg_range where rngtypid = t.oid), (select {_TYPE.format("rngsubtype")} || ' '
              || {_TYPE.format("rngtypid")} from pg_range where rngmultitypid = t.oid)))
        from pg_type t
        where typnamespace = {_SYSTEM} and typrelid = 0
          and not exists (select from pg_type e where e.oid = t.typelem and e.typarray = t.oid)
        order by typname collate "C"
    """,
}  # fmt: skip


def texts(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """What each file should hold, by its name without `.txt`."""
    return {
        name: "".join("\t".join(row) + "\n" for row in connection.execute(query.encode()))
        for name, query in _QUERIES.items()
    }


def main() -> None:
    """Write the files."""
    server = Server()
    try:
        with server.connect("template1") as connection:
            for name, text in texts(connection).items():
                (FOLDER / f"{name}.txt").write_text(text, "utf-8")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
