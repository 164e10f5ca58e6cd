"""Reading the files in `case_files/`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """A statement and its facts, one line each."""

    id: str
    sql: str
    facts: str


def _read(path: Path) -> list[Case]:
    cases: list[Case] = []
    sql: list[str] = []
    facts: list[str] = []
    for line in [*path.read_text("utf-8").split("\n")[2:], ""]:
        if line.startswith("--> "):
            facts.append(line.removeprefix("--> "))
        elif facts:
            text = "\n".join(sql)
            cases.append(Case(f"{path.stem}: {text[:60]}", text, "\n".join(facts)))
            sql, facts = ([line] if line else []), []
        elif line or sql:
            sql.append(line)
    return cases


CASES = [
    case for path in sorted((Path(__file__).parent / "case_files").glob("*.sql")) for case in _read(path)
]
