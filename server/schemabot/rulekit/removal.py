"""What a statement takes away from a schema that was there before the migration, and whether it comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Table, View
from schemabot.facts.expression import Constant, Query
from schemabot.facts.model import CreateFunction, CreateTable, CreateView, DropObject
from schemabot.facts.names import Name
from schemabot.rulekit.context import ChangeContext, qualified, search_path

_LISTED = 5


def standing_table(name: Name, context: ChangeContext[Any]) -> Table | None:
    """The project's table of that name, if it was there before this file: other tables are empty or not ours."""
    table = context.table(name)
    if table is None or table.temporary or table.extension is not None or table.origin.platform:
        return None
    if context.project.is_managed(table.schema):
        return None
    return table if table.oid in context.file_start.catalog.relations else None


def standing_column(table: Table, name: str, context: ChangeContext[Any]) -> Column | None:
    """The column of that name, if the table had it before this file."""
    column = table.column(name)
    before = context.file_start.catalog.table_by_oid(table.oid)
    if column is None or before is None or before.column_by_number(column.number) is None:
        return None
    return column


def means(name: Name, schema: str, own: str, context: ChangeContext[Any]) -> bool:
    """Whether a name in a later statement of the file is that of `schema.own`."""
    if name.name != own:
        return False
    return name.schema == schema or (name.schema is None and schema in search_path(context.after))


def is_made_again(table: Table | View, context: ChangeContext[Any]) -> bool:
    """Whether the file makes a table or view of that name further on."""
    return any(
        isinstance(fact, (CreateTable, CreateView)) and means(fact.name, table.schema, table.name, context)
        for fact in context.later()
    )


def is_dropped_later(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether the file drops the table further on, and says so there."""
    return any(
        isinstance(fact, DropObject)
        and fact.kind == "table"
        and means(fact.name, table.schema, table.name, context)
        for fact in context.later()
    )


def gone_besides(context: ChangeContext[Any], *oids: int) -> list[str]:
    """What the statement took away besides the objects with these oids and what is part of them, sorted, in words.

    What the file makes again further on under its name is not listed.
    """
    before, after = context.before.catalog, context.after.catalog
    again = {
        fact.name.name
        for fact in context.later()
        if isinstance(fact, (CreateTable, CreateView, CreateFunction))
    }
    return sorted(words for words, name in _gone(before, after, oids) if name not in again)


def _gone(before: Catalog, after: Catalog, oids: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    for oid in after.relations.changed_since(before.relations):
        old, new = before.relations.get(oid), after.relations.get(oid)
        if oid in oids or old is None:
            continue
        if new is None and isinstance(old, View):
            yield f"{'materialized view' if old.materialized else 'view'} {qualified(old)}", old.name
        elif new is None and isinstance(old, Table):
            yield f"{'partition' if old.partition_of else 'table'} {qualified(old)}", old.name
        elif isinstance(old, Table) and isinstance(new, Table):
            yield from _gone_parts(old, new)
    for oid in after.functions.changed_since(before.functions):
        function = before.functions.get(oid)
        if function is not None and oid not in after.functions and oid not in oids:
            yield f"function {qualified(function)}", function.name


def _gone_parts(old: Table, new: Table) -> Iterator[tuple[str, str]]:
    kept = {c.oid for c in new.constraints} | {p.oid for p in new.policies} | {t.oid for t in new.triggers}
    numbers = {column.number for column in new.columns}
    for column in old.columns:
        if column.number not in numbers:
            yield f"column {column.name} of {qualified(old)}", ""
    for constraint in old.constraints:
        if constraint.oid not in kept and constraint.kind == "foreign key":
            yield f"foreign key {constraint.name} of {qualified(old)}", ""
    for policy in old.policies:
        if policy.oid not in kept:
            yield f'policy "{policy.name}" of {qualified(old)}', ""
    for trigger in old.triggers:
        if trigger.oid not in kept and not trigger.inherited:
            yield f"trigger {trigger.name} of {qualified(old)}", ""


def shown(words: list[str]) -> str:
    """The first few, and how many more there are."""
    first = words[:_LISTED]
    rest = len(words) - len(first)
    if rest:
        return f"{', '.join(first)} and {rest} more"
    return listed(first)


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def functions_naming(catalog: Catalog, *words: str) -> list[str]:
    """The project's functions whose text has all these words: PostgreSQL does not follow a rename into it."""
    patterns = [re.compile(rf"(?<![\w$]){re.escape(word)}(?![\w$])", re.I) for word in words]
    return sorted(
        qualified(function)
        for function in catalog.functions.values()
        if not function.origin.platform
        and function.extension is None
        and function.body is not None
        and all(pattern.search(function.body) for pattern in patterns)
    )


def is_every_row(query: Query) -> bool:
    """Whether an UPDATE or DELETE means every row: nothing says which ones, or it is always true."""
    if len(query.sources) > 1 or query.with_:
        return False
    where = query.where
    return where is None or (
        isinstance(where, Constant) and where.kind == "boolean" and where.value == "true"
    )
