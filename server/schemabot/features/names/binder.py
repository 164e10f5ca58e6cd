"""Names in expressions and queries, looked up by the catalog's own binder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from schemabot.catalog.apply.query_scope import QueryBinder
from schemabot.catalog.apply.scopes import Item, OutColumn, Scope, view_columns
from schemabot.catalog.apply.step import Rejected
from schemabot.catalog.objects import Table, View
from schemabot.facts import expression as ex
from schemabot.facts.names import TypeName, fold
from schemabot.features.names.collector import Collector, object_target
from schemabot.features.names.target import Target
from schemabot.features.names.words import plain_parts
from schemabot.text import Span


class NameBinder(QueryBinder):
    """A binder that hands every name to a `Collector`, aliases and variables too."""

    __slots__ = ("collector",)

    def __init__(self, collector: Collector, *, late: bool = True) -> None:
        step = collector.after if late else collector.before
        super().__init__(step, collector.text, Span(0, len(collector.text)))
        self.collector = collector

    def use(self, span: Span, oid: int, number: int = 0) -> None:
        """Note a use; what `*` stands for is not named."""
        super().use(span, oid, number)
        if span.start < 0 or self.collector.text[span.end - 1 : span.end] == "*":
            return
        if number:
            self.collector.add(span, Target("column", oid, number))
            return
        target = object_target(self.step.catalog, oid)
        text = span.of(self.collector.text)
        if "." not in text and "(" not in text and "[" not in text:
            self.collector.add(span, target)
            return
        plain = plain_parts(text, span.start)
        parts = self.collector.words.parts(span)[:2] if plain is None else plain[-2:]
        if len(parts) > 1 and self.collector.text[parts[0].end : parts[1].start].strip() == ".":
            self.collector.schema(fold(parts[0].of(self.collector.text)), parts[0])
            self.collector.add(parts[1], target)
        elif parts:
            self.collector.add(parts[0], target)

    def type(self, written: TypeName) -> None:
        """Note the name of a type."""
        self.collector.type(written)

    def column(self, node: ex.Column, scope: Scope) -> OutColumn | None:
        """Bind a column reference; what stands for a variable or an alias is noted too."""
        found = super().column(node, scope)
        parts: tuple[str, ...] = node.parts
        if len(parts) == 0:
            return found
        item = scope.item(parts[-2]) if len(parts) > 1 else None
        if node.star:
            item = scope.item(parts[-1])
        if item is not None and item.alias == "excluded" and found is not None and not found.oid:
            self._excluded(node, item, found, scope)
        elif item is not None and item.oid and not (item.written and found is not None):
            self._alias(node, item)
        elif found is None and (variable := self.collector.variables.get(parts[0])) is not None:
            spans = self.collector.parts(node.span)
            if spans:
                self.collector.add(spans[0], variable)
        return found

    def _excluded(self, node: ex.Column, item: Item, found: OutColumn, scope: Scope) -> None:
        """A column of EXCLUDED in ON CONFLICT is one of the table that is inserted into."""
        for level in scope.outwards():
            for other in level.items:
                if other.oid and other.columns is item.columns:
                    place = self.last_part(node.span, node.parts)
                    self.collector.add(place, Target("column", other.oid, found.number))
                    return

    def _alias(self, node: ex.Column, item: Item) -> None:
        spans = self.collector.parts(node.span)
        place = len(node.parts) - (1 if node.star else 2)
        if 0 <= place < len(spans):
            target = object_target(self.step.catalog, item.oid)
            self.collector.add(spans[place], target, alias=not item.written)

    def query(self, query: ex.Query, outer: Scope | None, depth: int = 0) -> tuple[Sequence[OutColumn], bool]:
        """Bind a query; the columns of an INSERT list and of ON CONFLICT are noted too."""
        if query.verb == "insert" and query.into is not None:
            self._insert_columns(query)
        return super().query(query, outer, depth)

    def _insert_columns(self, query: ex.Query) -> None:
        if query.into is None:
            return
        table = self.step.find_relation(query.into)
        if not isinstance(table, (Table, View)):
            return
        collector, words = self.collector, self.collector.words
        at = words.index(query.into.span.end)
        rest = words.all[at : at + 3]
        if rest and rest[0].written == "as":
            at += 2
        if at < len(words.all) and words.all[at].written == "(":
            listed = words.parentheses(words.all[at].span.start)
            _columns_in(collector, table, listed)
        conflict = words.after("on", "conflict", start=query.into.span.end)
        if conflict is None:
            return
        at = words.index(conflict)
        if at < len(words.all) and words.all[at].written == "(":
            _columns_in(collector, table, words.parentheses(conflict))
        update = words.after("do", "update", "set", start=conflict)
        if update is not None:
            _set_columns(collector, table, update)


def _columns_in(collector: Collector, table: Table | View, span: Span | None) -> None:
    if span is None:
        return
    for word in collector.words.inside(span.start, span.end):
        if word.written in ("select", "with", "values"):
            return  # a query in parentheses and no list
        if word.name is not None:
            collector.column(table, word.name, word.span)


def _set_columns(collector: Collector, table: Table | View, start: int) -> None:
    words = collector.words
    depth, before = 0, "set"
    at = words.index(start)
    while at < len(words.all):
        word = words.all[at]
        depth += (word.written == "(") - (word.written == ")")
        if depth < 0 or word.written in ("where", "returning"):
            return
        following = words.all[at + 1].written if at + 1 < len(words.all) else ""
        if word.name is not None and depth == 0 and before in ("set", ",") and following == "=":
            collector.column(table, word.name, word.span)
        before = word.written
        at += 1


def bind_expression(
    collector: Collector,
    expression: ex.Expression | None,
    relation: Table | View | None = None,
    *,
    rows: Iterable[str] = (),
    names: Iterable[str] = (),
) -> None:
    """Note the names in an expression. `relation` gives the columns; with `rows` only under those names."""
    if expression is None or isinstance(expression.root, ex.Constant):
        return
    binder = NameBinder(collector)
    scope = Scope()
    scope.names = frozenset((*names, *collector.variables))
    aliases = tuple(rows)
    if relation is not None:
        columns = view_columns(relation) if isinstance(relation, View) else relation.columns
        if not aliases:
            item = Item(relation.name, columns, oid=relation.oid, schema=relation.schema, written=True)
            scope.items.append(item)
        for alias in aliases:
            item = Item(alias, columns, oid=relation.oid)
            item.qualified_only = True
            scope.items.append(item)
    with suppress(Rejected):
        binder.expression(expression.root, scope)


def bind_query(collector: Collector, query: ex.Query | None, *, late: bool = False) -> None:
    """Note the names in a query."""
    if query is None:
        return
    binder = NameBinder(collector, late=late)
    scope = Scope()
    scope.names = frozenset(collector.variables)
    with suppress(Rejected):
        binder.query(query, scope)
