"""SQL cases, each run by a real PostgreSQL 18 and replayed: both refuse the same statements and end in the same
schema. A case starts with `-- case: title` in cases/*.sql."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.agreement import assert_agreement

if TYPE_CHECKING:
    from support.postgres import Database

CASES = Path(__file__).parent / "cases"


def _cases() -> list[object]:
    found: list[object] = []
    for file in sorted(CASES.glob("*.sql")):
        for case in re.split(r"(?m)^-- case: ", file.read_text("utf-8"))[1:]:
            title, _, text = case.partition("\n")
            found.append(pytest.param(text, id=f"{file.stem}: {title}"))
    return found


@pytest.mark.parametrize("text", _cases())
def test_replay_agrees_with_postgresql(database: Database, text: str) -> None:
    assert_agreement(database, text)
