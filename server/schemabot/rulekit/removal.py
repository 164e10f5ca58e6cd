"""What a statement takes away from a schema that was there before the migration, and whether it comes back."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.objects import Column, Table
from schemabot.facts import expression as ex
from schemabot.facts.model import (
    CreateTable,
    CreateView,
    DeleteRows,
    DropColumn,
    DropObject,
    InsertRows,
    RenameObject,
    TruncateTable,
)
from schemabot.facts.names import Name
from schemabot.rulekit.constancy import constant_truth
from schemabot.rulekit.context import ChangeContext, search_path

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


def is_made_again(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether the file makes a table of that name further on, or gives the name to another one, now or before."""
    old = context.file_start.catalog.table_by_oid(table.oid)
    if old is None:
        return False
    if old.name != table.name and context.before.catalog.table(old.schema, old.name) is not None:
        return True
    return any(
        (isinstance(fact, CreateTable) and means(fact.name, table.schema, table.name, context))
        or (isinstance(fact, RenameObject) and _takes_name(fact, table, context))
        for fact in context.later()
    )


def names_of_successor(table: Table, context: ChangeContext[Any]) -> frozenset[str]:
    """The names in this file of the table that takes the place of this one."""
    old = context.file_start.catalog.table_by_oid(table.oid)
    names = {table.name} if old is None else {table.name, old.name}
    renames = [fact for _, fact in context.facts if isinstance(fact, RenameObject) and fact.kind == "table"]
    return frozenset(names | {fact.name.name for fact in renames if fact.new_name in names})


def is_named_anew(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether a table or a view has that name again further on."""
    return is_made_again(table, context) or any(
        isinstance(fact, CreateView) and means(fact.name, table.schema, table.name, context)
        for fact in context.later()
    )


def _takes_name(fact: RenameObject, table: Table, context: ChangeContext[Any]) -> bool:
    if fact.kind != "table" or fact.part is not None or fact.new_name != table.name:
        return False
    return fact.name.schema in (None, table.schema)


def is_copied(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether the file reads the rows of the table into another one before."""
    for fact in context.earlier():
        query: ex.Query | None = None
        if isinstance(fact, InsertRows):
            query = fact.query
        elif isinstance(fact, CreateTable) and fact.query is not None and not fact.temporary:
            query = fact.query.query
        for part in ex.walk(query):
            if isinstance(part, ex.TableRef) and means(part.name, table.schema, table.name, context):
                return True
    return False


def is_emptied(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether the file has deleted every row of the table before, and put none in since."""
    empty = False
    for fact in context.earlier():
        if not isinstance(fact, (TruncateTable, DeleteRows, InsertRows)):
            continue
        if means(fact.table, table.schema, table.name, context):
            empty = isinstance(fact, TruncateTable) or (
                isinstance(fact, DeleteRows) and (empty or is_every_row(fact.query))
            )
    return empty


def is_dropped_later(table: Table, context: ChangeContext[Any]) -> bool:
    """Whether the file drops the table further on, and says so there."""
    return any(
        isinstance(fact, DropObject)
        and fact.kind == "table"
        and means(fact.name, table.schema, table.name, context)
        for fact in context.later()
    )


def is_column_dropped_later(table: Table, column: str, context: ChangeContext[Any]) -> bool:
    """Whether the file drops the column, or the whole table, further on."""
    return is_dropped_later(table, context) or any(
        isinstance(fact, DropColumn)
        and fact.column.name == column
        and means(fact.table, table.schema, table.name, context)
        for fact in context.later()
    )


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


def go(words: list[str]) -> str:
    """`goes` or `go`, as these words want it."""
    return "goes" if len(words) == 1 else "go"


def is_every_row(query: ex.Query) -> bool:
    """Whether an UPDATE or DELETE means every row: nothing says which ones, or it is always true."""
    if len(query.sources) > 1 or query.with_:
        return False
    return query.where is None or constant_truth(query.where) is True
