"""Queries answered from the replayed catalog: system catalogs, arrays, values. Rows of ordinary tables are not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.plpgsql.evaluate import Evaluator, Scopes
from schemabot.catalog.plpgsql.relations import rows_of
from schemabot.catalog.plpgsql.values import UNKNOWN, Reg, Row, Value, any_of, as_boolean, as_number, as_text
from schemabot.facts import expression as ex

Mode = Literal["exists", "scalar", "array", "rows"]

_AGGREGATES: Final = frozenset(
    {"count", "array_agg", "string_agg", "bool_or", "bool_and", "max", "min", "sum"}
)
_MOST: Final = 200_000
_FEW: Final = 8


class _Found(msgspec.Struct):
    """What FROM and WHERE give: combinations of rows that are surely there, and whether there may be more."""

    rows: list[Scopes]
    more: bool = False


class _Asked(msgspec.Struct, frozen=True):
    """What WHERE asks for: texts that columns must equal, by alias and column; and all that must hold together."""

    wanted: dict[str, dict[str, str]]
    conjuncts: tuple[ex.Node, ...]
    is_alone: bool = False  # no other source: names without an alias are this one's


class _Side(msgspec.Struct):
    """The rows of one table in FROM under their alias, None when they are not known; and indexes over them."""

    alias: str
    rows: list[tuple[str, Row]] | None
    indexes: dict[str, dict[Value, list[tuple[str, Row]]] | None] = {}

    def by(self, column: str, value: Value) -> Sequence[tuple[str, Row]] | None:
        """The rows with that value; None when that cannot be told from an index."""
        if column not in self.indexes:
            self.indexes[column] = self._index(column)
        index = self.indexes[column]
        if index is None or not index:
            return None
        sample = next(iter(index))
        return index.get(value, ()) if type(sample) is type(value) else None

    def _index(self, column: str) -> dict[Value, list[tuple[str, Row]]] | None:
        index: dict[Value, list[tuple[str, Row]]] = {}
        for pair in self.rows or ():
            value = pair[1].get(column, UNKNOWN)
            if value is None:
                continue
            if not isinstance(value, (str, Reg)) or (index and type(value) is not type(next(iter(index)))):
                return None
            index.setdefault(value, []).append(pair)
        return index


class _Nothing(dict[str, Value]):
    """The row of an outer join's side that matched nothing: every column is NULL."""

    def get(self, key: str, default: Value = None) -> Value:
        return None


