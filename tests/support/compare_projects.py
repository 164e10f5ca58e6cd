"""`python -m support.compare_projects PATH...`: projects applied to PostgreSQL and replayed, object by object.

Each project's migrations are run with psql on a fresh database, file by file in the order of its layout,
statement by statement as psql does it: what fails is skipped, as replay skips what the server would refuse.
Then `schemabot catalog` is compared with the server's catalogs. One line a project in a Markdown table:

files, how many statements the server refused, objects, equal ones, different ones, and the places that
`schemabot check` says it did not analyse. The differences follow with `--show N`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemabot.analysis import MigrationFile
from schemabot.workspace.loader import load_project
from support.introspect import IDENTITY, difference, introspect, label
from support.postgres import Database, Platform, program

Json = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Print the table; 1 when there is a difference."""
    parser = argparse.ArgumentParser(prog="compare_projects")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--show", type=int, default=20, help="how many differences of a project to list")
    parser.add_argument("--errors", type=int, default=0, help="how many of the server's errors to list")
    chosen = parser.parse_args(arguments)
    platforms = {name: Platform(name) for name in ("postgres", "supabase")}
    print(
        "| project | files | refused | objects | equal | different | not analysed |\n|---|---|---|---|---|---|---|"
    )
    worst = 0
    try:
        for path in chosen.paths:
            worst |= _compare(path, platforms, chosen.show, chosen.errors)
    finally:
        for platform in platforms.values():
            platform.stop()
    return worst


def _compare(path: Path, platforms: dict[str, Platform], show: int, errors: int) -> int:
    loaded = load_project(path)
    database = platforms["supabase" if loaded.project.platform == "supabase" else "postgres"].database()
    try:
        if not loaded.default_grants and loaded.project.platform == "supabase":
            database.without_default_grants()
        refused = [error for file in loaded.project.migrations for error in apply_file(database, file)]
        with database.connect() as connection:
            theirs = introspect(connection)
    finally:
        database.close()
    ours = json.loads(_schemabot("catalog", str(path), "--format", "json"))
    report = json.loads(_schemabot("check", str(path), "--format", "json"))
    found = dict(_differences(theirs, ours))
    objects = sum(len(_labelled(theirs, ours, kind)) for kind in IDENTITY if kind != "schemas")
    print(
        f"| {path.name} | {len(loaded.project.migrations)} | {len(refused)} | {objects} "
        f"| {objects - len(found)} | {len(found)} | {len(report['not_analysed'])} |",
        flush=True,
    )
    for error in refused[:errors]:
        print("    refused:", error[:220])
    for name, words in list(found.items())[:show]:
        print(f"    {name}: {'; '.join(words)[:300]}")
    return 1 if found else 0


def apply_file(database: Database, file: MigrationFile) -> list[str]:
    """Run the replayed part of a file with psql; the server's errors."""
    source, text = file.source, file.source.text
    for index in file.down():
        span = source.statements[index].span
        text = text[: span.start] + re.sub(r"\S", " ", span.of(text)) + text[span.end :]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as copy:
        copy.write(text)
        copy.flush()
        command = [
            str(program("psql")),
            "-X",
            "-q",
            "-h",
            database.host,
            "-U",
            "postgres",
            "-d",
            database.name,
        ]
        done = subprocess.run([*command, "-f", copy.name], capture_output=True, check=False)
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return [
        f"{file.path.rpartition('/')[2]}: {line.partition('.sql:')[2]}" for line in lines if "ERROR:" in line
    ]


def _schemabot(*arguments: str) -> str:
    command = [sys.executable, "-m", "schemabot", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def _labelled(theirs: Json, ours: Json, kind: str) -> set[str]:
    return {label(item, IDENTITY[kind]) for item in (*theirs[kind], *ours[kind])}


def _differences(theirs: Json, ours: Json) -> Iterator[tuple[str, list[str]]]:
    """Each object that differs, with what differs about it."""
    empty: Json = {kind: [] for kind in IDENTITY}
    for kind in IDENTITY:
        if kind == "schemas":
            continue
        their = {label(item, IDENTITY[kind]): item for item in theirs[kind]}
        our = {label(item, IDENTITY[kind]): item for item in ours[kind]}
        for name in sorted({*their, *our}):
            one = {**empty, kind: [their[name]] if name in their else []}
            other = {**empty, kind: [our[name]] if name in our else []}
            words = [text.partition(name)[2].strip(" :") for text in difference(one, other)]
            if words:
                yield f"{kind} {name}", words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
