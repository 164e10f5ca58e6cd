"""Which migrations a database has recorded as run, in the tables of the tools that run them."""

from __future__ import annotations

from schemabot.remote.asking import Asker

_TABLES = (
    ("supabase_migrations", "schema_migrations", "version", ""),
    ("public", "schema_migrations", "version", ""),
    (
        "public",
        "_prisma_migrations",
        "migration_name",
        " where finished_at is not null and rolled_back_at is null",
    ),
    ("drizzle", "__drizzle_migrations", "hash", ""),
    ("public", "flyway_schema_history", "version", " where success"),
    ("public", "goose_db_version", "version_id", " where is_applied"),
    ("public", "_sqlx_migrations", "version", " where success"),
    ("public", "__diesel_schema_migrations", "version", ""),
)
"""Schema, table, column, condition."""


def applied_migrations(asker: Asker) -> frozenset[str] | None:
    """The recorded versions; None where no known table is there or may be read."""
    wanted = ", ".join(f"('{schema}', '{table}')" for schema, table, _, _ in _TABLES)
    there = {
        (schema, table)
        for schema, table in asker.ask(
            "select n.nspname::text, c.relname::text from pg_catalog.pg_class c"
            " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
            f" where (n.nspname, c.relname) in ({wanted}) and has_schema_privilege(n.oid, 'usage')"
            " and has_table_privilege(c.oid, 'select')"
        )
    }
    found: set[str] = set()
    for schema, table, column, condition in _TABLES:
        if (schema, table) in there:
            found |= {
                str(row[0])
                for row in asker.ask(f'select "{column}"::text from "{schema}"."{table}"{condition}')
            }
    return frozenset(found) if there else None
