"""The names in statements about tables: CREATE TABLE, ALTER TABLE, indexes, policies, triggers."""

from __future__ import annotations

from collections.abc import Iterable

from schemabot.catalog.objects import Table, View
from schemabot.facts.kinds.alter_table import TableFact
from schemabot.facts.model import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AlterConstraint,
    AlterPolicy,
    AttachPartition,
    ColumnDef,
    ConstraintDef,
    CreateIndex,
    CreatePolicy,
    CreateRule,
    CreateTable,
    CreateTrigger,
    DropColumn,
    DropConstraint,
    IndexElement,
    SetDefault,
    SetGenerated,
    SetIdentity,
    SetInheritance,
    SetNotNull,
    SetTableType,
    TouchTable,
)
from schemabot.facts.names import Ident, Name
from schemabot.features.names.binder import bind_expression, bind_query
from schemabot.features.names.collector import Collector


def create_table(c: Collector, fact: CreateTable) -> None:
    """Columns, constraints, and the tables that it is made after."""
    table = c.relation(fact.name, late=True, declares=True)
    for column in fact.columns:
        column_definition(c, table, column)
    for constraint in fact.constraints:
        constraint_definition(c, table, constraint)
    for name in (*(like.source for like in fact.likes), *fact.inherits, fact.partition_of):
        if name is not None:
            c.relation(name)
    if fact.partition_by is not None:
        start = c.words.after("partition", "by")
        elements(c, table, fact.partition_by.elements, fact.name.span.end if start is None else start)
    if fact.query is not None:
        bind_query(c, fact.query.query)


def column_definition(c: Collector, table: Table | View | None, column: ColumnDef) -> None:
    """One column of CREATE TABLE or ADD COLUMN."""
    c.add(column.name.span, c.column_target(table, column.name.name), declares=True)
    c.type(column.type)
    bind_expression(c, column.default, table)
    bind_expression(c, column.generated, table)
    for constraint in column.constraints:
        constraint_definition(c, table, constraint)


def constraint_definition(c: Collector, table: Table | View | None, constraint: ConstraintDef) -> None:
    """A constraint, of a column or of the table."""
    c.part(table, "constraint", constraint.name, late=True, declares=True)
    start = constraint.span.start if constraint.name is None else constraint.name.span.end
    if constraint.table_level:
        c.columns(table, constraint.columns, start, constraint.span.end)
    bind_expression(c, constraint.expression, table)
    bind_expression(c, constraint.where, table)
    elements(c, table, constraint.elements, start, constraint.span.end)
    if constraint.references is not None:
        other = c.relation(constraint.references, late=True)
        c.columns(other, constraint.references_columns, constraint.references.span.end, constraint.span.end)
    if constraint.using_index is not None and table is not None:
        place = c.words.find_last(constraint.using_index, start)
        if place is not None:
            c.relation(Name((table.schema, constraint.using_index), place))


def elements(
    c: Collector,
    table: Table | View | None,
    keys: Iterable[IndexElement],
    start: int,
    end: int | None = None,
) -> None:
    """The keys of an index, an exclusion constraint or a partitioning, written from `start` on."""
    for key in keys:
        if key.expression is not None:
            bind_expression(c, key.expression, table)
            start = max(start, key.expression.span.end)
        elif key.column is not None and (place := c.words.find(key.column, start, end)) is not None:
            c.column(table, key.column, place)
            start = place.end


def alter_table(c: Collector, fact: TableFact) -> None:
    """One sub-command of ALTER TABLE (INDEX, VIEW, SEQUENCE ...)."""
    table = c.relation(fact.table)
    if isinstance(fact, AddColumn):
        column_definition(c, table, fact.column)
    elif isinstance(fact, AddConstraint):
        constraint_definition(c, table, fact.constraint)
    elif isinstance(fact, DropConstraint | AlterConstraint):
        c.part(table, "constraint", fact.name)
    elif isinstance(fact, AttachPartition):
        c.relation(fact.partition)
    elif isinstance(fact, SetInheritance):
        c.relation(fact.parent)
    elif isinstance(fact, SetTableType):
        _type_name(c, fact.type)
    else:
        _column_command(c, table, fact)


def _column_command(c: Collector, table: Table | View | None, fact: TableFact) -> None:
    if isinstance(fact, DropColumn | SetNotNull | SetIdentity):
        _column(c, table, fact.column)
    elif isinstance(fact, AlterColumnType):
        _column(c, table, fact.column)
        c.type(fact.type)
        bind_expression(c, fact.using, table)
    elif isinstance(fact, SetDefault):
        _column(c, table, fact.column)
        bind_expression(c, fact.default, table)
    elif isinstance(fact, SetGenerated):
        _column(c, table, fact.column)
        bind_expression(c, fact.expression, table)
    elif isinstance(fact, TouchTable):
        _column(c, table, fact.column)
        place = None if fact.name is None else c.words.find_last(fact.name, fact.table.span.end)
        if fact.name is not None and place is not None:
            for kind in ("trigger", "rule"):
                c.part(table, kind, Ident(fact.name, place))


def _column(c: Collector, table: Table | View | None, column: Ident | None) -> None:
    if column is not None:
        c.column(table, column.name, column.span)


def _type_name(c: Collector, name: Name | None) -> None:
    if name is not None:
        c.relation(name)


def create_index(c: Collector, fact: CreateIndex) -> None:
    """The index, its table, and the columns in it."""
    table = c.relation(fact.table)
    if fact.name is not None and table is not None:
        c.relation(Name((table.schema, fact.name.name), fact.name.span), late=True, declares=True)
    elements(c, table, fact.elements, fact.table.span.end)
    include = c.words.after("include", start=fact.table.span.end)
    if include is not None:
        c.columns(table, fact.include, include)
    bind_expression(c, fact.where, table)


def policy(c: Collector, fact: CreatePolicy | AlterPolicy) -> None:
    """The policy, its table, its roles and its predicates."""
    table = c.relation(fact.table)
    c.part(table, "policy", fact.name, late=True, declares=isinstance(fact, CreatePolicy))
    start = c.words.after("to", start=fact.table.span.end)
    if start is not None and fact.roles:
        c.roles(fact.roles, start)
    bind_expression(c, fact.using, table)
    bind_expression(c, fact.check, table)


def trigger(c: Collector, fact: CreateTrigger) -> None:
    """The trigger, its table and columns, its function."""
    table = c.relation(fact.table)
    c.part(table, "trigger", fact.name, late=True, declares=True)
    if fact.update_columns:
        c.columns(table, fact.update_columns, fact.name.span.end, fact.table.span.start)
    bind_expression(c, fact.when, table, rows=("new", "old"))
    c.function(fact.function)
    if fact.references is not None:
        c.relation(fact.references)


def rule(c: Collector, fact: CreateRule) -> None:
    """A rewrite rule, its table, its condition and its actions."""
    table = c.relation(fact.table)
    c.part(table, "rule", fact.name, late=True, declares=True)
    bind_expression(c, fact.where, table, rows=("new", "old"))
    for action in fact.actions:
        bind_query(c, action)


def named_part(c: Collector, relation: Name, kind: str, name: Ident) -> None:
    """The relation of a part that is dropped, renamed or commented on, and the part."""
    table = c.relation(relation)
    if kind == "column":
        c.column(table, name.name, name.span)
    for known in ("constraint", "policy", "trigger", "rule"):
        if kind == known:
            c.part(table, known, name)
