"""Facts about schema objects: what one statement does, typed and frozen, knowing no file.

Spans are code points relative to the statement's text; names are folded as PostgreSQL folds them and not
yet looked up. `None` in an option means "not written". One statement may yield many facts, in the order in
which PostgreSQL performs them.
"""

from __future__ import annotations

import msgspec

from schemabot.facts.expression import Expression, Query, QueryText
from schemabot.facts.kinds.alter_table import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AlterConstraint,
    AttachPartition,
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
    TableFact,
    TouchTable,
)
from schemabot.facts.kinds.base import (
    ConstraintKind,
    Fact,
    ObjectKind,
    ParameterMode,
    PolicyCommand,
    ReferentialAction,
)
from schemabot.facts.kinds.data import DeleteRows, InsertRows, RunQuery, TruncateTable, UpdateRows
from schemabot.facts.kinds.definitions import (
    AddEnumValue,
    AlterDomain,
    AlterFunction,
    AlterPolicy,
    AlterPublication,
    CreateAggregate,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateEventTrigger,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreatePublication,
    CreateRole,
    CreateRule,
    CreateSequence,
    CreateTrigger,
    CreateType,
    CreateView,
    ParameterDef,
    RenameEnumValue,
)
from schemabot.facts.kinds.objects import (
    ChangeOwner,
    CreateObject,
    DropObject,
    DropOwned,
    MoveToSchema,
    ReassignOwned,
    RenameObject,
    SetComment,
    TouchObject,
)
from schemabot.facts.kinds.privileges import ChangeDefaultPrivileges, ChangePrivileges, GrantRole
from schemabot.facts.kinds.session import (
    NoEffect,
    RunBlock,
    SetDefaultSetting,
    SetRole,
    SetSearchPath,
    SetSetting,
    Transaction,
    Unanalysed,
)
from schemabot.facts.kinds.tables import (
    ColumnDef,
    ConstraintDef,
    CreateSchema,
    CreateTable,
    IndexElement,
    LikeTable,
    Partitioning,
    SequenceOptions,
)
from schemabot.text import Span

AnyFact = (
    CreateSchema | CreateTable | AddColumn | DropColumn | AlterColumnType | SetDefault | SetNotNull
    | SetIdentity | SetGenerated | AddConstraint | DropConstraint | AlterConstraint | SetRowSecurity
    | AttachPartition | SetInheritance | SetTableType | SetViewOptions | TouchTable | RenameObject | MoveToSchema
    | ChangeOwner | DropObject | SetComment | CreateIndex | CreatePolicy | AlterPolicy | CreateTrigger
    | CreateFunction | AlterFunction | CreateView | CreateEnum | AddEnumValue | RenameEnumValue
    | CreateDomain | CreateComposite | CreateSequence | CreateExtension | CreateRole | ChangePrivileges
    | GrantRole | ChangeDefaultPrivileges | InsertRows | UpdateRows | DeleteRows | TruncateTable
    | RunQuery | SetSearchPath | SetSetting | SetRole | Transaction | RunBlock | NoEffect | Unanalysed
    | CreateType | AlterDomain | CreateAggregate | CreateRule | CreateEventTrigger | CreatePublication
    | AlterPublication | CreateObject | TouchObject | DropOwned | ReassignOwned | SetDefaultSetting
)  # fmt: skip


class Extracted(msgspec.Struct, frozen=True, gc=False):
    """All that one statement's text yields.

    `error` is the syntax error, and then `facts` is one `Unanalysed`.
    """

    facts: tuple[AnyFact, ...]
    error: str | None = None
    error_span: Span | None = None


__all__ = [
    "AddColumn", "AddConstraint", "AddEnumValue", "AlterColumnType", "AlterConstraint", "AlterDomain",
    "AlterFunction", "AlterPolicy", "AlterPublication", "AnyFact", "AttachPartition", "ChangeDefaultPrivileges",
    "ChangeOwner", "ChangePrivileges", "ColumnDef", "ConstraintDef", "ConstraintKind", "CreateAggregate",
    "CreateComposite", "CreateDomain", "CreateEnum", "CreateEventTrigger", "CreateExtension", "CreateFunction",
    "CreateIndex", "CreateObject", "CreatePolicy", "CreatePublication", "CreateRole", "CreateRule", "CreateSchema",
    "CreateSequence", "CreateTable", "CreateTrigger", "CreateType", "CreateView", "DeleteRows",
    "DropColumn", "DropConstraint", "DropObject", "DropOwned", "Expression", "Extracted", "Fact",
    "GrantRole", "IndexElement", "InsertRows", "LikeTable", "MoveToSchema", "NoEffect",
    "ObjectKind", "ParameterDef", "ParameterMode", "Partitioning", "PolicyCommand", "Query",
    "QueryText", "ReassignOwned", "ReferentialAction", "RenameEnumValue", "RenameObject", "RunBlock", "RunQuery",
    "SequenceOptions", "SetComment", "SetDefault", "SetDefaultSetting", "SetGenerated", "SetIdentity", "SetInheritance",
    "SetNotNull", "SetRole", "SetRowSecurity", "SetSearchPath", "SetSetting", "SetTableType", "SetViewOptions",
    "TableFact", "TouchObject", "TouchTable", "Transaction", "TruncateTable", "Unanalysed", "UpdateRows",
]  # fmt: skip
