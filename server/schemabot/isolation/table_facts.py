"""What the constraints of a table say about one column."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.objects import Table
from schemabot.facts import expression as ex


def is_key(table: Table, number: int) -> bool:
    """Whether the column alone is a primary or unique key."""
    if any(c.kind in ("primary key", "unique") and c.columns == (number,) for c in table.constraints):
        return True
    return any(
        i.unique and i.where is None and len(i.keys) == 1 and i.keys[0].column == number
        for i in table.indexes
    )


def lists(root: ex.Node, text: str) -> bool:
    """Whether the check is `column in (...)` or `= any (array[...])` and names the value."""
    if isinstance(root, ex.InList) and not root.negated:
        items: Iterator[ex.Node] = iter(root.items)
    elif isinstance(root, ex.Operator) and root.quantifier == "any" and root.name == "=":
        right = root.right
        while isinstance(right, ex.Cast):
            right = right.arg
        items = iter(right.items if isinstance(right, ex.Items) else ())
    else:
        return False
    for item in items:
        while isinstance(item, ex.Cast):
            item = item.arg
        if isinstance(item, ex.Constant) and item.value == text:
            return True
    return False
