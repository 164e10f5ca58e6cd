"""Fixtures that all tests share: databases of a real PostgreSQL (see support/postgres.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from support.postgres import Database, Platform

_POSTGRES_FIXTURES = {"database", "supabase_database", "new_database"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need PostgreSQL, so that `-m "not postgres"` leaves them out."""
    for item in items:
        if _POSTGRES_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def _platforms() -> Iterator[Callable[[str], Platform]]:
    """The platforms by name, each with a server that starts when it is first asked for a database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install --group dev")
    from support.postgres import Platform

    platforms: dict[str, Platform] = {}
    with ExitStack() as stack:

        def platform(name: str) -> Platform:
            if name not in platforms:
                platforms[name] = Platform(name)
                stack.callback(platforms[name].stop)
            return platforms[name]

        yield platform


@pytest.fixture
def new_database(
    _platforms: Callable[[str], Platform],
) -> Iterator[Callable[[Literal["postgres", "supabase"]], Database]]:
    """Makes databases of a platform: for tests that need several. They are dropped after the test."""
    from support.postgres import NotInstalled

    with ExitStack() as stack:

        def make(platform: Literal["postgres", "supabase"] = "postgres") -> Database:
            try:
                database = _platforms(platform).database()
            except NotInstalled as reason:
                pytest.skip(str(reason))
            stack.callback(database.close)
            return database

        yield make


@pytest.fixture
def database(new_database: Callable[[str], Database]) -> Database:
    """An empty database of PostgreSQL 18: `.connect()`, `.run(text)`."""
    return new_database("postgres")


@pytest.fixture
def supabase_database(new_database: Callable[[str], Database]) -> Database:
    """A database of PostgreSQL 18 with what a Supabase project has before its first migration."""
    return new_database("supabase")
