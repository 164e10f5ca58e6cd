"""What names mean inside one predicate or function body: the innermost query first, as PostgreSQL looks them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Table, Use
from schemabot.catalog.server_functions import server_functions
from schemabot.facts.expression import Call
from schemabot.facts.names import Name
from schemabot.text import Span

if TYPE_CHECKING:
    from schemabot.isolation.terms import Arm, Rights, Term

DEFAULT_PATH = ("public", "extensions")


class Item:
    """One thing in FROM. `columns` is None when they are not known."""

    __slots__ = ("alias", "columns")

    def __init__(self, alias: str, columns: Mapping[str, Callable[[], Term]] | None) -> None:
        self.alias = alias
        self.columns = columns


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
        for schema in name[-2:-1] or self.path:
            found = self.catalog.functions_named(schema, name[-1])
            if found:
                fitting = [f for f in found if len(f.signature) == len(call.args)]
                if len(fitting) == 1:
                    return fitting[0]
                return found[0] if len(found) == 1 else None
        return None


class Frame:
    """One level of a query, or the parameters and variables of a function (then `parent` is None)."""

    __slots__ = ("ctes", "function", "items", "names", "parameters", "parent", "rights", "strict_names")

    def __init__(self, names: Names, rights: Rights, parent: Frame | None = None) -> None:
        self.names = names
        self.rights: Rights = rights
        self.parent = parent
        self.items: list[Item] = []
        self.parameters: dict[str, Callable[[], Term]] = {}
        self.function: str = "" if parent is None else parent.function
        self.strict_names: bool = False if parent is None else parent.strict_names
        self.ctes: dict[str, tuple[Arm, ...] | None] = {} if parent is None else dict(parent.ctes)

    def inner(self) -> Frame:
        """A level inside this one."""
        return Frame(self.names, self.rights, self)

    def find(self, parts: tuple[str, ...]) -> Callable[[], Term] | None:
        """What a column reference means; None when it cannot be said."""
        name = parts[-1]
        root: Frame = self
        frame: Frame | None = self
        found: Callable[[], Term] | None = None
        while frame is not None:
            for item in frame.items:
                if len(parts) > 1 and item.alias != parts[-2]:
                    continue
                if item.columns is None:
                    return None
                if found is None and name in item.columns:
                    found = item.columns[name]
            if len(parts) > 1 and found is None and any(item.alias == parts[-2] for item in frame.items):
                return None
            if found is not None and not self.strict_names:
                return found
            root, frame = frame, frame.parent
        parameter = root.parameters.get(name)
        if len(parts) > 1:
            return found or (parameter if parts[-2] == root.function else None)
        # plpgsql refuses a name that is both a column and a variable (manual 41.11.1).
        return None if found is not None and parameter is not None else found or parameter
