"""The matrix of what was possible, beside what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import psycopg

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation import Judgement, TenancyModel
from schemabot.remote.trial.attempts import Attempts, callers_of
from schemabot.remote.trial.compared import compared
from schemabot.remote.trial.people import Reach
from schemabot.remote.trial.rows import Rows
from schemabot.remote.verify.model import Cancelled, Progress

_PUBLIC: Final = "public"
_STRANGER: Final = "schemabot_stranger"
"""A role with the privileges of PUBLIC alone."""


@attrs.frozen
class Tried:
    """One verdict, tried."""

    said: Judgement
    reach: Reach
    owned: bool  # whether rows of the table belong to somebody

    @property
    def foreign(self) -> bool:
        """Whether a row of somebody else was reached, of a colleague too."""
        return self.reach in ("colleague", "foreign")

    @property
    def anything(self) -> bool:
        """Whether any row was."""
        return self.reach != "nothing"

    @property
    def contradicted(self) -> bool:
        """Whether the server did what the verdict says nobody can."""
        return (self.said.verdict == "isolated" and self.foreign) or (
            self.said.verdict == "denied" and self.anything
        )

    @property
    def unconfirmed(self) -> bool:
        """Whether a leak was said that no attempt went through."""
        return self.said.verdict == "leaks" and not (self.foreign if self.owned else self.anything)


@attrs.frozen
class Trial:
    """What was tried. `empty` are tables that no row could be made for, with the reason, `obstacles` errors that kept
    attempts on a table from saying anything; both by the table's oid."""

    tried: tuple[Tried, ...]
    rows: int
    empty: dict[int, str]
    obstacles: dict[int, tuple[str, ...]]

    @property
    def passed(self) -> bool:
        """Whether nothing leaked, and no verdict was contradicted."""
        return not any(one.contradicted or one.reach == "foreign" for one in self.tried)


def try_isolation(
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    model: TenancyModel,
    verdicts: tuple[Judgement, ...],
    *,
    progress: Progress = lambda done, total, what: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Trial:
    """Try every verdict in a database that has `catalog`. Everything is undone. The connection is a superuser's, in
    autocommit mode. Raises `Cancelled`."""
    tables = {said.table: catalog.table_by_oid(said.table) for said in verdicts}
    known = {oid: table for oid, table in tables.items() if table is not None}
    read = compared(catalog)
    with connection.transaction(force_rollback=True):
        connection.execute("set local row_security to on; set local search_path to public, extensions")
        if any(said.role == _PUBLIC for said in verdicts):
            connection.execute(f"create role {_STRANGER}")
        progress(0, len(known), "making rows")
        rows = Rows(connection, catalog, model, _filled(catalog, known), read)
        attempts: dict[tuple[int, str], Attempts] = {}
        tried: list[Tried] = []
        for number, said in enumerate(verdicts):
            if cancelled():
                raise Cancelled
            table = known.get(said.table)
            if table is None:
                continue
            progress(number, len(verdicts), f"{table.schema}.{table.name}")
            key = (said.table, said.role)
            if key not in attempts:
                role = _STRANGER if said.role == _PUBLIC else said.role
                attempts[key] = Attempts(connection, rows, table, role, read.settings, read.claims)
            owned = model.ownership(said.table).kind != "none"
            tried.append(Tried(said, attempts[key].tried(said.command, callers_of(said.role)), owned))
    obstacles: dict[int, dict[str, None]] = {}
    for (oid, _), done in attempts.items():
        obstacles.setdefault(oid, {}).update(done.obstacles)
    return Trial(
        tuple(tried),
        sum(len(found) for found in rows.rows.values()),
        {oid: why for oid, why in rows.problems.items() if oid in known},
        {oid: tuple(found) for oid, found in obstacles.items() if found},
    )


def _filled(catalog: Catalog, judged: dict[int, Table]) -> tuple[Table, ...]:
    """The tables that get rows: those under trial, and whatever policies may look into."""
    own = (
        table
        for table in catalog.tables()
        if not table.origin.platform
        and not table.temporary
        and table.extension is None
        and table.kind != "foreign"
        and not table.partition_of
    )
    return tuple({table.oid: table for table in (*judged.values(), *own)}.values())
