"""Names and types as a statement writes them, before anything is looked up."""

from __future__ import annotations

import re

import msgspec

from schemabot.text import Span

NAME_BYTES = 63
"""The length of a name in bytes; PostgreSQL cuts longer ones (NAMEDATALEN - 1, manual 4.1.1)."""

_ESCAPES = re.compile(r"\\\\|\\([0-9A-Fa-f]{4})|\\\+([0-9A-Fa-f]{6})")


def fold(written: str) -> str:
    """One identifier as PostgreSQL folds it: unquoted ASCII letters become small, 63 bytes are kept.

    `U&"..."` is decoded with the default escape character `\\`.
    """
    if written.endswith('"'):
        unicode = written[:2].lower() == "u&"
        name = written[3 if unicode else 1 : -1].replace('""', '"')
        if unicode:
            name = _ESCAPES.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else "\\", name)
    elif written.isascii():
        name = written.lower()
    else:
        name = "".join(char.lower() if char.isascii() else char for char in written)
    encoded = name.encode("utf-8", "surrogatepass")
    if len(encoded) > NAME_BYTES:
        name = encoded[:NAME_BYTES].decode("utf-8", "ignore")
    return name


class Name(msgspec.Struct, frozen=True, gc=False, array_like=True):
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


class Ident(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One identifier, folded, with its place."""

    name: str
    span: Span

    def __str__(self) -> str:
        return self.name


class TypeName(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A type as written: `numeric(10, 2)[]` is `(("numeric",), (10, 2), 1)`.

    The grammar's own spellings (`int`, `timestamptz`, `varchar`) come as PostgreSQL's internal names
    without `pg_catalog` (`int4`, `timestamptz`, `varchar`; `serial` stays `serial`). `char` is
    `bpchar` with the modifier 1, `bit` has the modifier 1. The fields of an interval are words:
    `interval day to second(3)` has the modifiers `("day to second", 3)`.
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
