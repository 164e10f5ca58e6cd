"""From a statement's parse tree to its facts: the table of readers, one for each statement's node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.facts.model import (
    AnyFact,
    CreateAggregate,
    CreateObject,
    CreateRule,
    CreateType,
    TouchObject,
    Unanalysed,
)
from schemabot.facts.read import (
    alter_table,
    comments,
    data,
    drops,
    functions,
    indexes,
    other_objects,
    policies,
    privileges,
    renames,
    server,
    session,
    tables,
    triggers,
    types,
    views,
)
from schemabot.facts.read.build import Builder
from schemabot.facts.read.mentions import mentioned_names
from schemabot.facts.read.other import NO_EFFECT, REASONS, no_effect
from schemabot.facts.read.scan import StatementText
from schemabot.facts.read.tree import Json, flag, options

_KEPT = (CreateAggregate, CreateObject, CreateRule, CreateType, TouchObject)
"""What the catalog keeps as written."""

Reader = Callable[[Json, Builder], list[AnyFact]]


def read(tree: Json, text: str) -> list[AnyFact]:
    """The facts of the statement `text`, whose tree is `{"CreateStmt": {...}}`."""
    ((kind, fields),) = tree.items()
    facts = _read(kind, fields, Builder(StatementText(text)))
    if isinstance(facts[0] if facts else None, _KEPT):
        return [msgspec.structs.replace(f, written=text) if isinstance(f, _KEPT) else f for f in facts]
    return facts


def unanalysed(text: str, reason: str, sql: StatementText | None = None) -> Unanalysed:
    """The fact that `text` is not understood; its span is the first words."""
    return Unanalysed(span=(sql or StatementText(text)).head(), reason=reason, names=mentioned_names(text))


def _read(kind: str, node: Json, b: Builder) -> list[AnyFact]:
    reader = READERS.get(kind)
    if reader is not None:
        return reader(node, b)
    if kind in NO_EFFECT:
        return no_effect(kind, node, b)
    reason = REASONS.get(kind, f"{b.sql.head().of(b.sql.text).upper()} is not read yet")
    return [unanalysed(b.sql.text[b.sql.start :], reason, b.sql)]


def _explain(node: Json, b: Builder) -> list[AnyFact]:
    """EXPLAIN ANALYZE performs its statement."""
    if any(option == "analyze" and flag(fields) for option, fields in options(node.get("options"))):
        ((kind, fields),) = node["query"].items()
        return _read(kind, fields, b)
    return no_effect("ExplainStmt", node, b)


def _define(node: Json, b: Builder) -> list[AnyFact]:
    """CREATE AGGREGATE, TYPE, OPERATOR, COLLATION, TEXT SEARCH ... share a node."""
    kind = node["kind"]
    if kind == "OBJECT_AGGREGATE":
        return functions.create_aggregate(node, b)
    if kind == "OBJECT_TYPE":
        return types.create_base_type(node, b)
    return other_objects.define(node, b)


def _create_schema(node: Json, b: Builder) -> list[AnyFact]:
    """CREATE SCHEMA and its elements, which are created in it.

    See parse_utilcmd.c, transformCreateSchemaStmtElements.
    A relation that the statement creates is meant by its bare name in the other elements too.
    """
    facts = server.create_schema(node, b)
    elements = node.get("schemaElts", [])
    if not elements:
        return facts
    schema = facts[0].name.name  # type: ignore[union-attr]  # the first is CreateSchema
    created = {name for element in elements if (name := _created(element)) is not None}
    starts = _element_starts(b.sql)
    for index, element in sorted(enumerate(elements), key=_element_order):
        _qualify(element, schema, created)
        ((kind, fields),) = element.items()
        start = starts[index] if index < len(starts) else b.sql.start
        end = starts[index + 1] if index + 1 < len(starts) else len(b.sql.text)
        facts += _read(kind, fields, Builder(StatementText(b.sql.text[:end], start)))
    return facts


def _element_order(item: tuple[int, Json]) -> int:
    """PostgreSQL makes sequences first, then tables, views, indexes and triggers, and grants last."""
    order = ("CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt")
    kind = next(iter(item[1]))
    return order.index(kind) if kind in order else len(order)


def _element_starts(sql: StatementText) -> list[int]:
    """Where the elements start: CREATE and GRANT are reserved, outside brackets nothing else is one."""
    words = ("create", "grant")
    first = sql.begins("create")
    return [span.start for span in sql.tokens(first) if span.of(sql.text).lower() in words]


def _created(element: Json) -> str | None:
    ((kind, fields),) = element.items()
    place = {"CreateStmt": "relation", "ViewStmt": "view", "CreateSeqStmt": "sequence"}.get(kind)
    return None if place is None else fields[place]["relname"]


def _qualify(element: Json, schema: str, created: set[str]) -> None:
    """Give the schema to every bare name in `element` that is one of `created`."""
    todo: list[Any] = [element]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            if item.get("relname") in created and "schemaname" not in item:
                item["schemaname"] = schema
            todo.extend(item.values())


READERS: dict[str, Reader] = {
    **other_objects.READERS,
    "AlterDomainStmt": types.alter_domain,
    "AlterDefaultPrivilegesStmt": privileges.change_default_privileges,
    "AlterEnumStmt": types.alter_enum,
    "AlterFunctionStmt": functions.alter_function,
    "AlterObjectSchemaStmt": renames.set_schema,
    "AlterOwnerStmt": renames.change_owner,
    "AlterPolicyStmt": policies.alter_policy,
    "AlterPublicationStmt": server.alter_publication,
    "AlterDatabaseSetStmt": session.set_default,
    "AlterRoleSetStmt": session.set_default,
    "AlterRoleStmt": server.alter_role,
    "AlterSeqStmt": server.alter_sequence,
    "AlterTableStmt": alter_table.alter_table,
    "CallStmt": data.call,
    "CommentStmt": comments.comment,
    "CompositeTypeStmt": types.create_composite,
    "CopyStmt": data.copy,
    "CreateDomainStmt": types.create_domain,
    "CreateEnumStmt": types.create_enum,
    "CreateEventTrigStmt": triggers.create_event_trigger,
    "CreateExtensionStmt": server.create_extension,
    "CreateForeignTableStmt": tables.create_foreign_table,
    "CreateFunctionStmt": functions.create_function,
    "CreatePolicyStmt": policies.create_policy,
    "CreatePublicationStmt": server.create_publication,
    "CreateRangeStmt": types.create_range,
    "CreateRoleStmt": server.create_role,
    "CreateSchemaStmt": _create_schema,
    "CreateSeqStmt": server.create_sequence,
    "CreateStmt": tables.create_table,
    "CreateTableAsStmt": tables.create_table_as,
    "CreateTrigStmt": triggers.create_trigger,
    "DeclareCursorStmt": data.declare_cursor,
    "DefineStmt": _define,
    "DeleteStmt": data.delete,
    "DiscardStmt": session.discard,
    "DoStmt": functions.do,
    "DropOwnedStmt": drops.drop_owned,
    "DropRoleStmt": drops.drop_roles,
    "DropStmt": drops.drop,
    "DropdbStmt": drops.drop_database,
    "ExplainStmt": _explain,
    "GrantRoleStmt": privileges.grant_role,
    "GrantStmt": privileges.change_privileges,
    "IndexStmt": indexes.create_index,
    "InsertStmt": data.insert,
    "MergeStmt": data.merge,
    "ReassignOwnedStmt": drops.reassign_owned,
    "RenameStmt": renames.rename,
    "RuleStmt": triggers.create_rule,
    "SelectStmt": data.select,
    "TransactionStmt": session.transaction,
    "TruncateStmt": data.truncate,
    "UpdateStmt": data.update,
    "VariableSetStmt": session.set_variable,
    "ViewStmt": views.create_view,
}
