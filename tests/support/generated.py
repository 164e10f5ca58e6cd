"""Running a random sequence on both sides: a real PostgreSQL and replay.

A sequence runs in one transaction that is rolled back at the end, so that it costs no database. Its own BEGIN,
COMMIT and ROLLBACK are savepoints of it, and each statement stands in a savepoint, so that one that is refused
leaves the others as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from support.constraints import constraint_difference
from support.ddl_generator.generator import BEGINNING, Generator
from support.introspect import difference, introspect

_ROLES = "create role alice; create role bob"
_TRANSACTIONS = {
    "begin": "savepoint the_transaction",
    "commit": "release savepoint the_transaction",
    "rollback": "rollback to savepoint the_transaction; release savepoint the_transaction",
}


@dataclass(frozen=True)
class Disagreement:
    """Where the two sides differ: after `statements`, the last of which shows it."""

    statements: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What two disagreements of the same reason both say: the first words without names."""
        return re.sub(r'"[^"]*"|\b\S+\.\S+', "", self.differences[0])

    def __str__(self) -> str:
        return ";\n".join(self.statements) + ";\n-- " + "\n-- ".join(self.differences)


class Replay:
    """Our side: a state that statements move on."""

    def __init__(self) -> None:
        self.state: State = begin_file(platform_state("postgres"))
        for index, role in enumerate(_ROLES.split("; ")):
            self.state = replay_statement(self.state, extract(role), At("roles.sql", index)).state
        self._index = 0
        self.uncertain = False

    def run(self, statement: str) -> str | None:
        """Replay a statement; what the server would answer when it refuses it.

        `uncertain` is set where replay goes on knowingly though the server does not: unknown types, and
        foreign keys to unknown tables. What follows cannot be compared.
        """
        extracted = extract(statement)
        if extracted.error is not None:
            return "syntax error"
        outcome = replay_statement(self.state, extracted, At("test.sql", self._index))
        self._index += 1
        self.state = outcome.state
        refused = [problem for problem in outcome.problems if problem.rejected]
        self.uncertain = bool(outcome.problems) and not refused
        if outcome.not_analysed:
            return f"not analysed: {outcome.not_analysed[0].reason}"
        return ", ".join(f"{p.kind}: {p.object} {p.detail}" for p in refused) or None


def server_answer(connection: psycopg.Connection[Any], statement: str) -> str | None:
    """Run a statement within the transaction; the error's first line when it is refused."""
    if statement in _TRANSACTIONS:
        connection.execute(_TRANSACTIONS[statement].encode())
        return None
    if statement.startswith(("savepoint ", "rollback to ", "release ")):
        connection.execute(statement.encode())
        return None
    connection.execute(b"savepoint the_statement")
    try:
        connection.execute(f"{statement}; release savepoint the_statement".encode())
    except psycopg.Error as error:
        connection.execute(b"rollback to savepoint the_statement; release savepoint the_statement")
        return str(error).splitlines()[0]
    return None


def catalogs_differ(connection: psycopg.Connection[Any], state: State) -> list[str]:
    """What differs between the database and the replayed catalog."""
    path = connection.execute("show search_path").fetchone()
    found = difference(introspect(connection), catalog_json(state.catalog))
    found += constraint_difference(connection, state.catalog)
    assert path is not None
    connection.execute("select set_config('search_path', %s, false)", path)
    return found


def run_sequence(
    connection: psycopg.Connection[Any], statements: Sequence[str], *, every: bool = False
) -> Disagreement | None:
    """Run `statements` on both sides. With `every`, the catalogs are compared after each of them."""
    ours = Replay()
    with connection.transaction(force_rollback=True):
        connection.execute(_ROLES.encode())
        for place, statement in enumerate(statements):
            found = _step(connection, ours, statement)
            if ours.uncertain:
                return None
            if found is None and (every or place == len(statements) - 1):
                found = catalogs_differ(connection, ours.state)
            if found:
                return Disagreement(tuple(statements[: place + 1]), tuple(found))
    return None


def _step(connection: psycopg.Connection[Any], ours: Replay, statement: str) -> list[str] | None:
    answer, said = server_answer(connection, statement), ours.run(statement)
    if (answer is None) == (said is None):
        return None
    if ours.uncertain and answer is not None:
        return None
    ours.uncertain = False
    return [f"PostgreSQL: {answer or 'accepts it'}", f"replay: {said or 'accepts it'}"]


def generate(random: Random, length: int) -> list[str]:
    """A sequence of so many statements."""
    ours = Replay()
    statements = list(BEGINNING)
    for statement in statements:
        ours.run(statement)
    generator = Generator(random, ours.state)
    while len(statements) < length:
        generator.state = ours.state
        statement = generator.statement()
        ours.run(statement)
        statements.append(statement)
    while ours.state.session.in_transaction:
        ours.run("commit")
        statements.append("commit")
    return statements


def shrink(statements: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> list[str]:
    """The fewest of `statements` that still fail, as far as leaving out runs of them tells."""
    kept = list(statements)
    size = max(1, len(kept) // 2)
    while True:
        at = len(kept) - size
        while at >= 0:
            without = kept[:at] + kept[at + size :]
            if without and fails(without):
                kept = without
            at -= size
            at = min(at, len(kept) - size)
        if size == 1:
            return kept
        size = max(1, size // 2)


def find_disagreement(connection: psycopg.Connection[Any], statements: Sequence[str]) -> Disagreement | None:
    """The smallest disagreement in a sequence that one can find by leaving statements out."""
    first = run_sequence(connection, statements)
    if first is None:
        return None
    first = run_sequence(connection, statements, every=True) or first

    kind = first.kind

    def fails(some: Sequence[str]) -> bool:
        if not _is_balanced(some):
            return False
        found = run_sequence(connection, some)
        return found is not None and found.kind == kind

    return run_sequence(connection, shrink(first.statements, fails)) or first


def _is_balanced(statements: Sequence[str]) -> bool:
    """Whether transaction control is in order, which the server would end the outer transaction for."""
    open_, names = False, list[str]()
    for statement in statements:
        word, _, name = statement.rpartition(" ")
        if statement == "begin":
            if open_:
                return False
            open_, names = True, []
        elif statement in ("commit", "rollback"):
            if not open_:
                return False
            open_ = False
        elif word == "savepoint":
            if not open_:
                return False
            names.append(name)
        elif word in ("rollback to", "release"):
            if not open_ or name not in names:
                return False
            last = len(names) - 1 - names[::-1].index(name)
            names = names[: last + (word == "rollback to")]
    return True
