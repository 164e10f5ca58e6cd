"""Sub-selects taken apart: which tables they read, with whose rights, what they demand and give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.scope import Frame, Item

if TYPE_CHECKING:
    from schemabot.isolation.translate import Translator

_ONE_ROW = frozenset(
    (
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "array_agg",
        "bool_or",
        "bool_and",
        "every",
        "json_agg",
        "jsonb_agg",
        "string_agg",
    )
)
_PICKING = frozenset(("array_agg", "min", "max"))


class Queries:
    """Reads queries for a translator."""

    def __init__(self, translator: Translator) -> None:
        self._t = translator

    # -- conditions --

    def condition(self, node: ex.SubQuery, frame: Frame) -> t.Formula:
        """EXISTS, IN, ANY, and a scalar sub-select of a boolean."""
        if node.kind == "scalar" and _fromless(node.query):
            return self._t.formula(node.query.targets[0].value, frame.inner())
        if node.kind in ("in", "any") and node.arg is not None and node.operator in ("", "="):
            return self._contained(node.arg, node.query, frame)
        if node.kind not in ("exists", "scalar"):
            return t.Opaque(f"{node.operator} {node.kind} (select ...)".strip())
        arms = self.arms(node.query, frame)
        if arms is None or any(arm.aggregated for arm in arms):
            return t.Opaque("a sub-select")
        if node.kind == "scalar":
            arms = tuple(self.where_true(arm) for arm in arms)
        return t.Exists(arms)

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
        if isinstance(right, ex.SubQuery) and right.kind == "scalar" and _fromless(right.query):
            right = right.query.targets[0].value
        if node.name == "=" and node.quantifier == "any":
            if isinstance(right, ex.Items):
                arg = self._t.term(left, frame)
                return t.either(*[t.Compare("=", arg, self._t.term(item, frame)) for item in right.items])
            if isinstance(right, ex.SubQuery) and right.kind == "array":
                return self._contained(left, right.query, frame)
            if isinstance(right, (ex.Call, ex.SubQuery)):
                term = self._t.term(right, frame)
                if isinstance(term, (t.Picked, t.OwnKey, t.Chosen)):
                    return t.Compare("=", self._t.term(left, frame), term)
            if isinstance(right, ex.Constant) and right.kind == "string":
                arg = self._t.term(left, frame)
                items = [item.strip(' "') for item in right.value.strip("{}").split(",")]
                return t.either(*[t.Compare("=", arg, t.Fixed("string", item)) for item in items])
            return t.Opaque("= any (array)")
        return t.Opaque(f"{node.name} {node.quantifier} (array)")

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

    def where_true(self, arm: t.Arm) -> t.Arm:
        """The arm with the demand that what it selects is true."""
        if not arm.outputs:
            values = self.values(arm) or (self._t.unclear("a sub-select"),)
            return t.Arm(arm.sources, t.both(arm.condition, self._t.truth(values[0])))
        _, node, frame = arm.outputs[0]
        return t.Arm(arm.sources, t.both(arm.condition, self._t.formula(node, frame)))

    # -- values --

    def picked(self, query: ex.Query, frame: Frame) -> t.Term:
        """One value out of the rows of a query."""
        arms = self.arms(query, frame)
        if arms is None:
            return self._t.unclear("a sub-select")
        made = []
        for arm in arms:
            values = self.values(arm)
            if not values:
                return self._t.unclear("a sub-select")
            made.append(t.Arm(arm.sources, arm.condition, values=values))
        return t.Picked(tuple(made))

    def values(self, arm: t.Arm) -> tuple[t.Term, ...] | None:
        """What an arm gives, as terms."""
        if arm.values is not None:
            return arm.values
        found = []
        for _, node, frame in arm.outputs:
            value = node
            if (
                isinstance(value, ex.Call)
                and value.name[-1] in _ONE_ROW
                and frame.names.function(value) is None
            ):
                if value.name[-1] not in _PICKING or len(value.args) != 1 or value.extra:
                    return None
                value = value.args[0]
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
        if query.verb != "select":
            return None
        level = frame.inner()
        for cte in query.with_:
            if cte.recursive and cte.query.arms:
                level.ctes[cte.name] = None
                continue
            made = self.arms(cte.query, level)
            level.ctes[cte.name] = made if made is None or not cte.columns else None
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
        if query.others and not (query.ordered or query.limited):
            demands.append(t.Opaque("group by"))
        outputs = []
        for target in query.targets:
            value = target.value
            if isinstance(value, ex.Column) and value.star:
                outputs += self._star(value, level)
            else:
                name = target.alias or (value.parts[-1] if isinstance(value, ex.Column) else "")
                outputs.append((name, value, level))
        aggregated = not query.grouped and any(
            isinstance(v, ex.Call) and v.name[-1] in _ONE_ROW and not v.window for _, v, _ in outputs
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
        rows = self._t.rows_of(call, level)
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
            outer = level if source.lateral else level.parent
            arms = self.arms(source.query, outer or level)
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
        from schemabot.isolation.translate import table_columns

        name = source.name
        alias = source.alias or name.name
        if name.schema is None and name.name in level.ctes:
            self._derived(alias, source.columns, level.ctes[name.name], level, sources, demands, nullable)
            return
        table = level.names.table(name)
        number = self._t.number()
        sources.append(t.Source(number, table.oid if table else 0, level.rights, nullable))
        columns = None if table is None or source.columns else table_columns(table, number)
        level.items.append(Item(alias, columns))
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
        level.items.append(Item(alias, columns if "*" not in shown and arm.values is None else None))

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
            rows = self._t.rows_of(call, level)
            if rows is not None:
                query, frame, outs = rows
                names = source.columns or outs or ((alias,) if len(query.targets) == 1 else ())
                self._derived(alias, names, self.arms(query, frame), level, sources, demands, nullable)
                return
            term = self._t.term(call, level)
            if isinstance(term, (t.OwnKey, t.Chosen)):
                name = source.columns[0] if source.columns else alias
                level.items.append(
                    Item(alias, {name: lambda: term, alias: lambda: term, "value": lambda: term})
                )
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


def _column(items: list[Item], name: str) -> Callable[[], t.Term] | None:
    return next((item.columns[name] for item in items if item.columns and name in item.columns), None)


def _fromless(query: ex.Query) -> bool:
    return (
        len(query.targets) == 1
        and not query.sources
        and query.where is None
        and not query.arms
        and not query.with_
    )


def _columns(call: ex.Call) -> bool:
    return any(isinstance(part, ex.Column) for arg in call.args for part in ex.walk(arg))
