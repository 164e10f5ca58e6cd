"""Parents, children and partitions: finding them, and carrying expressions from one table to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Column, Table, Use
from schemabot.catalog.state import ProblemKind
from schemabot.text import Span


def children(step: Step, table: Table) -> list[Table]:
    """The tables that directly inherit from `table` or are partitions of it, in order of creation."""
    found: list[Table] = []
    for oid in sorted(step.catalog.dependents.get(table.oid) or ()):
        child = step.catalog.relations.get(oid)
        if isinstance(child, Table) and (child.partition_of == table.oid or table.oid in child.parents):
            found.append(child)
    return found


def descendants(step: Step, table: Table) -> Iterator[Table]:
    """All tables below `table`, parents before their children, each once."""
    seen: set[int] = {table.oid}
    todo = children(step, table)
    while todo:
        child = todo.pop(0)
        if child.oid not in seen:
            seen.add(child.oid)
            yield child
            todo += children(step, child)


def parents(step: Step, table: Table) -> list[Table]:
    """The tables that `table` directly inherits from, or the one it is a partition of."""
    oids = table.parents or ((table.partition_of,) if table.partition_of else ())
    return [parent for oid in oids if (parent := step.catalog.table_by_oid(oid)) is not None]


def has_other_parent(
    step: Step, top: Table, below: Sequence[Table], has: Callable[[Table], bool]
) -> Table | None:
    """The first of the tables `below` that inherits a part from outside of `top` and them as well.

    `has` says whether a table has the part.
    """
    inside = {top.oid, *(table.oid for table in below)}
    for table in below:
        if any(parent.oid not in inside and has(parent) for parent in parents(step, table)):
            return table
    return None


def refuse_overlap(step: Step, parent: Table, bound: tuple[str, ...], name: str, span: Span) -> None:
    """Reject a partition that takes what another partition of `parent` takes already, as far as it is seen."""
    taken = set(bound)
    for other in children(step, parent) if taken else ():
        if taken.intersection(other.partition_bound):
            detail = f'partition "{name}" would overlap partition "{other.name}"'
            step.reject(ProblemKind.INVALID, span, f"{parent.schema}.{parent.name}", detail)


def column_map(source: Sequence[Column], target: Sequence[Column]) -> dict[int, int]:
    """Column numbers of one table to those of the columns with the same names in another."""
    numbers = {column.name: column.number for column in target}
    return {column.number: numbers[column.name] for column in source if column.name in numbers}


def moved(bound: Bound | None, source: Table, target: Table) -> Bound | None:
    """An expression on `source`, now on the columns of the same names of `target`."""
    if bound is None or not bound.uses:
        return bound
    numbers = column_map(source.columns, target.columns)
    uses = tuple(
        Use(use.span, target.oid, numbers.get(use.number, use.number)) if use.oid == source.oid else use
        for use in bound.uses
    )
    return msgspec.structs.replace(bound, uses=uses)


def replace_column(table: Table, column: Column) -> tuple[Column, ...]:
    """The columns of `table` with the one of that number replaced."""
    return tuple(column if old.number == column.number else old for old in table.columns)
