"""Sub-selects taken apart: which tables they read, with whose rights, what they demand and give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.row_counts import (
    PICKING,
    gives_one_value,
    gives_rows,
    has_aggregate,
    is_aggregate,
    is_value,
    may_have_having,
    own_parts,
    restrictions,
)
from schemabot.isolation.scope import Cte, Frame, Item, Meaning, table_columns

if TYPE_CHECKING:
    from schemabot.isolation.translate import Translator


class Queries:
    """Reads queries for a translator."""

    def __init__(self, translator: Translator) -> None:
        self._t = translator

    # -- conditions --

    def condition(self, node: ex.SubQuery, frame: Frame) -> t.Formula:
        """EXISTS, IN, ANY, and a scalar sub-select of a boolean."""
        if node.kind == "scalar" and is_value(node.query):
            return self._t.formula(node.query.targets[0].value, frame.inner())
        if node.kind in ("in", "any") and node.arg is not None and node.operator in ("", "="):
            return self._contained(node.arg, node.query, frame)
        if node.kind not in ("exists", "scalar"):
            return t.Opaque(f"{node.operator} {node.kind} (select ...)".strip())
        if node.kind == "scalar":
            return self.held(node.query, frame, single=not node.query.limited)
        arms = self.arms(node.query, frame)
        if arms is None or any(arm.aggregated for arm in arms):
            return t.Opaque("a sub-select")
        return t.Exists(arms)

    def held(self, query: ex.Query, frame: Frame, *, single: bool) -> t.Formula:
        """The boolean that a query gives; `single`: several rows make it fail."""
        arms = self.arms(query, frame)
        if arms is None or any(arm.aggregated for arm in arms):
            return t.Opaque("a sub-select")
        if single:
            arms = tuple(_alone(arm) for arm in arms)
        true = tuple(self._where(arm, lambda value: value) for arm in arms)
        return t.Held(true, tuple(self._where(arm, t.Not) for arm in arms))

    def _contained(self, arg: ex.Node, query: ex.Query, frame: Frame) -> t.Formula:
        nodes = arg.items if isinstance(arg, ex.Items) and arg.kind == "row" else (arg,)
        arms = self.arms(query, frame)
        if arms is None:
            return t.Opaque("in (select ...)")
        wanted = [self._t.term(each, frame) for each in nodes]
        made = []
        for arm in arms:
            values = self.values(arm)
            if values is None or len(values) < len(wanted):
                return t.Opaque("in (select ...)")
            equal = [t.Compare("=", a, b) for a, b in zip(wanted, values, strict=False)]
            made.append(t.Arm(arm.sources, t.both(arm.condition, *equal)))
        return t.Exists(tuple(made))

    def quantified(self, node: ex.Operator, frame: Frame) -> t.Formula:
        """`x = any (array)`."""
        right, left = node.right, node.left
        assert left is not None
        while isinstance(right, ex.Cast) and right.type.dimensions:
            right = right.arg
        if isinstance(right, ex.SubQuery) and right.kind == "scalar" and is_value(right.query):
            right = right.query.targets[0].value
        if node.name == "=" and node.quantifier == "any":
            if isinstance(right, ex.Items):
                arg = self._t.term(left, frame)
                return t.either(*[t.Compare("=", arg, self._t.term(item, frame)) for item in right.items])
            if isinstance(right, ex.SubQuery) and right.kind == "array":
                return self._contained(left, right.query, frame)
            if isinstance(right, (ex.Call, ex.SubQuery)):
                term = self._t.term(right, frame)
                if isinstance(term, t.Picked):
                    return self._among(self._t.term(left, frame), term)
                if isinstance(term, (t.OwnKey, t.Chosen)):
                    return t.Compare("=", self._t.term(left, frame), self._t.one_of(term))
            if isinstance(right, ex.Constant) and right.kind == "string":
                arg = self._t.term(left, frame)
                items = [item.strip(' "') for item in right.value.strip("{}").split(",")]
                return t.either(*[t.Compare("=", arg, t.Fixed("string", item)) for item in items])
            return t.Opaque("= any (array)")
        return t.Opaque(f"{node.name} {node.quantifier} (array)")

    @staticmethod
    def _among(wanted: t.Term, picked: t.Picked) -> t.Formula:
        arms = [
            t.Arm(arm.sources, t.both(arm.condition, t.Compare("=", wanted, arm.values[picked.column])))
            for arm in picked.arms
            if arm.values is not None
        ]
        return t.Exists(tuple(arms))

    def counted(self, node: ex.Node, other: ex.Node, operator: str, frame: Frame) -> t.Formula | None:
        """`(select count(*) from ...) > 0` is EXISTS."""
        if not (isinstance(node, ex.SubQuery) and node.kind == "scalar" and isinstance(other, ex.Constant)):
            return None
        query = node.query
        if (
            len(query.targets) != 1
            or query.grouped
            or query.others
            or (operator, other.value) not in ((">", "0"), (">=", "1"))
        ):
            return None
        value = query.targets[0].value
        if not (
            isinstance(value, ex.Call) and value.name[-1] == "count" and (value.star or not _columns(value))
        ):
            return None
        arms = self.arms(query, frame)
        return (
            None
            if arms is None
            else t.Exists(tuple(msgspec.structs.replace(a, aggregated=False) for a in arms))
        )

    def _where(self, arm: t.Arm, demand: Callable[[t.Formula], t.Formula]) -> t.Arm:
        """The arm with a demand on the boolean that it selects."""
        if arm.outputs:
            _, node, frame = arm.outputs[0]
            value = self._t.formula(node, frame)
        else:
            value = self._t.truth((self.values(arm) or (self._t.unclear("a sub-select"),))[0])
        return t.Arm(arm.sources, t.both(arm.condition, demand(value)))

    # -- values --

    def picked(self, query: ex.Query, frame: Frame, *, single: bool) -> t.Term:
        """One value out of the rows of a query; `single`: several rows make it fail."""
        arms = self.arms(query, frame)
        if arms is None:
            return self._t.unclear("a sub-select")
        made = []
        for arm in arms:
            values = self.values(arm)
            if not values:
                return self._t.unclear("a sub-select")
            own = _alone(arm) if single and not arm.aggregated else arm
            made.append(t.Arm(own.sources, own.condition, values=values))
        return t.Picked(tuple(made))

    def values(self, arm: t.Arm) -> tuple[t.Term, ...] | None:
        """What an arm gives, as terms."""
        if arm.values is not None:
            return arm.values
        found = []
        for _, node, frame in arm.outputs:
            value = node
            if is_aggregate(value, frame):
                assert isinstance(value, ex.Call)
                if value.name[-1] not in PICKING or len(value.args) != 1 or value.extra:
                    return None
                value = value.args[0]
            elif has_aggregate(value, frame):
                return None
            found.append(self._t.term(value, frame))
        return tuple(found)

    # -- queries --

    def arms(self, query: ex.Query, frame: Frame) -> tuple[t.Arm, ...] | None:
        """The SELECTs of a query; None when it is not understood."""
        if query.verb == "values" and not query.others and query.values:
            return tuple(
                t.Arm((), t.TRUE, values=tuple(self._t.term(node, frame) for node in row))
                for row in query.values
            )
        if query.verb != "select" or self._t.is_exhausted:
            return None
        level = frame.inner()
        for cte in query.with_:
            if cte.query.verb not in ("select", "values"):
                return None
            around = level.inner()
            recursive = cte.recursive and bool(cte.query.arms)
            level.ctes[cte.name] = None if recursive else Cte(cte.query, around, cte.columns)
        if query.operator in ("union",):
            found: list[t.Arm] = []
            for part in query.arms:
                each = self.arms(part, level)
                if each is None:
                    return None
                found += each
            return tuple(found)
        if query.arms:
            return None
        return self._select(query, level)

    def _select(self, query: ex.Query, level: Frame) -> tuple[t.Arm, ...] | None:
        sources: list[t.Source] = []
        demands: list[t.Formula] = []
        for source in query.sources:
            self._source(source, level, sources, demands, nullable=False)
        if query.where is not None:
            demands.append(self._t.formula(query.where, level))
        demands += restrictions(query)
        outputs = []
        for target in query.targets:
            value = target.value
            if isinstance(value, ex.Column) and value.star:
                outputs += self._star(value, level)
            else:
                name = target.alias or (value.parts[-1] if isinstance(value, ex.Column) else "")
                outputs.append((name, value, level))
        for _, value, _ in outputs:
            if any(isinstance(p, ex.Call) and gives_rows(p) for p in own_parts(value)):
                demands.append(t.Opaque("a function that gives rows"))
        aggregated = not query.grouped and (
            may_have_having(query) or any(has_aggregate(value, level) for _, value, _ in outputs)
        )
        called = self._called_only(query, level)
        if called is not None:
            return called
        return (t.Arm(tuple(sources), t.both(*demands), tuple(outputs), aggregated=aggregated),)

    def _called_only(self, query: ex.Query, level: Frame) -> tuple[t.Arm, ...] | None:
        """`select f()` where f gives rows: the rows of its query."""
        if query.sources or query.where is not None or len(query.targets) != 1:
            return None
        call = query.targets[0].value
        if not isinstance(call, ex.Call):
            return None
        rows = self._t.calls.rows(call, level)
        return None if rows is None else self.arms(rows[0], rows[1])

    def _star(self, node: ex.Column, level: Frame) -> list[tuple[str, ex.Node, Frame]]:
        found: list[tuple[str, ex.Node, Frame]] = []
        for item in level.items:
            if node.parts and item.alias != node.parts[-1]:
                continue
            names = item.columns if item.columns is not None else {"*": None}
            found += [(name, ex.Column((item.alias, name), node.span), level) for name in names]
        return found

    # -- FROM --

    def _source(
        self,
        source: ex.Source,
        level: Frame,
        sources: list[t.Source],
        demands: list[t.Formula],
        *,
        nullable: bool,
    ) -> None:
        if isinstance(source, ex.Join):
            self._join(source, level, sources, demands, nullable)
        elif isinstance(source, ex.TableRef):
            self._table(source, level, sources, demands, nullable)
        elif isinstance(source, ex.QueryRef):
            arms = self.arms(source.query, level if source.lateral else level.beside())
            self._derived(source.alias or "", source.columns, arms, level, sources, demands, nullable)
        else:
            self._function(source, level, sources, demands, nullable)

    def _table(
        self,
        source: ex.TableRef,
        level: Frame,
        sources: list[t.Source],
        demands: list[t.Formula],
        nullable: bool,
    ) -> None:
        name = source.name
        alias = source.alias or name.name
        if name.schema is None and name.name in level.ctes:
            cte = level.ctes[name.name]
            arms = None if cte is None else self.arms(cte.query, cte.frame)
            names = source.columns or (cte.columns if cte is not None else ())
            self._derived(alias, names, arms, level, sources, demands, nullable)
            return
        table = level.names.table(name)
        number = self._t.number()
        sources.append(t.Source(number, table.oid if table else 0, level.rights, nullable))
        columns = None if table is None or source.columns else table_columns(table, number)
        own = table.schema if table is not None and source.alias is None else None
        level.items.append(Item(alias, columns, own))
        if table is None:
            demands.append(t.Opaque(f"{name}"))

    def _derived(
        self, alias: str, names: tuple[str, ...], arms: tuple[t.Arm, ...] | None, level: Frame,
        sources: list[t.Source], demands: list[t.Formula], nullable: bool,
    ) -> None:  # fmt: skip
        """A sub-select in FROM: its tables become tables of this query."""
        if arms is None or len(arms) != 1 or arms[0].aggregated:
            sources.append(t.Source(self._t.number(), 0, level.rights, nullable))
            level.items.append(Item(alias, None))
            demands.append(t.Opaque("a sub-select in FROM"))
            return
        arm = arms[0]
        sources += [msgspec.structs.replace(s, nullable=s.nullable or nullable) for s in arm.sources]
        if not nullable:
            demands.append(arm.condition)
        columns: dict[str, Callable[[], t.Term]] = {}
        shown = [name for name, _, _ in arm.outputs]
        for place, (name, node, frame) in enumerate(arm.outputs):
            own = names[place] if place < len(names) else name
            if own and own not in columns:
                columns[own] = lambda node=node, frame=frame: self._t.term(node, frame)  # type: ignore[misc]  # a default
        known = "*" not in shown and arm.values is None and len(names) <= len(shown)
        level.items.append(Item(alias, columns if known else None))

    def _function(
        self,
        source: ex.FunctionRef,
        level: Frame,
        sources: list[t.Source],
        demands: list[t.Formula],
        nullable: bool,
    ) -> None:
        call = source.calls[0] if len(source.calls) == 1 else None
        alias = source.alias or (call.name[-1] if isinstance(call, ex.Call) else "")
        if isinstance(call, ex.Call) and not source.ordinality and not source.types:
            rows = self._t.calls.rows(call, level)
            if rows is not None:
                query, frame, outs = rows
                names = source.columns or outs or ((alias,) if len(query.targets) == 1 else ())
                self._derived(alias, names, self.arms(query, frame), level, sources, demands, nullable)
                return
            term = self._t.term(call, level)
            function = level.names.function(call)
            if isinstance(term, (t.OwnKey, t.Chosen)) and function is None:
                name = source.columns[0] if source.columns else alias
                level.items.append(
                    Item(alias, {name: lambda: term, alias: lambda: term, "value": lambda: term})
                )
                demands.append(t.Opaque("a function that gives rows"))
                return
            if function is not None and function.kind == "function" and gives_one_value(function):
                name = source.columns[0] if source.columns else alias
                level.items.append(Item(alias, {name: lambda: term}))
                return
        sources.append(t.Source(self._t.number(), 0, level.rights, nullable))
        level.items.append(Item(alias, None))
        demands.append(t.Opaque(f"{alias}() in FROM"))

    def _join(
        self, join: ex.Join, level: Frame, sources: list[t.Source], demands: list[t.Formula], nullable: bool
    ) -> None:
        """Outer joins: what is demanded of the far side is dropped, which only widens what is known."""
        first = len(level.items)
        self._source(join.left, level, sources, demands, nullable=nullable or join.kind in ("right", "full"))
        middle = len(level.items)
        self._source(join.right, level, sources, demands, nullable=nullable or join.kind in ("left", "full"))
        if join.alias is not None:
            level.items[first:] = [Item(join.alias, None)]
        elif join.kind in ("right", "full") and (join.using or join.natural):
            level.items[first:] = [Item(item.alias, None) for item in level.items[first:]]
        else:
            left_names = frozenset(n for item in level.items[first:middle] for n in item.columns or ())
            for item in level.items[middle:]:
                item.merged |= left_names if join.natural else frozenset(join.using)
        if join.kind in ("left", "right", "full") or nullable:
            return
        if join.on is not None:
            demands.append(self._t.formula(join.on, level))
        if join.natural:
            demands.append(t.Opaque("natural join"))
        for name in join.using:
            left = _column(level.items[first:middle], name)
            right = _column(level.items[middle:], name)
            demands.append(t.Compare("=", left(), right()) if left and right else t.Opaque("using"))


def _alone(arm: t.Arm) -> t.Arm:
    """The arm with the demand that it has one row only."""
    if not arm.sources:
        return arm
    sole = t.Sole(tuple(source.number for source in arm.sources))
    return msgspec.structs.replace(arm, condition=t.both(arm.condition, sole))


def _column(items: list[Item], name: str) -> Meaning | None:
    return next((item.columns[name] for item in items if item.columns and name in item.columns), None)


def _columns(call: ex.Call) -> bool:
    return any(isinstance(part, ex.Column) for arg in call.args for part in ex.walk(arg))
