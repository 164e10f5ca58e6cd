"""Fixtures that all tests share: databases of a real PostgreSQL (see support/postgres.py)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from support.postgres import Database, Platform

    PlatformName = Literal["postgres", "supabase"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need PostgreSQL, so that `-m "not postgres"` leaves them out."""
    for item in items:
        if "platforms" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def platforms() -> Iterator[Callable[[PlatformName], Platform]]:
    """The platforms by name, each with a server that starts when it is first asked for a database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install --group dev")
    from support.postgres import NotInstalled, Platform, require_installed

    try:
        require_installed()
    except NotInstalled as reason:
        pytest.skip(str(reason))
    made: dict[str, Platform] = {}
    with ExitStack() as stack:

        def platform(name: PlatformName) -> Platform:
            if name not in made:
                made[name] = Platform(name)
                stack.callback(made[name].stop)
            return made[name]

        yield platform


@pytest.fixture
def new_database(
    platforms: Callable[[PlatformName], Platform],
) -> Iterator[Callable[[PlatformName], Database]]:
    """Makes databases of a platform, for tests that need several. They are dropped after the test."""
    with ExitStack() as stack:

        def make(platform: PlatformName) -> Database:
            database = platforms(platform).database()
            stack.callback(database.close)
            return database

        yield make


@pytest.fixture
def database(new_database: Callable[[PlatformName], Database]) -> Database:
    """An empty database of PostgreSQL 18: `.connect()`, `.run(text)`."""
    return new_database("postgres")


@pytest.fixture
def supabase_database(new_database: Callable[[PlatformName], Database]) -> Database:
    """A database of PostgreSQL 18 with what a Supabase project has before its first migration."""
    return new_database("supabase")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI an absent program is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        not os.environ.get("SCHEMABOT_REQUIRE_ALL")
        or reporter is None
        or hasattr(session.config, "workerinput")
    ):
        return
    absent = [
        r
        for r in reporter.stats.get("skipped", ())
        if "absent" in str(r.longrepr) or "not installed" in str(r.longrepr)
    ]
    if absent and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
