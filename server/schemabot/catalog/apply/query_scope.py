"""The walk that binds expressions and queries: scopes going in, uses and missing names coming out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from schemabot.catalog.apply.expression_types import Typer
from schemabot.catalog.apply.from_items import Columns, ScopeBuilder
from schemabot.catalog.apply.output_names import figure_name
from schemabot.catalog.apply.scopes import (
    NOT_WRITTEN,
    SYSTEM_COLUMNS,
    Item,
    OutColumn,
    Scope,
    find_column,
    is_flattened,
    renamed,
    split_name,
)
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type, type_ref
from schemabot.catalog.objects import Function, IndexEntry, OtherType, Relation, Table, TypeRef, Use, View
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.server_functions import server_functions
from schemabot.facts import expression as ex
from schemabot.facts.names import Name, TypeName
from schemabot.text import Span

_MAX_DEPTH: Final = 60
"""Sub-selects nested deeper are not looked into: nobody writes them, and the stack is finite."""


_TEXT: Final = TypeRef("text")
_UNKNOWN: Final = TypeRef("unknown")
_LEAVES: Final = frozenset({ex.Constant, ex.Parameter, str, bool, int, type(None)})


class Missing(NamedTuple):
    """A name that was not found."""

    kind: Literal["column", "relation", "function"]
    parts: tuple[str, ...]
    span: Span

    @property
    def shown(self) -> tuple[str, ...]:
        """As `unresolved` lists it."""
        return (*self.parts[:-1], self.parts[-1] + "()") if self.kind == "function" else self.parts


class QueryBinder:
    """Binds what it is given; `uses` (each once, in order of discovery) and `missing` grow."""

    __slots__ = ("_base", "_from", "_results", "_scope", "_text", "_typer", "missing", "step", "uses")

    def __init__(self, step: Step, text: str, span: Span) -> None:
        self.step = step
        self.uses: dict[Use, None] = {}
        self.missing: list[Missing] = []
        self._text, self._base = text, span.start
        self._results: dict[int, Sequence[OutColumn]] = {}
        self._scope: Scope | None = None
        # Made when needed: most expressions have no sub-select, and cycles are work for the collector.
        self._from: ScopeBuilder | None = None
        self._typer: Typer | None = None

    @property
    def from_(self) -> ScopeBuilder:
        """What puts FROM items into scopes."""
        if self._from is None:
            self._from = ScopeBuilder(self)
        return self._from

    @property
    def typer(self) -> Typer:
        """What works types out."""
        if self._typer is None:
            self._typer = Typer(self.step, self._column_type, self._query_type, self.functions)
        return self._typer

    # -- expressions --

    def expression(self, root: ex.Node | None, scope: Scope, depth: int = 0) -> None:
        """Bind everything in an expression."""
        todo: list[object] = [root]
        while todo:
            node = todo.pop()
            kind = type(node)
            if kind is tuple:
                todo.extend(node)  # type: ignore[arg-type]  # just seen to be a tuple
            elif kind in _LEAVES:
                continue
            elif isinstance(node, ex.Column):
                self.column(node, scope)
            elif isinstance(node, ex.Call):
                self._call(node, scope)
                todo += (*node.args, *node.extra)
            elif isinstance(node, ex.Cast):
                self._cast(node)
                todo.append(node.arg)
            elif isinstance(node, ex.SubQuery):
                todo.append(node.arg)
                self.query(node.query, scope, depth + 1)
            elif isinstance(node, ex.Query):
                self.query(node, scope, depth + 1)
            elif isinstance(node, ex.ExpressionPart) and not is_flattened(node):
                todo += [getattr(node, field) for field in node.__struct_fields__]

    def column(self, node: ex.Column, scope: Scope) -> OutColumn | None:
        """Bind a column reference, and give the column that it means."""
        parts = node.parts
        if node.star:
            if parts and (item := scope.item(parts[-1], parts[-2] if len(parts) > 1 else None)) is not None:
                self._use_all(item.all(), node.span)
            return None
        found, item, sure = find_column(parts, scope)
        if found is not None:
            self._use_column(node, found, item)
            return found
        if item is not None:  # a whole row
            if item.oid and item.written:
                self.use(self.last_part(node.span, parts), item.oid)
            return None
        if sure and parts[-1] not in SYSTEM_COLUMNS:
            self.missing.append(Missing("column", parts, node.span))
        return None

    def _use_column(self, node: ex.Column, found: OutColumn, item: Item | None) -> None:
        if not found.oid:
            return
        span = NOT_WRITTEN if found.renamed else self.last_part(node.span, node.parts)
        self.use(span, found.oid, found.number)
        if item is not None and item.written and item.oid and len(node.parts) > 1:
            self.use(Span(node.span.start, max(node.span.start, span.start - 1)), item.oid)

    def _use_all(self, columns: Sequence[OutColumn], span: Span) -> None:
        for column in columns:
            if column.oid:
                self.use(span, column.oid, column.number)

    def use(self, span: Span, oid: int, number: int = 0) -> None:
        """Note a use."""
        self.uses[Use(span, oid, number)] = None

    def last_part(self, span: Span, parts: tuple[str, ...]) -> Span:
        """The place of the last part of a qualified name at `span`."""
        last = parts[-1]
        if len(parts) == 1:
            return span
        if span.end - span.start == sum(map(len, parts)) + len(parts) - 1:
            return Span(span.end - len(last), span.end)
        written = self._text[span.start - self._base : span.end - self._base]
        quoted, dot = False, -1
        for place, char in enumerate(written):
            if char == '"':
                quoted = not quoted
            elif char == "." and not quoted:
                dot = place
        rest = written[dot + 1 :]
        return Span(span.end - len(rest.lstrip()), span.end)

    def _cast(self, node: ex.Cast) -> None:
        kind = node.type
        if kind.name in ("regclass", "regproc", "regprocedure", "regtype") and isinstance(
            node.arg, ex.Constant
        ):
            if kind.name == "regclass":
                self._named_relation(node.arg)
            return
        self.type(kind)

    def type(self, written: TypeName) -> None:
        """Bind the name of a type."""
        if len(written.parts) == 1 or written.parts[-2] != "pg_catalog":
            ref = type_ref(self.step, written)
            if ref.oid:
                self.use(written.span, ref.oid)

    def _named_relation(self, literal: ex.Constant) -> None:
        """`nextval('s')` and `'s'::regclass` refer to a relation; the use is what stands in the quotes."""
        parts = split_name(literal.value)
        relation = self.step.find_relation(Name(parts, Span(0, 0)))
        if relation is None or isinstance(relation, IndexEntry):
            return
        quoted = "'" + literal.value + "'"
        at = self._text.find(quoted)
        span = NOT_WRITTEN if at < 0 else Span(self._base + at + 1, self._base + at + len(quoted) - 1)
        self.use(span, relation.oid)

    def _call(self, node: ex.Call, scope: Scope) -> None:
        if node.special:
            return
        name = node.name[-1]
        if name in ("nextval", "currval", "setval") and node.args and isinstance(node.args[0], ex.Constant):
            self._named_relation(node.args[0])
        self._scope = scope
        found = self.function(node)
        if found is not None:
            self.use(node.span, found.oid)
        elif not self._is_provided(node.name):
            own = find_type(self.step, node.name)
            if own is not None and (len(node.args) == 1 or isinstance(own, OtherType)):
                return  # a cast in the clothes of a call, or a range's constructor
            self.missing.append(Missing("function", node.name, node.span))

    def _is_provided(self, name: tuple[str, ...]) -> bool:
        own, schema = name[-1], name[-2] if len(name) > 1 else None
        if schema is None and own in server_functions():
            return True
        return may_be_provided(self.step.catalog, "function", schema, own)

    def functions(self, name: tuple[str, ...]) -> tuple[Sequence[Function], bool]:
        """The catalog's functions that a call of `name` may mean, and whether pg_catalog's count too."""
        own, catalog = name[-1], self.step.catalog
        if len(name) > 1:
            return catalog.functions_named(name[-2], own), name[-2] == "pg_catalog"
        found: tuple[Function, ...] = ()
        for schema in self.step.search_path():
            found += catalog.functions_named(schema, own)
        return found, own in server_functions()

    def function(self, node: ex.Call) -> Function | None:
        """The catalog's function behind a call; None for the server's own."""
        found, builtin = self.functions(node.name)
        if not found:
            return None
        if len(found) == 1 and not builtin:
            return found[0]
        resolved = self.typer.call(node)
        if resolved is not None:
            return resolved.candidate.function
        if builtin:
            return None
        return next((f for f in found if _takes(f, len(node.args))), found[0])

    # -- types --

    def type_of(self, node: ex.Node | None, scope: Scope) -> TypeRef | None:
        """The type of an expression in `scope`; `unknown` for a constant in quotes."""
        self._scope = scope
        return self.typer.raw(node)

    def _column_type(self, node: ex.Column) -> TypeRef | None:
        if self._scope is None:
            return None
        found, item, _ = find_column(node.parts, self._scope)
        if found is not None:
            return found.type
        if item is None:
            kind = SYSTEM_COLUMNS.get(node.parts[-1])
            return None if kind is None else TypeRef(kind)
        relation = self.step.catalog.relations.get(item.oid)
        if isinstance(relation, (Table, View)):
            row = self.step.catalog.type_named(relation.schema, relation.name)
            return None if row is None else TypeRef(row.name, row.oid)
        return item.row or TypeRef("record")

    def _query_type(self, query: ex.Query) -> TypeRef | None:
        if id(query) not in self._results:
            scope = self._scope
            self.query(query, scope)
            self._scope = scope
        columns = self._results.get(id(query))
        return columns[0].type if columns else None

    # -- queries --

    def query(self, query: ex.Query, outer: Scope | None, depth: int = 0) -> Columns:
        """Bind a query. Gives its output columns, and whether all are known."""
        columns, known = self._query(query, outer, depth)
        columns = [column._replace(type=_TEXT) if column.type == _UNKNOWN else column for column in columns]
        self._results[id(query)] = columns
        return columns, known

    def _query(self, query: ex.Query, outer: Scope | None, depth: int) -> Columns:
        """`query` with the type `unknown` for constants in quotes, which set operations resolve together."""
        if depth > _MAX_DEPTH:
            return (), False
        scope = Scope(outer)
        if query.with_:
            self._common_tables(query, scope, depth)
        return self._arms(query, scope, depth) if query.arms else self._single(query, scope, depth)

    def _common_tables(self, query: ex.Query, scope: Scope, depth: int) -> None:
        scope.ctes = dict(scope.ctes)
        for cte in query.with_:
            first: Columns | None = None
            if cte.recursive and cte.query.arms:
                first = self.query(cte.query.arms[0], scope, depth + 1)
                scope.ctes[cte.name] = renamed(first[0], cte.columns), first[1]
            columns, known = self.query(cte.query, scope, depth + 1)
            if first is not None and len(cte.query.arms) == 2 and _mentions(cte.query.arms[1], cte.name):
                columns = first[0]  # the term that is not recursive decides
            scope.ctes[cte.name] = renamed(columns, cte.columns), known

    def _arms(self, query: ex.Query, scope: Scope, depth: int) -> Columns:
        results = [self._query(arm, scope, depth + 1) for arm in query.arms]
        columns, known = results[0]
        for other, _ in results[1:]:  # pairwise, as the operators stand
            if len(other) != len(columns):
                break
            columns = [
                OutColumn(one.name, self.typer.rules.common_ref([one.type, two.type]))
                for one, two in zip(columns, other, strict=True)
            ]
        if query.others:
            inner = Scope(scope, [Item("", [OutColumn(c.name, c.type) for c in columns], known=known)])
            for node in query.others:
                self.expression(node, inner, depth)
        return columns, known

    def _single(self, query: ex.Query, scope: Scope, depth: int) -> Columns:
        star, star_known = self.from_.sources(query.sources, scope, depth)
        if query.verb == "insert" and query.into is not None:
            scope.items = [self.from_.relation(query.into, None, ()), *scope.items]
            row = scope.items[0]
            scope.items.append(Item("excluded", row.columns, known=row.known))
            scope.items[-1].qualified_only = True
        if query.values:
            for row_values in query.values:
                for node in row_values:
                    self.expression(node, scope, depth)
        if query.verb == "values":
            return [
                OutColumn(
                    f"column{number}", self.typer.rules.common_ref([self.type_of(v, scope) for v in column])
                )
                for number, column in enumerate(zip(*query.values, strict=False), 1)
            ], True
        columns, known = self._targets(query, scope, depth, (star, star_known))
        self.expression(query.where, scope, depth)
        if any(map(is_flattened, query.others)):
            return (), False
        if query.others:
            scope.aliases = frozenset(column.name for column in columns)
            for node in query.others:
                self.expression(node, scope, depth)
        return columns, known

    def _targets(
        self, query: ex.Query, scope: Scope, depth: int, star: Columns
    ) -> tuple[list[OutColumn], bool]:
        columns: list[OutColumn] = []
        known = True
        for target in query.targets:
            value = target.value
            if isinstance(value, ex.Column) and value.star:
                parts = value.parts
                if parts:
                    item = scope.item(parts[-1], parts[-2] if len(parts) > 1 else None)
                    given: Sequence[OutColumn] = [] if item is None else item.all()
                    sure = item is not None and item.known
                else:
                    given, sure = star
                self._use_all(given, value.span)
                columns += [OutColumn(column.name, column.type) for column in given]
                known = known and sure
                continue
            self.expression(value, scope, depth)
            if isinstance(value, ex.Opaque) and value.kind.endswith(".*"):
                self._scope = scope
                whole = value.children[0] if value.kind == ".*" else None
                fields = self.typer.fields_of(whole or msgspec.structs.replace(value, kind=value.kind[:-2]))
                columns += [OutColumn(field.name, field.type) for field in fields]
                known = known and bool(fields)
                continue
            known = known and not is_flattened(value)
            name = target.alias if target.alias is not None else figure_name(value)
            columns.append(OutColumn(name, self.type_of(value, scope)))
        return columns, known

    # -- for FROM --

    def find_relation(self, name: Name) -> Relation | None:
        """The relation that `name` means, noted as used or as missing."""
        found = self.step.find_relation(name)
        if isinstance(found, (Table, View)):
            self.use(name.span, found.oid)
        elif found is None and not (
            self.step.is_tainted(name)
            or may_be_provided(self.step.catalog, "relation", name.schema, name.name)
        ):
            self.missing.append(Missing("relation", name.parts, name.span))
        return found


def _mentions(query: ex.Query, name: str) -> bool:
    return any(isinstance(part, ex.TableRef) and part.name.parts == (name,) for part in ex.walk(query))


def _takes(function: Function, count: int) -> bool:
    signature = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
    if any(p.mode == "variadic" for p in signature):
        return count >= len(signature) - 1
    return len([p for p in signature if p.default is None]) <= count <= len(signature)
