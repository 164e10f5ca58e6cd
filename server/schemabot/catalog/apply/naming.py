"""The names that PostgreSQL chooses for indexes, constraints and sequences.

After makeObjectName, ChooseRelationName, ChooseIndexName (indexcmds.c) and ChooseConstraintName
(pg_constraint.c): names have 63 bytes at most, cut between characters, and a number behind the label tells
them from those there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from schemabot.catalog.apply.output_names import figure_name
from schemabot.catalog.apply.step import Step
from schemabot.facts.model import IndexElement

NAME_BYTES: Final = 63
"""NAMEDATALEN - 1."""


def clip(text: str, size: int) -> str:
    """The longest beginning of `text` with at most `size` bytes of UTF-8 (pg_mbcliplen)."""
    if text.isascii():
        return text[:size]
    return text.encode()[:size].decode(errors="ignore")


def make_object_name(first: str, second: str, label: str) -> str:
    """`first_second_label` within 63 bytes; the longer of the first two gives way."""
    whole = f"{first}_{second}_{label}"
    if first and second and label and len(whole) <= NAME_BYTES and whole.isascii():
        return whole
    room = NAME_BYTES - (len(label.encode()) + 1 if label else 0) - (1 if second else 0)
    size, other = len(first.encode()), len(second.encode())
    while size + other > room:
        if size > other:
            size -= 1
        else:
            other -= 1
    return "_".join(part for part in (clip(first, size), clip(second, other), label) if part)


def choose_relation_name(
    step: Step, schema: str, first: str, second: str, label: str, *, constraint: bool = False
) -> str:
    """A name that no relation of the schema has, and with `constraint` no constraint either."""
    catalog = step.catalog
    number = 0
    while True:
        name = make_object_name(first, second, f"{label}{number or ''}")
        if (schema, name) not in catalog.relation_names and not (
            constraint and (schema, name) in catalog.constraint_names
        ):
            return name
        number += 1


def choose_constraint_name(
    step: Step, schema: str, first: str, second: str, label: str, others: Collection[str] = ()
) -> str:
    """A name that no constraint in the schema has, and none of `others`."""
    used = step.catalog.constraint_names
    name = make_object_name(first, second, label)
    number = 0
    while name in others or (schema, name) in used:
        number += 1
        name = make_object_name(first, second, f"{label}{number}")
    return name


def join_columns(columns: Sequence[str]) -> str:
    """The column part of a generated name (ChooseIndexNameAddition)."""
    if len(columns) == 1:
        return columns[0]
    text = ""
    for column in columns:
        text = f"{text}_{column}" if text else column
        if len(text.encode()) > NAME_BYTES:
            break
    return text


def index_column_names(elements: Sequence[IndexElement], include: Sequence[str] = ()) -> list[str]:
    """The names of an index's own columns, told apart by numbers (ChooseIndexColumnNames)."""
    chosen: list[str] = []
    for element in elements:
        if element.column is not None:
            wanted = element.column
        else:
            expression = element.expression
            wanted = (expression and figure_name(expression.root, "")) or "expr"
        chosen.append(_apart(wanted, chosen))
    for column in include:
        chosen.append(_apart(column, chosen))
    return chosen


def _apart(wanted: str, taken: list[str]) -> str:
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{clip(wanted, NAME_BYTES - len(str(number)))}{number}"
    return name
