"""The fix that forbids null in a column that has a default."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.objects import Column, Origin, Table
from schemabot.facts.expression import Cast, Constant
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.finding import Fix, Replace
from schemabot.rulekit.sql import quote, quote_name
from schemabot.rulekit.written import written_type
from schemabot.text import Span

_LATER = """update {table} set {column} = {value} where {column} is null;

alter table {table} alter column {column} set not null;"""


def not_null_fix(context: StateContext[Any], table: Table, column: Column) -> Fix | None:
    """A fix that writes NOT NULL behind the column's type; None where a later statement changed its nullability.

    In a new migration rows without a value get the default first, if that is a constant.
    """
    written = written_type(context, column)
    if (
        written is None
        or column.default is None
        or any(c.what in ("not null", "default") for c in column.changes)
    ):
        return None
    if not written.created:
        return None
    style = context.project.style(written.at)
    end = written.at.span.end
    value = column.default.expression.root
    later = None
    if isinstance(value.arg if isinstance(value, Cast) else value, Constant):
        later = style.sql(
            _LATER,
            table=quote_name(table.schema, table.name),
            column=quote(column.name),
            value=column.default.text,
        )
    return Fix(
        title="Add NOT NULL",
        steps=(
            Replace(Origin(written.at.file, written.at.statement, Span(end, end)), style.sql(" not null")),
        ),
        preferred=True,
        later=later,
    )
