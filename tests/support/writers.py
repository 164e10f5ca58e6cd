"""Several callers of the API who write to the example project at the same time, each with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.errors import (
    CheckViolation,
    DeadlockDetected,
    ForeignKeyViolation,
    NotNullViolation,
    SerializationFailure,
)

from support.hortitrack import claims
from support.postgres import Database

Connection = psycopg.Connection[Any]
Work = Callable[[Connection], None]

_ATTEMPTS: Final = 60
_WAIT_SECONDS: Final = 60


class Writer:
    """One caller. `counts` says how its transactions ended: done, refused, or to be tried again."""

    def __init__(self, database: Database, user: UUID, level: psycopg.IsolationLevel) -> None:
        self.counts: Counter[str] = Counter()
        self._connection = database.connect()
        self._connection.execute("set deadlock_timeout = '20ms'")
        self._connection.execute(
            "select set_config('request.jwt.claims', %s, false)", [claims("authenticated", user)]
        )
        self._connection.execute("set role authenticated")
        self._connection.isolation_level = level

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def value(self, query: str) -> Any:
        """The only value of a query, as the writer sees it."""
        found = self._connection.execute(query.encode()).fetchone()
        assert found is not None
        return found[0]

    def commit(self, name: str, work: Work) -> bool:
        """Run `work` in a transaction, again as often as PostgreSQL asks for it; False when it was refused.

        A null where none may be is what a query found no row for. Any other error ends the test.
        """
        for _ in range(_ATTEMPTS):
            try:
                with self._connection.transaction():
                    work(self._connection)
            except (DeadlockDetected, SerializationFailure) as again:
                self.counts[type(again).__name__] += 1
            except (CheckViolation, ForeignKeyViolation):
                self.counts[f"{name} refused"] += 1
                return False
            except NotNullViolation:
                self.counts[f"{name} found no row"] += 1
                return False
            else:
                self.counts[f"{name} done"] += 1
                return True
        raise AssertionError(f"{name}: still no end after {_ATTEMPTS} attempts: {self.counts}")


def at_once(writers: Sequence[Writer], task: Callable[[int, Writer], object]) -> Counter[str]:
    """Start `task` with all writers in the same moment, wait for them; what their transactions came to."""
    barrier = Barrier(len(writers), timeout=_WAIT_SECONDS)

    def begin(index: int) -> None:
        barrier.wait()
        task(index, writers[index])

    with ThreadPoolExecutor(len(writers)) as threads:
        for future in [threads.submit(begin, index) for index in range(len(writers))]:
            future.result()
    return sum((writer.counts for writer in writers), Counter[str]())
