"""From parse tree to `expression` values, however deep the tree is.

The readers of `nodes` and `queries` call `Builder.build` for what is below them: recursion, because it is
fast. `Builder` counts its depth; where it would exceed `2 * _DEPTH` it starts over from below: every node
at a multiple of `_DEPTH` is built before the nodes above it, which then find it in `_built`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemabot.facts.expression import Expression, Node, Opaque, Query, QueryText, SubQuery
from schemabot.facts.read.nodes import NODES
from schemabot.facts.read.queries import QUERIES
from schemabot.facts.read.scan import StatementText
from schemabot.facts.read.tree import Json
from schemabot.text import Span

_DEPTH = 50
_READERS: dict[str, Callable[[Builder, Json], Any]] = {**NODES, **QUERIES}


class _TooDeep(Exception):  # noqa: N818  # a signal from one way to build to the other, never an error
    """The recursion reached its bound."""


class Builder:
    """Builds the expressions and queries of one statement; `sql` finds the places of names."""

    __slots__ = ("_built", "_depth", "sql")

    def __init__(self, sql: StatementText) -> None:
        self.sql = sql
        self._depth = 0
        self._built: dict[int, Any] = {}

    # -- for the readers of statements --

    def expression(self, node: Json, span: Span) -> Expression:
        """The expression `node`, which stands at `span`."""
        return Expression(self.sql.text[span.start : span.end], span, self.root(node))

    def query_text(self, node: Json, span: Span) -> QueryText:
        """The query `node`, which stands at `span`."""
        return QueryText(self.sql.text[span.start : span.end], span, self.root(node))

    def query(self, kind: str, fields: Json) -> Query:
        """The query of the node `kind` with `fields`."""
        query: Query = self.root({kind: fields})
        return query

    def root(self, node: Json) -> Any:
        """The expression, query or source `node`."""
        self._depth = 0
        try:
            return self.build(node)
        except _TooDeep:
            return self._from_below(node)

    def _from_below(self, root: Json) -> Any:
        layers: dict[int, list[tuple[str, Json]]] = {}
        todo: list[tuple[Any, int]] = [(root, 0)]
        while todo:
            item, depth = todo.pop()
            if isinstance(item, list):
                todo.extend([(child, depth) for child in item])
                continue
            for key, child in item.items():
                if isinstance(child, list):
                    todo.append((child, depth))
                elif isinstance(child, dict):
                    # A set operation's arms are the only nodes that come without their kind.
                    kind = "SelectStmt" if key in ("larg", "rarg") and "limitOption" in child else key
                    is_node = kind[0].isupper()
                    if is_node and (depth + 1) % _DEPTH == 0:
                        layers.setdefault(depth + 1, []).append((kind, child))
                    todo.append((child, depth + is_node))
        try:
            for depth in sorted(layers, reverse=True):
                for kind, fields in layers[depth]:
                    self._depth = 0
                    self._built[id(fields)] = self.build_fields(kind, fields)
            self._depth = 0
            return self.build(root)
        finally:
            self._built = {}

    # -- for the readers of nodes and queries --

    def build(self, node: Json) -> Any:
        """One expression, query or source."""
        for kind, fields in node.items():
            return self.build_fields(kind, fields)
        return Opaque("")

    def build_fields(self, kind: str, fields: Json) -> Any:
        """The expression, query or source of the kind `kind`."""
        if self._built and id(fields) in self._built:
            return self._built[id(fields)]
        self._depth += 1
        if self._depth > 2 * _DEPTH:
            raise _TooDeep
        reader = _READERS.get(kind)
        built = self.opaque(kind, fields) if reader is None else reader(self, fields)
        self._depth -= 1
        return built

    def many(self, nodes: list[Json] | None) -> tuple[Node, ...]:
        """A list of expressions."""
        if not nodes:
            return ()
        return tuple([self.build(node) for node in nodes])

    def opaque(self, kind: str, fields: Json) -> Opaque:
        """A node that has no type of its own, with every node below it."""
        children: list[Node] = []
        todo: list[Any] = [fields]
        while todo:
            item = todo.pop()
            if isinstance(item, list):
                todo.extend(reversed(item))
                continue
            for key, child in item.items():
                if not isinstance(child, dict | list):
                    continue
                if isinstance(child, list) or not key[0].isupper() or key == "List":
                    todo.append(child)
                elif key not in ("String", "TypeName"):
                    children.append(self._as_node(self.build_fields(key, child)))
        return Opaque(kind, tuple(children))

    def _as_node(self, built: Any) -> Node:
        return SubQuery("scalar", built) if isinstance(built, Query) else built
