"""`schemabot pull`: read the schema of a real database and keep it for editors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemabot.cli.output import plain, print_hint, print_result
from schemabot.cli.projects import load_one

if TYPE_CHECKING:
    from schemabot.remote.sources import RemoteSource


@click.command("pull")
@click.argument("path", type=click.Path(), default=".")
@click.option(
    "--database-url",
    metavar="URL",
    help="The database to read; else SCHEMABOT_DATABASE_URL, SUPABASE_DB_URL, DATABASE_URL, PG* variables or the keyring.",
)
@click.option(
    "--project-ref", metavar="REF", help="A hosted Supabase project, read through its Management API."
)
@click.option("--local", is_flag=True, help="The local Supabase stack.")
@click.option(
    "--remember", is_flag=True, help="Keep the URL that was used in the system's keyring, for this project."
)
@click.option("--forget", is_flag=True, help="Take it out of the keyring again, and delete what was read.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    path: str,
    database_url: str | None,
    project_ref: str | None,
    local: bool,
    remember: bool,
    forget: bool,
    format_: str,
) -> int:
    """Read the schema of a real database, and keep it beside the project's migrations.

    Nothing is written there: read-only transactions, with time-outs. What was read lies in the user's cache folder, without
    passwords. Editors complete from it, say what only the database has, and take its list of applied migrations for history.

    Exit code 0: read. 2: failed.
    """
    from schemabot.remote import secrets
    from schemabot.remote.errors import RemoteError
    from schemabot.remote.pull import pull
    from schemabot.remote.sources import Wanted
    from schemabot.workspace import remote_cache

    _check(database_url, project_ref, local, remember, forget)
    root = load_one(path).layout.migrations
    if forget:
        said = [
            "The keyring has forgotten the URL." if secrets.forget_url(root) else "The keyring held no URL.",
            "What was read is deleted." if remote_cache.delete(str(root)) else "Nothing had been read.",
        ]
        print_result("\n".join(said))
        return 0
    try:
        pulled = pull(root, os.environ, Wanted(database_url, project_ref, local))
        kept = remote_cache.save(str(root), pulled.snapshot) is not None
        if remember:
            _remember(root, pulled.source)
    except RemoteError as error:
        raise click.ClickException(str(error)) from None
    if format_ == "json":
        print_result(json.dumps(pulled.as_json(kept=kept), indent=2, ensure_ascii=False))
    else:
        print_result(plain(pulled.as_text(kept=kept)))
    return 0


def _check(url: str | None, ref: str | None, local: bool, remember: bool, forget: bool) -> None:
    """Raises `click.UsageError` for options that do not go together."""
    named = sum((url is not None, ref is not None, local))
    if named > 1:
        raise click.UsageError(
            "--database-url, --project-ref and --local name one database each: give one of them"
        )
    if forget and (named or remember):
        raise click.UsageError("--forget goes alone")


def _remember(root: Path, source: RemoteSource) -> None:
    """Raises `RemoteError` where there is nothing to keep or nowhere to keep it."""
    from schemabot.remote import secrets
    from schemabot.remote.errors import RemoteError
    from schemabot.remote.sources import DatabaseSource

    if not isinstance(source, DatabaseSource) or not source.url:
        raise RemoteError(f"what was read is kept, but {source.name} is no URL that could be remembered")
    secrets.remember_url(root, source.url)
    print_hint("the URL is kept in the system's keyring")
