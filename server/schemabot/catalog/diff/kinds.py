"""What the kinds of elements have to do with the plan: their order, what they hold, what keeps a column from changing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from schemabot.catalog.diff.changes import Change
from schemabot.catalog.diff.elements import Element

_RANKS: Final = (
    "role", "schema", "extension", "type", "sequence", "table", "foreign table", "column", "default",
    "constraint", "function", "procedure", "aggregate", "view", "materialized view", "index", "policy", "trigger",
    "rule", "publication", "event trigger",
)  # fmt: skip
ON_COLUMNS: Final = frozenset(("view", "materialized view", "policy", "trigger", "rule", "publication"))
"""What keeps PostgreSQL from changing the type of a column that it names (RememberAllDependentForRebuilding)."""

HOLDS_DATA: Final = frozenset(("table", "foreign table", "column"))


def is_shared(element: Element) -> bool:
    """Whether a table can have it both on its own and from a parent: columns and checks."""
    return element.kind == "column" or (element.kind == "constraint" and element.item.kind == "check")


def compares(element: Element) -> bool:
    """Whether it compares values of a column, by operators that the column's next type does not share."""
    item = element.item
    if element.kind == "constraint":
        return item.kind in ("check", "foreign key", "exclude")
    return element.kind == "index" and (
        item.where is not None or any(key.expression is not None for key in item.keys)
    )


def is_computed(element: Element) -> bool:
    """Whether the server works the values out again."""
    return element.kind == "column" and element.item.generated is not None


def rank_of(element: Element) -> int:
    """The place of its kind in the order in which kinds are made."""
    return _RANKS.index(element.kind) if element.kind in _RANKS else _RANKS.index("function")


def change_of(
    element: Element, action: Literal["create", "drop", "alter", "restore"], statements: Iterable[str]
) -> Change:
    """The change that these statements make of the element."""
    item, owner = element.item, element.owner
    holder = item if owner is None else owner
    return Change(
        action=action,
        kind=element.kind,
        schema=getattr(holder, "schema", None),
        name=holder.name,
        part=None if owner is None else item.name,
        statements=tuple(statements),
    )


def subject(element: Element) -> str:
    """The element, for people."""
    return change_of(element, "alter", ()).subject
