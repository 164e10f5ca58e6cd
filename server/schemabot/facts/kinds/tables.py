"""Schemas and tables."""

from __future__ import annotations

from typing import Literal

import msgspec

from schemabot.facts.expression import Expression, QueryText
from schemabot.facts.kinds.base import ConstraintKind, Fact, ReferentialAction
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.text import Span


class CreateSchema(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE SCHEMA; its embedded elements follow as facts of their own, qualified."""

    name: Ident
    if_not_exists: bool = False
    owner: str | None = None


class IndexElement(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One key of an index or exclusion constraint: a column or an expression."""

    column: str | None = None
    expression: Expression | None = None
    descending: bool = False
    nulls: Literal["", "first", "last"] = ""
    operator_class: str | None = None
    collation: str | None = None
    operator: str | None = None
    operator_class_options: tuple[tuple[str, str], ...] = ()


class ConstraintDef(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A table or column constraint. A column constraint names its own column in `columns`.

    `name` is None when PostgreSQL chooses it. `references_columns` is empty when the primary key is meant.
    """

    kind: ConstraintKind
    span: Span
    name: Ident | None = None
    columns: tuple[str, ...] = ()
    references: Name | None = None
    references_columns: tuple[str, ...] = ()
    on_delete: ReferentialAction = "no action"
    on_update: ReferentialAction = "no action"
    on_delete_columns: tuple[str, ...] = ()
    match: Literal["simple", "full", "partial"] = "simple"
    expression: Expression | None = None
    include: tuple[str, ...] = ()
    using_index: str | None = None
    method: str | None = None
    elements: tuple[IndexElement, ...] = ()
    where: Expression | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    not_valid: bool = False
    not_enforced: bool = False
    no_inherit: bool = False
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    table_level: bool = False
    options: tuple[tuple[str, str], ...] = ()  # WITH of the index behind a key


class SequenceOptions(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Options of a sequence or identity column, as far as they show in a catalog.

    `owned_by` names a column (`t.c`, `s.t.c`); OWNED BY NONE is the one part `none`. `settings` are increment,
    minvalue, maxvalue, start, cache and cycle, as written; None is NO MINVALUE, NO MAXVALUE.
    """

    type: TypeName | None = None
    owned_by: Name | None = None
    name: Name | None = None
    restart: bool = False
    settings: tuple[tuple[str, str | None], ...] = ()


class ColumnDef(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A column definition. `type` is None in CREATE TABLE ... OF and PARTITION OF.

    `not_null` is true for a written NOT NULL only, which is in `constraints` too when it has a name or says
    NO INHERIT. `conflict` says which of its clauses exclude each other (transformColumnDefinition).
    """

    name: Ident
    type: TypeName | None
    span: Span
    not_null: bool = False
    nullable: bool = False  # NULL is written
    conflict: str = ""
    default: Expression | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: Expression | None = None
    generated_virtual: bool = False
    identity_options: SequenceOptions | None = None
    collation: str | None = None
    constraints: tuple[ConstraintDef, ...] = ()
    storage: str | None = None
    compression: str | None = None
    options: tuple[tuple[str, str], ...] = ()  # of a foreign table's column


class LikeTable(msgspec.Struct, frozen=True, gc=False):
    """`LIKE source INCLUDING ...`; `including` holds lower-case option names, `all` expanded.

    `position` is how many columns precede it.
    """

    source: Name
    including: tuple[str, ...]
    position: int


class Partitioning(msgspec.Struct, frozen=True, gc=False):
    """PARTITION BY. `elements` has all of the keys, `columns` their names, None for an expression."""

    strategy: Literal["range", "list", "hash"]
    columns: tuple[str | None, ...]
    elements: tuple[IndexElement, ...] = ()


class CreateTable(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE TABLE in all its forms, CREATE FOREIGN TABLE, CREATE TABLE AS and SELECT INTO.

    `partition_bound` is what a partition takes: `default`, the values of a list one by one, a range or
    remainder as one item. Two partitions with an item in common overlap. `bound_text` is the clause as written,
    `options` what stands in WITH, `foreign_options` in OPTIONS.
    """

    name: Name
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[ConstraintDef, ...] = ()
    likes: tuple[LikeTable, ...] = ()
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    partition_bound: tuple[str, ...] = ()
    partition_by: Partitioning | None = None
    of_type: Name | None = None
    query: QueryText | None = None
    query_columns: tuple[str, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    on_commit: Literal["", "preserve", "delete", "drop"] = ""
    unlogged: bool = False
    foreign: bool = False
    server: Name | None = None  # of a foreign table
    access_method: Name | None = None  # USING
    bound_text: str = ""
    options: tuple[tuple[str, str], ...] = ()
    foreign_options: tuple[tuple[str, str], ...] = ()
