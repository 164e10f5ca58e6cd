"""Running a PL/pgSQL body on the catalog: what is certain is applied, what is not is noted at its place and left out.

A condition that is not known is tried both ways: when neither way changes the schema, it does not matter. A way that ends in
an error is not taken, because the histories that are replayed were accepted. Data statements succeed, as at top level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.blocks import effects_of
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.plpgsql.conditions import condition_of, is_caught
from schemabot.catalog.plpgsql.functions import known_beginning
from schemabot.catalog.plpgsql.queries import Queries
from schemabot.catalog.plpgsql.values import UNKNOWN, SqlError, Value, as_boolean, as_number
from schemabot.catalog.state import InnerPart, NotAnalysed, Session, State
from schemabot.facts import expression as ex
from schemabot.facts import extract
from schemabot.facts.kinds import plpgsql as pl
from schemabot.facts.model import (
    AnyFact,
    DeleteRows,
    InsertRows,
    NoEffect,
    RunQuery,
    TruncateTable,
    Unanalysed,
    UpdateRows,
)
from schemabot.syntax.source import Source
from schemabot.text import Span

_STEPS: Final = 20_000
_PASSES: Final = 5_000
_DATA: Final = (InsertRows, UpdateRows, DeleteRows, TruncateTable, RunQuery, NoEffect)
_HARMLESS: Final = frozenset(
    {
        "select",
        "insert",
        "update",
        "delete",
        "truncate",
        "analyze",
        "vacuum",
        "lock",
        "notify",
        "refresh",
        "with",
        "merge",
    }
)


class Signal(msgspec.Struct, frozen=True):
    """Why a list of statements ended before its end: `return`, `exit` or `continue`, of the loop or block `label`."""

    kind: str
    label: str | None = None


class TooLong(Exception):  # noqa: N818  # an answer, no error: the body is given up
    """More steps than anybody waits for."""


class _Saved(msgspec.Struct, frozen=True):
    catalog: Catalog
    session: Session
    problems: int
    not_analysed: int
    inner: int
    variables: dict[str, Value]


class _Way(msgspec.Struct, frozen=True):
    """How one way through an unknown condition ended."""

    saved: _Saved
    signal: Signal | None
    error: SqlError | None
    unsure: bool


class Interpreter:
    """Runs one body. `start` is where the body begins in the text of the statement being replayed; None when places in the
    body are not places in that text: then everything is said of `around`."""

    def __init__(self, step: Step, around: Span, start: int | None, variables: dict[str, Value]) -> None:
        self.step = step
        self.around = around
        self.start = start
        self.variables = variables
        self._steps = 0
        self._doubt: tuple[Span, Catalog] | None = None
        self._records: frozenset[str] = frozenset()

    def run(self, body: pl.Body) -> None:
        """Run the body. Raises SqlError when it surely ends in an error, TooLong when it does not end."""
        self._records = frozenset(item.name for item in body.variables if item.type == "record")
        for variable in body.variables:
            value: Value = None
            if variable.default is not None:
                value = self.value(variable.default)
            self.variables.setdefault(variable.name, value)
        self._block(body.block)
        if self._doubt is not None and self.step.catalog is not self._doubt[1]:
            span, before = self._doubt
            self.step.catalog = before
            self._unknown(span, "whether the block goes on here depends on data", _texts((body.block,)))

    # -- values --

    def value(self, expression: str) -> Value:
        """The value of an expression's text."""
        return Queries(self.step, self.variables).evaluator.text(expression)

    def place(self, span: Span) -> Span:
        """The place in the statement being replayed."""
        return self.around if self.start is None else Span(self.start + span.start, self.start + span.end)

    # -- statements --

    def _statements(self, statements: Iterable[pl.Statement]) -> Signal | None:
        for statement in statements:
            self._steps += 1
            if self._steps > _STEPS:
                raise TooLong
            signal = self._statement(statement)
            if signal is not None:
                return signal
        return None

    def _statement(self, statement: pl.Statement) -> Signal | None:
        match statement:
            case pl.Sql():
                self._sql(statement)
            case pl.Execute():
                self._execute(statement)
            case pl.Perform():
                self._into(self._apply(statement.query, statement.span, exact=False), (), False)
            case pl.Assign():
                self._assign(statement.target, self.value(statement.value))
            case pl.If():
                return self._if(statement)
            case pl.Block():
                return self._block(statement)
            case pl.Return():
                return Signal("return")
            case pl.Exit():
                return self._exit(statement)
            case pl.Raise():
                raise SqlError(statement.condition or "raise_exception", "the block raises an exception")
            case pl.Loop() | pl.ForRange() | pl.ForQuery() | pl.ForEach():
                return self._loop(statement)
            case pl.Other():
                self._forget(statement.assigns)
            case _:
                pass
        return None

    def _assign(self, target: str, value: Value) -> None:
        record, _, field = target.partition(".")
        if field:
            row = self.variables.get(record)
            if isinstance(row, dict):
                self.variables[record] = {**row, field: value}
            else:
                self.variables[record] = UNKNOWN
            return
        self.variables[target] = value

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._assign(name, UNKNOWN)

    def _block(self, block: pl.Block) -> Signal | None:
        saved = self._save()
        try:
            signal = self._statements(block.body)
        except SqlError as error:
            handler = next((h for h in block.handlers if is_caught(error.condition, h.conditions)), None)
            if handler is None:
                raise
            self._restore(saved, variables=False)
            self.variables |= {"sqlerrm": UNKNOWN, "sqlstate": UNKNOWN}
            try:
                signal = self._statements(handler.body)
            except SqlError as again:
                raise (error if again.condition == "" else again) from None
        if (
            signal is not None
            and signal.kind == "exit"
            and signal.label is not None
            and signal.label == block.label
        ):
            return None
        return signal

    def _exit(self, statement: pl.Exit) -> Signal | None:
        holds = True if statement.condition is None else as_boolean(self.value(statement.condition))
        if holds is UNKNOWN:
            self._doubt = self._doubt or (statement.span, self.step.catalog)
            return None
        return Signal("exit" if statement.leaves else "continue", statement.label) if holds else None

    # -- SQL --

    def _sql(self, statement: pl.Sql) -> None:
        query = self._apply(statement.text, statement.span, exact=True)
        self._into(query, statement.into, statement.strict)

    def _execute(self, statement: pl.Execute) -> None:
        text = self.value(statement.query)
        if text is None:
            raise SqlError("null_value_not_allowed", "the text to execute is null")
        if isinstance(text, str):
            query = self._apply(text, statement.span, exact=False)
            self._into(query, statement.into, statement.strict)
            return
        self._forget(statement.into)
        self.variables["found"] = UNKNOWN
        first = self._beginning(statement.query).split(None, 1)
        if not first or first[0].lower() not in _HARMLESS:
            self._unknown(
                statement.span, "EXECUTE of a text that is only known when it runs", (statement.query,)
            )

    def _beginning(self, expression: str) -> str:
        """What an expression that gives a text begins with, if that can be seen."""
        facts = extract("select " + expression).facts
        node: Any = facts[0].query.targets[0].value if facts and isinstance(facts[0], RunQuery) else None
        while isinstance(node, ex.Operator) and node.name == "||" and node.left is not None:
            node = node.left
        if isinstance(node, ex.Call) and node.name[-1] == "format" and node.args:
            node = node.args[0]
        return known_beginning(node.value) if isinstance(node, ex.Constant) else ""

    def _apply(self, text: str, span: Span, *, exact: bool) -> ex.Query | None:
        """Apply the statements of a text; the query when it is one that could give rows."""
        query: ex.Query | None = None
        place = self.place(span)
        statements = [text] if exact else [s.text for s in Source.of(text).statements]
        for item in statements:
            found = extract(" " * place.start + item)
            if found.error is not None:
                self._unknown(span, "a statement that does not parse", (item,))
                return None
            query = None
            for fact in found.facts:
                if isinstance(fact, RunQuery):
                    query = fact.query
                self._fact(fact, exact and self.start is not None)
        return query

    def _fact(self, fact: AnyFact, exact: bool) -> None:
        from schemabot.catalog.apply import HANDLERS

        step = self.step
        if isinstance(fact, Unanalysed):
            step.not_analysed.append(NotAnalysed(fact.reason, fact.span))
        handler = HANDLERS.get(type(fact))
        if handler is None:
            return
        before = State(step.catalog, step.session)
        known = len(step.problems)
        step.variables = self.variables
        try:
            handler(step, fact)
        except Rejected:
            step.catalog, step.session = before.catalog, before.session
            refused = [problem for problem in step.problems[known:] if problem.rejected]
            if refused:
                raise SqlError(condition_of(refused[-1].kind, fact), "refused") from None
            return
        finally:
            step.variables = {}
        if not isinstance(fact, _DATA) or isinstance(fact, (DeleteRows, UpdateRows, TruncateTable)):
            after = State(step.catalog, step.session)
            step.inner.append(InnerPart(fact, before, after, tuple(step.problems[known:]), exact))

    def _into(self, query: ex.Query | None, into: Sequence[str], strict: bool) -> None:
        """Give variables the first row of a query."""
        rows: Value = UNKNOWN
        if query is not None:
            rows = Queries(self.step, self.variables).select(query, (), "rows")
        self.variables["found"] = UNKNOWN if rows is UNKNOWN else bool(rows)
        if not into:
            return
        if strict and rows is not UNKNOWN and len(rows) > 1:
            raise SqlError("too_many_rows", "the query returns more than one row")
        if rows is UNKNOWN or len(rows) > 1:
            self._forget(into)
        elif not rows:
            if strict:
                raise SqlError("no_data_found", "the query returns no row")
            for name in into:
                self._assign(name, None)
        else:
            self._take(into, rows[0])

    def _take(self, names: Sequence[str], row: dict[str, Value]) -> None:
        if len(names) == 1 and names[0] in self._records:
            self.variables[names[0]] = dict(row)
            return
        values = list(row.values())
        for number, name in enumerate(names):
            self._assign(name, values[number] if number < len(values) else None)

    # -- IF --

    def _if(self, statement: pl.If) -> Signal | None:
        for number, (condition, body) in enumerate(statement.branches):
            holds = as_boolean(self.value(condition))
            if holds is UNKNOWN:
                return self._either(statement, statement.branches[number:])
            if holds is True:
                return self._statements(body)
        return None

    def _either(
        self, statement: pl.If, branches: Sequence[tuple[str, tuple[pl.Statement, ...]]]
    ) -> Signal | None:
        """Try every way that is open from an unknown condition on."""
        bodies = [body for _, body in branches]
        if branches[-1][0] != "true":
            bodies.append(())
        saved = self._save()
        ways = [self._try(body, saved) for body in bodies]
        fine = [number for number, way in enumerate(ways) if way.error is None]
        if not fine:
            raise ways[0].error or SqlError("raise_exception")
        if len(fine) == 1:
            return self._statements(bodies[fine[0]])
        chosen = [ways[number] for number in fine]
        if any(way.unsure or way.saved.catalog is not saved.catalog for way in chosen):
            self._unknown(
                statement.span,
                "a condition that depends on data, and decides the schema",
                _texts((statement,)),
            )
            return None
        self.variables = _merged([way.saved.variables for way in chosen])
        signals = {way.signal for way in chosen}
        if len(signals) == 1:
            return signals.pop()
        self._doubt = self._doubt or (statement.span, saved.catalog)
        return None

    def _try(self, body: Sequence[pl.Statement], saved: _Saved) -> _Way:
        doubt = self._doubt
        signal, error = None, None
        try:
            signal = self._statements(body)
        except SqlError as found:
            error = found
        unsure = len(self.step.not_analysed) > saved.not_analysed or self._doubt is not doubt
        way = _Way(self._save(), signal, error, unsure)
        self._doubt = doubt
        self._restore(saved)
        return way

    def _save(self) -> _Saved:
        step = self.step
        return _Saved(
            step.catalog,
            step.session,
            len(step.problems),
            len(step.not_analysed),
            len(step.inner),
            dict(self.variables),
        )

    def _restore(self, saved: _Saved, *, variables: bool = True) -> None:
        step = self.step
        step.catalog, step.session = saved.catalog, saved.session
        del (
            step.problems[saved.problems :],
            step.not_analysed[saved.not_analysed :],
            step.inner[saved.inner :],
        )
        if variables:
            self.variables = dict(saved.variables)

    # -- loops --

    def _loop(self, statement: pl.Loop | pl.ForRange | pl.ForQuery | pl.ForEach) -> Signal | None:
        passes = self._passes(statement)
        if passes is None:
            return self._some_passes(statement)
        count = 0
        for _ in passes:
            count += 1
            if count > _PASSES:
                raise TooLong
            signal = self._statements(statement.body)
            if signal is None:
                continue
            if signal.kind == "return" or (signal.label is not None and signal.label != statement.label):
                return signal
            if signal.kind == "exit":
                break
        self.variables["found"] = count > 0
        return None

    def _passes(self, statement: pl.Loop | pl.ForRange | pl.ForQuery | pl.ForEach) -> Iterator[None] | None:
        """One item for each pass, with the loop's variables set; None when the passes are not known."""
        if isinstance(statement, pl.Loop):
            condition = statement.condition
            if condition is not None and as_boolean(self.value(condition)) is UNKNOWN:
                return None
            return self._while(condition)
        if isinstance(statement, pl.ForRange):
            ends = [
                as_number(self.value(text)) for text in (statement.lower, statement.upper, statement.step)
            ]
            if not all(isinstance(end, int) for end in ends) or ends[2] < 1:
                return None
            first, last, by = ends
            numbers = range(first, last - 1, -by) if statement.reverse else range(first, last + 1, by)
            return self._each(({"": number} for number in numbers), (statement.variable,), scalar=True)
        if isinstance(statement, pl.ForEach):
            items = self.value(statement.array)
            if items is None:
                raise SqlError("null_value_not_allowed", "FOREACH expression must not be null")
            if not isinstance(items, list):
                return None
            return self._each(({"": item} for item in items), (statement.variable,), scalar=True)
        rows = self._rows(statement)
        if rows is UNKNOWN:
            return None
        first, *more = statement.variables
        scalar = bool(more) or first not in self._records
        return self._each(rows, statement.variables, scalar=scalar)

    def _rows(self, statement: pl.ForQuery) -> Value:
        text = self.value(statement.query) if statement.dynamic else statement.query
        facts = extract(text).facts if isinstance(text, str) else ()
        if len(facts) != 1 or not isinstance(facts[0], RunQuery):
            return UNKNOWN
        return Queries(self.step, self.variables).select(facts[0].query, (), "rows")

    def _each(
        self, rows: Iterable[dict[str, Value]], names: Sequence[str], *, scalar: bool
    ) -> Iterator[None]:
        for row in rows:
            if scalar:
                for name, value in zip(names, row.values(), strict=False):
                    self._assign(name, value)
            else:
                self.variables[names[0]] = dict(row)
            yield

    def _while(self, condition: str | None) -> Iterator[None]:
        while condition is None or (holds := as_boolean(self.value(condition))) is True:
            yield
        if condition is not None and holds is UNKNOWN:
            raise TooLong

    def _some_passes(self, statement: pl.Loop | pl.ForRange | pl.ForQuery | pl.ForEach) -> Signal | None:
        """A loop whose passes are not known: it does not matter when a pass leaves the schema as it is."""
        if isinstance(statement, pl.ForQuery):
            self._forget(statement.variables)
        elif not isinstance(statement, pl.Loop):
            self._forget((statement.variable,))
        saved = self._save()
        way = self._try(statement.body, saved)
        if way.error is None and (way.unsure or way.saved.catalog is not saved.catalog):
            self._unknown(
                statement.span, "a loop over rows that are only known when it runs", _texts((statement,))
            )
            return None
        changed = [
            name for name, value in way.saved.variables.items() if saved.variables.get(name) is not value
        ]
        self._forget(changed)
        self.variables["found"] = UNKNOWN
        if way.signal is not None and way.signal.kind == "return":
            self._doubt = self._doubt or (statement.span, self.step.catalog)
        return None

    # -- what is not known --

    def _unknown(self, span: Span, reason: str, texts: Iterable[str]) -> None:
        """Say that something at `span` was left out, and doubt every name that it may be about."""
        place = self.place(span)
        self.step.not_analysed.append(NotAnalysed(reason, place))
        for text in texts:
            for parts in effects_of(f"execute {text};").names:
                self.step.taint(parts, place)


def _merged(ways: Sequence[dict[str, Value]]) -> dict[str, Value]:
    """The variables after one of several ways: UNKNOWN where they differ."""
    first = ways[0]
    merged: dict[str, Value] = {}
    for name in {name: True for way in ways for name in way}:
        values = [way.get(name, UNKNOWN) for way in ways]
        same = all(type(value) is type(values[0]) and value == values[0] for value in values)
        merged[name] = first.get(name, UNKNOWN) if same else UNKNOWN
    return merged


def _texts(statements: Iterable[pl.Statement]) -> Iterator[str]:
    """The SQL of statements and of all that is in them."""
    todo: list[object] = list(statements)
    while todo:
        item = todo.pop()
        if isinstance(item, pl.Sql):
            yield item.text
        elif isinstance(item, (pl.Execute, pl.Perform)):
            yield item.query
        elif isinstance(item, tuple):
            todo.extend(item)
        elif isinstance(item, (pl.Statement, pl.Handler)):
            todo.extend(getattr(item, name) for name in item.__struct_fields__)