class Queries:
    """Answers queries in a session and with variables."""

    def __init__(self, step: Step, variables: Mapping[str, Value]) -> None:
        self.step = step
        self.evaluator = Evaluator(step, variables, self.select)

    def select(self, query: ex.Query, scopes: Scopes, mode: str) -> Value:
        """A query's answer: a truth value, one value, a list of values, or a list of rows; UNKNOWN when it depends on
        what is not known."""
        rows = self._rows(query, scopes)
        if mode == "exists":
            if rows is UNKNOWN:
                return UNKNOWN
            return bool(rows[0]) or (UNKNOWN if rows[1] or self._doubted(query) else False)
        if (
            rows is UNKNOWN
            or rows[1]
            or (query.limited and len(rows[0]) > 1)
            or (not rows[0] and self._doubted(query))
        ):
            return UNKNOWN
        if mode == "rows":
            return rows[0]
        firsts = [next(iter(row.values()), UNKNOWN) for row in rows[0]]
        if mode == "array":
            return firsts
        return UNKNOWN if len(firsts) > 1 else firsts[0] if firsts else None

    def _rows(self, query: ex.Query, scopes: Scopes) -> Value:
        """(rows, whether there may be more), or UNKNOWN."""
        if query.with_ or query.verb not in ("select", "values"):
            return UNKNOWN
        if query.operator:
            return self._set_operation(query, scopes)
        if query.verb == "values":
            value = self.evaluator.value
            rows = [
                {f"column{n}": value(node, scopes) for n, node in enumerate(row, 1)} for row in query.values
            ]
            return rows, False
        found = self._where(query, scopes)
        calls = [
            part for target in query.targets for part in ex.walk(target.value) if isinstance(part, ex.Call)
        ]
        if query.grouped:
            return ([{"": UNKNOWN}] if found.rows else [], True)
        if any(call.name[-1] in _AGGREGATES and not call.window for call in calls):
            grouped = _Grouped(self, found)
            return [self._row(query.targets, scopes, grouped)], False
        made = [row for combined in found.rows for row in self._expanded(query.targets, combined)]
        if query.distinct:
            made = list({repr(row): row for row in made}.values())
        return made, found.more

    def _set_operation(self, query: ex.Query, scopes: Scopes) -> Value:
        if query.operator != "union":
            return UNKNOWN
        rows: list[Row] = []
        more = False
        for arm in query.arms:
            found = self._rows(arm, scopes)
            if found is UNKNOWN:
                return UNKNOWN
            rows += found[0]
            more = more or found[1]
        return (list({repr(row): row for row in rows}.values()) if query.distinct else rows), more

    def _expanded(self, targets: tuple[ex.Target, ...], scopes: Scopes) -> Iterator[Row]:
        """The rows of a select list; `unnest(...)` in it gives several."""
        row = self._row(targets, scopes)
        for target in targets:
            node = target.value
            if isinstance(node, ex.Call) and node.name[-1] == "unnest":
                name = target.alias or "unnest"
                items = row[name]
                if isinstance(items, list) and len(targets) == 1:
                    yield from ({name: item} for item in items)
                    return
                row[name] = UNKNOWN
        yield row

    def _row(self, targets: tuple[ex.Target, ...], scopes: Scopes, grouped: _Grouped | None = None) -> Row:
        row: Row = {}
        evaluator = self.evaluator if grouped is None else grouped
        for number, target in enumerate(targets):
            node = target.value
            if isinstance(node, ex.Column) and node.star:
                wanted = node.parts[-1] if node.parts else None
                for alias, inner in scopes:
                    if wanted in (None, alias):
                        row.update(inner)
                continue
            row[_name(target, number, row)] = evaluator.value(node, scopes)
        return row

    # -- FROM and WHERE --

    def _where(self, query: ex.Query, scopes: Scopes) -> _Found:
        asked = _Asked(self._wanted(query.where, scopes), _conjuncts(query.where), len(query.sources) == 1)
        found = _Found([scopes])
        for source in query.sources:
            found = self._joined(found, source, asked)
        kept: list[Scopes] = []
        more = found.more
        for combined in found.rows:
            holds = True if query.where is None else as_boolean(self.evaluator.value(query.where, combined))
            if holds is True:
                kept.append(combined)
            more = more or holds is UNKNOWN
        return _Found(kept, more)

    def _joined(self, found: _Found, source: ex.Source, asked: _Asked) -> _Found:
        rows: list[Scopes] = []
        more = found.more
        side = self._table(source, asked) if isinstance(source, ex.TableRef) else None
        for combined in found.rows:
            if side is None:
                inner = self._source(source, combined, asked)
            else:
                inner = _Found(
                    [(pair, *combined) for pair in self._matching(side, asked.conjuncts, combined)]
                )
                inner.more = side.rows is None
            more = more or inner.more
            rows += inner.rows
            if len(rows) > _MOST:
                return _Found([], True)
        return _Found(rows, more)

    def _source(self, source: ex.Source, scopes: Scopes, asked: _Asked) -> _Found:
        if isinstance(source, ex.TableRef):
            return self._joined(_Found([scopes]), source, asked)
        if isinstance(source, ex.FunctionRef):
            return self._function(source, scopes)
        if isinstance(source, ex.QueryRef):
            answer = self._rows(source.query, scopes)
            if answer is UNKNOWN:
                return _Found([], True)
            alias = source.alias or ""
            named = [_renamed(row, source.columns) for row in answer[0]]
            return _Found([((alias, row), *scopes) for row in named], answer[1])
        return self._join(source, scopes, asked)

    def _table(self, source: ex.TableRef, asked: _Asked) -> _Side:
        """The rows of a system catalog that conditions on it alone leave; made once for a query."""
        alias = source.alias or source.name.name
        wanted = asked.wanted.get("", {}) | asked.wanted.get(alias, {})
        shadowed = source.name.schema is None and self.step.find_relation(source.name) is not None
        rows = None if shadowed else rows_of(self.step.catalog, source.name.schema, source.name.name, wanted)
        if rows is None:
            return _Side(alias, None)
        own = [node for node in asked.conjuncts if asked.is_alone or _concerns_only(node, alias)]
        pairs = [(alias, row) for row in rows]
        for node in own:
            pairs = [pair for pair in pairs if self._may_hold(node, pair)]
        return _Side(alias, pairs)

    def _may_hold(self, node: ex.Node, pair: tuple[str, Row]) -> bool:
        return as_boolean(self.evaluator.value(node, (pair,))) not in (False, None)

    def _matching(
        self, side: _Side, conjuncts: Sequence[ex.Node], scopes: Scopes
    ) -> Sequence[tuple[str, Row]]:
        """The rows of one side that an equality with what is there already leaves; all of them without one."""
        if side.rows is None:
            return ()
        if len(side.rows) < _FEW:
            return side.rows
        for node in conjuncts:
            if not isinstance(node, ex.Operator) or node.name != "=" or node.quantifier:
                continue
            for column, other in ((node.left, node.right), (node.right, node.left)):
                if (
                    isinstance(column, ex.Column)
                    and column.parts[:-1] == (side.alias,)
                    and isinstance(other, ex.Column)
                    and other.parts[:-1]
                    and other.parts[-2] != side.alias
                ):
                    value = self.evaluator.value(other, scopes)
                    found = side.by(column.parts[-1], value)
                    if found is not None:
                        return found
        return side.rows

    def _function(self, source: ex.FunctionRef, scopes: Scopes) -> _Found:
        call = source.calls[0]
        if len(source.calls) != 1 or not isinstance(call, ex.Call):
            return _Found([], True)
        name = call.name[-1]
        items: Value = UNKNOWN
        if name == "generate_series" and len(call.args) == 2:
            ends = [as_number(self.evaluator.value(arg, scopes)) for arg in call.args]
            if all(isinstance(end, int) for end in ends) and ends[1] - ends[0] < _MOST:
                items = list(range(ends[0], ends[1] + 1))
        elif name == "unnest" and len(call.args) == 1:
            items = self.evaluator.value(call, scopes)
        if not isinstance(items, list):
            return _Found([], True)
        alias = source.alias or name
        column = source.columns[0] if source.columns else alias
        rows: list[Row] = [{column: item} for item in items]
        if source.ordinality:
            second = source.columns[1] if len(source.columns) > 1 else "ordinality"
            rows = [{**row, second: number} for number, row in enumerate(rows, 1)]
        return _Found([((alias, row), *scopes) for row in rows])

    def _join(self, source: ex.Join, scopes: Scopes, asked: _Asked) -> _Found:
        if source.natural or source.alias or source.kind in ("right", "full"):
            return _Found([], True)
        left = self._source(source.left, scopes, asked)
        conjuncts = (*_conjuncts(source.on), *(() if source.kind == "left" else asked.conjuncts))
        asked = _Asked({}, conjuncts) if source.kind == "left" else _Asked(asked.wanted, conjuncts)
        side = self._table(source.right, asked) if isinstance(source.right, ex.TableRef) else None
        rows: list[Scopes] = []
        more = left.more
        for combined in left.rows:
            if side is None:
                right = self._source(source.right, combined, asked)
            else:
                matching = self._matching(side, conjuncts, combined)
                right = _Found([(pair, *combined) for pair in matching], side.rows is None)
            more = more or right.more
            matched = False
            for both in right.rows:
                holds = self._on(source, both)
                matched = matched or holds is not False
                more = more or holds is UNKNOWN
                if holds is True:
                    rows.append(both)
            if source.kind == "left" and not matched and not right.more:
                rows.append(((_alias(source.right), _Nothing()), *combined))
            if len(rows) > _MOST:
                return _Found([], True)
        return _Found(rows, more)

    def _on(self, source: ex.Join, scopes: Scopes) -> Value:
        if source.using:
            (_, right), (_, left) = scopes[0], scopes[1]
            pairs = [(left.get(name, UNKNOWN), right.get(name, UNKNOWN)) for name in source.using]
            return UNKNOWN if any(UNKNOWN in pair for pair in pairs) else all(a == b for a, b in pairs)
        if source.on is None:
            return True
        return {None: False}.get(holds := as_boolean(self.evaluator.value(source.on, scopes)), holds)

    # -- what a query asks for --

    def _wanted(self, where: ex.Node | None, scopes: Scopes) -> dict[str, dict[str, str]]:
        """Texts that columns must equal, by alias ("" without one) and column."""
        found: dict[str, dict[str, str]] = {}
        todo = [where]
        while todo:
            node = todo.pop()
            if isinstance(node, ex.Logical) and node.operator == "and":
                todo.extend(node.args)
            elif isinstance(node, ex.Operator) and node.name == "=" and not node.quantifier:
                for column, other in ((node.left, node.right), (node.right, node.left)):
                    if isinstance(column, ex.Column) and not column.star and not isinstance(other, ex.Column):
                        text = self.evaluator.value(other, scopes)
                        if isinstance(text, str):
                            *qualifier, name = column.parts
                            found.setdefault(qualifier[-1] if qualifier else "", {})[name] = text
        return found

    def _doubted(self, query: ex.Query) -> bool:
        """Whether a query that found nothing asked for a name of which not everything is known."""
        tainted = self.step.catalog.tainted
        if not tainted:
            return False
        for part in ex.walk(query):
            if isinstance(part, ex.Constant) and part.kind == "string":
                names = tuple(part.value.replace('"', "").split("."))
                if names in tainted or names[-1:] in tainted:
                    return True
            if isinstance(part, ex.Column) and part.parts:
                value = self.evaluator.variables.get(part.parts[-1])
                if isinstance(value, str) and (value,) in tainted:
                    return True
        return False


