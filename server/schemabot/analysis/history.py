"""The history of a project: every migration replayed, with the state before and after each.

When a file was edited, its statements before the edit are not replayed again.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import msgspec

from schemabot.analysis.project import MigrationFile
from schemabot.analysis.refusals import leaves_out, refusal
from schemabot.catalog.objects import Origin
from schemabot.catalog.replay import Outcome, begin_file, end_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.facts import extract
from schemabot.facts.model import Extracted, NoEffect, Unanalysed
from schemabot.syntax.model import Statement
from schemabot.text import Span


@attrs.frozen(eq=False)
class StatementReplay:
    """One statement, replayed: what it says, the state before it, and what came of it."""

    statement: Statement
    extracted: Extracted
    before: State
    outcome: Outcome


@attrs.frozen(eq=False)
class FileReplay:
    """One file, replayed. `steps` has an entry for each replayed statement, until the replay is `slim`.

    `not_analysed` are the places that were not understood or that the server would refuse; `broken` the indexes
    of statements with a syntax error; `ending` what the end of the file does (an open transaction).
    """

    file: MigrationFile
    before: State
    steps: tuple[StatementReplay, ...]
    ending: Outcome
    not_analysed: tuple[tuple[Origin, str], ...]
    broken: frozenset[int]

    @property
    def after(self) -> State:
        """The state behind the file."""
        return self.ending.state

    def slim(self) -> FileReplay:
        """The same without the states between statements, which cost memory and are quick to make again."""
        return attrs.evolve(self, steps=())


def replay_file(file: MigrationFile, before: State, previous: FileReplay | None = None) -> FileReplay:
    """Replay a file on the state `before`, reusing what `previous` did with the same beginning."""
    statements = file.source.statements[: file.replayed]
    steps: list[StatementReplay] = []
    if previous is not None and previous.before is before and previous.file.path == file.path:
        for statement, step in zip(statements, previous.steps, strict=False):
            if statement.text != step.statement.text or statement.issue != step.statement.issue:
                break
            steps.append(step)
    state = steps[-1].outcome.state if steps else begin_file(before)
    known = file.facts(file.source) if file.facts is not None and len(steps) < len(statements) else None
    for index in range(len(steps), len(statements)):
        statement = statements[index]
        extracted = extract_statement(statement) if known is None else known[index]
        outcome = replay_statement(state, extracted, At(file.path, index))
        steps.append(StatementReplay(statement, extracted, state, outcome))
        state = outcome.state
    ending = end_file(state, At(file.path, max(len(statements) - 1, 0)))
    not_analysed = tuple(
        (Origin(file.path, index, span), reason)
        for index, step in enumerate(steps)
        for span, reason in _left_out(step.outcome)
    )
    broken = frozenset(index for index, step in enumerate(steps) if step.extracted.error is not None)
    return FileReplay(file, before, tuple(steps), ending, not_analysed, broken)


def _left_out(outcome: Outcome) -> Iterator[tuple[Span, str]]:
    """What of a statement is not in the catalog: not understood, or refused by the server."""
    for part in outcome.parts:
        for item in part.not_analysed:
            yield item.span, item.reason
        for problem in part.problems:
            if leaves_out(problem):
                yield problem.span, refusal(problem)


def extract_statement(statement: Statement) -> Extracted:
    """The facts of a statement; a lexical error in it counts as its syntax error."""
    if statement.kind != "sql":
        span = Span(0, len(statement.text))
        return Extracted(facts=(NoEffect(span=span, what=statement.kind),))
    extracted = extract(statement.text)
    if statement.issue is None:
        return extracted
    names = tuple(name for fact in extracted.facts if isinstance(fact, Unanalysed) for name in fact.names)
    unanalysed = Unanalysed(span=statement.issue.span, reason=statement.issue.message, names=names)
    return msgspec.structs.replace(
        extracted, facts=(unanalysed,), error=statement.issue.message, error_span=statement.issue.span
    )
