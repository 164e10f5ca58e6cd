"""What names mean inside one predicate or function body: the innermost query first, as PostgreSQL looks them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from schemabot.catalog.apply.session import parse_search_path
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Table, Use
from schemabot.catalog.server_functions import server_functions
from schemabot.facts.expression import Call, Query
from schemabot.facts.names import Name
from schemabot.isolation.terms import Field, Rights, Term
from schemabot.text import Span

DEFAULT_PATH = ("public", "extensions")
"""Where names without schema are looked up unless somebody says otherwise; the second one is Supabase's."""


Meaning: TypeAlias = Callable[[], Term]
"""What a name means, worked out when somebody asks."""


class Item:
    """One thing in FROM. `columns` is None when they are not known; `schema` is that of a table without alias.

    `merged` are the columns that a join by USING shows once, as those of its other side.
    """

    __slots__ = ("alias", "columns", "merged", "schema")

    def __init__(self, alias: str, columns: Mapping[str, Meaning] | None, schema: str | None = None) -> None:
        self.alias = alias
        self.columns = columns
        self.schema = schema
        self.merged: frozenset[str] = frozenset()

    def is_called(self, qualifier: tuple[str, ...]) -> bool:
        """Whether `qualifier` (`alias`, or `schema.table`) means this item."""
        if qualifier[-1:] != (self.alias,):
            return False
        return len(qualifier) == 1 or (len(qualifier) == 2 and self.schema == qualifier[0])


class Names:
    """How relations and functions are found: by what the catalog bound, else along a search path."""

    def __init__(
        self, catalog: Catalog, path: tuple[str, ...] = DEFAULT_PATH, uses: tuple[Use, ...] | None = None
    ) -> None:
        self.catalog = catalog
        self.path = path
        self._bound: dict[Span, int] | None = None
        if uses is not None:
            self._bound = {use.span: use.oid for use in uses if use.number == 0}

    def table(self, name: Name) -> Table | None:
        """The table of that name; None for views and whatever is not known."""
        if self._bound is not None:
            oid = self._bound.get(name.span)
            return None if oid is None else self.catalog.table_by_oid(oid)
        if name.schema is not None:
            return self.catalog.table(name.schema, name.name)
        for schema in self.path:
            if self.catalog.relation(schema, name.name) is not None:
                return self.catalog.table(schema, name.name)
        return None

    def function(self, call: Call) -> Function | None:
        """The function of the catalog that is called; None for the server's own and unknown ones."""
        if self._bound is not None:
            oid = self._bound.get(call.span)
            return None if oid is None else self.catalog.functions.get(oid)
        name = call.name
        if len(name) == 1 and name[0] in server_functions():
            return None
        schemas = name[-2:-1] or self.path
        fitting = [
            function
            for schema in schemas
            for function in self.catalog.functions_named(schema, name[-1])
            if _takes(function, len(call.args))
        ]
        return fitting[0] if len(fitting) == 1 else None


def path_of(function: Function) -> tuple[str, ...]:
    """The schemas where the names in a function's body are looked up; none where its search_path is not known."""
    own = dict(function.settings).get("search_path")
    return DEFAULT_PATH if own is None else parse_search_path(own) or ()


def _takes(function: Function, count: int) -> bool:
    """Whether the function can be called with so many arguments."""
    inputs = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
    if any(p.mode == "variadic" for p in inputs):
        return count >= len(inputs) - 1
    return sum(p.default is None for p in inputs) <= count <= len(inputs)


class Cte(msgspec.Struct, frozen=True, eq=False):
    """A WITH query and where its names are looked up; it is read anew wherever it stands in FROM."""

    query: Query
    frame: Frame
    columns: tuple[str, ...]


def table_columns(table: Table, source: int) -> dict[str, Meaning] | None:
    """The columns of a table as terms; None when they are not all known."""
    if not table.columns_known:
        return None
    return {column.name: meaning(Field(source, column.number)) for column in table.columns}


def meaning(term: Term) -> Meaning:
    """What a name means that stands for a term already worked out."""
    return lambda: term


class Frame:
    """One level of a query, or the parameters and variables of a function (then `parent` is None)."""

    __slots__ = ("ctes", "function", "items", "names", "parameters", "parent", "rights", "strict_names")

    def __init__(self, names: Names, rights: Rights, parent: Frame | None = None) -> None:
        self.names = names
        self.rights: Rights = rights
        self.parent = parent
        self.items: list[Item] = []
        self.parameters: dict[str, Meaning] = {}
        self.function: str = "" if parent is None else parent.function
        self.strict_names: bool = False if parent is None else parent.strict_names
        self.ctes: dict[str, Cte | None] = {} if parent is None else dict(parent.ctes)

    def inner(self) -> Frame:
        """A level inside this one."""
        return Frame(self.names, self.rights, self)

    def beside(self) -> Frame:
        """Where a sub-select in FROM looks names up: in what is around this level, and in its WITH."""
        frame = Frame(self.names, self.rights, self.parent)
        frame.function, frame.strict_names, frame.ctes = self.function, self.strict_names, dict(self.ctes)
        return frame

    def find(self, parts: tuple[str, ...]) -> Meaning | None:
        """What a column reference means; None when it cannot be said."""
        *qualifier, name = parts
        root: Frame = self
        frame: Frame | None = self
        found: Meaning | None = None
        while frame is not None and (found is None or self.strict_names):
            items = [item for item in frame.items if not qualifier or item.is_called(tuple(qualifier))]
            if any(item.columns is None for item in items):
                return None
            having = [
                item.columns[name]
                for item in items
                if item.columns is not None
                and name in item.columns
                and (qualifier or name not in item.merged)
            ]
            if len(having) > 1 or (qualifier and items and not having):
                return None  # ambiguous, or no such column
            if found is None and having:
                found = having[0]
            root, frame = frame, frame.parent
        if found is not None and not self.strict_names:
            return found
        parameter = root.parameters.get(name)
        if qualifier:
            return found or (parameter if qualifier == [root.function] else None)
        # plpgsql refuses a name that is both a column and a variable (manual 41.11.1).
        return None if found is not None and parameter is not None else found or parameter
