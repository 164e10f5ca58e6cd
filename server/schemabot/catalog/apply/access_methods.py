"""What the built-in index access methods can do, and the types that they have no default operator class for.

After pg_am's amcan... columns (amapi.h), pg_opclass of PostgreSQL 18, and DefineIndex (indexcmds.c). Methods and types of
extensions are taken to fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemabot.catalog.apply.casts import kind_of
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Column, Table, TypeRef, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import IndexElement
from schemabot.text import Span


class _Method(NamedTuple):
    ordered: bool = False
    unique: bool = False
    several: bool = False
    including: bool = False


_METHODS: Final = {
    "btree": _Method(ordered=True, unique=True, several=True, including=True),
    "hash": _Method(),
    "gist": _Method(several=True, including=True),
    "gin": _Method(several=True),
    "spgist": _Method(including=True),
    "brin": _Method(several=True),
}
_UNORDERED: Final = frozenset({"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"})
_SCALARS: Final = ("integer", "number", "text", "time", "uuid", "boolean", "bytes")
_HELPERS: Final = {"gist": "btree_gist", "gin": "btree_gin"}
"""The extensions whose operator classes let a method index plain values."""


def require_method(
    step: Step, owner: Table | View, method: str, elements: Sequence[IndexElement], span: Span,
    *, unique: bool = False, including: bool = False,
) -> None:  # fmt: skip
    """Reject an index that its access method cannot be."""
    can = _METHODS.get(method)
    if can is None or method == "btree":
        return
    lacks = ""
    if unique and not can.unique:
        lacks = "unique indexes"
    elif including and not can.including:
        lacks = "included columns"
    elif len(elements) > 1 and not can.several:
        lacks = "multicolumn indexes"
    elif any(element.descending for element in elements):
        lacks = "ASC/DESC options"
    elif any(element.nulls for element in elements):
        lacks = "NULLS FIRST/LAST options"
    if lacks:
        detail = f'access method "{method}" does not support {lacks}'
        step.reject(ProblemKind.INVALID, span, f"{owner.schema}.{owner.name}", detail)


def require_operator_class(
    step: Step, owner: Table | View, method: str, elements: Sequence[IndexElement], span: Span
) -> None:
    """Reject a key of a type that has no default operator class for the access method."""
    if not isinstance(owner, Table):
        return
    for element in elements:
        if element.column is None or element.operator_class is not None:
            continue
        column = owner.column(element.column)
        if column is not None:
            _require_class(step, owner, column, column.type, method, span)


def require_indexable(step: Step, table: Table, name: str, type_: TypeRef, span: Span) -> None:
    """Reject a new type for a column whose indexes could not be made anew."""
    column = table.column(name)
    if column is None:
        return
    for index in table.indexes:
        if any(key.column == column.number and key.operator_class is None for key in index.keys):
            _require_class(step, table, column, type_, index.method, span)


def _require_class(step: Step, owner: Table, column: Column, type_: TypeRef, method: str, span: Span) -> None:
    if _lacks_class(step, type_, method):
        detail = f'data type {type_.name} has no default operator class for access method "{method}"'
        step.reject(ProblemKind.INVALID, span, f"{owner.schema}.{owner.name}.{column.name}", detail)


def _lacks_class(step: Step, type_: TypeRef, method: str) -> bool:
    if not type_.known:
        return False
    if method in ("btree", "hash"):
        return not type_.oid and not type_.array and type_.name in _UNORDERED
    helper = _HELPERS.get(method)
    if helper is None or helper in step.catalog.extensions:
        return False
    kind = kind_of(step, type_)
    return kind in _SCALARS or kind.startswith("enum ")
