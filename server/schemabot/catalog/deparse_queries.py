"""Sub-selects as pg_get_expr prints them (get_select_query_def in ruleutils.c): tables, joins, WHERE.

Lines are broken as PostgreSQL breaks them; `NEWLINE` stands for a line end that takes away the blanks before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from schemabot.catalog.apply.output_names import UNNAMED, figure_name
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table, TypeRef, Use, View
from schemabot.catalog.quoting import quote_identifier
from schemabot.facts import expression as ex

NEWLINE: Final = "\0"
_STEP: Final = 8
_JOINS: Final = {
    "inner": " JOIN ",
    "cross": " JOIN ",
    "left": " LEFT JOIN ",
    "right": " RIGHT JOIN ",
    "full": " FULL JOIN ",
}
_DEEPEST: Final = 4


class UnsureError(Exception):
    """How PostgreSQL prints this is not known."""


class Shown(NamedTuple):
    """A part of an expression: its text and type. `open` is a constant in quotes or NULL without a type yet."""

    text: str
    ref: TypeRef
    open: ex.Constant | None = None


class Level(NamedTuple):
    """The tables of one query: what each is called where it is written and where it is printed, and itself."""

    items: tuple[tuple[str, str, Table | View], ...]


class Printer(Protocol):
    """What prints the expressions in a query."""

    catalog: Catalog
    levels: list[Level]

    def expression(self, node: ex.Node, depth: int) -> Shown: ...
    def boolean(self, node: ex.Node, depth: int) -> str: ...
    def relation_name(self, relation: Table | View) -> str: ...
    def use_at(self, start: int, end: int) -> Use | None: ...
    def as_text(self, shown: Shown) -> Shown: ...


def printed_query(
    printer: Printer, query: ex.Query, depth: int, *, targets: bool = True
) -> tuple[str, TypeRef | None]:
    """` SELECT ...` and the type of its first column. Raises UnsureError for what is not printed here."""
    plain = ex.Query(targets=query.targets, sources=query.sources, where=query.where)
    if query != plain or not query.targets or len(printer.levels) > _DEEPEST:
        raise UnsureError
    indent = _STEP * (len(printer.levels) - 1)
    level = Level(tuple(_tables(printer, query)))
    printer.levels.append(level)
    try:
        columns: list[str] = []
        first: TypeRef | None = None
        for target in query.targets:
            for text, ref in _target(printer, target, depth, level):
                columns.append(text)
                first = first or ref
        text = " SELECT " + f",{NEWLINE}{' ' * (indent + 4)}".join(columns)
        if query.sources:
            shown = [_source(printer, source, level, indent, depth) for source in query.sources]
            text += f"{NEWLINE}{' ' * (indent + 2)} FROM " + f",{NEWLINE}{' ' * (indent + 4)}".join(shown)
        if query.where is not None:
            text += f"{NEWLINE}{' ' * (indent + 1)} WHERE {printer.boolean(query.where, depth)}"
        return text, first
    finally:
        printer.levels.pop()


def _tables(printer: Printer, query: ex.Query) -> Iterator[tuple[str, str, Table | View]]:
    """The tables in FROM; a name that is taken, here or around, gets a number (set_rtable_names)."""
    taken = {shown for level in printer.levels for _, shown, _ in level.items}
    todo = list(reversed(query.sources))
    while todo:
        source = todo.pop()
        if isinstance(source, ex.Join):
            if source.using or source.natural or source.alias is not None:
                raise UnsureError
            todo += [source.right, source.left]
            continue
        if not isinstance(source, ex.TableRef) or source.columns:
            raise UnsureError
        use = printer.use_at(source.name.span.start, source.name.span.end)
        relation = None if use is None else printer.catalog.relations.get(use.oid)
        if not isinstance(relation, (Table, View)):
            raise UnsureError
        wanted = name = source.alias if source.alias is not None else relation.name
        number = 0
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        yield source.alias or source.name.name, name, relation


def _source(printer: Printer, source: ex.Source, level: Level, indent: int, depth: int) -> str:
    if isinstance(source, ex.TableRef):
        alias = source.alias or source.name.name
        shown, relation = next((name, table) for written, name, table in level.items if written == alias)
        own = printer.relation_name(relation)
        needs = source.alias is not None or shown != relation.name
        return f"{own} {quote_identifier(shown)}" if needs else own
    if not isinstance(source, ex.Join) or depth > 40:
        raise UnsureError
    left = _source(printer, source.left, level, indent, depth + 1)
    right = _source(printer, source.right, level, indent, depth + 1)
    on = f" ON ({printer.boolean(source.on, depth)})" if source.on is not None else ""
    word = " CROSS JOIN " if source.on is None else _JOINS[source.kind]
    return f"({left}{NEWLINE}{' ' * (indent + 4)}{word}{right}{on})"


def _target(
    printer: Printer, target: ex.Target, depth: int, level: Level
) -> Iterator[tuple[str, TypeRef | None]]:
    value = target.value
    if isinstance(value, ex.Column) and value.star:
        found = [item for item in level.items if not value.parts or item[0] == value.parts[-1]]
        for _, shown, relation in found:
            for column in relation.columns:
                yield f"{quote_identifier(shown)}.{quote_identifier(column.name)}", column.type
        return
    part = printer.as_text(printer.expression(value, depth))
    name = target.alias if target.alias is not None else figure_name(value)
    implied = printed_column(part.text) if isinstance(value, ex.Column) else UNNAMED
    yield part.text + ("" if name == implied else f" AS {quote_identifier(name)}"), part.ref


def printed_column(text: str) -> str:
    """The name of a printed column reference."""
    return text.rpartition(".")[2].strip('"')
