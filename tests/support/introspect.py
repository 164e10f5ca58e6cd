"""What the migrations of a test made in its database, as `schemabot catalog --format json` has it.

The platform is left out unless asked for: what a database of the same server that no migration was run on has as well.
Of a platform's table the added parts are shown.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg

from schemabot.remote.described.compare import canonical_text, difference, label
from schemabot.remote.described.describe import IDENTITY, Json, describe, made

__all__ = ["IDENTITY", "canonical_text", "difference", "introspect", "label"]


def introspect(connection: psycopg.Connection[Any], *, platform: bool = False) -> Json:
    """What is in the database; without `platform`, only what was made or changed since it was new."""
    found = describe(connection)
    if platform:
        found = {**found, "tables": [{**table, "platform": True} for table in found["tables"]]}
    else:
        info = connection.info
        found = made(_new_database(info.host, info.port, _started(connection)), found)
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
        return describe(connection)
