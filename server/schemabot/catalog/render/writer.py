"""Names, types, expressions and clauses as DDL writes them, under today's names and with schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from schemabot.catalog.apply.scopes import NOT_WRITTEN
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Bound,
    Definition,
    Function,
    IndexEntry,
    Sequence,
    Table,
    TypeRef,
    Use,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.facts import expression as ex
from schemabot.facts.names import fold
from schemabot.text import Span

PUBLIC: Final = "public"
_IDENTIFIER: Final = r'[\w$]+|"(?:[^"]|"")*"'
_QUALIFIED: Final = re.compile(rf"(?:(?:{_IDENTIFIER})\s*\.\s*)?(?:{_IDENTIFIER})")
_SEARCHED: Final = (ex.Operator, ex.InList, ex.Between, ex.SubQuery, ex.Case)


class CannotRender(msgspec.Struct, frozen=True):
    """An object (`kind schema.name`) that cannot be written exactly, and why in plain words."""

    object: str
    why: str


class Rendered(msgspec.Struct, frozen=True):
    """Statements in an order that works, without `;`, and what is missing from them."""

    statements: tuple[str, ...] = ()
    not_rendered: tuple[CannotRender, ...] = ()


class NotExactError(Exception):
    """The object being written cannot be written exactly; the message says why."""


def literal(text: str) -> str:
    """A string constant."""
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def dollar_quoted(text: str) -> str:
    """A function's body in dollar quotes whose tag is not in it."""
    tag, number = "$$", 0
    while tag in text or text.endswith(tag[:-1]):
        number += 1
        tag = f"$body{number}$"
    return tag + text + tag


def role_name(name: str) -> str:
    """A role as GRANT and policies name it."""
    return "public" if name == PUBLIC else quote_identifier(name)


def parts(dotted: str) -> str:
    """A name that facts keep with dots between its parts."""
    return ".".join(map(quote_identifier, dotted.split(".")))


def options(pairs: Iterable[tuple[str, str]]) -> str:
    """`name = value` pairs of WITH (...)."""
    return ", ".join(f"{parts(name)} = {_option_value(value)}" for name, value in pairs)


def foreign_options(pairs: Iterable[tuple[str, str]]) -> str:
    """`name 'value'` pairs of OPTIONS (...)."""
    return ", ".join(f"{quote_identifier(name)} {literal(value).strip()}" for name, value in pairs)


def _option_value(value: str) -> str:
    return value if re.fullmatch(r"[a-z]+|-?\d+(\.\d+)?", value) else literal(value).strip()


def separated(text: str) -> str:
    """`text` with a line break behind it where it ends in a comment."""
    return text + "\n" if "--" in text.rpartition("\n")[2] else text


