"""Defaults, generated columns and policies are printed as pg_get_expr prints them, or as they were written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.expression_tables import SETUP

if TYPE_CHECKING:
    from support.postgres import Database

_FOLDER = Path(__file__).parent / "expressions"


def _lines(name: str) -> list[str]:
    return (_FOLDER / name).read_text("utf-8").splitlines()[1:]


def _replayed(state: State, text: str) -> State:
    for index, statement in enumerate(Source.of(text).statements):
        outcome = replay_statement(state, extract(statement.text), At("test.sql", index))
        assert not [p for p in outcome.problems if p.rejected], (statement.text, outcome.problems)
        state = outcome.state
    return state


class _Comparison:
    """Statements given to both sides. Those that PostgreSQL refuses are left out."""

    def __init__(self, database: Database) -> None:
        self.connection = database.connect()
        self.connection.execute(SETUP.encode())
        self.connection.execute("set search_path to public, extensions")
        self.state = _replayed(begin_file(platform_state("postgres")), SETUP)
        self.same = 0
        self.different: list[tuple[str, Any, Any]] = []

    def compare(self, statement: str, query: str, printed: Callable[[Any], Any]) -> None:
        with self.connection.transaction(force_rollback=True):
            try:
                self.connection.execute(statement.encode())
            except psycopg.Error:
                return
            row = self.connection.execute(query.encode()).fetchone()
        ours = printed(catalog_json(_replayed(self.state, statement).catalog))
        theirs = None if row is None else row[0]
        if ours == theirs:
            self.same += 1
        else:
            self.different.append((statement, ours, theirs))

    def assert_mostly_same(self, most: int) -> None:
        """At most that many are printed as written; they are so by design, and differ in nothing else."""
        assert len(self.different) <= most, self.different
        assert self.same > 10 * most
        for statement, ours, _ in self.different:
            assert ours in statement


def _table(found: Any, name: str) -> Any:
    return next(table for table in found["tables"] if table["name"] == name)


def test_defaults(database: Database) -> None:
    comparison = _Comparison(database)
    for line in _lines("defaults.txt"):
        kind, _, default = line.partition(" | ")
        comparison.compare(
            f"create table made (x {kind} default {default})",
            "select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'made'::regclass",
            lambda found: _table(found, "made")["columns"][0]["default"],
        )
    comparison.assert_mostly_same(10)


def test_generated_columns(database: Database) -> None:
    comparison = _Comparison(database)
    for line in _lines("columns.txt"):
        for expression in (line, f"({line}) is not null"):
            kind = "text" if expression == line else "boolean"
            comparison.compare(
                f"alter table t add column made {kind} generated always as ({expression}) stored",
                "select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 't'::regclass",
                lambda found: _table(found, "t")["columns"][-1]["generated"],
            )
    comparison.assert_mostly_same(8)


def test_policies(database: Database) -> None:
    comparison = _Comparison(database)
    for line in _lines("columns.txt"):
        comparison.compare(
            f"create policy made on t using ({line})",
            "select pg_get_expr(polqual, polrelid) from pg_policy",
            lambda found: _table(found, "t")["policies"][0]["using"],
        )
    comparison.assert_mostly_same(8)


def test_names_are_those_of_today(database: Database) -> None:
    comparison = _Comparison(database)
    statements = """
        create policy made on t using (exists (select 1 from m2 q where q.id = t.a and g(q.id) = q.name));
        alter table m2 rename to "M 2";
        alter table "M 2" rename column name to title;
        alter function g(int) set schema s1;
        alter table t rename to things;
        alter table things rename column a to "A"
    """
    comparison.compare(
        statements,
        "select pg_get_expr(polqual, polrelid) from pg_policy",
        lambda found: _table(found, "things")["policies"][0]["using"],
    )
    assert not comparison.different, comparison.different
    assert comparison.same == 1