class _Grouped(Evaluator):
    """An evaluator whose aggregates run over all rows found."""

    def __init__(self, queries: Queries, found: _Found) -> None:
        super().__init__(queries.step, queries.evaluator.variables, queries.select)
        self._found = found
        self._plain = queries.evaluator

    def value(self, node: ex.Node | None, scopes: Scopes, depth: int = 0) -> Value:
        if isinstance(node, ex.Call) and node.name[-1] in _AGGREGATES:
            return self._aggregate(node)
        return super().value(node, scopes, depth)

    def _aggregate(self, node: ex.Call) -> Value:
        if self._found.more or (node.extra and node.name[-1] not in ("array_agg", "string_agg")):
            return UNKNOWN
        rows, name = self._found.rows, node.name[-1]
        if node.star or not node.args:
            return len(rows)
        values = [self._plain.value(node.args[0], row) for row in rows]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        present = [value for value in values if value is not None]
        if node.distinct:
            present = list({repr(value): value for value in present}.values())
        if name == "count":
            return len(present)
        if name == "array_agg":
            return values or None
        if name == "string_agg":
            separator = (
                self._plain.value(node.args[1], rows[0] if rows else ()) if len(node.args) > 1 else UNKNOWN
            )
            texts = [as_text(value) for value in present]
            if UNKNOWN in texts or not isinstance(separator, str):
                return UNKNOWN if present else None
            return separator.join(texts) if texts else None
        if name == "bool_or":
            return any_of(present) if present else None
        numbers = [value for value in present if isinstance(value, int)]
        if len(numbers) == len(present) and name in ("max", "min", "sum"):
            if not numbers:
                return None
            return max(numbers) if name == "max" else min(numbers) if name == "min" else sum(numbers)
        return present[0] if len(present) == 1 else None if not present else UNKNOWN


