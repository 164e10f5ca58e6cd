"""What is being written: the statements so far, what could not be said, and what is to be made at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ParamSpec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Extension,
    Function,
    OtherObject,
    OtherType,
    Publication,
    SchemaObject,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.writer import CannotRender, NotExactError, Writer

Made = ParamSpec("Made")


class Output:
    """Collects the statements for `catalog`, as `creator` will run them.

    `before` is the catalog that the database has already, None for an empty one.
    """

    def __init__(self, catalog: Catalog, before: Catalog | None, creator: str) -> None:
        self.catalog = catalog
        self.before = before
        self.creator = creator
        self.w = Writer(catalog)
        self.statements: list[str] = []
        self.not_rendered: list[CannotRender] = []
        self._path: tuple[str, ...] = ()

    def new(self, item: Any) -> bool:
        """Whether the database does not have the object: no platform brings it, and no extension."""
        if getattr(item, "extension", None) is not None or getattr(item, "temporary", False):
            return False
        return self.before is None or not item.origin.platform

    def added(self, part: Any) -> bool:
        """Whether a part of an object of the platform is to be made."""
        return self.before is None or not part.origin.platform

    def add(
        self, label: str, write: Callable[Made, Iterable[str]], *args: Made.args, **named: Made.kwargs
    ) -> bool:
        """The statements that `write` gives, or a note that the object cannot be written."""
        self.w.paths.clear()
        try:
            made = list(write(*args, **named))
            self._search()
            self.statements += made
        except NotExactError as problem:
            self.not_rendered.append(CannotRender(label, str(problem)))
            return False
        return True

    def _search(self) -> None:
        """Set search_path where what was just written counts on one."""
        if len(self.w.paths) > 1:
            raise NotExactError("its parts were written under different search_paths")
        for path in self.w.paths:
            if path != self._path:
                self._path = path
                schemas = ", ".join(map(quote_identifier, path)) or "''"
                self.statements.append(f"set search_path to {schemas}")

    def label(self, item: Any) -> str:
        """`kind schema.name`, for people."""
        schema = getattr(item, "schema", None)
        return f"{kind_of(item)} {item.name if schema is None else f'{schema}.{item.name}'}"

    def target(self, item: Any) -> str:
        """The object as ALTER and COMMENT name it, its kind in front."""
        kind = kind_of(item)
        if isinstance(item, Function):
            return f"{kind} {self.w.signature(item)}"
        schema = getattr(item, "schema", None)
        if schema is None or isinstance(item, Extension):
            return f"{kind} {quote_identifier(item.name)}"
        return f"{kind} {quote_qualified(schema, item.name)}"


def kind_of(item: Any) -> str:
    """The words of an object's kind, as ALTER and COMMENT say them."""
    if isinstance(item, Table):
        return "foreign table" if item.kind == "foreign" else "table"
    if isinstance(item, View):
        return "materialized view" if item.materialized else "view"
    if isinstance(item, Function):
        return item.kind if item.kind in ("procedure", "aggregate") else "function"
    if isinstance(item, OtherObject):
        return item.kind
    for type_, word in (
        (Sequence, "sequence"), (SchemaObject, "schema"), (Extension, "extension"), (Publication, "publication"),
    ):  # fmt: skip
        if isinstance(item, type_):
            return word
    return "event trigger" if hasattr(item, "event") else "type"


def is_made(item: object) -> bool:
    """Whether a type has a statement of its own: row types and multiranges come with others."""
    return not (isinstance(item, OtherType) and item.kind in ("row", "multirange"))
