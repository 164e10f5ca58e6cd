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
    "SecLabelStmt": "security label",
    "ConstraintsSetStmt": "set constraints",
    "LoadStmt": "load",
    "PrepareStmt": "prepare",
    "DeallocateStmt": "deallocate",
    "FetchStmt": "fetch",
    "ClosePortalStmt": "close",
    "VariableShowStmt": "show",
    "RefreshMatViewStmt": "refresh materialized view",
    "AlterSystemStmt": "alter system",
    "AlterDatabaseStmt": "alter database",
    "AlterDatabaseRefreshCollStmt": "alter database refresh collation",
    "CreatedbStmt": "create database",
    "CreateTableSpaceStmt": "create tablespace",
    "DropTableSpaceStmt": "drop tablespace",
    "AlterTableSpaceOptionsStmt": "alter tablespace",
    "AlterTableMoveAllStmt": "alter ... all in tablespace",
    "AlterObjectDependsStmt": "depends on extension",
    "AlterExtensionStmt": "alter extension update",
    "AlterExtensionContentsStmt": "alter extension add or drop",
    "AlterTypeStmt": "alter type set",
}
NO_EFFECT = frozenset(_WORDS)

# What is not read yet, and why that matters to what is known of the schema.
REASONS = {
    "ImportForeignSchemaStmt": "which tables a foreign schema brings is known to its server only",
    "ExecuteStmt": "what a prepared statement does is not followed",
}


def no_effect(kind: str, node: Json, b: Builder) -> list[AnyFact]:
    """The one fact about a statement of a kind in `NO_EFFECT`."""
    return [NoEffect(span=b.sql.head(), what=_WORDS[kind])]
