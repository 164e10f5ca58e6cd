"""The example project with two filled organizations, made once for each file of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from support.hortitrack import filled
from support.postgres import Database, Platform


@pytest.fixture(scope="module")
def shared(platforms: Callable[[Any], Platform]) -> Iterator[tuple[Database, psycopg.Connection[Any]]]:
    """The database and a superuser's connection; whoever uses it gives it back as it was."""
    database = platforms("supabase").database()
    try:
        yield database, filled(database)
    finally:
        database.close()


@pytest.fixture
def connection(shared: tuple[Database, psycopg.Connection[Any]]) -> Iterator[psycopg.Connection[Any]]:
    """The filled database in a transaction that is rolled back."""
    _, connection = shared
    with connection.transaction(force_rollback=True):
        yield connection
