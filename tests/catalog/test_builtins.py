"""The data files of pg_catalog are those that PostgreSQL gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog import builtins
from support.write_builtins import FOLDER, texts

if TYPE_CHECKING:
    from support.postgres import Database


def test_the_files_are_up_to_date(database: Database) -> None:
    with database.connect() as connection:
        for name, text in texts(connection).items():
            assert (FOLDER / f"{name}.txt").read_text("utf-8") == text, (
                f"run `python -m support.write_builtins`: {name}"
            )


def test_every_line_can_be_read() -> None:
    for name in builtins.server_functions():
        for routine in builtins.routines(name):
            assert routine.result
            assert routine.defaults <= len(routine.arguments)
            assert not routine.names or len(routine.names) == len(routine.arguments), name
    assert builtins.cast("int4", "int8") == "if"
    assert builtins.cast("int4", "uuid") == ""
    assert builtins.types()["point"].element == "float8"
    assert ("text", "text", "text") in builtins.operators("||")


@pytest.mark.parametrize("name", ["make_interval", "json_each", "percentile_cont"])
def test_names_and_outputs(name: str) -> None:
    found = builtins.routines(name)[0]
    expected = {
        "make_interval": ("years", "months", "weeks", "days", "hours", "mins", "secs"),
        "json_each": (("key", "text"), ("value", "json")),
        "percentile_cont": ("float8", "float8"),
    }[name]
    assert expected in (found.names, found.outputs, found.arguments)
