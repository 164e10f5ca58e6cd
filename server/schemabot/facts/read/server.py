"""Schemas, extensions, roles, sequences, publications: what is neither a table nor made of expressions.

The fact's span is the object's name.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from schemabot.facts.expression import Expression
from schemabot.facts.model import (
    AlterPublication,
    AnyFact,
    CreateExtension,
    CreatePublication,
    CreateRole,
    CreateSchema,
    CreateSequence,
    GrantRole,
    TouchObject,
)
from schemabot.facts.names import Ident, Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.columns import sequence_options
from schemabot.facts.read.tree import (
    Json,
    constant,
    flag,
    items,
    options,
    role,
    roles,
    storage_options,
    strings,
)

_ROLE_FLAGS = {
    "canlogin": "login",
    "isreplication": "replication",
    "superuser": "superuser",
    "createdb": "createdb",
    "createrole": "createrole",
    "inherit": "inherit",
    "bypassrls": "bypassrls",
}
_ROLE_VALUES = {"connectionlimit": "connection limit", "password": "password", "validUntil": "valid until"}
_PUBLICATION_ACTIONS: dict[str, Literal["add", "drop", "set"]] = {
    "AP_AddObjects": "add",
    "AP_DropObjects": "drop",
    "AP_SetObjects": "set",
}


def create_schema(node: Json, b: Builder) -> list[AnyFact]:
    """The schema alone; `read` adds its elements. Without a name it is called like its owner."""
    owner = role(node["authrole"]) if "authrole" in node else None
    exists = ("if not exists",) if "if_not_exists" in node else ()
    at = b.sql.begins("create", "schema", *exists)
    if "schemaname" not in node:
        at = b.sql.skip(at, "authorization")
    name = b.sql.ident_at(at, node.get("schemaname") or owner or "")
    return [CreateSchema(span=name.span, name=name, if_not_exists="if_not_exists" in node, owner=owner)]


def create_extension(node: Json, b: Builder) -> list[AnyFact]:
    exists = ("if not exists",) if "if_not_exists" in node else ()
    at = b.sql.begins("create", "or replace", "extension", "trusted", "procedural", "language", *exists)
    name = b.sql.ident_at(at, node["extname"])
    given = dict(options(node.get("options")))
    return [
        CreateExtension(
            span=name.span,
            name=name,
            schema=constant(given["schema"]["arg"]) if "schema" in given else None,
            if_not_exists="if_not_exists" in node,
            cascade="cascade" in given and flag(given["cascade"]),
        )
    ]


def create_role(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.ident_at(b.sql.begins("create", "role", "user", "group"), node["role"])
    words, grants = _role_options(node, name, True)
    if node.get("stmt_type") == "ROLESTMT_USER" and not {"login", "nologin"} & set(words):
        words = ("login", *words)
    return [CreateRole(span=name.span, name=name, options=words), *grants]


def alter_role(node: Json, b: Builder) -> list[AnyFact]:
    written = node["role"]
    name = Ident(role(written), b.sql.token(written.get("location", 0)))
    adds = node.get("action", 1) > 0
    words, grants = _role_options(node, name, adds)
    if not words and grants:  # ALTER GROUP ... ADD / DROP USER
        return grants
    return [CreateRole(span=name.span, name=name, options=words, alter=True), *grants]


def _role_options(node: Json, name: Ident, adds: bool) -> tuple[tuple[str, ...], list[AnyFact]]:
    words: list[str] = []
    grants: list[AnyFact] = []
    for option, fields in options(node.get("options")):
        if option in _ROLE_FLAGS:
            words.append(_ROLE_FLAGS[option] if flag(fields) else "no" + _ROLE_FLAGS[option])
        elif option in _ROLE_VALUES:
            words.append(_ROLE_VALUES[option])
        elif option == "addroleto":
            others = roles(items(fields["arg"]))
            grants.append(GrantRole(span=name.span, grant=True, roles=others, members=(name.name,)))
        elif option in ("rolemembers", "adminmembers"):
            others = roles(items(fields["arg"]))
            grants.append(GrantRole(span=name.span, grant=adds, roles=(name.name,), members=others))
    return tuple(words), grants


def create_sequence(node: Json, b: Builder) -> list[AnyFact]:
    return _sequence(node, b, alter=False)


def alter_sequence(node: Json, b: Builder) -> list[AnyFact]:
    return _sequence(node, b, alter=True)


def _sequence(node: Json, b: Builder, alter: bool) -> list[AnyFact]:
    name = b.sql.relation(node["sequence"])
    return [
        CreateSequence(
            span=name.span,
            name=name,
            options=sequence_options(node.get("options"), b),
            if_not_exists="if_not_exists" in node,
            temporary=node["sequence"].get("relpersistence") == "t",
            alter=alter,
            if_exists="missing_ok" in node,
        )
    ]


def create_publication(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.ident_at(b.sql.begins("create", "publication"), node["pubname"])
    published = _published(node, b)
    return [
        CreatePublication(
            span=name.span,
            name=name,
            all_tables="for_all_tables" in node,
            tables=published.tables,
            only=published.only,
            columns=published.columns,
            filters=published.filters,
            schemas=published.schemas,
            options=storage_options(node.get("options")),
        )
    ]


def alter_publication(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.ident_at(b.sql.begins("alter", "publication"), node["pubname"])
    if "pubobjects" not in node and "for_all_tables" not in node:
        written = Name((name.name,), name.span)
        what = "alter publication set options"
        return [
            TouchObject(
                span=b.sql.rest(b.sql.start), kind="publication", name=written, what=what,
                options=storage_options(node.get("options")),
            )
        ]  # fmt: skip
    published = _published(node, b)
    return [
        AlterPublication(
            span=name.span,
            name=name,
            action=_PUBLICATION_ACTIONS.get(node.get("action", ""), "add"),
            tables=published.tables,
            only=published.only,
            columns=published.columns,
            filters=published.filters,
            schemas=published.schemas,
        )
    ]


class _Published(NamedTuple):
    tables: tuple[Name, ...]
    only: tuple[bool, ...]
    columns: tuple[tuple[str, ...], ...]
    filters: tuple[Expression | None, ...]
    schemas: tuple[str, ...]


def _published(node: Json, b: Builder) -> _Published:
    """The tables and schemas; CURRENT_SCHEMA is the schema `current_schema`."""
    items_ = [entry["PublicationObjSpec"] for entry in node.get("pubobjects", ())]
    tables = [item["pubtable"] for item in items_ if "pubtable" in item]
    names = tuple([b.sql.relation(table["relation"]) for table in tables])
    return _Published(
        names,
        tuple(["inh" not in table["relation"] for table in tables]),
        tuple([strings(table.get("columns")) for table in tables]),
        tuple(
            [
                b.expression(table["whereClause"], b.sql.inside(b.sql.find(name.span.end, "where")))
                if "whereClause" in table
                else None
                for name, table in zip(names, tables, strict=True)
            ]
        ),
        tuple([item.get("name", "current_schema") for item in items_ if "pubtable" not in item]),
    )
