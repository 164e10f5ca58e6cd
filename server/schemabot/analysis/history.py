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
from schemabot.facts.model import (
    ChangeDefaultPrivileges,
    ChangePrivileges,
    DeleteRows,
    Extracted,
    GrantRole,
    InsertRows,
    NoEffect,
    RunQuery,
    SetRole,
    SetSearchPath,
    SetSetting,
    Transaction,
    TruncateTable,
    Unanalysed,
    UpdateRows,
)
from schemabot.facts.psql import extract_command
from schemabot.facts.read.mentions import mentioned_names
from schemabot.rulekit.migrations import DOWN_PART
from schemabot.syntax.model import Statement
from schemabot.syntax.parts import ended_by_part
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
    statements = file.source.statements
    down = file.down()
    steps: list[StatementReplay] = []
    if previous is not None and previous.before is before and previous.file.path == file.path:
        old_down = previous.file.down() if down or previous.file.markers is not None else down
        for index, (statement, step) in enumerate(zip(statements, previous.steps, strict=False)):
            if statement.text != step.statement.text or statement.issue != step.statement.issue:
                break
            if any((at in down) != (at in old_down) for at in (index, index + 1)):
                break
            steps.append(step)
    state = steps[-1].outcome.state if steps else begin_file(before)
    known = file.facts(file.source) if file.facts is not None and len(steps) < len(statements) else None
    for index in range(len(steps), len(statements)):
        statement = statements[index]
        extracted = extract_statement(statement) if known is None else known[index]
        if down:
            extracted = _in_its_part(file, index, extracted, down)
        outcome = replay_statement(state, extracted, At(file.path, index))
        steps.append(StatementReplay(statement, extracted, state, outcome))
        state = outcome.state
    ending = end_file(state, At(file.path, max(len(statements) - 1, 0)))
    not_analysed = tuple(
        (Origin(file.path, index, span), reason)
        for index, step in enumerate(steps)
        if index not in down
        for span, reason in _left_out(step.outcome)
    )
    broken = frozenset(index for index, step in enumerate(steps) if step.extracted.error is not None)
    return FileReplay(file, before, tuple(steps), ending, not_analysed, broken)


def _in_its_part(file: MigrationFile, index: int, extracted: Extracted, down: frozenset[int]) -> Extracted:
    """What the statement says as one of an up or a down part: of a down part only its syntax counts."""
    statements = file.source.statements
    here = statements[index]
    following = statements[index + 1] if index + 1 < len(statements) else None
    if following is not None and (index in down) != (index + 1 in down):
        last = ended_by_part(here, following)
        if last is not here:
            extracted = extract_statement(last)
    if index not in down:
        return extracted
    span = Span(0, len(here.text))
    judged = file.markers is None or file.markers.down_is_postgres
    if extracted.error is None or not judged:
        return Extracted(facts=(NoEffect(span=span, what=DOWN_PART),))
    reason = next((fact.reason for fact in extracted.facts if isinstance(fact, Unanalysed)), extracted.error)
    return msgspec.structs.replace(extracted, facts=(Unanalysed(span=span, reason=reason),))


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
    if statement.kind == "psql":
        return extract_command(statement.text)
    if statement.kind != "sql":
        span = Span(0, len(statement.text))
        return Extracted(facts=(NoEffect(span=span, what=statement.kind),))
    extracted = extract(statement.text)
    if statement.issue is None:
        return _without_placeholders(statement, extracted) if statement.placeholders else extracted
    names = tuple(name for fact in extracted.facts if isinstance(fact, Unanalysed) for name in fact.names)
    unanalysed = Unanalysed(span=statement.issue.span, reason=statement.issue.message, names=names)
    return msgspec.structs.replace(
        extracted, facts=(unanalysed,), error=statement.issue.message, error_span=statement.issue.span
    )


def _without_placeholders(statement: Statement, extracted: Extracted) -> Extracted:
    """What a statement with placeholders says: nothing certain, when it is about the schema."""
    if extracted.error is not None or all(
        isinstance(fact, _NOT_ABOUT_THE_SCHEMA) for fact in extracted.facts
    ):
        return extracted
    first = statement.placeholders[0]
    reason = "a placeholder stands here, and only who runs the migration knows for what"
    names = mentioned_names(statement.text)
    return msgspec.structs.replace(extracted, facts=(Unanalysed(span=first, reason=reason, names=names),))


_NOT_ABOUT_THE_SCHEMA = (
    InsertRows, UpdateRows, DeleteRows, TruncateTable, RunQuery, SetSearchPath, SetSetting, SetRole,
    Transaction, NoEffect, Unanalysed, ChangePrivileges, GrantRole, ChangeDefaultPrivileges,
)  # fmt: skip
