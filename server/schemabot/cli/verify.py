"""`schemabot verify`: the history on a throw-away PostgreSQL, there and back, compared with replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemabot.analysis import Analysis, analyse, select_rules
from schemabot.cli.output import plain, print_result
from schemabot.cli.projects import load_one, shown_path
from schemabot.cli.trial_text import trial_as_json, trial_as_text
from schemabot.features.isolation import Matrix, isolation_matrix
from schemabot.workspace.loader import LoadedProject

if TYPE_CHECKING:
    from schemabot.remote.trial import Trial
    from schemabot.remote.verify import Progress, Verification
    from schemabot.remote.verify.verification import Target


@click.command("verify")
@click.argument("path", type=click.Path(), default=".")
@click.option(
    "--database-url", metavar="URL", help="An empty database to use instead of a throw-away server."
)
@click.option(
    "--newest", type=click.IntRange(0), default=1, show_default=True, help="How many migrations to take back."
)
@click.option(
    "--keep-going", is_flag=True, help="Run on behind a statement that the server refuses, as psql does."
)
@click.option("--isolation", is_flag=True, help="Try to reach other organisations' rows, on generated ones.")
@click.option("--table", "tables", multiple=True, help="Try this table only (repeatable).")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    path: str,
    database_url: str | None,
    newest: int,
    keep_going: bool,
    isolation: bool,
    tables: tuple[str, ...],
    format_: str,
) -> int:
    """Run the migrations on a PostgreSQL that is thrown away: up, down and up again, and compare.

    PATH is a project, or one migration to take back and run again; else the newest ones are. Questions of the
    migrations (`-- verify: select ...`) and invariants of the settings are asked.

    Exit code 0: everything held. 1: something did not. 2: failed.
    """
    loaded = load_one(path)
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    loaded.save_cache()
    tried = _tried(loaded, analysis, newest)
    try:
        from schemabot.remote.scratch.server import ended_by_interrupt
        from schemabot.remote.verify import verify
        from schemabot.remote.verify.report import as_json, as_text
    except ImportError as error:
        raise click.ClickException(_NOT_INSTALLED) from error
    with _progress() as progress:
        progress(0, 1, "starting PostgreSQL")
        with _readable_errors(), ended_by_interrupt(), _target(loaded, database_url) as target:
            found = verify(analysis, target, tried, keep_going=keep_going, progress=progress)
            trial = (
                _trial(analysis, target, tables, progress)
                if isolation and _at_head(found, analysis)
                else None
            )
    if format_ == "json":
        printed = as_json(found, analysis)
        if trial is not None:
            printed["isolation"] = trial_as_json(*trial)
        print_result(json.dumps(printed, indent=2, ensure_ascii=False))
    else:
        print_result(plain(as_text(found, analysis, shown_path)))
        if trial is not None:
            print_result(trial_as_text(*trial))
    return 0 if found.passed and (trial is None or trial[1].passed) else 1


def _at_head(found: Verification, analysis: Analysis) -> bool:
    """Whether the whole history was run."""
    return found.files == sum(not replay.file.is_down for replay in analysis.replays)


def _trial(
    analysis: Analysis, target: Target, tables: tuple[str, ...], progress: Progress
) -> tuple[Matrix, Trial]:
    from schemabot.remote.trial import try_isolation

    matrix = isolation_matrix(analysis, tables)
    with target.connect() as connection:
        catalog = analysis.head.catalog
        return matrix, try_isolation(connection, catalog, matrix.model, matrix.verdicts, progress=progress)


_NOT_INSTALLED = "verification needs psycopg: pip install 'schemabot-language-server[verify]'"


def _tried(loaded: LoadedProject, analysis: Analysis, newest: int) -> frozenset[str]:
    """The files to take back: those that were named, else the newest."""
    forward = [replay.file.path for replay in analysis.replays if not replay.file.is_down]
    if loaded.scope is not None:
        return loaded.scope & frozenset(forward)
    return frozenset(forward[max(0, len(forward) - newest) :])


def _target(loaded: LoadedProject, url: str | None) -> AbstractContextManager[Target]:
    from schemabot.remote.scratch.targets import empty_database, scratch_database

    platform, grants = loaded.project.platform, loaded.default_grants
    if url is not None:
        return empty_database(url, platform, default_grants=grants)
    return scratch_database(platform, default_grants=grants)


@contextmanager
def _readable_errors() -> Iterator[None]:
    """What goes wrong with the server itself, in a sentence without secrets."""
    import psycopg

    from schemabot.remote.scratch.programs import NotInstalled

    try:
        yield
    except NotInstalled as error:
        raise click.ClickException(str(error)) from error
    except psycopg.Error as error:
        lines = str(error).strip().splitlines()
        raise click.ClickException(
            f"the database cannot be used: {lines[-1] if lines else error!r}"
        ) from None
    except RuntimeError as error:
        raise click.ClickException(str(error).strip()) from error


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal, else nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total, what: None
        return
    columns = (TextColumn("verify"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=Path(what).name
        )
