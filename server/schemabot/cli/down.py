"""`schemabot down`: the way back of a migration, from the schema before and behind it."""

from __future__ import annotations

import json

import click

from schemabot.analysis import analyse, select_rules
from schemabot.analysis.down_place import placed
from schemabot.analysis.way_back import way_back
from schemabot.analysis.way_back_text import as_json, as_markdown, as_sql
from schemabot.catalog.diff import Difference
from schemabot.cli.fixing import FileChange, unified, write_changes
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load, shown_path
from schemabot.workspace.loader import LoadedProject, Selection


@click.command("down")
@click.argument("file", type=click.Path())
@click.option(
    "--format", "format_", type=click.Choice(["sql", "markdown", "json"]), default="sql", show_default=True
)
@click.option("--write", is_flag=True, help="Write it where the project keeps its ways back.")
@click.option("--diff", is_flag=True, help="Print what --write would change as a unified diff.")
def command(file: str, format_: str, write: bool, diff: bool) -> int:
    """Print what undoes a migration: every definition that it replaced is restored.

    What cannot be brought back (rows) is said: a step loses data, or is irreversible and then fails with a message.
    Exit code 0: done. 1: something is not undone. 2: failed.
    """
    loaded, path = _migration(file)
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    loaded.save_cache()
    back = way_back(analysis, path)
    if back is None:
        raise click.ClickException(f"{shown_path(path)} is itself a way back")
    if write or diff:
        _write(loaded, path, back, diff=diff)
    else:
        print_result(_shown(back, format_))
    for left in back.left:
        print_error(f"not undone: {left.subject}: {left.why}")
    return 1 if back.left else 0


def _migration(file: str) -> tuple[LoadedProject, str]:
    found = [
        (loaded, path)
        for loaded in load([file], Selection())
        for path in loaded.scope or ()
        if loaded.project.index(path) is not None
    ]
    if len(found) != 1:
        raise click.ClickException(f"{file} is not one migration of a project")
    return found[0]


def _shown(back: Difference, format_: str) -> str:
    if format_ == "json":
        return json.dumps(as_json(back), indent=2, ensure_ascii=False)
    text = as_markdown(back) if format_ == "markdown" else as_sql(back)
    return text or "-- Nothing to undo: the migration leaves the schema as it was.\n"


def _write(loaded: LoadedProject, path: str, back: Difference, *, diff: bool) -> None:
    sql = as_sql(back)
    if not sql:
        raise click.ClickException("there is nothing to undo: the migration leaves the schema as it was")
    file = loaded.project.file(path)
    change = None if file is None else placed(loaded.project, file, sql)
    if change is None:
        raise click.ClickException(
            f'{shown_path(path)} is applied and is not edited. Set rollbacks = "supabase/rollbacks" in schemabot.toml '
            "to keep ways back in a folder of their own"
        )
    texts = {file.path: file.source.text for file in loaded.project.migrations}
    changes = FileChange.of(texts, change, loaded.with_bom)
    if diff:
        print_result("".join(map(unified, changes)))
        return
    write_changes(changes)
    for each in changes:
        print_result(f"{each.verb} {shown_path(each.new_path)}")
