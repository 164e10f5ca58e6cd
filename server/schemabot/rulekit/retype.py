"""Fixes that give a column another type: in the definition as written, or by ALTER TABLE in a new migration."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Column, Table, View
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.finding import Fix, Replace
from schemabot.rulekit.sql import quote, quote_name
from schemabot.rulekit.written import written_type

_ALTER = "alter table {} alter column {} type {}{};"


def retype(
    context: StateContext[Any],
    table: Table,
    column: Column,
    new: str,
    title: str,
    *,
    using: str = "",
    behind: str = "",
    safe: bool = False,
    preferred: bool = True,
) -> Fix | None:
    """A fix that writes the type `new` for the column; None where the type is not found in the text.

    `new` and `using` (the conversion of old values, with `{}` for the column) are written in small letters;
    `behind` is put behind the type in the definition, and stands only there. In a new migration PostgreSQL
    refuses to change a type that views, policies or triggers use, so there is no such fix then.
    """
    written = written_type(context, column)
    if written is None:
        return None
    style = context.project.style(written.at)
    array = "[]" if column.type.array else ""
    later = None
    if not behind and not is_used(context.catalog, table, column):
        conversion = style.sql(" using {}", using.replace("{}", quote(column.name))) if using else ""
        later = style.sql(
            _ALTER,
            quote_name(table.schema, table.name),
            quote(column.name),
            style.sql(new) + array,
            conversion,
        )
    text = style.sql(new) + array + (style.sql(behind) if written.created else "")
    if behind and not written.created:
        return None
    return Fix(title=title, steps=(Replace(written.at, text),), safe=safe, preferred=preferred, later=later)


def is_used(catalog: Catalog, table: Table, column: Column) -> bool:
    """Whether something uses the column that forbids ALTER TABLE to change its type (manual, ALTER TABLE)."""
    if any(
        column.number in trigger.update_columns or _uses(trigger.when, table, column)
        for trigger in table.triggers
    ):
        return True
    if any(_uses(other.generated, table, column) for other in table.columns):
        return True
    if column.number in table.partition_keys:
        return True
    users: list[Table | View] = [table]
    for oid in catalog.dependents.get(table.oid) or ():
        found = catalog.relations.get(oid)
        if isinstance(found, (Table, View)):
            users.append(found)
    for user in users:
        if isinstance(user, View):
            if any(use.oid == table.oid and use.number in (0, column.number) for use in user.uses):
                return True
        elif any(
            _uses(policy.using, table, column) or _uses(policy.check, table, column)
            for policy in user.policies
        ):
            return True
    return False


def is_computed_with(table: Table, column: Column) -> bool:
    """Whether an index or a generated column of the table computes something from the column's values."""
    bounds = [key.expression for index in table.indexes for key in index.keys]
    bounds += [index.where for index in table.indexes]
    bounds += [other.generated for other in table.columns]
    return any(_uses(bound, table, column) for bound in bounds)


def _uses(bound: Bound | None, table: Table, column: Column) -> bool:
    return bound is not None and any(
        use.oid == table.oid and use.number == column.number for use in bound.uses
    )
