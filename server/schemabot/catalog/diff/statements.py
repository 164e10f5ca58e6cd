"""What makes an element and what drops it."""

from __future__ import annotations

from collections.abc import Container

from schemabot.catalog.diff.elements import Element
from schemabot.catalog.objects import Constraint, Function, OtherObject, Table, View
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import functions, globals_, kept, parts_of_tables, tables, types
from schemabot.catalog.render.descriptions import other_target
from schemabot.catalog.render.output import kind_of
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import NotExactError, Writer


def create(w: Writer, element: Element, later: Container[tuple[int, int]] = ()) -> list[str]:
    """The statements that make an element alone; of a table with its columns, and their defaults and the checks
    that are not to come `later`. Raises `NotExactError`."""
    item, owner = element.item, element.owner
    match element.kind:
        case "schema":
            return globals_.write_schema(item)
        case "extension":
            return globals_.write_extension(w, item)
        case "role":
            return globals_.write_role(item)
        case "table" | "foreign table":
            made = tables.write_table(w, item, later)
            return [*made, *tables.write_attach(w, item)] if item.partition_of else made
        case "view" | "materialized view":
            return parts_of_tables.write_view(w, item)
        case "sequence":
            return types.write_sequence(w, item)
        case "type":
            return types.write_type(w, item)
        case "column":
            return _with_children(tables.write_added_column(w, owner, item))
        case "default":
            return tables.write_default(w, owner, item)
        case "constraint":
            return _with_children(_constraint(w, owner, item))
        case "index":
            return tables.write_index(w, owner, item)
        case "policy":
            return parts_of_tables.write_policy(w, owner, item)
        case "trigger":
            return parts_of_tables.write_trigger(w, owner, item)
        case "rule":
            return parts_of_tables.write_rule(w, owner, item)
        case "publication":
            return parts_of_tables.write_publication(w, item)
        case "event trigger":
            return parts_of_tables.write_event_trigger(w, item)
    if isinstance(item, Function):
        return functions.write_function(w, item)
    if isinstance(item, OtherObject):
        return kept.write_other(w, item)
    raise NotExactError("this kind of object is not written")


def _with_children(statements: list[str]) -> list[str]:
    """What a table gets its children get too: they have no statement of their own for it."""
    return [statement.replace("alter table only ", "alter table ", 1) for statement in statements]


def _constraint(w: Writer, table: Table, item: Constraint) -> list[str]:
    if item.kind == "check":
        return tables.write_check(w, table, item)
    if item.kind == "foreign key":
        return tables.write_foreign_key(w, table, item)
    return tables.write_key(w, table, item)


def drop(w: Writer, element: Element) -> tuple[str, ...]:
    """The statements that drop an element, under the names of the writer's catalog."""
    item, owner, kind = element.item, element.owner, element.kind
    if kind in ("column", "constraint"):
        return (f"alter table {table_name(owner)} drop {kind} {quote_identifier(item.name)}",)
    if kind == "default":
        return (f"alter table {table_name(owner)} alter column {quote_identifier(item.name)} drop default",)
    if kind == "index":
        return (f"drop index {quote_qualified(owner.schema, item.name)}",)
    if kind in ("policy", "trigger", "rule"):
        return (f"drop {kind} {quote_identifier(item.name)} on {table_name(owner)}",)
    if isinstance(item, Function):
        return (f"drop {kind_of(item)} {w.signature(item)}",)
    if isinstance(item, OtherObject):
        return (f"drop {other_target(w, item)}",)
    if isinstance(item, Table):
        return (*_detached(w, item), f"drop {kind} {table_name(item)}")
    if isinstance(item, View) or kind in ("type", "sequence"):
        word = "domain" if hasattr(item, "base") else kind
        return (f"drop {word} {quote_qualified(item.schema, item.name)}",)
    return (f"drop {kind} {quote_identifier(item.name)}",)


def _detached(w: Writer, table: Table) -> list[str]:
    """DETACH, for a partition that foreign keys to the whole table refer to: they keep it from being dropped."""
    parent = above = w.catalog.table_by_oid(table.partition_of)
    while above is not None:
        for oid in w.catalog.dependents.get(above.oid) or ():
            other = w.catalog.table_by_oid(oid)
            if other is not None and any(c.references == above.oid for c in other.constraints):
                assert parent is not None
                return [f"alter table {table_name(parent)} detach partition {table_name(table)}"]
        above = w.catalog.table_by_oid(above.partition_of)
    return []
