"""Scopes of names in queries: what a FROM clause brings into view, and where a column reference leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from schemabot.catalog.objects import TypeRef, View
from schemabot.facts import expression as ex
from schemabot.text import Span

SYSTEM_COLUMNS: Final = {
    "ctid": "tid", "xmin": "xid", "xmax": "xid", "cmin": "cid", "cmax": "cid", "tableoid": "oid"
}  # fmt: skip
"""The columns that every table has, with their types."""


NOT_WRITTEN: Final = Span(-1, -1)
"""The span of a use that stands nowhere in the text under the object's own name."""


_NO_NAMES: Final[frozenset[str]] = frozenset()


class AnyColumn(Protocol):
    """What a table's column and an output column have in common."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> TypeRef | None: ...
    @property
    def number(self) -> int: ...


class OutColumn(NamedTuple):
    """A column that a FROM item or a query gives. `oid` and `number` lead to the object's column behind it.

    `renamed` says that it goes by another name here.
    """

    name: str
    type: TypeRef | None = None
    oid: int = 0
    number: int = 0
    renamed: bool = False


_NONE: Final[dict[str, OutColumn]] = {}
_NO_CTES: Final[dict[str, tuple[Sequence[OutColumn], bool]]] = {}


class Item:
    """One thing in FROM. `oid` is the relation's when the item shows its columns under their own names."""

    __slots__ = ("alias", "columns", "known", "oid", "qualified_only", "row", "schema", "written")

    def __init__(
        self, alias: str, columns: Sequence[AnyColumn], *, oid: int = 0, schema: str | None = None,
        known: bool = True, written: bool = False,
    ) -> None:  # fmt: skip
        self.alias = alias
        self.columns = columns
        self.oid = oid
        self.schema = schema
        self.known = known
        self.written = written  # referred to by the relation's own name, not by an alias
        self.row: TypeRef | None = None  # the type of its rows, when that is a named one
        self.qualified_only = False  # its columns cannot be named without it (NEW and OLD)

    def find(self, name: str) -> OutColumn | None:
        """The column of that name."""
        for column in self.columns:
            if column.name == name:
                return self.out(column)
        return None

    def out(self, column: AnyColumn) -> OutColumn:
        """One of `columns` with the object it belongs to."""
        if isinstance(column, OutColumn):
            return column
        return OutColumn(column.name, column.type, self.oid, column.number)

    def all(self) -> list[OutColumn]:
        """What `*` gives of this item."""
        return [self.out(column) for column in self.columns]


class Scope:
    """What names mean at one level of a query; `parent` is the query around it."""

    __slots__ = ("aliases", "ctes", "items", "merged", "names", "parent")

    def __init__(self, parent: Scope | None = None, items: list[Item] | None = None) -> None:
        self.parent = parent
        self.items: list[Item] = [] if items is None else items
        self.merged = _NONE  # columns of JOIN ... USING; replaced, never changed
        self.ctes: dict[str, tuple[Sequence[OutColumn], bool]] = _NO_CTES if parent is None else parent.ctes
        self.names: frozenset[str] = _NO_NAMES  # parameters and variables
        self.aliases: frozenset[str] = _NO_NAMES  # output names that ORDER BY and GROUP BY may use

    def outwards(self) -> Iterator[Scope]:
        """This scope and those around it, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def item(self, alias: str, schema: str | None = None) -> Item | None:
        """The FROM item that `alias` (or `schema.alias`) names, the nearest first."""
        for scope in self.outwards():
            for item in scope.items:
                if item.alias == alias and (schema is None or (item.written and item.schema == schema)):
                    return item
        return None


def renamed(columns: Sequence[OutColumn], names: Sequence[str]) -> Sequence[OutColumn]:
    """The columns under the names of an alias list; those that it does not reach keep theirs."""
    if not names:
        return columns
    made = [
        OutColumn(name, c.type, c.oid, c.number, c.renamed or name != c.name)
        for name, c in zip(names, columns, strict=False)
    ]
    return [*made, *columns[len(names) :], *(OutColumn(name) for name in names[len(columns) :])]


def view_columns(view: View) -> list[OutColumn]:
    """The columns of a view; they are never dropped, so their numbers are their places."""
    return [OutColumn(c.name, c.type, view.oid, number) for number, c in enumerate(view.columns, 1)]


def find_column(parts: tuple[str, ...], scope: Scope) -> tuple[OutColumn | None, Item | None, bool]:
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


def is_flattened(node: object) -> bool:
    """Whether facts gave up the structure below `node`: its names cannot be looked up in their scopes."""
    return isinstance(node, ex.Opaque) and node.kind == "deeply nested"


def split_name(text: str) -> tuple[str, ...]:
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
