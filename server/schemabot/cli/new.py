"""`schemabot new`: a new migration, rightly named, or one that brings the declared schemas about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from schemabot.analysis import analyse, select_rules
from schemabot.analysis.way_back_text import as_sql
from schemabot.catalog.diff import Difference, difference
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load, shown_path
from schemabot.features.new_migration import NoNameError, new_migration
from schemabot.workspace.files import Unreadable, write_text
from schemabot.workspace.layouts import absolute, find_layout
from schemabot.workspace.loader import LoadedProject, Selection, load_project


@click.command("new")
@click.argument("title", required=False, default="")
@click.option("--path", type=click.Path(), default=".", help="The project. Default: the current folder.")
@click.option(
    "--from-schemas",
    is_flag=True,
    help="Write what leads from the migrations to the declared schemas (supabase/schemas).",
)
@click.option("--print", "print_", is_flag=True, help="Print the file instead of writing it.")
def command(title: str, path: str, from_schemas: bool, print_: bool) -> int:
    """Make a new migration: schemabot new "add email to customers".

    Its name follows the project's layout and comes behind all others. Exit code 0: done. 1: with --from-schemas,
    something declared is not brought about. 2: failed.
    """
    if not title and not from_schemas:
        raise click.ClickException('say what it is to do: schemabot new "add email to customers"')
    loaded = _project(path)
    found = back = Difference()
    if from_schemas:
        found, back = _from_schemas(loaded)
        if not found.changes:
            print_error("the migrations already make what supabase/schemas declares", bare=True)
            return 0
    try:
        change = new_migration(
            loaded.project,
            title or "declared schemas",
            datetime.now(UTC),
            sql=as_sql(found),
            back=as_sql(back),
        )
    except NoNameError as problem:
        raise click.ClickException(str(problem)) from None
    for name, text in change.created.items():
        if print_:
            print_result(text)
            continue
        if Path(name).exists():
            raise Unreadable(name, "is there already")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        write_text(name, text)
        print_result(f"created {shown_path(name)}")
    for left in found.left:
        print_error(f"not brought about: {left.subject}: {left.why}")
    return 1 if found.left else 0


def _project(path: str) -> LoadedProject:
    projects = load([path], Selection())
    if len(projects) == 1:
        return projects[0]
    own = find_layout(absolute(Path(path)))
    here = [p for p in projects if own is not None and p.layout.migrations == own.migrations]
    if not here:
        names = ", ".join(shown_path(str(loaded.layout.migrations)) for loaded in projects)
        raise click.ClickException(f"{path} holds several projects: {names}. Name one of them with --path")
    return here[0]


def _from_schemas(loaded: LoadedProject) -> tuple[Difference, Difference]:
    """What leads from the migrations to the declared schemas, and back."""
    root = loaded.layout.root
    declared = root / "supabase" / "schemas"
    layout = find_layout(declared) if declared.is_dir() else None
    if layout is None or layout.kind != "supabase-schemas":
        raise click.ClickException(f"{shown_path(str(declared))} holds no declared schemas")
    wanted = load_project(declared, layout=layout)
    rules = select_rules({}, loaded.project.settings)
    now = analyse(loaded.project, rules, loaded.base).head.catalog
    analysis = analyse(wanted.project, rules, wanted.base)
    broken = [
        f"{shown_path(at.file)}: {reason}"
        for file in wanted.project.migrations
        for at, reason in analysis.report(file.path).not_analysed
    ]
    if broken:
        raise click.ClickException(f"the declared schemas are not understood: {broken[0]}")
    then = analysis.head.catalog
    return difference(now, then, by="name"), difference(then, now, by="name")
