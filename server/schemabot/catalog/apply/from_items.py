"""What stands in FROM, put into a scope: tables, sub-selects, functions and joins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from schemabot.catalog.apply.conversions import key_of
from schemabot.catalog.apply.output_names import figure_name
from schemabot.catalog.apply.scopes import NOT_WRITTEN, Item, OutColumn, Scope, renamed, view_columns
from schemabot.catalog.apply.type_refs import type_ref
from schemabot.catalog.builtins import routines
from schemabot.catalog.objects import Function, Table, TypeRef, View
from schemabot.facts import expression as ex
from schemabot.facts.names import Name

if TYPE_CHECKING:
    from schemabot.catalog.apply.query_scope import QueryBinder

Columns = tuple[Sequence[OutColumn], bool]
"""Columns in the order of `*`, and whether they are all."""


class ScopeBuilder:
    """Adds FROM items to scopes for a `QueryBinder`."""

    def __init__(self, binder: QueryBinder) -> None:
        self._binder = binder

    def sources(self, sources: Sequence[ex.Source], scope: Scope, depth: int) -> Columns:
        """Bind all of FROM into `scope`; gives what `*` stands for."""
        columns: list[OutColumn] = []
        known = True
        for source in sources:
            given, sure = self._source(source, scope, depth)
            columns += given
            known = known and sure
        return columns, known

    def _source(self, source: ex.Source, scope: Scope, depth: int) -> Columns:
        if isinstance(source, ex.Join):
            return self._join(source, scope, depth)
        if isinstance(source, ex.TableRef):
            item = self._table(source, scope)
        elif isinstance(source, ex.QueryRef):
            item = self._sub_select(source, scope, depth)
        else:
            item = self._functions(source, scope, depth)
        scope.items.append(item)
        return item.all(), item.known

    def _table(self, source: ex.TableRef, scope: Scope) -> Item:
        name = source.name
        if name.schema is None and (cte := scope.ctes.get(name.name)) is not None:
            return Item(source.alias or name.name, renamed(cte[0], source.columns), known=cte[1])
        return self.relation(name, source.alias, source.columns)

    def relation(self, name: Name, alias: str | None, names: Sequence[str]) -> Item:
        """A table or view as a FROM item."""
        found = self._binder.find_relation(name)
        shown = alias or name.name
        if isinstance(found, Table):
            item = Item(
                shown, found.columns, oid=found.oid, schema=found.schema,
                known=self._binder.step.columns_known(found), written=alias is None,
            )  # fmt: skip
        elif isinstance(found, View):
            item = Item(
                shown, view_columns(found), oid=found.oid, schema=found.schema,
                known=self._binder.step.columns_known(found), written=alias is None,
            )  # fmt: skip
        else:
            return Item(
                shown, [OutColumn(name) for name in names], schema=name.schema, known=False, written=True
            )
        if names:
            item.columns = renamed(item.all(), names)
        return item

    def _sub_select(self, source: ex.QueryRef, scope: Scope, depth: int) -> Item:
        outer = scope
        if not source.lateral:
            outer = Scope(scope.parent)
            outer.ctes = scope.ctes
        columns, known = self._binder.query(source.query, outer, depth + 1)
        return Item(source.alias or "", renamed(columns, source.columns), known=known)

    def _functions(self, source: ex.FunctionRef, scope: Scope, depth: int) -> Item:
        for call in source.calls:
            self._binder.expression(call, scope, depth)
        for written in source.types:
            self._binder.type(written)
        if source.types and len(source.types) == len(source.columns):
            typed = [
                OutColumn(name, type_ref(self._binder.step, written))
                for name, written in zip(source.columns, source.types, strict=True)
            ]
            return Item(source.alias or _call_name(source.calls), typed)
        columns: list[OutColumn] = []
        known = True
        for call in source.calls:
            given, sure = self._call_columns(call, source, scope)
            columns += given
            known = known and sure
        if source.ordinality:
            columns.append(OutColumn("ordinality", TypeRef("int8")))
        item = Item(source.alias or _call_name(source.calls), renamed(columns, source.columns), known=known)
        if len(source.calls) == 1 and not source.ordinality:
            result = self._binder.type_of(source.calls[0], scope)
            item.row = result if result is not None and self._binder.typer.fields(result) else None
        return item

    def _call_columns(self, call: ex.Node, source: ex.FunctionRef, scope: Scope) -> Columns:
        binder = self._binder
        alone = source.alias if source.alias is not None and len(source.calls) == 1 else figure_name(call, "")
        if not isinstance(call, ex.Call):
            return (
                ((), False)
                if isinstance(call, ex.Opaque)
                else ([OutColumn(alone, binder.type_of(call, scope))], True)
            )
        if call.name[-1] == "unnest" and len(call.args) > 1:  # one call for each argument
            return [
                OutColumn("unnest", binder.type_of(msgspec.structs.replace(call, args=(argument,)), scope))
                for argument in call.args
            ], True
        result = binder.type_of(call, scope)
        resolved = None if call.special else binder.typer.call(call)
        if resolved is not None:
            outputs = [OutColumn(c.name, c.type) for c in binder.typer.outputs(resolved)]
            if len(outputs) == 1:
                return [OutColumn(outputs[0].name or alone, outputs[0].type)], True
            if outputs:
                return outputs, True
        else:
            function = binder.function(call)
            if function is not None:
                return self._function_columns(function, alone)
        if result is None or key_of(result) == "record":
            agreed = self._agreed_outputs(call)
            return (agreed, True) if agreed else ((), False)
        fields = binder.typer.fields(result)
        if fields:
            return [OutColumn(field.name, field.type) for field in fields], True
        return [OutColumn(alone, result)], True

    def _agreed_outputs(self, call: ex.Call) -> list[OutColumn]:
        """The OUT parameters that all functions of pg_catalog of that name have."""
        builtin = self._binder.functions(call.name)[1]
        agreed = {routine.outputs for routine in routines(call.name[-1])} if builtin else set()
        if len(agreed) != 1:
            return []
        return [OutColumn(name, self._binder.typer.rules.ref(key)) for name, key in agreed.pop()]

    def _function_columns(self, function: Function, alone: str) -> Columns:
        """What a function of the catalog gives: OUT parameters, the columns of its row type, or one value."""
        outs = [p for p in function.parameters if p.mode in ("out", "inout", "table")]
        if len(outs) == 1:
            return [OutColumn(outs[0].name or alone, outs[0].type)], True
        if outs:
            return [OutColumn(p.name or f"column{n}", p.type) for n, p in enumerate(outs, 1)], True
        returned = function.returns
        if returned is None or (returned.name == "record" and not returned.array):
            return (), False
        fields = self._binder.typer.fields(returned)
        if fields:
            return [OutColumn(field.name, field.type) for field in fields], True
        return [OutColumn(alone, returned)], True

    def _join(self, join: ex.Join, scope: Scope, depth: int) -> Columns:
        """A join; a chain of joins leans to the left and is walked in a loop."""
        links = [join]
        source: ex.Source = join
        while isinstance(source, ex.Join) and isinstance(source.left, ex.Join):
            source = source.left
            links.append(source)
        aliased = any(link.alias is not None for link in links)
        inner = scope
        if aliased:  # the alias hides what is joined
            inner = Scope(scope.parent)
            inner.ctes = scope.ctes
        columns, known = self._source(links[-1].left, inner, depth)
        for link in reversed(links):
            right, right_known = self._source(link.right, inner, depth)
            columns = self._merge(link, columns, right, inner)
            known = known and right_known
            self._binder.expression(link.on, inner, depth)
        if aliased:
            hidden = next(link.alias for link in links if link.alias is not None) or ""
            scope.items.append(Item(hidden, columns, known=known))
            if join.alias is None or join.using:  # only some links are aliased, or the alias is USING's own
                scope.items += inner.items
                scope.merged = {**scope.merged, **inner.merged}
        return columns, known

    def _merge(
        self, join: ex.Join, left: Sequence[OutColumn], right: Sequence[OutColumn], scope: Scope
    ) -> Sequence[OutColumn]:
        names = list(join.using)
        if join.natural:
            there = {column.name for column in right}
            names = [column.name for column in left if column.name in there]
        if not names:
            return [*left, *right]
        merged: list[OutColumn] = []
        for name in names:
            both = [column for column in (*left, *right) if column.name == name]
            for column in both:
                if column.oid:
                    self._binder.use(NOT_WRITTEN, column.oid, column.number)
            if both:
                chosen = both[-1] if join.kind == "right" else both[0]
                types = [column.type for column in both]
                chosen = chosen._replace(type=self._binder.typer.rules.common_ref(types))
                merged.append(chosen)
                scope.merged = {**scope.merged, name: chosen}
        shown = {column.name for column in merged}
        rest = [column for column in (*left, *right) if column.name not in shown]
        return [*merged, *rest]


def _call_name(calls: Sequence[ex.Node]) -> str:
    first = calls[0] if calls else None
    return first.name[-1] if isinstance(first, ex.Call) else ""
