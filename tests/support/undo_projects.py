"""`python -m support.undo_projects PATH... [--newest N]`: each of the newest migrations up, down and up again on PostgreSQL.

The way back that SchemaBot writes is run on the server, and the schema compared with the one before the migration,
but for the order of columns (what is added again stands last). Migrations whose way back is irreversible are counted and
not run; what a way back says it does not undo is counted as said. What PostgreSQL refuses on the way up has no schema
to come back from, and is counted as refused. One line a project in a Markdown table.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import psycopg

from schemabot.analysis import analyse, select_rules
from schemabot.analysis.way_back import way_back_of
from schemabot.workspace.loader import load_project
from support.compare_projects import apply_file
from support.introspect import difference, introspect
from support.postgres import Platform


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a way back failed."""
    parser = argparse.ArgumentParser(prog="undo_projects")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--newest", type=int, default=50)
    parser.add_argument("--show", type=int, default=3, help="how many failures of a project to list")
    chosen = parser.parse_args(arguments)
    print(
        "| project | migrations | refused | back exactly | data lost | irreversible | said | wrong |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    platforms = {name: Platform(name) for name in ("postgres", "supabase")}
    failed = 0
    try:
        for path in chosen.paths:
            failed |= _undo(path, platforms, chosen.newest, chosen.show)
    finally:
        for platform in platforms.values():
            platform.stop()
    return failed


def _undo(path: Path, platforms: dict[str, Platform], newest: int, show: int) -> int:
    loaded = load_project(path)
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    database = platforms["supabase" if loaded.project.platform == "supabase" else "postgres"].database()
    if loaded.project.platform == "supabase" and not loaded.default_grants:
        database.without_default_grants()
    counts = dict.fromkeys(("refused", "exact", "loses data", "irreversible", "said", "wrong"), 0)
    wrong: list[str] = []
    try:
        replays = [replay for replay in analysis.replays if not replay.file.is_down]
        for number, replay in enumerate(replays):
            if number < len(replays) - newest:
                apply_file(database, replay.file)
                continue
            with database.connect() as connection:
                before = introspect(connection)
            if apply_file(database, replay.file):
                counts["refused"] += 1
                continue
            back = way_back_of(replay)
            assert back is not None
            if back.effect == "irreversible" or back.left:
                counts["said" if back.left else "irreversible"] += 1
                continue
            with database.connect() as connection:
                problem = _tried(connection, back.statements, before)
            if problem:
                counts["wrong"] += 1
                wrong.append(f"{replay.file.name}: {problem}")
            else:
                counts[back.effect] += 1
    finally:
        database.close()
    print(
        f"| {path.name} | {sum(counts.values())} | " + " | ".join(map(str, counts.values())) + " |",
        flush=True,
    )
    for line in wrong[:show]:
        print("    " + line[:600])
    return 1 if wrong else 0


def _tried(connection: psycopg.Connection, statements: tuple[str, ...], before: Any) -> str:
    """What is wrong with the way back; empty when nothing is. The server is left as it was."""
    try:
        with connection.transaction(force_rollback=True):
            for statement in statements:
                try:
                    connection.execute(statement.encode())
                except psycopg.Error as error:
                    return f"{str(error).splitlines()[0]} | {statement[:300]}"
            found = list(difference(_plain(introspect(connection)), _plain(before)))
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return "; ".join(map(str, found))


def _plain(found: Any) -> Any:
    tables = [
        {**table, "columns": sorted(table["columns"], key=lambda column: str(column["name"]))}
        for table in found["tables"]
    ]
    return {**found, "tables": tables}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
