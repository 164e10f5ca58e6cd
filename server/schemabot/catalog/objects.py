"""The objects of a schema as frozen values.

Every object that others can refer to has an `oid`, a number that stays while it is renamed or moved, as in
PostgreSQL; columns have a `number` (attnum) within their table. References are by these numbers, so a rename
touches one object only. Text of expressions is kept as written, with the places of the names in it (`Use`), so
that it can be printed under today's names.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from schemabot.facts import model as facts
from schemabot.facts.expression import Expression, Query, QueryText
from schemabot.text import Span

PLATFORM_FILE = "platform:"
"""Prefix of `Origin.file` for what the platform provides before the first migration."""


class Origin(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where something was said: the file's path, its statement's index, a span within that statement's text.

    Relative to the statement, so that editing text elsewhere in the file leaves it true.
    """

    file: str
    statement: int
    span: Span

    @property
    def platform(self) -> bool:
        """Whether this came with the platform and not from the project."""
        return self.file.startswith(PLATFORM_FILE)


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A later statement changed `what` (a property or `column x`, in plain words) of an object."""

    what: str
    at: Origin


Acl: TypeAlias = tuple[tuple[str, frozenset[str]], ...]
"""(role, privileges) pairs; `public` is PUBLIC, a privilege with grant option ends in `*`, a column
privilege is `select(a)`."""


class TypeRef(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A type in use. `oid` is that of a type of the catalog, or 0: then `name` is a built-in's internal name
    (`int4`) or, if `known` is false, what the statement wrote."""

    name: str
    oid: int = 0
    modifiers: tuple[int | str, ...] = ()
    array: bool = False
    known: bool = True


