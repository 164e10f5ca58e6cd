"""Facts about schema objects: what one statement does, typed and frozen, knowing no file.

Spans are code points relative to the statement's text; names are folded as PostgreSQL folds them and not
yet looked up. `None` in an option means "not written". One statement may yield many facts, in the order in
which PostgreSQL performs them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from schemabot.facts.expression import Expression, Query, QueryText
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.text import Span

ObjectKind = Literal[
    "table", "view", "materialized view", "foreign table", "index", "sequence", "schema", "type", "domain",
    "function", "procedure", "routine", "aggregate", "trigger", "policy", "rule", "extension", "constraint",
    "column", "role", "publication", "event trigger", "database", "operator", "cast", "collation", "other",
]  # fmt: skip
ReferentialAction = Literal["no action", "restrict", "cascade", "set null", "set default"]
ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclude", "not null"]
PolicyCommand = Literal["all", "select", "insert", "update", "delete"]
ParameterMode = Literal["in", "out", "inout", "variadic", "table"]


class Fact(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="fact"):
    """What every fact has: the place in its statement that a finding about it underlines."""

    span: Span


# -- schemas and tables --------------------------------------------------------------------------------


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


class SequenceOptions(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Options of a sequence or identity column, as far as they show in a catalog.

    `owned_by` names a column (`t.c`, `s.t.c`); OWNED BY NONE is the one part `none`.
    """

    type: TypeName | None = None
    owned_by: Name | None = None
    name: Name | None = None
    restart: bool = False


