"""Statements that are understood and leave the schema alone, and why others are not read.

Each fact's span is the statement's first words.
"""

from __future__ import annotations

from schemabot.facts.model import AnyFact, NoEffect
from schemabot.facts.read.build import Builder
from schemabot.facts.read.tree import Json

# What the statement does, in plain words; maintenance, session and storage, nothing that a catalog keeps.
_WORDS = {
    "VacuumStmt": "vacuum or analyze",
    "LockStmt": "lock",
    "ExplainStmt": "explain",
    "ReindexStmt": "reindex",
    "ClusterStmt": "cluster",
    "CheckPointStmt": "checkpoint",
    "NotifyStmt": "notify",
    "ListenStmt": "listen",
    "UnlistenStmt": "unlisten",
    "DiscardStmt": "discard",
    "CreateStatsStmt": "create statistics",
    "AlterStatsStmt": "alter statistics",
    "SecLabelStmt": "security label",
    "ConstraintsSetStmt": "set constraints",
    "ReassignOwnedStmt": "reassign owned",
    "LoadStmt": "load",
    "PrepareStmt": "prepare",
    "DeallocateStmt": "deallocate",
    "FetchStmt": "fetch",
    "ClosePortalStmt": "close",
    "VariableShowStmt": "show",
    "RefreshMatViewStmt": "refresh materialized view",
    "AlterSystemStmt": "alter system",
    "AlterRoleSetStmt": "alter role set",
    "AlterDatabaseStmt": "alter database",
    "AlterDatabaseSetStmt": "alter database set",
    "AlterDatabaseRefreshCollStmt": "alter database refresh collation",
    "AlterCollationStmt": "alter collation refresh",
    "CreatedbStmt": "create database",
    "CreateTableSpaceStmt": "create tablespace",
    "DropTableSpaceStmt": "drop tablespace",
    "AlterTableSpaceOptionsStmt": "alter tablespace",
    "AlterTableMoveAllStmt": "alter ... all in tablespace",
    "AlterObjectDependsStmt": "depends on extension",
    "AlterExtensionStmt": "alter extension update",
    "AlterExtensionContentsStmt": "alter extension add or drop",
    "AlterTypeStmt": "alter type set",
    "AlterOperatorStmt": "alter operator set",
    "AlterEventTrigStmt": "alter event trigger enable or disable",
}
NO_EFFECT = frozenset(_WORDS)

# What is not read yet, and why that matters to what is known of the schema.
REASONS = {
    "CreateCastStmt": "casts are not part of what is known of the schema",
    "CreateConversionStmt": "conversions are not part of what is known of the schema",
    "CreateOpClassStmt": "operator classes are not part of what is known of the schema",
    "CreateOpFamilyStmt": "operator families are not part of what is known of the schema",
    "AlterOpFamilyStmt": "operator families are not part of what is known of the schema",
    "CreateTransformStmt": "transforms are not part of what is known of the schema",
    "CreateAmStmt": "access methods are not part of what is known of the schema",
    "CreatePLangStmt": "procedural languages are not part of what is known of the schema",
    "CreateFdwStmt": "foreign data wrappers are not part of what is known of the schema",
    "AlterFdwStmt": "foreign data wrappers are not part of what is known of the schema",
    "CreateForeignServerStmt": "foreign servers are not part of what is known of the schema",
    "AlterForeignServerStmt": "foreign servers are not part of what is known of the schema",
    "CreateUserMappingStmt": "user mappings are not part of what is known of the schema",
    "AlterUserMappingStmt": "user mappings are not part of what is known of the schema",
    "DropUserMappingStmt": "user mappings are not part of what is known of the schema",
    "ImportForeignSchemaStmt": "which tables a foreign schema brings is known to its server only",
    "CreateSubscriptionStmt": "subscriptions are not part of what is known of the schema",
    "AlterSubscriptionStmt": "subscriptions are not part of what is known of the schema",
    "DropSubscriptionStmt": "subscriptions are not part of what is known of the schema",
    "AlterTSConfigurationStmt": "text search configurations are not part of what is known of the schema",
    "AlterTSDictionaryStmt": "text search dictionaries are not part of what is known of the schema",
    "DropOwnedStmt": "what a role owns is not part of what is known of the schema",
    "ExecuteStmt": "what a prepared statement does is not followed",
}
DEFINE_REASONS = {
    "OBJECT_OPERATOR": "operators are not part of what is known of the schema",
    "OBJECT_COLLATION": "collations are not part of what is known of the schema",
    "OBJECT_TSPARSER": "text search parsers are not part of what is known of the schema",
    "OBJECT_TSDICTIONARY": "text search dictionaries are not part of what is known of the schema",
    "OBJECT_TSTEMPLATE": "text search templates are not part of what is known of the schema",
    "OBJECT_TSCONFIGURATION": "text search configurations are not part of what is known of the schema",
}


def no_effect(kind: str, node: Json, b: Builder) -> list[AnyFact]:
    """The one fact about a statement of a kind in `NO_EFFECT`."""
    return [NoEffect(span=b.sql.head(), what=_WORDS[kind])]
