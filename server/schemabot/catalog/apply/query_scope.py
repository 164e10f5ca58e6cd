"""The walk that binds expressions and queries: scopes going in, uses and missing names coming out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from schemabot.catalog.apply.expression_types import Typer, common_type
from schemabot.catalog.apply.from_items import ScopeBuilder
from schemabot.catalog.apply.output_names import figure_name
from schemabot.catalog.apply.scopes import NOT_WRITTEN, SYSTEM_COLUMNS, Item, OutColumn, Scope, renamed
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type, type_ref
from schemabot.catalog.objects import Function, IndexEntry, Relation, Table, TypeRef, Use, View
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.server_functions import server_functions
from schemabot.facts import expression as ex
from schemabot.facts.names import Name, TypeName
from schemabot.text import Span

_MAX_DEPTH: Final = 60
"""Sub-selects nested deeper are not looked into: nobody writes them, and the stack is finite."""


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
            self._typer = Typer(self.step, self._column_type, self._query_type, self.function)
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
        found, item, sure = _find_column(parts, scope)
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
        parts = _split(literal.value)
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
            if len(node.args) == 1 and find_type(self.step, node.name) is not None:
                return  # a cast in the clothes of a call
            self.missing.append(Missing("function", node.name, node.span))

    def _is_provided(self, name: tuple[str, ...]) -> bool:
        own, schema = name[-1], name[-2] if len(name) > 1 else None
        if schema is None and own in server_functions():
            return True
        return may_be_provided(self.step.catalog, "function", schema, own)

    def function(self, node: ex.Call) -> Function | None:
        """The catalog's function behind a call: of those that take that many arguments, the one whose
        parameter types fit best. None for the server's own."""
        step, name, own = self.step, node.name, node.name[-1]
        found: tuple[Function, ...] = ()
        if len(name) > 1:
            found = step.catalog.functions_named(name[-2], own)
        elif own not in server_functions():
            for schema in step.search_path():
                if found := step.catalog.functions_named(schema, own):
                    break
        if len(found) < 2:
            return found[0] if found else None
        fitting = [f for f in found if _takes(f, len(node.args))] or list(found)
        if len(fitting) == 1:
            return fitting[0]
        types = [self.typer.type_of(argument) for argument in node.args]
        return max(fitting, key=lambda f: _fit(f, types))

    # -- types --

    def type_of(self, node: ex.Node | None, scope: Scope) -> TypeRef | None:
        """The type of an expression in `scope` where it is plain."""
        self._scope = scope
        return self.typer.type_of(node)

    def _column_type(self, node: ex.Column) -> TypeRef | None:
        found = None if self._scope is None else _find_column(node.parts, self._scope)[0]
        return None if found is None else found.type

    def _query_type(self, query: ex.Query) -> TypeRef | None:
        columns = self._results.get(id(query))
        return columns[0].type if columns else None

    # -- queries --

    def query(self, query: ex.Query, outer: Scope | None, depth: int = 0) -> tuple[Sequence[OutColumn], bool]:
        """Bind a query. Gives its output columns, and whether all are known."""
        if depth > _MAX_DEPTH:
            return (), False
        scope = Scope(outer)
        if query.with_:
            self._common_tables(query, scope, depth)
        if query.arms:
            columns, known = self._arms(query, scope, depth)
        else:
            columns, known = self._single(query, scope, depth)
        self._results[id(query)] = columns
        return columns, known

    def _common_tables(self, query: ex.Query, scope: Scope, depth: int) -> None:
        scope.ctes = dict(scope.ctes)
        for cte in query.with_:
            if cte.recursive and cte.query.arms:
                first, known = self.query(cte.query.arms[0], scope, depth + 1)
                scope.ctes[cte.name] = renamed(first, cte.columns), known
            columns, known = self.query(cte.query, scope, depth + 1)
            scope.ctes[cte.name] = renamed(columns, cte.columns), known

    def _arms(self, query: ex.Query, scope: Scope, depth: int) -> tuple[Sequence[OutColumn], bool]:
        results = [self.query(arm, scope, depth + 1) for arm in query.arms]
        columns, known = results[0]
        if all(len(other) == len(columns) for other, _ in results):
            # A constant in quotes has no type of its own: it takes that of the other arms.
            columns = [
                column._replace(
                    type=self._arms_type(query, place, [other[place].type for other, _ in results])
                )
                for place, column in enumerate(columns)
            ]
        if query.others:
            inner = Scope(scope, [Item("", [_output(c.name, c.type) for c in columns], known=known)])
            for node in query.others:
                self.expression(node, inner, depth)
        return columns, known

    def _arms_type(self, query: ex.Query, place: int, types: list[TypeRef | None]) -> TypeRef | None:
        sure: list[TypeRef | None] = []
        loose = False
        for arm, type_ in zip(query.arms, types, strict=True):
            value = arm.targets[place].value if place < len(arm.targets) else None
            if isinstance(value, ex.Constant) and value.kind in ("string", "null"):
                loose = True
            else:
                sure.append(type_)
        found = common_type(sure) if sure else types[0]
        return found and msgspec.structs.replace(found, modifiers=()) if loose else found

    def _single(self, query: ex.Query, scope: Scope, depth: int) -> tuple[Sequence[OutColumn], bool]:
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
            columns = [
                _output(f"column{number}", self.type_of(node, scope))
                for number, node in enumerate(query.values[0] if query.values else (), 1)
            ]
            return columns, True
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
        self, query: ex.Query, scope: Scope, depth: int, star: tuple[Sequence[OutColumn], bool]
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
                columns += [_output(column.name, column.type) for column in given]
                known = known and sure
                continue
            self.expression(value, scope, depth)
            if isinstance(value, ex.Opaque) and (value.kind.endswith(".*") or is_flattened(value)):
                known = False
            name = target.alias if target.alias is not None else figure_name(value)
            columns.append(_output(name, self.type_of(value, scope)))
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


