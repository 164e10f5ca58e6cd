"""An enum that loses labels is made again: no statement takes one away."""

from __future__ import annotations

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.alter import Alteration
from schemabot.catalog.objects import EnumType, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import tables, types
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import Writer

_SUFFIX = "__old"


def remade_enum(w: Writer, new: Catalog, old: Catalog, was: EnumType, item: EnumType) -> Alteration:
    """The type under another name, the one wanted, all columns from the one to the other, and the first one dropped."""
    name = quote_qualified(item.schema, item.name)
    aside = item.name + _SUFFIX
    found = [f"alter type {name} rename to {quote_identifier(aside)}", *types.write_type(w, item)]
    for table in new.tables():
        known = old.table_by_oid(table.oid) or old.table(table.schema, table.name)
        for column in table.columns:
            before = (
                None if known is None else known.column(column.name) or known.column_by_number(column.number)
            )
            if column.type.oid != item.oid or before is None:
                continue
            if before.type.oid != was.oid or before.type.array != column.type.array:
                continue  # it changes from another type, by a statement of its own
            if before.inherited:  # it follows that of the parent
                continue
            found += _column(w, table, column.number)
    found.append(f"drop type {quote_qualified(item.schema, aside)}")
    return Alteration(tuple(found), disturbs=True, why="fails if a row has a label that goes")


def _column(w: Writer, table: Table, number: int) -> list[str]:
    column = table.column_by_number(number)
    assert column is not None
    place = f"alter table {table_name(table)} alter column {quote_identifier(column.name)}"
    array = "[]" if column.type.array else ""
    type_ = w.type(column.type)
    found = [f"{place} drop default"] if column.default is not None else []
    found.append(f"{place} type {type_} using {quote_identifier(column.name)}::text{array}::{type_}")
    return found + (tables.write_default(w, table, column) if column.default is not None else [])
