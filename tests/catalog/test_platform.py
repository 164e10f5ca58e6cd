"""The platforms: our SQL files, given to PostgreSQL and to replay, make the same schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from schemabot.catalog.platform import (
    PLATFORM_FILES,
    PlatformName,
    platform_state,
    platform_text,
)
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.introspect import difference, introspect

if TYPE_CHECKING:
    from support.postgres import Database


@pytest.mark.parametrize("name", get_args(PlatformName))
def test_every_statement_is_understood_and_accepted(name: PlatformName) -> None:
    state = State()
    for file in PLATFORM_FILES[name]:
        for index, statement in enumerate(Source.of(platform_text(file)).statements):
            extracted = extract(statement.text)
            assert extracted.error is None, (file, statement.text)
            outcome = replay_statement(state, extracted, At(f"platform:{file}", index))
            assert not outcome.problems, (file, statement.text, outcome.problems)
            assert not outcome.not_analysed, (file, statement.text, outcome.not_analysed)
            state = outcome.state


def test_a_migration_starts_with_an_empty_report() -> None:
    for name in get_args(PlatformName):
        report = catalog_json(platform_state(name).catalog)
        assert not any(report.values()), name


def test_supabase_search_path() -> None:
    session = platform_state("supabase").session
    assert session.search_path == ("$user", "public", "extensions")
    assert session.role == "postgres"


def test_supabase_is_what_postgresql_makes_of_it(supabase_database: Database) -> None:
    with supabase_database.connect() as connection:
        found = introspect(connection, platform=True)
    assert not difference(found, catalog_json(platform_state("supabase").catalog, platform=True))


def test_without_the_default_grants_the_api_reaches_no_new_table(supabase_database: Database) -> None:
    """Supabase takes them back in a project of today, as this does."""
    supabase_database.without_default_grants()
    sql = "create table a (id serial); create function f() returns int language sql as 'select 1'"
    supabase_database.run(sql)
    state = begin_file(platform_state("supabase", default_grants=False))
    for index, statement in enumerate(Source.of(sql).statements):
        state = replay_statement(state, extract(statement.text), At("a.sql", index)).state
    with supabase_database.connect() as connection:
        found = introspect(connection)
    ours = catalog_json(state.catalog)
    assert found["grants"] == ours["grants"]
    assert not any(grant["role"] == "anon" for grant in ours["grants"])
