"""The short text beside a proposal."""

from __future__ import annotations

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, ViewColumn


def column_detail(catalog: Catalog, column: object) -> str:
    """A column's type, and whether it may be null."""
    if isinstance(column, Column):
        return format_type(catalog, column.type) + (" not null" if column.not_null else "")
    if isinstance(column, ViewColumn) and column.type is not None:
        return format_type(catalog, column.type)
    return ""
