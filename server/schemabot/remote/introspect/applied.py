"""Which migrations a database has recorded as run, in the tables of the tools that run them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_DONE = "r ->> 'success' = 'true'"

_TABLES = (
    ("supabase_migrations", "schema_migrations", "version", ""),
    # dbmate, Rails; golang-migrate keeps the newest one only, and `dirty` when it failed
    ("public", "schema_migrations", "version", "coalesce(r ->> 'dirty', 'false') = 'false'"),
    ("public", "_prisma_migrations", "migration_name",
     "r ->> 'finished_at' is not null and r ->> 'rolled_back_at' is null"),
    ("drizzle", "__drizzle_migrations", "hash", ""),
    ("public", "flyway_schema_history", "version", _DONE),
    # a row for each time up or down: the last one of a version says how it is
    ("public", "goose_db_version", "version_id", "r ->> 'is_applied' = 'true' and not exists (select from"
     " public.goose_db_version later where later.version_id::text = r ->> 'version_id'"
     " and later.id > (r ->> 'id')::bigint and not later.is_applied)"),
    ("public", "_sqlx_migrations", "version", _DONE),
    ("public", "__diesel_schema_migrations", "version", ""),
    ("public", "refinery_schema_history", "version", ""),
    ("public", "pgmigrations", "name", ""),  # node-pg-migrate
    ("public", "knex_migrations", "name", ""),
    ("public", "_yoyo_migration", "migration_id", ""),
    ("public", "schema_version", "version", ""),  # tern: one row with the newest number
    ("graphile_migrate", "migrations", "filename", ""),
    ("sqitch", "changes", "change", ""),
    ("atlas_schema_revisions", "atlas_schema_revisions", "version", "r ->> 'applied' = r ->> 'total'"),
)  # fmt: skip
"""Schema, table, column, condition, as the tools make them. Rows are looked into as JSON: a table of that name with other
columns is no error."""


def applied_migrations(ask: Callable[[str], list[tuple[Any, ...]]]) -> frozenset[str] | None:
    """The recorded versions; None where no known table is there or may be read."""
    wanted = ", ".join(f"('{schema}', '{table}')" for schema, table, _, _ in _TABLES)
    there = {
        (schema, table)
        for schema, table in ask(
            "select n.nspname::text, c.relname::text from pg_catalog.pg_class c"
            " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
            f" where (n.nspname, c.relname) in ({wanted}) and has_schema_privilege(n.oid, 'usage')"
            " and has_table_privilege(c.oid, 'select')"
        )
    }
    found: set[str] = set()
    for schema, table, column, condition in _TABLES:
        if (schema, table) in there:
            rows = ask(
                f'select r ->> \'{column}\' from (select to_jsonb(t) as r from "{schema}"."{table}" t) rows'
                f" where r ->> '{column}' is not null" + (f" and {condition}" if condition else "")
            )
            found |= {str(row[0]) for row in rows}
    return frozenset(found) if there else None
