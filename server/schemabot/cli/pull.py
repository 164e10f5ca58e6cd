"""`schemabot pull`: read the schema of a real database and keep it for editors."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schemabot.catalog.objects import Table, View
from schemabot.cli.output import plain, print_result
from schemabot.cli.projects import load_one

if TYPE_CHECKING:
    from schemabot.catalog.snapshot import Snapshot


@click.command("pull")
@click.argument("path", type=click.Path(), default=".")
@click.option(
    "--database-url",
    metavar="URL",
    help="The database to read; else SCHEMABOT_DATABASE_URL, SUPABASE_DB_URL, DATABASE_URL, PG* or the local stack.",
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(path: str, database_url: str | None, format_: str) -> int:
    """Read the schema of a real database, and keep it beside the project's migrations.

    Nothing is written there: one read-only transaction, with time-outs. What was read lies in the user's cache folder,
    without passwords.

    Exit code 0: read. 2: failed.
    """
    from schemabot.remote.asking import connected
    from schemabot.remote.errors import RemoteError
    from schemabot.remote.introspect import introspect
    from schemabot.remote.sources import find_source
    from schemabot.workspace import remote_cache

    loaded = load_one(path)
    root = Path(loaded.key.partition("|")[0])
    begin = time.monotonic()
    try:
        source = find_source(root, os.environ, database_url)
        with connected(source.url) as asker:
            snapshot = introspect(asker, source.origin, time.time())
    except RemoteError as error:
        raise click.ClickException(str(error)) from None
    kept = remote_cache.save(loaded.key, snapshot)
    said = _summary(snapshot, source.name, time.monotonic() - begin, kept is not None)
    if format_ == "json":
        print_result(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        print_result(plain(_as_text(said)))
    return 0


def _summary(snapshot: Snapshot, name: str, seconds: float, kept: bool) -> dict[str, Any]:
    catalog = snapshot.catalog
    own = [r for r in catalog.relations.values() if isinstance(r, (Table, View)) and not r.origin.platform]
    tables = [r for r in own if isinstance(r, Table)]
    return {
        "origin": snapshot.origin,
        "named_by": name,
        "server_version": snapshot.server_version,
        "platform": snapshot.platform,
        "tables": len(tables),
        "views": len(own) - len(tables),
        "functions": sum(not function.origin.platform for function in catalog.functions.values()),
        "policies": sum(not p.origin.platform for table in catalog.tables() for p in table.policies),
        "applied_migrations": None if snapshot.applied is None else len(snapshot.applied),
        "seconds": round(seconds, 2),
        "kept": kept,
        "notes": list(snapshot.notes),
    }


def _as_text(said: dict[str, Any]) -> str:
    version = said["server_version"]
    applied = said["applied_migrations"]
    lines = [
        f"Read {said['origin']} ({said['named_by']}): PostgreSQL {version // 10000}.{version % 10000},"
        f" {said['seconds']} s",
        f"{said['tables']} tables, {said['views']} views, {said['functions']} functions, {said['policies']} policies",
        "No table of applied migrations was found."
        if applied is None
        else f"{applied} migrations are applied there.",
        *said["notes"],
    ]
    if not said["kept"]:
        lines.append("Nothing was kept: the cache is turned off or cannot be written.")
    return "\n".join(lines)
