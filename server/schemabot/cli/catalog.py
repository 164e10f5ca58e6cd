"""`schemabot catalog`: the schema that the migrations make, as JSON or SQL."""

from __future__ import annotations

import json

import click

from schemabot.analysis import analyse, select_rules
from schemabot.catalog.render import CannotRender, render
from schemabot.catalog.state import State
from schemabot.catalog.to_json import catalog_json
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load_one, shown_path
from schemabot.workspace.loader import LoadedProject


@click.command("catalog")
@click.argument("path", type=click.Path(), default=".")
@click.option("--format", "format_", type=click.Choice(["json", "sql"]), default="json", show_default=True)
@click.option("--at", "version", metavar="VERSION", help="As it is behind the migration of this version.")
def command(path: str, format_: str, version: str | None) -> int:
    """Print what the migrations created or changed: sorted JSON, or SQL that makes it."""
    loaded = load_one(path)
    catalog = _state(loaded, version).catalog
    missing: tuple[CannotRender, ...] = ()
    if format_ == "sql":
        rendered = render(catalog)
        missing = rendered.not_rendered
        print_result("".join(f"{statement};\n" for statement in rendered.statements))
    else:
        print_result(json.dumps(catalog_json(catalog), indent=2, ensure_ascii=False))
    for item in missing:
        print_error(f"{item.object} is not written: {item.why}")
    failed = [error for error in loaded.unreadable if error.failed]
    for error in failed:
        print_error(f"{shown_path(error.path)}: {error.reason}")
    for file in loaded.bad_files:
        print_error(f"{shown_path(file.path)}: {file.bad.message}")
    return 2 if failed or loaded.bad_files or missing else 0


def _state(loaded: LoadedProject, version: str | None) -> State:
    """The state at the head, or behind the last migration of that version."""
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    loaded.save_cache()
    if version is None:
        return analysis.head
    found = [
        replay for replay in analysis.replays if not replay.file.is_down and replay.file.is_called(version)
    ]
    if not found:
        raise click.ClickException(f"no migration of {shown_path(loaded.path)} has the version {version!r}")
    return found[-1].after
