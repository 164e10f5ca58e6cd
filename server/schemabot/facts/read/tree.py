"""Reading libpg_query's JSON: the shapes that every reader meets.

A node is `{"NodeName": {fields}}`, or the fields alone where the grammar allows one kind only. Fields with
the value 0, false, "" or NULL are left out.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from schemabot.facts.model import ObjectKind

Json: TypeAlias = dict[str, Any]

# What libpg_query calls an object kind: our word for it, and the words that SQL writes in front of the name.
OBJECTS: dict[str, tuple[ObjectKind, str]] = {
    "OBJECT_ACCESS_METHOD": ("access method", "access method"),
    "OBJECT_AGGREGATE": ("aggregate", "aggregate"),
    "OBJECT_ATTRIBUTE": ("column", "attribute"),
    "OBJECT_CAST": ("cast", "cast"),
    "OBJECT_COLLATION": ("collation", "collation"),
    "OBJECT_COLUMN": ("column", "column"),
    "OBJECT_CONVERSION": ("conversion", "conversion"),
    "OBJECT_DATABASE": ("database", "database"),
    "OBJECT_DOMAIN": ("domain", "domain"),
    "OBJECT_DOMCONSTRAINT": ("constraint", "constraint"),
    "OBJECT_EVENT_TRIGGER": ("event trigger", "event trigger"),
    "OBJECT_EXTENSION": ("extension", "extension"),
    "OBJECT_FDW": ("foreign data wrapper", "foreign data wrapper"),
    "OBJECT_FOREIGN_SERVER": ("server", "server"),
    "OBJECT_FOREIGN_TABLE": ("foreign table", "foreign table"),
    "OBJECT_FUNCTION": ("function", "function"),
    "OBJECT_INDEX": ("index", "index"),
    "OBJECT_LANGUAGE": ("language", "language"),
    "OBJECT_LARGEOBJECT": ("large object", "large object"),
    "OBJECT_MATVIEW": ("materialized view", "materialized view"),
    "OBJECT_OPCLASS": ("operator class", "operator class"),
    "OBJECT_OPERATOR": ("operator", "operator"),
    "OBJECT_OPFAMILY": ("operator family", "operator family"),
    "OBJECT_PARAMETER_ACL": ("parameter", "parameter"),
    "OBJECT_POLICY": ("policy", "policy"),
    "OBJECT_PROCEDURE": ("procedure", "procedure"),
    "OBJECT_PUBLICATION": ("publication", "publication"),
    "OBJECT_ROLE": ("role", "role"),
    "OBJECT_ROUTINE": ("routine", "routine"),
    "OBJECT_RULE": ("rule", "rule"),
    "OBJECT_SCHEMA": ("schema", "schema"),
    "OBJECT_SEQUENCE": ("sequence", "sequence"),
    "OBJECT_STATISTIC_EXT": ("statistics", "statistics"),
    "OBJECT_SUBSCRIPTION": ("subscription", "subscription"),
    "OBJECT_TABCONSTRAINT": ("constraint", "constraint"),
    "OBJECT_TABLE": ("table", "table"),
    "OBJECT_TABLESPACE": ("tablespace", "tablespace"),
    "OBJECT_TRANSFORM": ("transform", "transform for"),
    "OBJECT_TRIGGER": ("trigger", "trigger"),
    "OBJECT_TSCONFIGURATION": ("text search configuration", "text search configuration"),
    "OBJECT_TSDICTIONARY": ("text search dictionary", "text search dictionary"),
    "OBJECT_TSPARSER": ("text search parser", "text search parser"),
    "OBJECT_TSTEMPLATE": ("text search template", "text search template"),
    "OBJECT_TYPE": ("type", "type"),
    "OBJECT_VIEW": ("view", "view"),
}

_ROLE_WORDS = {
    "ROLESPEC_PUBLIC": "public",
    "ROLESPEC_CURRENT_USER": "current_user",
    "ROLESPEC_CURRENT_ROLE": "current_role",
    "ROLESPEC_SESSION_USER": "session_user",
}


def object_kind(name: str) -> ObjectKind:
    """Our word for libpg_query's object kind."""
    return OBJECTS[name][0] if name in OBJECTS else "other"


def string(node: Json) -> str:
    """The text of a String node."""
    value: str = node["String"].get("sval", "")
    return value


def strings(nodes: list[Json] | None) -> tuple[str, ...]:
    """The texts of a list of String nodes."""
    if not nodes:
        return ()
    return tuple([node["String"].get("sval", "") for node in nodes if "String" in node])


def items(node: Json) -> list[Json]:
    """The items of a List node."""
    found: list[Json] = node["List"].get("items", [])
    return found


def role(node: Json) -> str:
    """The name of a RoleSpec; `public`, `current_user` ... for the special ones.

    A role cannot be called public or none (CREATE ROLE refuses both), so the words are not ambiguous.
    """
    spec = node.get("RoleSpec", node)
    name: str | None = spec.get("rolename")
    return name if name is not None else _ROLE_WORDS.get(spec.get("roletype", ""), "public")


def roles(nodes: list[Json] | None) -> tuple[str, ...]:
    """The names of a list of RoleSpecs."""
    return tuple([role(node) for node in nodes or ()])


def options(nodes: list[Json] | None) -> list[tuple[str, Json]]:
    """DefElem nodes as `(name, fields)`."""
    return [(node["DefElem"].get("defname", ""), node["DefElem"]) for node in nodes or ()]


def cascades(node: Json) -> bool:
    """Whether CASCADE is written."""
    return node.get("behavior") == "DROP_CASCADE"


def constant(node: Json) -> str:
    """A constant of an option as text: `on`, `5`, `1.5`, a name or a string."""
    kind, value = next(iter(node.items()))
    if kind == "A_Const":
        if value.get("isnull"):
            return ""
        kind, value = next((k, v) for k, v in value.items() if k not in ("location", "isnull"))
    if kind in ("String", "sval"):
        return str(value.get("sval", ""))
    if kind in ("Integer", "ival"):
        return str(value.get("ival", 0))
    if kind in ("Float", "fval"):
        return str(value.get("fval", "0"))
    if kind in ("Boolean", "boolval"):
        return "true" if value.get("boolval") else "false"
    if kind in ("BitString", "bsval"):
        return str(value.get("bsval", ""))
    if kind == "TypeName":
        return ".".join(strings(value.get("names")))
    if kind == "TypeCast":
        return constant(value["arg"])
    if kind == "List":
        return ".".join(constant(item) for item in value.get("items", []))
    return ""


def storage_options(nodes: list[Json] | None) -> tuple[tuple[str, str], ...]:
    """WITH options of tables, indexes and keys: lower-case names (`toast.autovacuum_enabled`), values as written."""
    found: list[tuple[str, str]] = []
    for name, fields in options(nodes):
        space = fields.get("defnamespace")
        full = name.lower() if space is None else f"{space}.{name}".lower()
        found.append((full, constant(fields["arg"]) if "arg" in fields else "true"))
    return tuple(found)


def foreign_options(nodes: list[Json] | None) -> tuple[tuple[str, str], ...]:
    """OPTIONS (name 'value', ...) of a foreign table or its column."""
    return tuple([(name, constant(fields["arg"])) for name, fields in options(nodes) if "arg" in fields])


def flag(option: Json) -> bool:
    """A boolean option: absent value means true (DefElem without an argument)."""
    if "arg" not in option:
        return True
    return constant(option["arg"]).lower() not in ("false", "off", "0", "no")
