"""ALTER TABLE and what shares its tree: VIEW, INDEX, SEQUENCE, MATERIALIZED VIEW, FOREIGN TABLE, TYPE.

One fact per sub-command, in order; its span is the sub-command's text (`add column a int`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from schemabot.facts.model import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AlterConstraint,
    AnyFact,
    AttachPartition,
    ChangeOwner,
    DropColumn,
    DropConstraint,
    SetDefault,
    SetGenerated,
    SetIdentity,
    SetInheritance,
    SetNotNull,
    SetRowSecurity,
    SetTableType,
    SetViewOptions,
    TouchTable,
)
from schemabot.facts.names import Ident, Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.columns import IDENTITY, column_def, sequence_options
from schemabot.facts.read.constraints import table_constraint
from schemabot.facts.read.partitions import bound_text, partition_bound
from schemabot.facts.read.tree import Json, cascades, constant, items, object_kind, options, role, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span


class _Part(NamedTuple):
    """One sub-command. `common` are the fields that every fact about it has."""

    node: Json
    span: Span
    common: dict[str, Any]
    b: Builder

    def ident(self, name: str, *words: str) -> Ident:
        """The identifier behind those of `words` that the sub-command starts with."""
        return self.b.sql.ident_at(self.b.sql.skip(self.span.start, *words), name)

    def column(self) -> Ident:
        """The column of ALTER [COLUMN] and ALTER ATTRIBUTE."""
        attribute = ("attribute",) if self.common["kind"] == "type" else ()
        return self.ident(self.node.get("name", str(self.node.get("num", ""))), "alter", "column", *attribute)


def alter_table(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    relation = node["relation"]
    table = sql.relation(relation)
    kind = object_kind(node.get("objtype", "OBJECT_TABLE"))
    only = "inh" not in relation and kind != "type"
    commands = node.get("cmds", [])
    start = sql.skip(table.span.end, "*")
    places = [sql.rest(start)] if len(commands) == 1 else sql.items(start)
    facts: list[AnyFact] = []
    for index, command in enumerate(commands):
        fields = command["AlterTableCmd"]
        span = places[index] if index < len(places) else sql.rest(start)
        common = {
            "span": span,
            "table": table,
            "if_exists": "missing_ok" in node,
            "only": only,
            "kind": kind,
        }
        part = _Part(fields, span, common, b)
        facts.append(_READERS.get(fields["subtype"], _touch)(part))
    if len(facts) > 1:
        facts.sort(key=_pass)
    return facts


def _pass(fact: AnyFact) -> int:
    """When the server performs a sub-command: after those of an earlier pass (tablecmds.c, AlterTablePass)."""
    if isinstance(fact, SetDefault):
        return _OTHER_CONSTRAINTS if fact.default is not None else _DROP
    if isinstance(fact, SetNotNull):
        return _COLUMN_ATTRIBUTES if fact.not_null else _DROP
    if isinstance(fact, SetGenerated):
        return _SET_EXPRESSION if fact.expression is not None else _DROP
    if isinstance(fact, SetIdentity):
        return {"add": _OTHER_CONSTRAINTS, "drop": _DROP, "set": _LAST}[fact.action]
    if isinstance(fact, AddConstraint):
        kind = fact.constraint.kind
        if kind in ("check", "not null"):
            return _CONSTRAINTS if kind == "check" else _COLUMN_ATTRIBUTES
        return _OTHER_CONSTRAINTS if kind == "foreign key" else _KEYS
    return _PASSES.get(type(fact), _LAST)


(
    _DROP,
    _TYPE,
    _ADD_COLUMN,
    _SET_EXPRESSION,
    _CONSTRAINTS,
    _COLUMN_ATTRIBUTES,
    _KEYS,
    _OTHER_CONSTRAINTS,
    _LAST,
) = range(9)
_PASSES: dict[type, int] = {
    DropColumn: _DROP,
    DropConstraint: _DROP,
    AlterColumnType: _TYPE,
    AddColumn: _ADD_COLUMN,
}


def _add_column(part: _Part) -> AnyFact:
    column = column_def(part.node["def"]["ColumnDef"], part.b, part.span.end)
    return AddColumn(**part.common, column=column, if_not_exists="missing_ok" in part.node)


def _drop_column(part: _Part) -> AnyFact:
    attribute = ("attribute",) if part.common["kind"] == "type" else ()
    exists = ("if exists",) if "missing_ok" in part.node else ()
    column = part.ident(part.node["name"], "drop", "column", *attribute, *exists)
    return DropColumn(
        **part.common, column=column, column_if_exists="missing_ok" in part.node, cascade=cascades(part.node)
    )


def _alter_type(part: _Part) -> AnyFact:
    definition = part.node["def"]["ColumnDef"]
    sql = part.b.sql
    type_ = type_name(definition["typeName"], sql)
    using = None
    if "raw_default" in definition:
        at = sql.after(type_.span.end, "using")
        using = part.b.expression(definition["raw_default"], sql.trimmed(at, part.span.end))
    collation = definition.get("collClause")
    return AlterColumnType(
        **part.common,
        column=part.column(),
        type=type_,
        using=using,
        collation=".".join(strings(collation["collname"])) if collation else None,
    )


def _default(part: _Part) -> AnyFact:
    column = part.column()
    if "def" not in part.node:
        return SetDefault(**part.common, column=column)
    sql = part.b.sql
    at = sql.skip(column.span.end, "set", "default")
    return SetDefault(
        **part.common,
        column=column,
        default=part.b.expression(part.node["def"], sql.trimmed(at, part.span.end)),
    )


def _not_null(part: _Part) -> AnyFact:
    return SetNotNull(**part.common, column=part.column(), not_null=part.node["subtype"] == "AT_SetNotNull")


def _set_expression(part: _Part) -> AnyFact:
    column = part.column()
    expression = part.b.expression(part.node["def"], part.b.sql.inside(column.span.end))
    return SetGenerated(**part.common, column=column, expression=expression)


def _drop_expression(part: _Part) -> AnyFact:
    return SetGenerated(**part.common, column=part.column(), column_if_exists="missing_ok" in part.node)


def _add_identity(part: _Part) -> AnyFact:
    fields = part.node["def"]["Constraint"]
    return SetIdentity(
        **part.common,
        column=part.column(),
        action="add",
        identity=IDENTITY.get(fields.get("generated_when", ""), ""),
        options=sequence_options(fields["options"], part.b) if "options" in fields else None,
    )


def _set_identity(part: _Part) -> AnyFact:
    when = ""
    for option, fields in options(items(part.node["def"])):
        if option == "generated":  # the character code of attidentity
            when = chr(int(constant(fields["arg"])))
    return SetIdentity(
        **part.common,
        column=part.column(),
        action="set",
        identity=IDENTITY.get(when, ""),
        options=sequence_options(items(part.node["def"]), part.b),
    )


def _drop_identity(part: _Part) -> AnyFact:
    return SetIdentity(
        **part.common, column=part.column(), action="drop", column_if_exists="missing_ok" in part.node
    )


def _add_constraint(part: _Part) -> AnyFact:
    constraint = table_constraint(part.node["def"]["Constraint"], part.span.end, part.b)
    return AddConstraint(**part.common, constraint=constraint)


def _drop_constraint(part: _Part) -> AnyFact:
    exists = ("if exists",) if "missing_ok" in part.node else ()
    return DropConstraint(
        **part.common,
        name=part.ident(part.node["name"], "drop", "constraint", *exists),
        constraint_if_exists="missing_ok" in part.node,
        cascade=cascades(part.node),
    )


def _validate_constraint(part: _Part) -> AnyFact:
    name = part.ident(part.node["name"], "validate", "constraint")
    return AlterConstraint(**part.common, name=name, validate=True)


def _alter_constraint(part: _Part) -> AnyFact:
    fields = part.node["def"]["ATAlterConstraint"]
    name = part.ident(fields["conname"], "alter", "constraint")
    is_deferrable = "alterDeferrability" in fields
    return AlterConstraint(
        **part.common,
        name=name,
        deferrable="deferrable" in fields if is_deferrable else None,
        initially_deferred="initdeferred" in fields if is_deferrable else None,
        enforced="is_enforced" in fields if "alterEnforceability" in fields else None,
        no_inherit="noinherit" in fields if "alterInheritability" in fields else None,
    )


def _row_security(part: _Part) -> AnyFact:
    return SetRowSecurity(**part.common, action=_ROW_SECURITY[part.node["subtype"]])  # type: ignore[arg-type]  # values are the literals


def _partition(part: _Part) -> AnyFact:
    command = part.node["def"]["PartitionCmd"]
    return AttachPartition(
        **part.common,
        partition=part.b.sql.relation(command["name"]),
        attach=part.node["subtype"] == "AT_AttachPartition",
        bound=partition_bound(command["bound"]) if "bound" in command else (),
        bound_text=bound_text(command["bound"], part.b) if "bound" in command else "",
    )


def _inherit(part: _Part) -> AnyFact:
    parent = part.b.sql.relation(part.node["def"]["RangeVar"])
    return SetInheritance(**part.common, parent=parent, inherit=part.node["subtype"] == "AT_AddInherit")


def _table_type(part: _Part) -> AnyFact:
    if part.node["subtype"] == "AT_DropOf":
        return SetTableType(**part.common, type=None)
    written = part.node["def"]["TypeName"]
    name = Name(strings(written["names"]), part.b.sql.name_span(written.get("location", part.span.start)))
    return SetTableType(**part.common, type=name)


def _options(part: _Part) -> AnyFact:
    reset = part.node["subtype"] == "AT_ResetRelOptions"
    pairs: list[tuple[str, str | None]] = []
    for name, fields in options(items(part.node["def"])):
        value = constant(fields["arg"]).lower() if "arg" in fields else "true"
        pairs.append((name.lower(), None if reset else value))
    return SetViewOptions(**part.common, options=tuple(pairs))


def _owner(part: _Part) -> AnyFact:
    common = part.common
    return ChangeOwner(
        span=part.span, kind=common["kind"], name=common["table"], owner=role(part.node["newowner"])
    )


def _touch(part: _Part) -> AnyFact:
    subtype = part.node["subtype"]
    words = _TOUCHED.get(subtype) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", subtype.removeprefix("AT_")).lower()
    column = part.column() if subtype in _OF_COLUMNS and "name" in part.node else None
    name = part.node.get("name") if column is None else None
    kind, given = next(iter(part.node.get("def", {"": {}}).items()))
    value: str | None = None
    pairs: tuple[tuple[str, str | None], ...] = ()
    if kind == "ReplicaIdentityStmt":
        name, value = given.get("name"), _IDENTITIES.get(given.get("identity_type", ""), "default")
    elif kind == "List":
        reset = subtype == "AT_ResetOptions"
        pairs = tuple(
            [
                (option, None if reset or fields.get("defaction") == "DEFELEM_DROP" else
                 constant(fields["arg"]) if "arg" in fields else "true")
                for option, fields in options(items(part.node["def"]))
            ]
        )  # fmt: skip
    elif kind in ("Integer", "String"):
        value = constant(part.node["def"])
    return TouchTable(**part.common, what=words, column=column, name=name, value=value, options=pairs)


_IDENTITIES = {"f": "full", "n": "nothing", "i": "index", "d": "default"}


_OF_COLUMNS = (
    "AT_SetStatistics", "AT_SetStorage", "AT_SetCompression", "AT_SetOptions", "AT_ResetOptions",
    "AT_AlterColumnGenericOptions",
)  # fmt: skip
_ROW_SECURITY = {
    "AT_EnableRowSecurity": "enable",
    "AT_DisableRowSecurity": "disable",
    "AT_ForceRowSecurity": "force",
    "AT_NoForceRowSecurity": "no force",
}
_TOUCHED = {
    "AT_DropCluster": "set without cluster",
    "AT_DropOids": "set without oids",
    "AT_SetUnLogged": "set unlogged",
    "AT_SetTableSpace": "set tablespace",
    "AT_SetOptions": "set column options",
    "AT_ResetOptions": "reset column options",
    "AT_GenericOptions": "foreign table options",
    "AT_AlterColumnGenericOptions": "foreign column options",
    "AT_EnableTrig": "enable trigger",
    "AT_DisableTrig": "disable trigger",
    "AT_EnableAlwaysTrig": "enable always trigger",
    "AT_EnableReplicaTrig": "enable replica trigger",
    "AT_EnableTrigAll": "enable trigger all",
    "AT_DisableTrigAll": "disable trigger all",
    "AT_EnableTrigUser": "enable trigger user",
    "AT_DisableTrigUser": "disable trigger user",
}
_READERS: dict[str, Callable[[_Part], AnyFact]] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _alter_type,
    "AT_ColumnDefault": _default,
    "AT_SetNotNull": _not_null,
    "AT_DropNotNull": _not_null,
    "AT_SetExpression": _set_expression,
    "AT_DropExpression": _drop_expression,
    "AT_AddIdentity": _add_identity,
    "AT_SetIdentity": _set_identity,
    "AT_DropIdentity": _drop_identity,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate_constraint,
    "AT_AlterConstraint": _alter_constraint,
    "AT_EnableRowSecurity": _row_security,
    "AT_DisableRowSecurity": _row_security,
    "AT_ForceRowSecurity": _row_security,
    "AT_NoForceRowSecurity": _row_security,
    "AT_AttachPartition": _partition,
    "AT_DetachPartition": _partition,
    "AT_DetachPartitionFinalize": _partition,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _inherit,
    "AT_AddOf": _table_type,
    "AT_DropOf": _table_type,
    "AT_SetRelOptions": _options,
    "AT_ResetRelOptions": _options,
    "AT_ChangeOwner": _owner,
}