class Writer:
    """Writes names and expressions of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._with_operators = frozenset(
            {e.schema for e in catalog.extensions.values()}
            | {o.schema for o in catalog.objects.values() if o.schema is not None}
        )
        self.paths: set[tuple[str, ...]] = set()

    # -- search_path --

    def searched(self, path: tuple[str, ...], *, whole: bool = False) -> None:
        """Note the schemas that were searched when what is written now was: only those that have operators count,
        unless the `whole` path does."""
        self.paths.add(path if whole else tuple(s for s in path if s in self._with_operators))

    # -- names --

    def relation(self, oid: int) -> str:
        """The qualified name of a table, view or sequence."""
        found = self.catalog.relations.get(oid)
        if found is None or isinstance(found, IndexEntry):
            raise NotExactError("it refers to a table that is not known")
        return quote_qualified(found.schema, found.name)

    def type(self, ref: TypeRef | None) -> str:
        """A type with its schema."""
        if ref is None or (not ref.known and ref.name == "unknown"):
            raise NotExactError("a type is not known")
        return format_type(self.catalog, ref, ())

    def function(self, oid: int, written: tuple[str, ...]) -> str:
        """The qualified name of a function; as written when it is the server's."""
        found = self.catalog.functions.get(oid)
        if found is not None:
            return quote_qualified(found.schema, found.name)
        return ".".join(map(quote_identifier, written))

    def signature(self, function: Function) -> str:
        """`schema.name(types)` as ALTER, COMMENT and GRANT want it."""
        types = ", ".join(
            ("variadic " if p.mode == "variadic" else "") + self.type(p.type)
            for p in function.parameters
            if p.mode in ("in", "inout", "variadic")
        )
        if function.kind == "aggregate" and not types:
            types = "*"
        return f"{quote_qualified(function.schema, function.name)}({types})"

    def columns(self, table: Table, numbers: Iterable[int]) -> str:
        """Column names in a list."""
        names = {column.number: column.name for column in table.columns}
        return ", ".join(quote_identifier(names[number]) for number in numbers if number in names)

    # -- what was written --

    def expression(self, bound: Bound) -> str:
        """An expression."""
        if bound.unresolved:
            raise NotExactError(f"{'.'.join(bound.unresolved[0])} is not known")
        if any(isinstance(part, _SEARCHED) for part in ex.walk(bound.expression.root)):
            self.searched(bound.path)
        sources = _sources((bound.expression.root,))
        queries = _queries((bound.expression.root,))
        return separated(self.text(bound.text, bound.expression.span.start, bound.uses, sources, queries))

    def query(self, text: str, start: int, uses: Iterable[Use], roots: Iterable[ex.Query]) -> str:
        """A query."""
        roots = tuple(roots)
        return separated(self.text(text, start, uses, _sources(roots), _queries(roots)))

    def clause(self, kept: Definition) -> str:
        """A clause whose tables need no schema, because search_path is the one of then."""
        return separated(self.text(kept.text, kept.start, kept.uses, frozenset(), []))

    def definition(self, kept: Definition, queries: Iterable[ex.Query] = ()) -> str:
        """A clause that was kept as written."""
        roots = tuple(queries)
        return separated(self.text(kept.text, kept.start, kept.uses, _sources(roots), _queries(roots)))

    def text(
        self, text: str, start: int, uses: Iterable[Use], sources: frozenset[Span], queries: list[ex.Query]
    ) -> str:
        """`text`, which stands at `start`, with all names in `uses` as they are now.

        `sources` are the places of tables in FROM, which get their schema; a table's name in front of a column
        cannot have one.
        """
        edits: dict[Span, str] = {}
        stars: dict[Span, list[Use]] = {}
        renamed: dict[Span, str] = {}
        for use in uses:
            if use.span == NOT_WRITTEN or use.span.start < start or use.span.end > start + len(text):
                continue
            place = use.span.shifted(-start)
            written = place.of(text)
            if written.endswith("*"):
                stars.setdefault(use.span, []).append(use)
            elif use.number:
                now = self._column(use)
                if now is not None and now != fold(written):
                    edits[place] = quote_identifier(now)
                    renamed[use.span] = fold(written)
            elif (
                made := self._object(use, written, use.span in sources, text[place.start - 1 : place.start])
            ) is not None:
                edits[place] = made
        for span, used in stars.items():
            edits.update(self._star(span, start, used, queries))
        for query in queries:
            for target in query.targets:
                if target.alias is None and isinstance(target.value, ex.Column):
                    for span, name in renamed.items():
                        if span.end == target.value.span.end:
                            place = span.shifted(-start)
                            edits[place] = f"{edits[place]} as {quote_identifier(name)}"
        for place in sorted(edits, reverse=True):
            text = text[: place.start] + edits[place] + text[place.end :]
        return text

    def _column(self, use: Use) -> str | None:
        relation = self.catalog.relations.get(use.oid)
        if isinstance(relation, Table):
            column = relation.column_by_number(use.number)
            return None if column is None else column.name
        if isinstance(relation, View) and use.number <= len(relation.columns):
            return relation.columns[use.number - 1].name
        return None

    def _object(self, use: Use, written: str, is_source: bool, before: str) -> str | None:
        catalog = self.catalog
        match = _QUALIFIED.match(written)
        item = catalog.relations.get(use.oid) or catalog.functions.get(use.oid) or catalog.types.get(use.oid)
        if item is None or isinstance(item, IndexEntry) or match is None:
            return None
        if isinstance(item, (Table, View, Sequence)) and before == "'":
            return quote_qualified(item.schema, item.name).replace("'", "''")
        if isinstance(item, (Table, View)) and not is_source and "." not in match[0]:
            return quote_identifier(item.name)
        return quote_qualified(item.schema, item.name) + written[match.end() :]

    def _star(
        self, span: Span, start: int, used: list[Use], queries: list[ex.Query]
    ) -> Iterator[tuple[Span, str]]:
        """A `*` that no longer means what it did is written out."""
        by_relation: dict[int, list[int]] = {}
        for use in used:
            by_relation.setdefault(use.oid, []).append(use.number)
        if all(self._numbers(oid) == numbers for oid, numbers in by_relation.items()) and not self._renamed(
            by_relation
        ):
            return
        for query in queries:
            for target in query.targets:
                value = target.value
                if isinstance(value, ex.Column) and value.star and value.span == span:
                    yield span.shifted(-start), self._written_out(value, query, by_relation)
                    return
        raise NotExactError("it says * of a table that has other columns now")

    def _numbers(self, oid: int) -> list[int]:
        relation = self.catalog.relations.get(oid)
        if isinstance(relation, Table):
            return [column.number for column in relation.columns]
        return list(range(1, len(relation.columns) + 1)) if isinstance(relation, View) else []

    def _renamed(self, by_relation: dict[int, list[int]]) -> bool:
        """Whether a column of the relations has had another name: `*` then gave the old one."""
        for oid in by_relation:
            relation = self.catalog.relations.get(oid)
            if isinstance(relation, Table) and any(
                change.what == "name" for column in relation.columns for change in column.changes
            ):
                return True
        return False

    def _written_out(self, value: ex.Column, query: ex.Query, by_relation: dict[int, list[int]]) -> str:
        found: list[str] = []
        todo = list(query.sources)
        while todo:
            source = todo.pop(0)
            if isinstance(source, ex.Join):
                if source.using or source.natural or source.alias:
                    raise NotExactError("it says * of a join whose tables have other columns now")
                todo = [source.left, source.right, *todo]
                continue
            if not isinstance(source, ex.TableRef) or source.columns:
                if value.parts:
                    continue
                raise NotExactError("it says * of tables that have other columns now, and of a query")
            name = source.alias or source.name.name
            if value.parts and value.parts[-1] != name:
                continue
            oid = self._relation_of(source, by_relation)
            numbers = by_relation[oid]
            relation = self.catalog.relations[oid]
            shown = name if source.alias else str(getattr(relation, "name", name))
            found += [
                f"{quote_identifier(shown)}.{quote_identifier(self._column(Use(value.span, oid, n)) or '')}"
                for n in numbers
            ]
        if not found:
            raise NotExactError("it says * of a table that has other columns now")
        return ", ".join(found)

    def _relation_of(self, source: ex.TableRef, by_relation: dict[int, list[int]]) -> int:
        if len(by_relation) == 1:
            return next(iter(by_relation))
        found = [
            oid
            for oid in by_relation
            if getattr(self.catalog.relations.get(oid), "name", None) == source.name.name
        ]
        if len(found) != 1:
            raise NotExactError("it says * of tables that have other columns or names now")
        return found[0]


def _sources(roots: Iterable[ex.Part]) -> frozenset[Span]:
    return frozenset(
        span
        for root in roots
        for part in ex.walk(root)
        for span in (
            (part.name.span,)
            if isinstance(part, ex.TableRef)
            else (part.into.span,)
            if isinstance(part, ex.Query) and part.into is not None
            else ()
        )
    )


def _queries(roots: Iterable[ex.Part]) -> list[ex.Query]:
    return [part for root in roots for part in ex.walk(root) if isinstance(part, ex.Query)]
