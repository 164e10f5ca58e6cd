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

Extensions' objects and temporary ones are left out, and so is the platform unless asked for: what a database
of the same server that no migration was run on has as well. Of a platform's table the added parts are shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from schemabot.facts import extract
from schemabot.facts.canonical import canonical
from schemabot.facts.model import AddConstraint
from support.catalog_queries import QUERIES

Json = dict[str, Any]

_EXPRESSIONS: Final = ("default", "generated", "using", "check")

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


def introspect(connection: psycopg.Connection[Any], *, platform: bool = False) -> Json:
    """What is in the database; without `platform`, only what was made or changed since it was new."""
    found = _everything(connection)
    if platform:
        found = {**found, "tables": [{**table, "platform": True} for table in found["tables"]]}
    else:
        info = connection.info
        found = _made(_new_database(info.host, info.port, _started(connection)), found)
    return {kind: items for kind, items in found.items() if kind != "schemas"}


def _started(connection: psycopg.Connection[Any]) -> str:
    """When the server was started: together with its address, what it is."""
    row = connection.execute("select pg_postmaster_start_time()::text").fetchone()
    assert row is not None
    return str(row[0])


@cache
def _new_database(host: str, port: int, _started_at: str) -> Json:
    """The database that databases of tests are copies of."""

    def connect(name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=host, port=port, user="postgres", dbname=name, autocommit=True)

    with connect("postgres") as connection:
        made = connection.execute("select exists (select from pg_database where datname = 'supabase')")
        name = "supabase" if made.fetchone() == (True,) else "template1"
    with connect(name) as connection:
        return _everything(connection)


def _everything(connection: psycopg.Connection[Any]) -> Json:
    found: Json = {}
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set local role none; set local search_path to public, extensions")
        for kind, query in QUERIES.items():
            found[kind] = sorted(cursor.execute(query.encode()), key=partial(_identity, kind))
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


def _identity(kind: str, item: Json) -> tuple[Any, ...]:
    return tuple("" if item[key] is None else item[key] for key in IDENTITY[kind])


# -- without the platform -------------------------------------------------------------------------------


def _made(new: Json, now: Json) -> Json:
    """What `now` has and `new` has not, or has otherwise."""
    found = {
        kind: [item for item in items if item not in new[kind]]
        for kind, items in now.items()
        if kind not in ("tables", "default_privileges")
    }
    before = {_identity("tables", table): table for table in new["tables"]}
    tables = (_touched(before.get(_identity("tables", table)), table) for table in now["tables"])
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


# -- comparing ------------------------------------------------------------------------------------------


def canonical_text(text: str) -> str:
    """Text that is the same for an expression as written and as PostgreSQL prints it."""
    extracted = extract(f"alter table t add check ({text})")
    for fact in extracted.facts:
        if isinstance(fact, AddConstraint) and fact.constraint.expression is not None:
            return canonical(fact.constraint.expression.root)
    return text


def difference(
    postgresql: Json, ours: Json, canonicalise: Callable[[str], object] = canonical_text
) -> list[str]:
    """What differs, object by object, in words. Expressions (defaults, policies) are compared canonically."""
    found: list[str] = []
    for kind, identity in IDENTITY.items():
        if kind != "schemas":
            _compare_lists(found, kind, postgresql[kind], ours[kind], identity, canonicalise)
    return found


def _compare_lists(
    found: list[str],
    where: str,
    theirs: list[Any],
    ours: list[Any],
    identity: tuple[str, ...],
    canonicalise: Callable[[str], object],
) -> None:
    their_items = {label(item, identity): item for item in theirs}
    our_items = {label(item, identity): item for item in ours}
    found += [f"{where} {name}: only PostgreSQL has it" for name in their_items if name not in our_items]
    found += [f"{where} {name}: only ours" for name in our_items if name not in their_items]
    both = [name for name in their_items if name in our_items]
    for name in both:
        _compare(found, f"{where} {name}", their_items[name], our_items[name], canonicalise)
    order = [name for name in our_items if name in their_items]
    if order != both:
        found.append(f"{where} order: ours {', '.join(order)}, PostgreSQL's {', '.join(both)}")


def _compare(
    found: list[str], where: str, theirs: Json, ours: Json, canonicalise: Callable[[str], object]
) -> None:
    for key in {**theirs, **ours}:
        their: Any = theirs.get(key)
        our: Any = ours.get(key)
        if _are_parts(their) and _are_parts(our):
            _compare_lists(found, f"{where} {key}", their, our, ("name",), canonicalise)
            continue
        if key in _EXPRESSIONS and their is not None and our is not None:
            same = canonicalise(their) == canonicalise(our)
        else:
            same = their == our
        if not same:
            found.append(f"{where} {key}: ours {_shown(our)}, PostgreSQL's {_shown(their)}")


def _are_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def label(item: Json, identity: tuple[str, ...]) -> str:
    """An object's name in messages, made of what tells it apart from others."""
    words = [
        str(item[key]) for key in identity if key not in ("schema", "arguments") and item[key] is not None
    ]
    if item.get("schema") and "schema" in identity:
        words[0] = f"{item['schema']}.{words[0]}"
    arguments = f"({', '.join(item['arguments'])})" if "arguments" in identity else ""
    return " ".join(words) + arguments


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