class Use(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One name in an expression: its place (relative to the statement) and what it means.

    `number` is the column's, or 0 for the object itself.
    """

    span: Span
    oid: int
    number: int = 0


class Bound(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An expression whose names were looked up. `unresolved` lists the names that were not found.

    `path` are the schemas that were searched, where its operators were found.
    """

    expression: Expression
    uses: tuple[Use, ...] = ()
    unresolved: tuple[tuple[str, ...], ...] = ()
    path: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text as written."""
        return self.expression.text


class Definition(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A statement, or a clause of one, kept as written: the names in it, its place, the schemas searched then."""

    text: str
    uses: tuple[Use, ...] = ()
    start: int = 0
    path: tuple[str, ...] = ()


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    number: int
    name: str
    type: TypeRef
    origin: Origin
    not_null: bool = False
    default: Bound | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: Bound | None = None
    generated_virtual: bool = False
    collation: str | None = None
    sequence: int = 0  # oid of the sequence that a serial or identity column owns
    inherited: bool = False
    local: bool = True  # false when the table has it only because a parent has it
    storage: str | None = None  # where SET STORAGE chose another than the type's
    compression: str | None = None
    statistics: str | None = None
    options: tuple[tuple[str, str], ...] = ()  # n_distinct ...
    foreign_options: tuple[tuple[str, str], ...] = ()
    acl: Acl = ()
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Constraint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`columns` and `references_columns` are column numbers, in the order written."""

    oid: int
    name: str
    kind: facts.ConstraintKind
    origin: Origin
    columns: tuple[int, ...] = ()
    references: int = 0
    references_columns: tuple[int, ...] = ()
    on_delete: facts.ReferentialAction = "no action"
    on_update: facts.ReferentialAction = "no action"
    match: Literal["simple", "full", "partial"] = "simple"
    expression: Bound | None = None
    index: int = 0  # oid of the index behind a key; for a foreign key of the key it refers to
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    inherited: bool = False
    local: bool = True  # false when the table has it only because a parent has it
    operators: tuple[str, ...] = ()  # of EXCLUDE, one for each key
    on_delete_columns: tuple[int, ...] = ()
    period: bool = False  # WITHOUT OVERLAPS; of a foreign key PERIOD
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class IndexKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One key of an index: a column number, or an expression (then `column` is 0)."""

    column: int = 0
    expression: Bound | None = None
    descending: bool = False
    nulls: Literal["", "first", "last"] = ""
    operator_class: str | None = None
    collation: str | None = None
    operator_class_options: tuple[tuple[str, str], ...] = ()


class Index(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`constraint` is the oid of the constraint it serves, or 0.

    `column_names` are the index's own names of its columns, which stay when the table's are renamed.
    """

    oid: int
    name: str
    keys: tuple[IndexKey, ...]
    origin: Origin
    unique: bool = False
    primary: bool = False
    method: str = "btree"
    include: tuple[int, ...] = ()
    where: Bound | None = None
    constraint: int = 0
    nulls_not_distinct: bool = False
    parent: int = 0  # oid of the partitioned index it belongs to
    column_names: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    path: tuple[str, ...] = ()  # the schemas that were searched, where it names operator classes
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    oid: int
    name: str
    origin: Origin
    command: facts.PolicyCommand = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: Bound | None = None
    check: Bound | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


Firing: TypeAlias = Literal["origin", "disabled", "replica", "always"]
"""When a trigger or rule fires (ALTER TABLE ... ENABLE REPLICA TRIGGER ...)."""


class Trigger(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`function` is the oid, or 0 when it was not found; `function_name` is as written."""

    oid: int
    name: str
    origin: Origin
    function: int
    function_name: tuple[str, ...]
    timing: Literal["before", "after", "instead of"] = "after"
    events: tuple[str, ...] = ()
    update_columns: tuple[int, ...] = ()
    for_each_row: bool = False
    when: Bound | None = None
    constraint: bool = False
    inherited: bool = False
    arguments: tuple[str, ...] = ()
    old_table: str | None = None
    new_table: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    references: int = 0  # oid of the table of a constraint trigger's FROM
    enabled: Firing = "origin"
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A rewrite rule of a table or view; `definition` is what stands behind the table's name."""

    oid: int
    name: str
    origin: Origin
    event: Literal["select", "insert", "update", "delete"]
    instead: bool = False
    definition: Definition | None = None
    enabled: Firing = "origin"
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A table, partitioned table or foreign table with everything that belongs to it.

    `columns` are the living ones in order; `next_number` counts dropped ones too. `parents` are the tables it
    inherits from; `partition_of` is the one it is a partition of.
    """

    oid: int
    schema: str
    name: str
    origin: Origin
    kind: Literal["table", "partitioned", "foreign"] = "table"
    columns: tuple[Column, ...] = ()
    next_number: int = 1
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    rls: bool = False
    force_rls: bool = False
    temporary: bool = False
    on_commit: Literal["", "preserve", "delete", "drop"] = ""
    unlogged: bool = False
    parents: tuple[int, ...] = ()
    partition_of: int = 0
    partition_strategy: Literal["", "range", "list", "hash"] = ""
    partition_bound: tuple[str, ...] = ()  # what it takes as a partition, as facts give it
    partition_keys: tuple[int, ...] = ()  # column numbers; 0 for an expression
    partition_elements: tuple[IndexKey, ...] = ()  # the same keys with all that PARTITION BY says
    bound_text: str = ""  # `partition_bound` as written
    of_type: int = 0
    options: tuple[tuple[str, str], ...] = ()  # storage parameters
    access_method: str = ""
    server: str = ""
    foreign_options: tuple[tuple[str, str], ...] = ()
    replica_identity: Literal["default", "full", "nothing", "index"] = "default"
    replica_index: int = 0
    clustered_on: int = 0
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()
    columns_known: bool = True  # false when a part of the definition was not understood

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def column_by_number(self, number: int) -> Column | None:
        """The column with that number, unless it was dropped."""
        return next((column for column in self.columns if column.number == number), None)

    def column_names(self, numbers: tuple[int, ...]) -> tuple[str, ...]:
        """The names of the columns with those numbers, in that order."""
        by_number = {column.number: column.name for column in self.columns}
        return tuple(by_number[number] for number in numbers if number in by_number)

    def is_partitioned_by(self, number: int) -> bool:
        """Whether the column with that number is in the partition key, alone or in an expression."""
        return number in self.partition_keys or any(
            use.oid == self.oid and use.number == number
            for element in self.partition_elements
            if element.expression is not None
            for use in element.expression.uses
        )

    @property
    def primary_key(self) -> Constraint | None:
        """The primary key, if there is one."""
        return next((c for c in self.constraints if c.kind == "primary key"), None)


class ViewColumn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A column of a view; `type` is None when it was not worked out."""

    name: str
    type: TypeRef | None = None


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A view or materialised view. `uses` are the objects and columns its query names, once each, `places` all
    places where it does. `given_columns` is how many columns its definition named."""

    oid: int
    schema: str
    name: str
    origin: Origin
    query: QueryText
    columns: tuple[ViewColumn, ...] = ()
    columns_known: bool = True
    uses: tuple[Use, ...] = ()
    unresolved: tuple[tuple[str, ...], ...] = ()
    materialized: bool = False
    options: tuple[tuple[str, str], ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    places: tuple[Use, ...] = ()
    path: tuple[str, ...] = ()  # the schemas that were searched
    recursive: bool = False
    column_comments: tuple[tuple[int, str], ...] = ()  # by the column's place, from 1
    column_defaults: tuple[tuple[int, Bound], ...] = ()
    temporary: bool = False
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def security_invoker(self) -> bool:
        """Whether the view checks the caller's rights (PostgreSQL 15 and later)."""
        return dict(self.options).get("security_invoker") in ("true", "on", "1", "yes")


class Sequence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`owned_by` is (table oid, column number), or None."""

    oid: int
    schema: str
    name: str
    origin: Origin
    type: TypeRef = TypeRef("int8")
    increment: int = 1
    minimum: int = 1
    maximum: int = 2**63 - 1
    start: int = 1
    cache: int = 1
    cycle: bool = False
    owned_by: tuple[int, int] | None = None
    identity: bool = False
    temporary: bool = False
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class IndexEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the name of an index stands for: the index itself is kept in its table or view."""

    oid: int
    owner: int


class EnumType(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    oid: int
    schema: str
    name: str
    origin: Origin
    labels: tuple[str, ...] = ()
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Domain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    oid: int
    schema: str
    name: str
    origin: Origin
    base: TypeRef
    not_null: bool = False
    default: Bound | None = None
    constraints: tuple[Constraint, ...] = ()
    collation: str | None = None
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class OtherType(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A composite type (`columns`), a table's row type (`relation`), a range or a base type.

    A range and its multirange have the `subtype`, and are each other's `partner`.
    """

    oid: int
    schema: str
    name: str
    origin: Origin
    kind: Literal["composite", "row", "range", "multirange", "base"]
    columns: tuple[Column, ...] = ()
    relation: int = 0
    subtype: TypeRef | None = None
    partner: int = 0
    definition: Definition | None = None  # the CREATE TYPE of a range
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class FunctionParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    type: TypeRef
    name: str | None = None
    mode: facts.ParameterMode = "in"
    default: Bound | None = None


class Function(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A function, procedure or aggregate. `body` is its text as written, between the quotes."""

    oid: int
    schema: str
    name: str
    origin: Origin
    kind: Literal["function", "procedure", "aggregate", "window"] = "function"
    parameters: tuple[FunctionParameter, ...] = ()
    returns: TypeRef | None = None
    returns_set: bool = False
    language: str = "sql"
    body: str | None = None
    body_span: Span | None = None
    sql_body: tuple[Query, ...] = ()
    uses: tuple[Use, ...] = ()  # only a BEGIN ATOMIC body depends on what it names
    security_definer: bool = False
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    strict: bool = False
    leakproof: bool = False
    parallel: Literal["safe", "restricted", "unsafe"] = "unsafe"
    settings: tuple[tuple[str, str], ...] = ()
    sql_text: Definition | None = None  # a SQL-standard body
    library: tuple[str, ...] = ()  # object file and symbol of a C function
    cost: str | None = None
    rows: str | None = None
    support: str | None = None
    transforms: tuple[TypeRef, ...] = ()
    definition: Definition | None = None  # the CREATE AGGREGATE of an aggregate
    owner: str = "postgres"
    acl: Acl = (("public", frozenset({"execute"})),)
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def signature(self) -> tuple[TypeRef, ...]:
        """The types that tell overloads apart: those of IN, INOUT and VARIADIC parameters."""
        return tuple(p.type for p in self.parameters if p.mode in ("in", "inout", "variadic"))


class SchemaObject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    name: str
    origin: Origin
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class Extension(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    name: str
    schema: str
    origin: Origin
    requires: tuple[str, ...] = ()
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class EventTrigger(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An event trigger. `function` is the oid, or 0 when it was not found."""

    oid: int
    name: str
    origin: Origin
    event: str
    function: int
    function_name: tuple[str, ...]
    tags: tuple[str, ...] = ()
    enabled: Firing = "origin"
    owner: str = "postgres"
    comment: str | None = None


class PublishedTable(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A table as a publication names it: its column list (numbers) and its row filter."""

    table: int
    columns: tuple[int, ...] = ()
    filter: Bound | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A publication for logical replication. `tables` are oids; of `schemas` all tables are published.

    `columns` are (table oid, column number) of column lists and filters: these columns it depends on.
    `lists` are the tables that have a column list.
    """

    oid: int
    name: str
    origin: Origin
    all_tables: bool = False
    tables: frozenset[int] = frozenset()
    columns: frozenset[tuple[int, int]] = frozenset()
    lists: frozenset[int] = frozenset()
    schemas: frozenset[str] = frozenset()
    members: tuple[PublishedTable, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    owner: str = "postgres"
    comment: str | None = None
    changes: tuple[Change, ...] = ()


class OtherObject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An operator, cast, collation, server, statistics object ...: what DROP and others need to know of it.

    `arguments` are an operator's operands, a cast's two types, a transform's type (as `type_key` has them);
    `qualifier` is the access method of an operator class or family, a transform's language, a user mapping's
    role. Those that lie in no schema have None. `uses` is what they depend on.
    """

    oid: int
    kind: facts.ObjectKind
    schema: str | None
    name: str
    origin: Origin
    arguments: tuple[tuple[int | str, bool], ...] = ()
    qualifier: str = ""
    result: TypeRef | None = None  # what an operator of an extension gives
    definition: tuple[Definition, ...] = ()  # the statements that made and changed it
    uses: tuple[Use, ...] = ()
    owner: str = "postgres"
    acl: Acl = ()
    extension: str | None = None
    comment: str | None = None


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    name: str
    origin: Origin
    attributes: frozenset[str] = frozenset()
    inherits: bool = True
    member_of: frozenset[str] = frozenset()


class DefaultPrivilege(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What ALTER DEFAULT PRIVILEGES left for new objects of `kind` made by `role` in `schema` (None: any)."""

    role: str
    schema: str | None
    kind: str
    acl: Acl
    origin: Origin | None = None


Relation: TypeAlias = Table | View | Sequence | IndexEntry | OtherType
TypeObject: TypeAlias = EnumType | Domain | OtherType
