"""The catalog rendered as DDL: the database that the DDL makes is the one that the text made, in PostgreSQL's words.

Every case of cases/*.sql is run, what the server takes of it; then the rendering is run in an empty database, and both
are compared by `definitions` and by the catalog's JSON. Without a server, the rendering must replay to the same catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.render import Rendered, render
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.definitions import Definitions, definition_difference, definitions
from support.introspect import difference, introspect
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Platform

HERE = Path(__file__).parent


def _texts() -> list[object]:
    found: list[object] = []
    for file in sorted((HERE / "cases").glob("*.sql")):
        for case in re.split(r"(?m)^-- case: ", file.read_text("utf-8"))[1:]:
            title, _, text = case.partition("\n")
            found.append(pytest.param(text, id=f"{file.stem}: {title}"))
    return [*found, pytest.param((HERE / "dumps" / "rich.sql").read_text("utf-8"), id="rich")]


def replay_all(text: str) -> State:
    """The state behind what the server takes of `text`."""
    state = begin_file(platform_state("postgres"))
    for index, statement in enumerate(Source.of(text).statements):
        state = replay_statement(state, extract(statement.text), At("test.sql", index)).state
    return end_file(state, At("test.sql", 0)).state


def script(rendered: Rendered) -> str:
    return ";\n".join((*rendered.statements, ""))


@pytest.mark.parametrize("text", _texts())
def test_the_rendering_replays_to_the_same_catalog(text: str) -> None:
    catalog = replay_all(text).catalog
    rendered = render(catalog)
    if rendered.not_rendered:
        assert {item.why for item in rendered.not_rendered} <= KNOWN_LIMITS
        return
    state, problems = replay(script(rendered))
    assert not problems
    assert difference(catalog_json(catalog), catalog_json(state.catalog), str) == []


KNOWN_LIMITS: frozenset[str] = frozenset()
"""Why an object is not written, where that is right."""


@pytest.mark.parametrize("text", _texts())
def test_the_rendering_makes_the_same_database(platforms: Callable[[str], Platform], text: str) -> None:
    state = replay_all(text)
    rendered = render(state.catalog)
    if rendered.not_rendered:
        assert {item.why for item in rendered.not_rendered} <= KNOWN_LIMITS
        return
    wanted, _ = _made(platforms, text, "one by one")
    made, found = _made(platforms, script(rendered), "whole")
    assert definition_difference(wanted, made) == []
    assert found is None or difference(found, catalog_json(state.catalog)) == []


def _made(
    platforms: Callable[[str], Platform], text: str, how: str
) -> tuple[Definitions, dict[str, object] | None]:
    """The definitions in a database where `text` was run, and its introspection."""
    database = platforms("postgres").database()
    try:
        if how == "whole":
            database.run(text)
        else:
            with database.connect() as connection:
                for statement in Source.of(text).statements:
                    try:
                        connection.execute(statement.text.encode())
                    except psycopg.Error:
                        continue
        with database.connect() as connection:
            return definitions(connection), introspect(connection) if how == "whole" else None
    finally:
        database.close()