def _conjuncts(node: ex.Node | None) -> tuple[ex.Node, ...]:
    """What must hold together for a condition to hold."""
    found: list[ex.Node] = []
    todo = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, ex.Logical) and item.operator == "and":
            todo.extend(item.args)
        elif item is not None:
            found.append(item)
    return tuple(found)


def _concerns_only(node: ex.Node, alias: str) -> bool:
    """Whether a condition names columns of one source only, each with its alias, and no other query."""
    columns = 0
    for part in ex.walk(node):
        if isinstance(part, ex.Query):
            return False
        if isinstance(part, ex.Column):
            if part.parts[:-1] != (alias,):
                return False
            columns += 1
    return columns > 0


def _name(target: ex.Target, number: int, row: Row) -> str:
    node = target.value
    name = target.alias
    if name is None and isinstance(node, ex.Cast):
        node = node.arg
    if name is None and isinstance(node, ex.Column) and node.parts:
        name = node.parts[-1]
    if name is None and isinstance(node, ex.Call):
        name = node.name[-1]
    name = name or "?column?"
    return name if name not in row else f"{name}#{number}"


def _renamed(row: Row, columns: Iterable[str]) -> Row:
    names = list(columns)
    return {(names[n] if n < len(names) else key): value for n, (key, value) in enumerate(row.items())}


def _alias(source: ex.Source) -> str:
    if isinstance(source, ex.TableRef):
        return source.alias or source.name.name
    return source.alias or ""
