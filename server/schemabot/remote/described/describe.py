"""A real database described as `schemabot catalog --format json` describes what was replayed.

Where the contract of that command leaves the shape open, these keys are used:

* A function's `arguments` are the types of all its parameters, OUT ones too, without the columns of RETURNS
  TABLE; `returns` is pg_get_function_result's text, None for procedures; `settings` are pg_proc's.
* `grants` name tables, views, sequences by their name, functions as `name(types)`, schemas twice (`schema`
  and `object`). One entry for each object and role; the owner's own are left out; PUBLIC is `public`; a
  privilege on a column is `select(column)`; what PUBLIC gets by default (EXECUTE on functions) is listed.
* `publications`: name, all_tables, tables as `schema.name`, schemas. `rules`: schema, table, name, event.
  `event_triggers`: name, event, function. `default_privileges`: role, schema or None, kind, grantee,
  privileges.
* `types` are composite, base, range and multirange types that were made as such, not the row types of tables.
* Sequences behind serial and identity columns are listed.

Extensions' objects and temporary ones are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from schemabot.remote.described.queries import QUERIES

Json = dict[str, Any]

IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "schemas": ("name",),
    "tables": ("schema", "name"),
    "views": ("schema", "name"),
    "functions": ("schema", "name", "arguments"),
    "enums": ("schema", "name"),
    "domains": ("schema", "name"),
    "types": ("schema", "name"),
    "sequences": ("schema", "name"),
    "extensions": ("name",),
    "grants": ("schema", "object", "role"),
    "publications": ("name",),
    "rules": ("schema", "name", "table"),
    "event_triggers": ("name",),
    "default_privileges": ("role", "schema", "kind", "grantee"),
}
"""What tells objects of one kind apart."""


def describe(connection: psycopg.Connection[Any]) -> Json:
    """Everything that is in the database; to be asked by its owner or a superuser, outside of a transaction."""
    found: Json = {}
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set local role none; set local search_path to public, extensions")
        for kind, query in QUERIES.items():
            found[kind] = sorted(cursor.execute(query.encode()), key=partial(identity, kind))
    found["tables"] = [_table(row) for row in found["tables"]]
    return found


def _table(row: Json) -> Json:
    """A table with its constraints told apart by kind, in the order of the contract's keys."""
    constraints = row["constraints"]
    keys = [c["columns"] for c in constraints if c["kind"] == "p"]
    return {
        "schema": row["schema"],
        "name": row["name"],
        "kind": row["kind"],
        "platform": False,
        "columns": row["columns"],
        "primary_key": keys[0] if keys else [],
        "unique": sorted(c["columns"] for c in constraints if c["kind"] == "u"),
        "checks": sorted(c["name"] for c in constraints if c["kind"] == "c"),
        "foreign_keys": _by_name(
            {key: c[key] for key in ("name", "columns", "references", "on_delete", "on_update")}
            for c in constraints
            if c["kind"] == "f"
        ),
        "indexes": _by_name(row["indexes"]),
        "rls": row["rls"],
        "force_rls": row["force_rls"],
        "policies": _by_name({**p, "roles": sorted(p["roles"])} for p in row["policies"]),
        "triggers": _by_name(row["triggers"]),
        "comment": row["comment"],
    }


def _by_name(items: Iterable[Json]) -> list[Json]:
    return sorted(items, key=lambda item: str(item["name"]))


def identity(kind: str, item: Json) -> tuple[Any, ...]:
    """What tells the item from others of its kind."""
    return tuple("" if item[key] is None else item[key] for key in IDENTITY[kind])


def made(new: Json, now: Json) -> Json:
    """What `now` has and `new` has not, or has otherwise; of a table that was there, the added parts."""
    found = {
        kind: [item for item in items if item not in new[kind]]
        for kind, items in now.items()
        if kind not in ("tables", "default_privileges")
    }
    before = {identity("tables", table): table for table in new["tables"]}
    tables = (_touched(before.get(identity("tables", table)), table) for table in now["tables"])
    found["tables"] = [table for table in tables if table is not None]
    kept = [_group(item) for item in new["default_privileges"]]
    changed = {_group(item) for item in now["default_privileges"] if item not in new["default_privileges"]}
    changed |= {group for group in kept if _of(new, group) != _of(now, group)}
    found["default_privileges"] = [p for p in now["default_privileges"] if _group(p) in changed]
    return found


def _group(item: Json) -> tuple[Any, ...]:
    """One entry of pg_default_acl, which is changed as a whole."""
    return (item["role"], item["schema"], item["kind"])


def _of(found: Json, group: tuple[Any, ...]) -> list[Json]:
    return [item for item in found["default_privileges"] if _group(item) == group]


def _touched(before: Json | None, now: Json) -> Json | None:
    """A table as it is, or what was added to one of the platform; None when nothing was."""
    if before is None or before == now:
        return None if before else now
    added = dict(now, platform=True)
    for part in ("columns", "foreign_keys", "indexes"):
        known = {item["name"] for item in before[part]}
        added[part] = [item for item in now[part] if item["name"] not in known]
    for part in ("unique", "checks", "policies", "triggers"):
        added[part] = [item for item in now[part] if item not in before[part]]
    if now["primary_key"] == before["primary_key"]:
        added["primary_key"] = []
    return added
