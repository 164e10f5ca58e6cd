"""The catalog rendered as DDL: whole, or one object of it.

`render` writes everything in an order that works; the functions for single objects give the statements of one object
alone, for restoring an old definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Concatenate, Literal, ParamSpec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Column,
    Constraint,
    Domain,
    EnumType,
    EventTrigger,
    Function,
    Index,
    OtherType,
    Policy,
    Publication,
    Rule,
    Sequence,
    Table,
    Trigger,
    View,
)
from schemabot.catalog.render import functions, parts_of_tables, tables, types
from schemabot.catalog.render.afterwards import write_afterwards, write_event_triggers
from schemabot.catalog.render.bodies import write_bodies, write_globals
from schemabot.catalog.render.changed import write_changed, write_dropped
from schemabot.catalog.render.descriptions import describe_event_triggers, write_descriptions
from schemabot.catalog.render.output import Output
from schemabot.catalog.render.writer import CannotRender, Rendered, Writer

Scope = Literal["migrations", "everything"]
_P = ParamSpec("_P")


def render(catalog: Catalog, *, of: Scope = "migrations", creator: str = "postgres") -> Rendered:
    """DDL that makes the schema of `catalog`, run by `creator` in a new database.

    With `migrations` the database has what the platform brings, and what was changed of that is changed; with
    `everything` it is empty. What extensions bring comes with them. Every name has its schema; search_path is set to what
    it was where that decides about operators, operator classes or a statement that is kept as written.
    """
    out = Output(catalog, catalog.platform if of == "migrations" else None, creator)
    out.statements += ["set check_function_bodies to off", "set search_path to ''"]
    write_dropped(out)
    write_globals(out)
    write_bodies(out)
    write_changed(out)
    write_afterwards(out)
    write_descriptions(out)
    write_event_triggers(out)
    describe_event_triggers(out)
    return Rendered(tuple(out.statements), tuple(out.not_rendered))


def _alone(
    catalog: Catalog,
    label: str,
    write: Callable[Concatenate[Writer, _P], Iterable[str]],
    *args: _P.args,
    **named: _P.kwargs,
) -> Rendered:
    out = Output(catalog, None, "")
    out.add(label, write, out.w, *args, **named)
    return Rendered(tuple(out.statements), tuple(out.not_rendered))


def render_table(catalog: Catalog, table: Table) -> Rendered:
    """CREATE TABLE with its checks, without keys, indexes and what else hangs on it; a partition is attached."""
    made = _alone(catalog, f"table {table.schema}.{table.name}", tables.write_table, table)
    if not table.partition_of or made.not_rendered:
        return made
    attached = _alone(catalog, f"table {table.schema}.{table.name}", tables.write_attach, table)
    return Rendered((*made.statements, *attached.statements), attached.not_rendered)


def render_column(catalog: Catalog, table: Table, column: Column) -> Rendered:
    """ALTER TABLE ... ADD COLUMN."""
    label = f"column {table.schema}.{table.name}.{column.name}"
    return _alone(catalog, label, tables.write_added_column, table, column)


def render_default(catalog: Catalog, table: Table, column: Column) -> Rendered:
    """ALTER TABLE ... SET DEFAULT; nothing for a column that has none."""
    label = f"column {table.schema}.{table.name}.{column.name}"
    return (
        Rendered() if column.default is None else _alone(catalog, label, tables.write_default, table, column)
    )


def render_constraint(catalog: Catalog, table: Table, constraint: Constraint) -> Rendered:
    """ALTER TABLE ... ADD CONSTRAINT."""
    write = {
        "check": tables.write_check, "foreign key": tables.write_foreign_key, "not null": tables.write_not_null
    }.get(constraint.kind, tables.write_key)  # fmt: skip
    return _alone(
        catalog, f"constraint {constraint.name} on {table.schema}.{table.name}", write, table, constraint
    )


def render_index(catalog: Catalog, owner: Table | View, index: Index) -> Rendered:
    """CREATE INDEX."""
    return _alone(catalog, f"index {owner.schema}.{index.name}", tables.write_index, owner, index)


def render_view(catalog: Catalog, view: View) -> Rendered:
    """CREATE VIEW or MATERIALIZED VIEW."""
    return _alone(catalog, f"view {view.schema}.{view.name}", parts_of_tables.write_view, view)


def render_function(catalog: Catalog, function: Function, *, replace: bool = False) -> Rendered:
    """CREATE [OR REPLACE] FUNCTION, PROCEDURE; CREATE AGGREGATE."""
    label = f"{function.kind} {function.schema}.{function.name}"
    return _alone(catalog, label, functions.write_function, function, replace=replace)


def render_policy(catalog: Catalog, table: Table, policy: Policy) -> Rendered:
    """CREATE POLICY."""
    label = f"policy {policy.name} on {table.schema}.{table.name}"
    return _alone(catalog, label, parts_of_tables.write_policy, table, policy)


def render_trigger(catalog: Catalog, owner: Table | View, trigger: Trigger) -> Rendered:
    """CREATE TRIGGER, and ALTER TABLE where it is not simply enabled."""
    label = f"trigger {trigger.name} on {owner.schema}.{owner.name}"
    return _alone(catalog, label, parts_of_tables.write_trigger, owner, trigger)


def render_rule(catalog: Catalog, owner: Table | View, rule: Rule) -> Rendered:
    """CREATE RULE, between two settings of search_path."""
    label = f"rule {rule.name} on {owner.schema}.{owner.name}"
    return _alone(catalog, label, parts_of_tables.write_rule, owner, rule)


def render_type(catalog: Catalog, item: EnumType | Domain | OtherType) -> Rendered:
    """CREATE TYPE or DOMAIN; nothing for a row type or multirange."""
    return _alone(catalog, f"type {item.schema}.{item.name}", types.write_type, item)


def render_sequence(catalog: Catalog, sequence: Sequence) -> Rendered:
    """CREATE SEQUENCE; nothing for that of an identity column."""
    return _alone(catalog, f"sequence {sequence.schema}.{sequence.name}", types.write_sequence, sequence)


def render_publication(catalog: Catalog, publication: Publication) -> Rendered:
    """CREATE PUBLICATION."""
    label = f"publication {publication.name}"
    return _alone(catalog, label, parts_of_tables.write_publication, publication)


def render_event_trigger(catalog: Catalog, trigger: EventTrigger) -> Rendered:
    """CREATE EVENT TRIGGER."""
    return _alone(catalog, f"event trigger {trigger.name}", parts_of_tables.write_event_trigger, trigger)


__all__ = [
    "CannotRender", "Rendered", "Scope", "render", "render_column", "render_constraint", "render_default",
    "render_event_trigger", "render_function", "render_index", "render_policy", "render_publication", "render_rule",
    "render_sequence", "render_table", "render_trigger", "render_type", "render_view",
]  # fmt: skip
