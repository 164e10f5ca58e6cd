"""Names and types as a statement writes them, before anything is looked up."""

from __future__ import annotations

import msgspec

from schemabot.text import Span


class Name(msgspec.Struct, frozen=True, array_like=True):
    """A possibly qualified name, each part folded as PostgreSQL folds it.

    `span` covers the whole written name, quotes included, relative to the statement's text.
    """

    parts: tuple[str, ...]
    span: Span

    @property
    def name(self) -> str:
        """The last part: the object's own name."""
        return self.parts[-1]

    @property
    def schema(self) -> str | None:
        """The part before the last, when it is written."""
        return self.parts[-2] if len(self.parts) > 1 else None

    def __str__(self) -> str:
        return ".".join(self.parts)


class Ident(msgspec.Struct, frozen=True, array_like=True):
    """One identifier, folded, with its place."""

    name: str
    span: Span

    def __str__(self) -> str:
        return self.name


class TypeName(msgspec.Struct, frozen=True, array_like=True):
    """A type as written: `numeric(10, 2)[]` is `(("numeric",), (10, 2), 1)`.

    The grammar's own spellings (`int`, `timestamptz`, `varchar`) come as PostgreSQL's internal names
    without `pg_catalog` (`int4`, `timestamptz`, `varchar`; `serial` stays `serial`).
    """

    parts: tuple[str, ...]
    modifiers: tuple[int | str, ...]
    dimensions: int
    span: Span
    setof: bool = False
    percent_type: bool = False

    @property
    def name(self) -> str:
        """The type's own name, without its schema."""
        return self.parts[-1]
