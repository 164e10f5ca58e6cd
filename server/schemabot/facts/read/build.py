"""From parse tree to `expression` values, however deep the tree is.

The readers of `nodes` and `queries` call `Builder.build` for what is below them: recursion, because it is
fast. `Builder` counts the depth of what it makes. A tree deeper than `_DEEPEST` is built from below: every
node at a multiple of `_LAYER` becomes a flat list of the names below it, which the nodes above then find in
`_built`. So no value is so deep that comparing, hashing or encoding it would exceed Python's recursion limit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.facts.expression import (
    Call,
    Cast,
    Column,
    Constant,
    Expression,
    FunctionRef,
    Join,
    Node,
    Opaque,
    Parameter,
    Query,
    QueryRef,
    QueryText,
    SubQuery,
    TableRef,
)
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.facts.read.nodes import NODES
from schemabot.facts.read.queries import QUERIES
from schemabot.facts.read.scan import StatementText
from schemabot.facts.read.tree import Json
from schemabot.text import Span

_DEEPEST = 60
_LAYER = 30
_FLAT = "deeply nested"
_READERS: dict[str, Callable[[Builder, Json], Any]] = {**NODES, **QUERIES}


# Parts of other nodes: their readers look into them, they are no values of their own.
_PARTS = frozenset(
    (
        "A_Indices",
        "A_Star",
        "CaseWhen",
        "CommonTableExpr",
        "Integer",
        "List",
        "MergeWhenClause",
        "MultiAssignRef",
        "ResTarget",
        "SortBy",
        "String",
        "TypeName",
        "WindowDef",
    )
)


class _TooDeepError(RecursionError):
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
        except _TooDeepError:
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
                    kind = _kind(key, child)
                    is_node = kind[0].isupper() and kind not in _PARTS
                    if is_node and (depth + 1) % _LAYER == 0:
                        layers.setdefault(depth + 1, []).append((kind, child))
                    todo.append((child, depth + is_node))
        try:
            for depth in sorted(layers, reverse=True):
                for kind, fields in layers[depth]:
                    self._depth = 0
                    self._built[id(fields)] = _flattened(self.build_fields(kind, fields))
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
        if self._depth > _DEEPEST:
            raise _TooDeepError
        reader = _READERS.get(kind)
        built = self.opaque(kind, fields) if reader is None else reader(self, fields)
        self._depth -= 1
        return built

    def is_built(self, fields: Json) -> bool:
        """Whether a loop over a chain has to stop at the node `fields`, which was built from below."""
        return bool(self._built) and id(fields) in self._built

    def deepen(self, by: int) -> None:
        """Count the links of a chain that is read in a loop; negative when it is left."""
        self._depth += by
        if self._depth > _DEEPEST:
            raise _TooDeepError

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
            for key, child in reversed(item.items()):
                if not isinstance(child, dict | list):
                    continue
                if isinstance(child, list) or not key[0].isupper() or key == "List":
                    todo.append(child)
                elif key not in ("String", "TypeName"):
                    children.append(_as_node(self.build_fields(key, child)))
        return Opaque(kind, tuple(children))


def _kind(key: str, fields: Json) -> str:
    """The node's kind: its key, but a set operation's arms come without one."""
    return "SelectStmt" if key in ("larg", "rarg") and "limitOption" in fields else key


def _as_node(built: Any) -> Node:
    return SubQuery("scalar", built) if isinstance(built, Query) else built


def _flattened(part: Any) -> Any:
    """A value of the same sort as `part` that has all its names but not its structure."""
    leaves: list[Node] = []
    tables: list[TableRef] = []
    todo: list[Any] = [part]
    while todo:
        item = todo.pop()
        if isinstance(item, tuple):
            todo.extend(item)
        elif isinstance(item, TableRef):
            tables.append(item)
        elif isinstance(item, Column | Parameter):
            leaves.append(item)
        elif isinstance(item, Opaque) and item.kind == _FLAT:
            leaves.extend(item.children)
        elif isinstance(item, msgspec.Struct) and not isinstance(item, Span | Name | Ident | TypeName):
            if isinstance(item, Call):
                leaves.append(msgspec.structs.replace(item, args=(), extra=()))
            elif isinstance(item, Cast):
                leaves.append(Cast(Constant("null", ""), item.type))
            todo.extend([getattr(item, field) for field in item.__struct_fields__])
    names = Opaque(_FLAT, tuple(leaves))
    if isinstance(part, Query):
        return Query(verb=part.verb, sources=tuple(tables), others=(names,), into=part.into)
    if isinstance(part, TableRef | QueryRef | FunctionRef | Join):
        return QueryRef(Query(sources=tuple(tables), others=(names,)))
    return SubQuery("scalar", Query(sources=tuple(tables), others=(names,))) if tables else names
