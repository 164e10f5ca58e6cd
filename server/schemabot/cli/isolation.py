"""`schemabot isolation`: do the policies keep organisations and users apart, table by table."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby

import click

from schemabot.analysis import analyse, select_rules
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load_one, shown_path
from schemabot.features.isolation import Matrix, as_json, isolation_matrix
from schemabot.isolation import Judgement
from schemabot.isolation.verdict import COMMANDS


@click.command("isolation")
@click.argument("path", type=click.Path(), default=".")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table. Repeatable.")
def command(path: str, format_: str, tables: tuple[str, ...]) -> int:
    """Say for every table, command and role whether somebody reaches rows of others.

    isolated: proven that nobody does. leaks: proven that somebody does. undecided: a construct was not understood, and
    is named. denied: nothing is reached at all. It is about the tables themselves: views and functions with their
    owner's rights are other ways in, and so is a connection on which callers run SQL of their own. Exit code 0: no
    leak. 1: a leak. 2: failed.
    """
    loaded = load_one(path)
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
    failed = [(bad.path, bad.reason) for bad in loaded.unreadable if bad.failed]
    failed += [(file.path, file.bad.message) for file in loaded.bad_files]
    for place, reason in failed:
        print_error(f"{shown_path(place)}: {reason}")
    return 2 if failed else int(any(said.verdict == "leaks" for said in matrix.verdicts))


def _names(matrix: Matrix) -> set[str]:
    judged = (matrix.names[oid] for oid in matrix.judged)
    return {name for full in judged for name in (full, full.partition(".")[2])}


def _text(matrix: Matrix) -> str:
    lines = [f"Tenancy: {reason}." for reason in matrix.model.because]
    width = max((len(matrix.names[oid]) for oid in matrix.judged), default=5)
    role_width = max((len(role) for role in matrix.roles), default=4)
    commands = "".join(f"{command:<11}" for command in COMMANDS)
    lines += ["", f"{'table':<{width}}  {'role':<{role_width}}  {commands}".rstrip()]
    for (oid, role), group in groupby(matrix.verdicts, key=lambda said: (said.table, said.role)):
        cells = "".join(f"{said.verdict:<11}" for said in group)
        lines.append(f"{matrix.names[oid]:<{width}}  {role:<{role_width}}  {cells}".rstrip())
    for verdict, title in (("leaks", "Leaks"), ("undecided", "Undecided")):
        found = [said for said in matrix.verdicts if said.verdict == verdict]
        if found:
            lines += ["", f"{title}:", *_reasons(matrix, found)]
    resting = {oid for said in matrix.verdicts if said.verdict == "isolated" for oid in said.through}
    if resting:
        names = ", ".join(sorted(matrix.names.get(oid, "?") for oid in resting))
        lines += ["", f"What is isolated rests on who may write {names}."]
    counts = Counter(said.verdict for said in matrix.verdicts)
    total = ", ".join(f"{counts[v]} {v}" for v in ("isolated", "leaks", "undecided", "denied") if counts[v])
    return "\n".join((*lines, "", f"{len(matrix.judged)} tables: {total or 'nothing to judge'}.")) + "\n"


def _reasons(matrix: Matrix, found: list[Judgement]) -> list[str]:
    """A line for each table and reason."""
    grouped: dict[tuple[int, str], list[str]] = {}
    for said in found:
        grouped.setdefault((said.table, said.because), []).append(
            said.example or f"{said.role} {said.command}"
        )
    return [
        f"  {matrix.names[table]}: {', '.join(who)}: {because}" for (table, because), who in grouped.items()
    ]
