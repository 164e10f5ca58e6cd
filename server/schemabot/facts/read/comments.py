"""COMMENT ON, of every kind. The fact's span is the name, with its table for parts of tables.

PostgreSQL treats '' as NULL (comment.c, CreateComments), and libpg_query's JSON has neither.
"""

from __future__ import annotations

from schemabot.facts.model import AnyFact, ObjectKind, SetComment
from schemabot.facts.names import Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import ON_A_TABLE, object_name, part_on_table, qualifier
from schemabot.facts.read.tree import OBJECTS, Json
from schemabot.text import Span


def comment(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    kind, words = OBJECTS.get(node["objtype"], ("other", ""))
    at = sql.begins("comment", "on", *words.split())
    text: str | None = node.get("comment")
    on_kind: ObjectKind = "domain" if node["objtype"] == "OBJECT_DOMCONSTRAINT" else "table"
    if kind in ON_A_TABLE:
        part, table = part_on_table(node["object"], at, b)
        span = Span(part.span.start, table.span.end)
        return [SetComment(span=span, kind=kind, name=table, text=text, part=part.name, on_kind=on_kind)]
    name, arguments = object_name(node["object"], at, b, node["objtype"])
    if kind == "column":
        owner = Name(name.parts[:-1], sql.name_at(at, name.parts[:-1]).span)
        return [SetComment(span=name.span, kind=kind, name=owner, text=text, part=name.parts[-1])]
    return [
        SetComment(
            span=name.span,
            kind=kind,
            name=name,
            text=text,
            arguments=arguments,
            qualifier=qualifier(node["object"], node["objtype"]),
        )
    ]
