"""SET, RESET, transactions. The fact's span is the whole statement, without its end's gaps."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.model import (
    AnyFact,
    NoEffect,
    SetDefaultSetting,
    SetRole,
    SetSearchPath,
    SetSetting,
    Transaction,
    Unanalysed,
)
from schemabot.facts.read.build import Builder
from schemabot.facts.read.settings import raw_values, setting_name, setting_value
from schemabot.facts.read.tree import Json, role

_Action = Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to", "prepare"]
_ACTIONS: dict[str, _Action] = {
    "TRANS_STMT_BEGIN": "begin",
    "TRANS_STMT_START": "begin",
    "TRANS_STMT_COMMIT": "commit",
    "TRANS_STMT_ROLLBACK": "rollback",
    "TRANS_STMT_SAVEPOINT": "savepoint",
    "TRANS_STMT_RELEASE": "release",
    "TRANS_STMT_ROLLBACK_TO": "rollback to",
    "TRANS_STMT_PREPARE": "prepare",
}


def set_variable(node: Json, b: Builder) -> list[AnyFact]:
    span = b.sql.rest(b.sql.start)
    kind = node["kind"]
    if kind == "VAR_SET_MULTI":
        return [NoEffect(span=span, what=f"set {node['name'].lower()}")]
    if kind == "VAR_SET_CURRENT":
        return [NoEffect(span=span, what="set from current")]
    name = setting_name(node)
    local = "is_local" in node
    is_set = kind == "VAR_SET_VALUE"
    if name == "search_path":
        # '' is the way to write an empty path: a schema cannot be called that.
        schemas = tuple([schema for schema in raw_values(node) if schema]) if is_set else None
        return [SetSearchPath(span=span, schemas=schemas, local=local)]
    if name in ("role", "session_authorization"):
        role = raw_values(node)[0] if is_set else None
        return [SetRole(span=span, role=None if role in ("none", "default") else role, local=local)]
    return [SetSetting(span=span, name=name, value=setting_value(node), local=local)]


def set_default(node: Json, b: Builder) -> list[AnyFact]:
    """ALTER ROLE and ALTER DATABASE ... SET and RESET."""
    given = node["setstmt"]
    name = setting_name(given)
    schemas = None
    if name == "search_path" and given["kind"] == "VAR_SET_VALUE":
        schemas = tuple([schema for schema in raw_values(given) if schema])
    return [
        SetDefaultSetting(
            span=b.sql.rest(b.sql.start),
            name=name,
            role=role(node["role"]) if "role" in node else None,
            database=node.get("database", node.get("dbname")),
            schemas=schemas,
        )
    ]


def discard(node: Json, b: Builder) -> list[AnyFact]:
    """DISCARD ALL ends what SET and SET SESSION AUTHORIZATION began; the others touch no schema."""
    span = b.sql.rest(b.sql.start)
    if node.get("target") != "DISCARD_ALL":
        return [NoEffect(span=span, what="discard")]
    return [SetRole(span=span, role=None), SetSetting(span=span, name="*", value=None)]


def transaction(node: Json, b: Builder) -> list[AnyFact]:
    span = b.sql.rest(b.sql.start)
    action = _ACTIONS.get(node["kind"])
    if action is None:
        return [
            Unanalysed(span=span, reason="what a prepared transaction did is not known where it is completed")
        ]
    name = node.get("savepoint_name", node.get("gid"))
    return [Transaction(span=span, action=action, name=name, chain="chain" in node)]
