"""`schemabot isolation`: do the policies keep organisations and users apart, table by table."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby

import click

from schemabot.analysis import analyse, select_rules
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load, shown_path
from schemabot.features.isolation import Matrix, as_json, isolation_matrix
from schemabot.isolation import Judgement
from schemabot.isolation.verdict import COMMANDS
from schemabot.workspace.loader import Selection


@click.command("isolation")
@click.argument("path", type=click.Path(), default=".")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table. Repeatable.")
def command(path: str, format_: str, tables: tuple[str, ...]) -> int:
    """Say for every table, command and role whether somebody reaches rows of others.

    isolated: proven that nobody does. leaks: proven that somebody does. undecided: a construct was not understood, and
    is named. denied: nothing is reached at all. Exit code 0: no leak. 1: a leak. 2: failed.
    """
    projects = load([path], Selection())
    if len(projects) != 1:
        names = ", ".join(shown_path(str(loaded.layout.migrations)) for loaded in projects)
        raise click.ClickException(f"{path} holds several projects: {names}. Name one of them")
    loaded = projects[0]
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    loaded.save_cache()
    matrix = isolation_matrix(analysis, tables)
    missing = [name for name in tables if name not in _names(matrix)]
    if missing:
        raise click.ClickException(f"there is no exposed table {', '.join(missing)}")
    if format_ == "json":
        print_result(json.dumps(as_json(matrix), indent=2, ensure_ascii=False))
    else:
        print_result(_text(matrix))
    for bad in loaded.unreadable:
        if bad.failed:
            print_error(f"{shown_path(bad.path)}: {bad.reason}")
    return int(any(said.verdict == "leaks" for said in matrix.verdicts))


def _names(matrix: Matrix) -> set[str]:
    return {name for full in matrix.names.values() for name in (full, full.partition(".")[2])}


def _text(matrix: Matrix) -> str:
    lines = [f"{reason[:1].upper()}{reason[1:]}." for reason in matrix.model.because]
    width = max((len(name) for name in matrix.names.values()), default=5)
    role_width = max((len(role) for role in matrix.roles), default=4)
    lines += ["", f"{'table':<{width}}  {'role':<{role_width}}  " + "".join(f"{c:<11}" for c in COMMANDS)]
    for (oid, role), group in groupby(matrix.verdicts, key=lambda said: (said.table, said.role)):
        cells = "".join(f"{said.verdict:<11}" for said in group)
        lines.append(f"{matrix.names[oid]:<{width}}  {role:<{role_width}}  {cells}".rstrip())
    for verdict, title in (("leaks", "Leaks"), ("undecided", "Undecided")):
        found = [said for said in matrix.verdicts if said.verdict == verdict]
        if found:
            lines += ["", f"{title}:", *(f"  {_reason(matrix, said)}" for said in found)]
    counts = Counter(said.verdict for said in matrix.verdicts)
    total = ", ".join(f"{counts[v]} {v}" for v in ("isolated", "leaks", "undecided", "denied") if counts[v])
    return "\n".join((*lines, "", f"{len(matrix.names)} tables: {total or 'nothing to judge'}.")) + "\n"


def _reason(matrix: Matrix, said: Judgement) -> str:
    words = said.example or f"{said.role} {said.command}"
    return f"{matrix.names[said.table]}: {words}: {said.because}"
