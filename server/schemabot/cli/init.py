"""`schemabot init`: write a schemabot.toml that says what was found."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from schemabot.analysis import analyse, select_rules
from schemabot.cli.output import print_error, print_hint, print_result
from schemabot.cli.projects import shown_path
from schemabot.cli.settings_text import settings_text
from schemabot.rulekit.tenancy_model import model_of
from schemabot.workspace.files import write_text
from schemabot.workspace.layouts import SETTINGS_NAME, Layout, absolute, discover, find_layout
from schemabot.workspace.loader import foreign_note, load_project


@click.command("init")
@click.argument("path", type=click.Path(), default=".")
@click.option("--force", is_flag=True, help="Replace a schemabot.toml that is there.")
def command(path: str, force: bool) -> int:
    """Write schemabot.toml for a project, with what was found in it and why.

    It says where the migrations lie and who runs them, the platform, and how organisations are told apart. A file that
    is there already stays as it is, unless --force is given.
    """
    layout = _layout_at(path)
    target = layout.root / SETTINGS_NAME
    if layout.settings_file is not None and not force:
        raise click.ClickException(
            f"{shown_path(str(layout.settings_file))} is there already; --force "
            + (
                "replaces it"
                if layout.settings_file == target
                else f"writes {shown_path(str(target))} beside it"
            )
        )
    if target.exists() and not force:
        raise click.ClickException(f"{shown_path(str(target))} is there already; --force replaces it")
    # What the old file says must not be taken for something that was found.
    fresh = msgspec.structs.replace(layout, settings_file=None)
    loaded = load_project(layout.migrations, layout=fresh)
    if not loaded.project.migrations:
        raise click.ClickException(f"no SQL files in {shown_path(str(layout.migrations))}")
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    loaded.save_cache()
    catalog = analysis.head.catalog
    model = model_of(catalog, loaded.project.settings)
    write_text(str(target), settings_text(loaded, catalog, model))
    print_result(f"Wrote {shown_path(str(target))}.")
    for reason in model.because:
        print_hint(reason)
    failed = [error for error in loaded.unreadable if error.failed]
    for error in failed:
        print_error(f"{shown_path(error.path)}: {error.reason}")
    return 2 if failed else 0


def _layout_at(path: str) -> Layout:
    """The one project that a path means. Raises `click.ClickException`."""
    place = absolute(Path(path))
    if not place.exists():
        raise click.ClickException(f"{path}: does not exist")
    own = find_layout(place)
    if not place.is_dir():
        if own is None:
            raise click.ClickException(f"{path}: no project found around it")
        return own
    found = discover(place)
    for layout in found.foreign:
        print_hint(f"{shown_path(str(layout.migrations))}: {foreign_note(layout)}")
    layouts = [layout for layout in found.layouts if own is not None and layout.migrations == own.migrations]
    layouts = layouts or list(found.layouts)
    if not layouts:
        raise click.ClickException(
            f"{path}: no migrations found: neither a known layout nor a folder of SQL files"
        )
    if len(layouts) > 1:
        names = ", ".join(shown_path(str(layout.migrations)) for layout in layouts)
        raise click.ClickException(f"{path} holds several projects: {names}. Name one of them")
    return layouts[0]
