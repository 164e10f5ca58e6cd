"""The example project with two filled organizations, once for the tests that undo what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from support.hortitrack import filled
from support.postgres import Platform


@pytest.fixture(scope="module")
def shared(platforms: Callable[[Any], Platform]) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection; whoever uses it gives the database back as it was."""
    database = platforms("supabase").database()
    try:
        yield filled(database)
    finally:
        database.close()


@pytest.fixture
def connection(shared: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """The filled database in a transaction that is rolled back."""
    with shared.transaction(force_rollback=True):
        yield shared
