"""ALTER ... RENAME, SET SCHEMA, OWNER TO, of every kind. A fact's span is what follows the object's name."""

from __future__ import annotations

from schemabot.facts.model import AnyFact, ChangeOwner, MoveToSchema, ObjectKind, RenameObject
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import object_name, qualifier
from schemabot.facts.read.tree import OBJECTS, Json, role


def rename(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    kind, words = OBJECTS.get(node["renameType"], ("other", ""))
    part: Ident | None = None
    on_kind: ObjectKind = "table"
    if kind in ("policy", "trigger", "rule"):
        exists = ("if exists",) if "missing_ok" in node else ()
        part = sql.ident_at(sql.begins("alter", words, *exists), node["subname"])
        name = sql.relation(node["relation"])
        arguments = None
    else:
        if kind in ("column", "constraint"):
            on_kind, words = OBJECTS.get(_owner_of_part(node), ("table", "table"))
        name, arguments = _subject(node, words, b)
        if kind in ("column", "constraint"):
            attribute = ("attribute",) if node["renameType"] == "OBJECT_ATTRIBUTE" else ()
            column = ("constraint",) if kind == "constraint" else ("column", *attribute)
            at = sql.skip(name.span.end, "*", "rename", *column)
            part = sql.ident_at(at, node["subname"])
    qualified = qualifier(node["object"], node["renameType"]) if "object" in node else ""
    return [
        RenameObject(
            span=sql.rest(
                sql.skip(name.span.end, "*")
                if arguments is None and not qualified
                else sql.find(name.span.end, "rename")
            ),
            kind=kind,
            name=name,
            new_name=node["newname"],
            part=part,
            arguments=arguments,
            if_exists="missing_ok" in node,
            on_kind=on_kind,
            qualifier=qualified,
            only=on_kind in ("table", "foreign table") and "inh" not in node.get("relation", {"inh": True}),
        )
    ]


def _owner_of_part(node: Json) -> str:
    """The kind of the object that a renamed column or constraint belongs to."""
    if node["renameType"] == "OBJECT_DOMCONSTRAINT":
        return "OBJECT_DOMAIN"
    if node["renameType"] == "OBJECT_TABCONSTRAINT":
        return "OBJECT_TABLE"
    owner: str = node.get("relationType", "OBJECT_TABLE")
    return owner


def _subject(node: Json, words: str, b: Builder) -> tuple[Name, tuple[TypeName, ...] | None]:
    """The object of ALTER `words` name."""
    if "relation" in node:
        return b.sql.relation(node["relation"]), None
    exists = ("if exists",) if "missing_ok" in node else ()
    at = b.sql.begins("alter", *(words.split() if words else ()), *_OTHER_WORDS, *exists)
    if "object" not in node:
        return b.sql.name_at(at, (node.get("subname", ""),)), None
    return object_name(node["object"], at, b, str(node.get("renameType") or node.get("objectType")))


# ALTER USER / GROUP are ALTER ROLE; ALTER LANGUAGE may say PROCEDURAL.
_OTHER_WORDS = ("user", "group", "procedural language", "foreign data wrapper")


def set_schema(node: Json, b: Builder) -> list[AnyFact]:
    kind, words = OBJECTS.get(node["objectType"], ("other", ""))
    name, arguments = _subject(node, words, b)
    return [
        MoveToSchema(
            span=b.sql.rest(b.sql.find(name.span.end, "set")),
            kind=kind,
            name=name,
            schema=node["newschema"],
            arguments=arguments,
            if_exists="missing_ok" in node,
            qualifier=qualifier(node["object"], node["objectType"]) if "object" in node else "",
        )
    ]


def change_owner(node: Json, b: Builder) -> list[AnyFact]:
    kind, words = OBJECTS.get(node["objectType"], ("other", ""))
    name, arguments = _subject(node, words, b)
    return [
        ChangeOwner(
            span=b.sql.rest(b.sql.find(name.span.end, "owner")),
            kind=kind,
            name=name,
            owner=role(node["newowner"]),
            arguments=arguments,
            qualifier=qualifier(node["object"], node["objectType"]) if "object" in node else "",
        )
    ]