def is_flattened(node: object) -> bool:
    """Whether facts gave up the structure below `node`: its names cannot be looked up in their scopes."""
    return isinstance(node, ex.Opaque) and node.kind == "deeply nested"


def _output(name: str, type_: TypeRef | None) -> OutColumn:
    return OutColumn(name, type_)


def _find_column(parts: tuple[str, ...], scope: Scope) -> tuple[OutColumn | None, Item | None, bool]:
    """(column, item, True), (None, item, False) for a whole row, else (None, None, is it missing)."""
    name = parts[-1]
    sure = True
    if len(parts) > 1:
        item = scope.item(parts[-2], parts[-3] if len(parts) > 2 else None)
        if item is None:
            named = any(parts[0] in level.names for level in scope.outwards())
            return None, None, not named and all(i.known for level in scope.outwards() for i in level.items)
        return item.find(name), (item if item.find(name) is not None else None), item.known
    for level in scope.outwards():
        if (merged := level.merged.get(name)) is not None:
            return merged, None, True
        for item in level.items:
            if not item.qualified_only and (found := item.find(name)) is not None:
                return found, item, True
            sure = sure and item.known
        if name in level.aliases or name in level.names:
            return None, None, False
    item = scope.item(name)
    return None, item, sure and item is None


def _takes(function: Function, count: int) -> bool:
    signature = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
    if any(p.mode == "variadic" for p in signature):
        return count >= len(signature) - 1
    return len([p for p in signature if p.default is None]) <= count <= len(signature)


def _fit(function: Function, types: Sequence[TypeRef | None]) -> int:
    score = 0
    for wanted, given in zip(function.signature, types, strict=False):
        if given is not None:
            same = wanted.oid == given.oid and wanted.name == given.name and wanted.array == given.array
            score += 2 if same else -1
    return score


def _split(text: str) -> tuple[str, ...]:
    """The parts of a name in a string constant, folded as an identifier is."""
    parts: list[str] = []
    part, quoted, was_quoted = "", False, False
    for char in text.strip():
        if char == '"':
            quoted, was_quoted = not quoted, True
        elif char == "." and not quoted:
            parts.append(part if was_quoted else part.lower())
            part, was_quoted = "", False
        else:
            part += char
    return (*parts, part if was_quoted else part.lower())
