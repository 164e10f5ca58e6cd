"""How a column's definition is written: where its type stands, for fixes that change it in place.

The catalog knows what a column is; a fix in a file that has not been applied changes what the user wrote.
Whatever does not read as expected (a column made by LIKE, by a DO block, by EXECUTE) has no place.
"""

from __future__ import annotations

from typing import Any

import msgspec

from schemabot.catalog.objects import Column, Origin, Table, TypeRef
from schemabot.facts.names import fold
from schemabot.rulekit.context import ProjectView, StateContext
from schemabot.syntax.lexer import Token, tokens
from schemabot.text import Span

_BEHIND_TYPE = frozenset(
    (
        "collate", "not", "null", "default", "primary", "unique", "references", "check", "constraint",
        "generated", "storage", "compression", "options", "deferrable", "initially", "using", "enforced",
    )
)  # fmt: skip
_SPELLINGS = {
    "int2": ("int2", "smallint", "smallserial", "serial2"),
    "int4": ("int4", "int", "integer", "serial", "serial4"),
    "int8": ("int8", "bigint", "bigserial", "serial8"),
    "float4": ("float4", "real", "float"),
    "float8": ("float8", "double", "float"),
    "bool": ("bool", "boolean"),
    "varchar": ("varchar", "character", "char", "national", "nchar"),
    "bpchar": ("char", "character", "bpchar", "nchar", "national"),
    "timestamp": ("timestamp",),
    "timestamptz": ("timestamptz", "timestamp"),
}


class WrittenType(msgspec.Struct, frozen=True):
    """A column's type as a statement of the project writes it. `at` covers it all, modifiers included.

    `created` is false when ALTER TABLE gave the column this type.
    """

    at: Origin
    text: str
    created: bool


def written_type(context: StateContext[Any], column: Column) -> WrittenType | None:
    """Where the type that the column has today is written; None where that cannot be said."""
    retyped = [change.at for change in column.changes if change.what == "type"]
    at = context.project.latest(*retyped) if retyped else column.origin
    text = context.project.statement_text(at)
    found = _altered_type(text, at.span) if retyped else _defined_type(text, at.span)
    if found is None:
        return None
    first = found.of(text).split("(")[0].split()
    if not first or first[0].strip('"').lower() not in _SPELLINGS.get(column.type.name, (column.type.name,)):
        return None
    return WrittenType(Origin(at.file, at.statement, found), found.of(text), not retyped)


def column_place(context: StateContext[Any], column: Column) -> Origin:
    """What a finding about a column's type underlines: the type, or the column's name where it is not found."""
    found = written_type(context, column)
    return found.at if found is not None else column.origin


def is_written(project: ProjectView, at: Origin, name: str) -> bool:
    """Whether the text at `at` is that name, as a statement of the project spells it."""
    text = project.place_text(at)
    return bool(text) and fold(text) == name


def type_words(ref: TypeRef) -> str:
    """A built-in type as people call it."""
    words = {
        "int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean", "float4": "real",
        "float8": "double precision", "bpchar": "char", "timestamp": "timestamp without time zone",
    }.get(ref.name, ref.name)  # fmt: skip
    modifiers = f"({', '.join(map(str, ref.modifiers))})" if ref.modifiers else ""
    return f"{words}{modifiers}{'[]' if ref.array else ''}"


def _defined_type(text: str, name: Span) -> Span | None:
    if not name.of(text).strip():
        return None
    return _type_from(text, name.end)


def _altered_type(text: str, clause: Span) -> Span | None:
    for token in tokens(text, clause.start, clause.end):
        if token.kind == "word" and token.span.of(text).lower() == "type":
            return _type_from(text, token.span.end)
    return None


def _type_from(text: str, start: int) -> Span | None:
    """The type that begins behind `start`: up to what may follow a type in a column's definition."""
    depth = 0
    first: Token | None = None
    last: Token | None = None
    for token in tokens(text, start):
        word = token.span.of(text)
        if token.kind == "comment":
            continue
        if depth == 0 and (
            word in (",", ")", ";") or (token.kind == "word" and word.lower() in _BEHIND_TYPE)
        ):
            break
        depth += (word in ("(", "[")) - (word in (")", "]"))
        first, last = first or token, token
    return None if first is None or last is None else Span(first.span.start, last.span.end)


def own_columns(context: StateContext[Any], table: Table) -> tuple[Column, ...]:
    """The columns that the project itself defined in this table; none of tables that rules say nothing about."""
    if (
        table.partition_of
        or not table.columns_known
        or table.kind == "foreign"
        or not context.concerns(table)
    ):
        return ()
    return tuple(c for c in table.columns if c.local and not c.origin.platform)
