"""The argument types of a function as ALTER and GRANT name it."""

from __future__ import annotations

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function


def arguments(function: Function, catalog: Catalog) -> str | None:
    """The types between the parentheses; None where one of them is not known."""
    if any(not ref.known for ref in function.signature):
        return None
    return ", ".join(format_type(catalog, ref, ()) for ref in function.signature)
