"""Indexes, policies, triggers, functions, views, types and the other things that are created."""

from __future__ import annotations

from typing import Literal

import msgspec

from schemabot.facts.expression import Expression, Query, QueryText
from schemabot.facts.kinds.base import Fact, ObjectKind, ParameterMode, PolicyCommand
from schemabot.facts.kinds.tables import ColumnDef, ConstraintDef, IndexElement, SequenceOptions
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.text import Span


class CreateIndex(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE INDEX; `name` is None when PostgreSQL chooses it. An index lives in its table's schema."""

    name: Ident | None
    table: Name
    elements: tuple[IndexElement, ...]
    method: str = "btree"
    include: tuple[str, ...] = ()
    unique: bool = False
    where: Expression | None = None
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    nulls_not_distinct: bool = False
    options: tuple[tuple[str, str], ...] = ()  # WITH


class CreatePolicy(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE POLICY. `roles` holds `public` when TO is not written (`roles_written` tells)."""

    name: Ident
    table: Name
    command: PolicyCommand = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    roles_written: bool = False
    using: Expression | None = None
    check: Expression | None = None


class AlterPolicy(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER POLICY; what is None stays."""

    name: Ident
    table: Name
    roles: tuple[str, ...] | None = None
    using: Expression | None = None
    check: Expression | None = None


class CreateTrigger(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE TRIGGER; `function` is what it executes."""

    name: Ident
    table: Name
    function: Name
    arguments: tuple[str, ...] = ()
    timing: Literal["before", "after", "instead of"] = "after"
    events: tuple[Literal["insert", "update", "delete", "truncate"], ...] = ()
    update_columns: tuple[str, ...] = ()
    for_each_row: bool = False
    when: Expression | None = None
    or_replace: bool = False
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    references: Name | None = None
    old_table: str | None = None  # REFERENCING OLD TABLE AS
    new_table: str | None = None


class ParameterDef(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A parameter of a function; columns of RETURNS TABLE have the mode `table`."""

    type: TypeName
    name: str | None = None
    mode: ParameterMode = "in"
    default: Expression | None = None


class CreateFunction(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE FUNCTION or PROCEDURE. `body` is the text between the quotes, `body_span` its place.

    `settings` are SET clauses as `(name, value)`, the value as pg_proc.proconfig prints it; `from current`
    stands for FROM CURRENT. With a SQL-standard body (`sql_body`) the language is `sql` when not written.
    `body` is None for the two strings of a C function, which are `library`. `sql_text` is a SQL-standard body as
    written, from RETURN or BEGIN ATOMIC on, and `sql_span` its place. `body_queries` are the queries of a LANGUAGE
    sql body in quotes, with spans in their own statements.
    """

    name: Name
    parameters: tuple[ParameterDef, ...] = ()
    returns: TypeName | None = None
    language: str | None = None
    body: str | None = None
    body_span: Span | None = None
    sql_body: tuple[Query, ...] = ()
    body_queries: tuple[Query, ...] = ()
    or_replace: bool = False
    procedure: bool = False
    security_definer: bool = False
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    strict: bool = False
    leakproof: bool = False
    window: bool = False
    parallel: Literal["safe", "restricted", "unsafe"] = "unsafe"
    settings: tuple[tuple[str, str], ...] = ()
    sql_text: str = ""
    sql_span: Span | None = None
    library: tuple[str, ...] = ()
    cost: str | None = None
    rows: str | None = None
    support: Name | None = None
    transforms: tuple[TypeName, ...] = ()


class AlterFunction(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER FUNCTION's options; what is None stays. A setting with the value None is RESET.

    RESET ALL is the setting `("*", None)`.
    """

    kind: ObjectKind
    name: Name
    arguments: tuple[TypeName, ...] | None = None
    security_definer: bool | None = None
    volatility: Literal["immutable", "stable", "volatile"] | None = None
    strict: bool | None = None
    leakproof: bool | None = None
    parallel: Literal["safe", "restricted", "unsafe"] | None = None
    settings: tuple[tuple[str, str | None], ...] = ()
    cost: str | None = None
    rows: str | None = None
    support: Name | None = None


class CreateView(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE [MATERIALIZED] VIEW. `options` are reloptions, names and values lower-case."""

    name: Name
    query: QueryText
    columns: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    materialized: bool = False
    or_replace: bool = False
    if_not_exists: bool = False
    temporary: bool = False
    recursive: bool = False


class CreateEnum(Fact, frozen=True, tag=True, kw_only=True):
    name: Name
    labels: tuple[str, ...]


class AddEnumValue(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER TYPE ... ADD VALUE; `neighbour` is the label after BEFORE or AFTER."""

    name: Name
    label: str
    neighbour: str | None = None
    before: bool = False
    if_not_exists: bool = False


class RenameEnumValue(Fact, frozen=True, tag=True, kw_only=True):
    name: Name
    old: str
    new: str


class CreateDomain(Fact, frozen=True, tag=True, kw_only=True):
    name: Name
    type: TypeName
    not_null: bool = False
    default: Expression | None = None
    constraints: tuple[ConstraintDef, ...] = ()
    collation: str | None = None


class CreateComposite(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE TYPE ... AS (...)."""

    name: Name
    columns: tuple[ColumnDef, ...]


class CreateType(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE TYPE AS RANGE, of a base type, or of a shell. `multirange` is None when PostgreSQL names it."""

    name: Name
    form: Literal["range", "base", "shell"]
    subtype: TypeName | None = None
    multirange: Name | None = None
    written: str = ""


class AlterDomain(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER DOMAIN; `part` is the constraint dropped or validated.

    DROP DEFAULT is the action `set default` with `default` None.
    """

    name: Name
    action: Literal[
        "set default", "set not null", "drop not null", "add constraint", "drop constraint", "validate"
    ]
    default: Expression | None = None
    constraint: ConstraintDef | None = None
    part: Ident | None = None
    if_exists: bool = False
    cascade: bool = False


class CreateAggregate(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE AGGREGATE; `state` is its STYPE. It returns what the function `final` does, or its state."""

    name: Name
    parameters: tuple[ParameterDef, ...] = ()
    state: TypeName | None = None
    final: tuple[str, ...] = ()
    or_replace: bool = False
    written: str = ""


class CreateRule(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE RULE; `actions` are its queries, none for NOTHING."""

    name: Ident
    table: Name
    event: Literal["select", "insert", "update", "delete"]
    instead: bool = False
    where: Expression | None = None
    actions: tuple[Query, ...] = ()
    or_replace: bool = False
    written: str = ""


class CreateEventTrigger(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE EVENT TRIGGER; `tags` are those of WHEN TAG IN."""

    name: Ident
    event: str
    function: Name
    tags: tuple[str, ...] = ()


class CreatePublication(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE PUBLICATION; the schema `current_schema` is CURRENT_SCHEMA.

    For each of `tables`: `only` tells whether ONLY is written, `columns` is the column list, `filters` holds the
    WHERE condition.
    """

    name: Ident
    all_tables: bool = False
    tables: tuple[Name, ...] = ()
    only: tuple[bool, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    filters: tuple[Expression | None, ...] = ()
    schemas: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


class AlterPublication(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER PUBLICATION ADD, DROP, SET of tables and schemas, with columns and filters as above."""

    name: Ident
    action: Literal["add", "drop", "set"]
    tables: tuple[Name, ...] = ()
    only: tuple[bool, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    filters: tuple[Expression | None, ...] = ()
    schemas: tuple[str, ...] = ()


class CreateSequence(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE SEQUENCE, or ALTER SEQUENCE's options when `alter` is set (`if_exists` is then IF EXISTS)."""

    name: Name
    options: SequenceOptions
    if_not_exists: bool = False
    temporary: bool = False
    alter: bool = False
    if_exists: bool = False


class CreateExtension(Fact, frozen=True, tag=True, kw_only=True):
    name: Ident
    schema: str | None = None
    if_not_exists: bool = False
    cascade: bool = False


class CreateRole(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE ROLE / USER / GROUP; `options` are lower-case words (`login`, `bypassrls`, `nosuperuser`)."""

    name: Ident
    options: tuple[str, ...] = ()
    alter: bool = False