class ColumnDef(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A column definition. `type` is None in CREATE TABLE ... OF and PARTITION OF.

    `not_null` is true for a written NOT NULL only, which is in `constraints` too when it has a name.
    """

    name: Ident
    type: TypeName | None
    span: Span
    not_null: bool = False
    default: Expression | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: Expression | None = None
    generated_virtual: bool = False
    identity_options: SequenceOptions | None = None
    collation: str | None = None
    constraints: tuple[ConstraintDef, ...] = ()


class LikeTable(msgspec.Struct, frozen=True, gc=False):
    """`LIKE source INCLUDING ...`; `including` holds lower-case option names, `all` expanded.

    `position` is how many columns precede it.
    """

    source: Name
    including: tuple[str, ...]
    position: int


class Partitioning(msgspec.Struct, frozen=True, gc=False):
    """PARTITION BY."""

    strategy: Literal["range", "list", "hash"]
    columns: tuple[str | None, ...]


class CreateTable(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE TABLE in all its forms, CREATE FOREIGN TABLE, CREATE TABLE AS and SELECT INTO."""

    name: Name
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[ConstraintDef, ...] = ()
    likes: tuple[LikeTable, ...] = ()
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    partition_by: Partitioning | None = None
    of_type: Name | None = None
    query: QueryText | None = None
    query_columns: tuple[str, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    unlogged: bool = False
    foreign: bool = False


# -- ALTER TABLE: one fact per sub-command ----------------------------------------------------------------


class TableFact(Fact, frozen=True, kw_only=True):
    """What the sub-commands of ALTER TABLE share. `kind` is the word after ALTER."""

    table: Name
    if_exists: bool = False
    only: bool = False
    kind: ObjectKind = "table"


class AddColumn(TableFact, frozen=True, tag=True, kw_only=True):
    column: ColumnDef
    if_not_exists: bool = False


class DropColumn(TableFact, frozen=True, tag=True, kw_only=True):
    column: Ident
    column_if_exists: bool = False
    cascade: bool = False


class AlterColumnType(TableFact, frozen=True, tag=True, kw_only=True):
    column: Ident
    type: TypeName
    using: Expression | None = None
    collation: str | None = None


class SetDefault(TableFact, frozen=True, tag=True, kw_only=True):
    """SET DEFAULT, or DROP DEFAULT when `default` is None."""

    column: Ident
    default: Expression | None = None


class SetNotNull(TableFact, frozen=True, tag=True, kw_only=True):
    """SET NOT NULL, or DROP NOT NULL when `not_null` is false."""

    column: Ident
    not_null: bool = True


class SetIdentity(TableFact, frozen=True, tag=True, kw_only=True):
    """ADD GENERATED ... AS IDENTITY (`action` add), SET GENERATED (set), DROP IDENTITY (drop)."""

    column: Ident
    action: Literal["add", "set", "drop"]
    identity: Literal["", "always", "by default"] = ""
    column_if_exists: bool = False


class SetGenerated(TableFact, frozen=True, tag=True, kw_only=True):
    """SET EXPRESSION AS, or DROP EXPRESSION when `expression` is None."""

    column: Ident
    expression: Expression | None = None
    column_if_exists: bool = False


class AddConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    constraint: ConstraintDef


class DropConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    name: Ident
    constraint_if_exists: bool = False
    cascade: bool = False


class AlterConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    """VALIDATE CONSTRAINT (`validate`), or ALTER CONSTRAINT's deferrability."""

    name: Ident
    validate: bool = False
    deferrable: bool | None = None
    initially_deferred: bool | None = None


class SetRowSecurity(TableFact, frozen=True, tag=True, kw_only=True):
    """ENABLE / DISABLE / FORCE / NO FORCE ROW LEVEL SECURITY."""

    action: Literal["enable", "disable", "force", "no force"]


class AttachPartition(TableFact, frozen=True, tag=True, kw_only=True):
    """ATTACH PARTITION, or DETACH when `attach` is false; also for indexes."""

    partition: Name
    attach: bool = True


class SetInheritance(TableFact, frozen=True, tag=True, kw_only=True):
    """INHERIT parent, or NO INHERIT when `inherit` is false."""

    parent: Name
    inherit: bool = True


class SetViewOptions(TableFact, frozen=True, tag=True, kw_only=True):
    """SET or RESET of reloptions; names lower-case. On RESET the values are None."""

    options: tuple[tuple[str, str | None], ...]


class TouchTable(TableFact, frozen=True, tag=True, kw_only=True):
    """A sub-command that changes nothing the catalog keeps (statistics, storage, trigger state ...).

    `what` is its name in plain words.
    """

    what: str


# -- any object -----------------------------------------------------------------------------------------


class RenameObject(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... RENAME. For a column, constraint, policy, trigger or rule, `name` is the table (or type).

    `part` is then the old name of the part. Functions carry their argument types when written.
    """

    kind: ObjectKind
    name: Name
    new_name: str
    part: Ident | None = None
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False
    on_kind: ObjectKind = "table"


class MoveToSchema(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... SET SCHEMA."""

    kind: ObjectKind
    name: Name
    schema: str
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False


class ChangeOwner(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... OWNER TO."""

    kind: ObjectKind
    name: Name
    owner: str
    arguments: tuple[TypeName, ...] | None = None


class DropObject(Fact, frozen=True, tag=True, kw_only=True):
    """One object of a DROP statement. `table` is set for policies, triggers and rules.

    `together` are the names of all objects of the statement when it has several: they may depend on each
    other.
    """

    kind: ObjectKind
    name: Name
    table: Name | None = None
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False
    together: tuple[Name, ...] = ()


class SetComment(Fact, frozen=True, tag=True, kw_only=True):
    """COMMENT ON; `text` is None for IS NULL. `part` is the column, constraint, policy, trigger or rule.

    `on_kind` is `domain` for a domain's constraint.
    """

    kind: ObjectKind
    name: Name
    text: str | None
    part: str | None = None
    arguments: tuple[TypeName, ...] | None = None
    on_kind: ObjectKind = "table"


# -- indexes, policies, triggers, functions, views, types ------------------------------------------------


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
    `body` is None for the two strings of a C function.
    """

    name: Name
    parameters: tuple[ParameterDef, ...] = ()
    returns: TypeName | None = None
    language: str | None = None
    body: str | None = None
    body_span: Span | None = None
    sql_body: tuple[Query, ...] = ()
    or_replace: bool = False
    procedure: bool = False
    security_definer: bool = False
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    strict: bool = False
    leakproof: bool = False
    window: bool = False
    parallel: Literal["safe", "restricted", "unsafe"] = "unsafe"
    settings: tuple[tuple[str, str], ...] = ()


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
    """CREATE AGGREGATE; `state` is its STYPE. What it returns depends on functions that it names."""

    name: Name
    parameters: tuple[ParameterDef, ...] = ()
    state: TypeName | None = None
    or_replace: bool = False


class CreateRule(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE RULE; `actions` are its queries, none for NOTHING."""

    name: Ident
    table: Name
    event: Literal["select", "insert", "update", "delete"]
    instead: bool = False
    where: Expression | None = None
    actions: tuple[Query, ...] = ()
    or_replace: bool = False


class CreateEventTrigger(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE EVENT TRIGGER; `tags` are those of WHEN TAG IN."""

    name: Ident
    event: str
    function: Name
    tags: tuple[str, ...] = ()


class CreatePublication(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE PUBLICATION; the schema `current_schema` is CURRENT_SCHEMA."""

    name: Ident
    all_tables: bool = False
    tables: tuple[Name, ...] = ()
    schemas: tuple[str, ...] = ()


class AlterPublication(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER PUBLICATION ADD, DROP, SET of tables and schemas."""

    name: Ident
    action: Literal["add", "drop", "set"]
    tables: tuple[Name, ...] = ()
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


# -- privileges -----------------------------------------------------------------------------------------


class ChangePrivileges(Fact, frozen=True, tag=True, kw_only=True):
    """GRANT and REVOKE. `privileges` are lower-case, empty for ALL; each with its columns (`all` has some).

    `in_schemas` is set for ALL TABLES / SEQUENCES / FUNCTIONS IN SCHEMA. Functions carry argument types.
    """

    grant: bool
    kind: ObjectKind
    privileges: tuple[tuple[str, tuple[str, ...]], ...]
    grantees: tuple[str, ...]
    objects: tuple[Name, ...] = ()
    arguments: tuple[tuple[TypeName, ...] | None, ...] = ()
    in_schemas: tuple[str, ...] = ()
    grant_option: bool = False
    option_only: bool = False
    cascade: bool = False


class GrantRole(Fact, frozen=True, tag=True, kw_only=True):
    """GRANT role TO role, and its REVOKE; REVOKE ... OPTION FOR takes no membership and has no roles."""

    grant: bool
    roles: tuple[str, ...]
    members: tuple[str, ...]


class ChangeDefaultPrivileges(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER DEFAULT PRIVILEGES; `for_roles` and `in_schemas` are empty when not written."""

    grant: bool
    kind: ObjectKind
    privileges: tuple[str, ...]
    grantees: tuple[str, ...]
    for_roles: tuple[str, ...] = ()
    in_schemas: tuple[str, ...] = ()
    grant_option: bool = False


# -- data -------------------------------------------------------------------------------------------------


class InsertRows(Fact, frozen=True, tag=True, kw_only=True):
    """INSERT, MERGE and COPY ... FROM; `query` is None for COPY."""

    table: Name
    columns: tuple[Ident, ...] = ()
    query: Query | None = None
    copy: bool = False


class UpdateRows(Fact, frozen=True, tag=True, kw_only=True):
    table: Name
    columns: tuple[Ident, ...]
    query: Query


class DeleteRows(Fact, frozen=True, tag=True, kw_only=True):
    """DELETE; `query.where` is None when every row goes."""

    table: Name
    query: Query


class TruncateTable(Fact, frozen=True, tag=True, kw_only=True):
    """One table of a TRUNCATE."""

    table: Name
    cascade: bool = False


class RunQuery(Fact, frozen=True, tag=True, kw_only=True):
    """SELECT, VALUES or CALL at top level: it may call functions that change the schema."""

    query: Query


# -- session ----------------------------------------------------------------------------------------------


class SetSearchPath(Fact, frozen=True, tag=True, kw_only=True):
    """SET search_path; None is DEFAULT / RESET. `local` is SET LOCAL."""

    schemas: tuple[str, ...] | None
    local: bool = False


class SetSetting(Fact, frozen=True, tag=True, kw_only=True):
    """SET of any other setting; `value` is None for DEFAULT / RESET. RESET ALL is the name `*`."""

    name: str
    value: str | None
    local: bool = False


class SetRole(Fact, frozen=True, tag=True, kw_only=True):
    """SET ROLE / SET SESSION AUTHORIZATION; None is RESET."""

    role: str | None
    local: bool = False


class Transaction(Fact, frozen=True, tag=True, kw_only=True):
    """Transaction control; `name` is a savepoint's."""

    action: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to", "prepare"]
    name: str | None = None
    chain: bool = False


class RunBlock(Fact, frozen=True, tag=True, kw_only=True):
    """DO: the body is expanded during replay. `body_span` is the place of the text between the quotes."""

    body: str
    body_span: Span
    language: str = "plpgsql"


class NoEffect(Fact, frozen=True, tag=True, kw_only=True):
    """A statement that is understood and changes no schema (VACUUM, ANALYZE, LOCK, EXPLAIN, psql's own)."""

    what: str


class Unanalysed(Fact, frozen=True, tag=True, kw_only=True):
    """What is not understood: the reason in plain words, and the names it mentions (folded, as written)."""

    reason: str
    names: tuple[tuple[str, ...], ...] = ()


AnyFact = (
    CreateSchema | CreateTable | AddColumn | DropColumn | AlterColumnType | SetDefault | SetNotNull
    | SetIdentity | SetGenerated | AddConstraint | DropConstraint | AlterConstraint | SetRowSecurity
    | AttachPartition | SetInheritance | SetViewOptions | TouchTable | RenameObject | MoveToSchema
    | ChangeOwner | DropObject | SetComment | CreateIndex | CreatePolicy | AlterPolicy | CreateTrigger
    | CreateFunction | AlterFunction | CreateView | CreateEnum | AddEnumValue | RenameEnumValue
    | CreateDomain | CreateComposite | CreateSequence | CreateExtension | CreateRole | ChangePrivileges
    | GrantRole | ChangeDefaultPrivileges | InsertRows | UpdateRows | DeleteRows | TruncateTable
    | RunQuery | SetSearchPath | SetSetting | SetRole | Transaction | RunBlock | NoEffect | Unanalysed
    | CreateType | AlterDomain | CreateAggregate | CreateRule | CreateEventTrigger | CreatePublication
    | AlterPublication
)  # fmt: skip


class Extracted(msgspec.Struct, frozen=True, gc=False):
    """All that one statement's text yields.

    `error` is the syntax error, and then `facts` is one `Unanalysed`.
    """

    facts: tuple[AnyFact, ...]
    error: str | None = None
    error_span: Span | None = None
