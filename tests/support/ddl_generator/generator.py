"""One random statement after the other, each made for the state that those before it left.

Most are valid; some name what is not there, break a rule of the server, or repeat what was said, because both
sides must refuse the same.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from schemabot.catalog.state import State
from support.ddl_generator.other_objects import OtherObjects

BEGINNING: Final[tuple[str, ...]] = (
    "create schema s1", 'create schema "Other"', "create table t (a integer primary key, b text)",
    "create type mood as enum ('one', 'two')", "create type pair as (a integer, b text)",
    "create foreign data wrapper wrapper", "create server elsewhere foreign data wrapper wrapper",
)  # fmt: skip
"""How every sequence starts: with something to work on."""


class Generator(OtherObjects):
    """Makes statements; `state` is what the statements so far led to, and is set by the caller."""

    def __init__(self, random: Random, state: State) -> None:
        super().__init__(random, state)
        self._open: list[str] = []

    def statement(self) -> str:
        """The next statement, without a semicolon."""
        choices: tuple[tuple[int, Callable[[], str]], ...] = (
            (14, self.create_table), (3, self.create_partitioned), (6, self.partition_of), (2, self.create_of_type),
            (3, self.create_table_as), (28, self.alter_table), (6, self.rename), (2, self.move), (1, self.owner),
            (4, self.inherit), (5, self.attach), (1, self.typed), (8, self.create_index), (3, self.alter_index),
            (5, self.create_view), (2, self.alter_view), (4, self.sequence), (2, self.create_type),
            (3, self.alter_type), (4, self.create_trigger), (1, self.alter_trigger), (3, self.policy), (1, self.rule),
            (3, self.comment), (2, self.grant), (9, self.drop), (2, self.schema_statement), (4, self.transaction),
        )  # fmt: skip
        weights = [weight for weight, _ in choices]
        return self.random.choices([make for _, make in choices], weights)[0]()

    def transaction(self) -> str:
        """BEGIN, COMMIT, ROLLBACK and savepoints, where they are allowed."""
        session = self.state.session
        if not session.in_transaction:
            return "begin"
        names = [point.name for point in session.savepoints if point.name is not None]
        kind = self.random.randrange(10)
        if kind < 3:
            return "commit"
        if kind < 4:
            return "rollback"
        if kind < 7 or not names:
            return f"savepoint {self.pick(('one', 'two'))}"
        return f"{self.pick(('rollback to', 'rollback to', 'release'))} {self.pick(names)}"
