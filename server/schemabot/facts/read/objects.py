"""Names of objects of any kind, as DROP, COMMENT, GRANT, ALTER ... RENAME / OWNER / SET SCHEMA write them."""

from __future__ import annotations

from schemabot.facts.model import ObjectKind
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.facts.read.build import Builder
from schemabot.facts.read.tree import Json, items, string, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span

NO_OPERAND = TypeName(("none",), (), 0, Span(0, 0))
"""The operand that a prefix operator does not have."""

ON_A_TABLE: frozenset[ObjectKind] = frozenset(("policy", "trigger", "rule", "constraint"))


def object_name(
    node: Json, at: int, b: Builder, objtype: str = ""
) -> tuple[Name, tuple[TypeName, ...] | None]:
    """The name that starts at or behind `at`, and a function's argument types when they are written.

    A cast is named by its two types, a transform by type and language.
    """
    kind, fields = next(iter(node.items()))
    if kind == "RangeVar":
        return b.sql.relation(fields), None
    if kind == "ObjectWithArgs":
        return b.sql.name_at(at, strings(fields.get("objname"))), arguments(fields, b)
    if kind == "TypeName":
        return b.sql.name_at(at, strings(fields["names"])), None
    if kind == "List":
        parts = _parts(items(node))
        if objtype in ("OBJECT_OPCLASS", "OBJECT_OPFAMILY"):  # the access method comes first
            parts = parts[1:]
        if objtype == "OBJECT_CAST":
            opening = b.sql.token(at).start
            types = tuple([type_name(item["TypeName"], b.sql) for item in items(node)])
            return Name(parts, Span(opening, b.sql.closing(opening))), types
        if objtype == "OBJECT_TRANSFORM":
            type_ = type_name(items(node)[0]["TypeName"], b.sql)
            return Name(type_.parts, type_.span), (type_,)
        return b.sql.name_at(at, parts), None
    if kind == "Integer":
        return b.sql.name_at(at, (str(fields.get("ival", 0)),)), None
    return b.sql.name_at(at, (string(node),)), None


def arguments(node: Json, b: Builder) -> tuple[TypeName, ...] | None:
    """The input argument types of an ObjectWithArgs; None when no list is written. NONE is `NO_OPERAND`."""
    if "args_unspecified" in node:
        return None
    return tuple(
        [
            type_name(arg["TypeName"], b.sql) if "TypeName" in arg else NO_OPERAND
            for arg in node.get("objargs", ())
        ]
    )


def qualifier(node: Json, objtype: str) -> str:
    """What a List node says besides the name: the access method of an operator class, or a language."""
    if objtype in ("OBJECT_OPCLASS", "OBJECT_OPFAMILY"):
        return string(items(node)[0])
    return string(items(node)[-1]) if objtype == "OBJECT_TRANSFORM" else ""


def part_on_table(node: Json, at: int, b: Builder) -> tuple[Ident, Name]:
    """`part ON table` at `at`, the order in which the tree has them being table, part."""
    nodes = items(node)
    part = b.sql.ident_at(at, string(nodes[-1]))
    return part, b.sql.name_at(b.sql.skip(part.span.end, "on", "domain"), _parts(nodes[:-1]))


def _parts(nodes: list[Json]) -> tuple[str, ...]:
    parts: list[str] = []
    for node in nodes:
        if "TypeName" in node:
            names = strings(node["TypeName"]["names"])
            parts += names[1:] if names[0] == "pg_catalog" else names
        else:
            parts.append(string(node))
    return tuple(parts)
