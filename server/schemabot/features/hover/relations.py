"""Hovers of tables, views, sequences and their columns."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.analysis import Analysis
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Constraint, Index, Sequence, Table, View, ViewColumn
from schemabot.catalog.printed import printed
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.features.hover.markdown import bullets, code, joined, listed, plain, sql, table
from schemabot.features.hover.security import matrix, row_security

MOST_COLUMNS = 30
_MOST_PARTS = 10


def of_table(analysis: Analysis, catalog: Catalog, item: Table) -> str:
    """A table as it is at this point of the history; who reaches its rows is told as of the end."""
    head = analysis.head.catalog.table_by_oid(item.oid)
    security = row_security(item) if head is None else joined((row_security(head), matrix(analysis, head)))
    if (
        head is not None
        and not head.origin.platform
        and head != item
        and (head.rls, head.policies)
        != (
            item.rls,
            item.policies,
        )
    ):
        security = f"At the end of the history:\n\n{security}"
    return table_with(catalog, item, security)


def table_with(catalog: Catalog, item: Table, security: str) -> str:
    """A table as a catalog has it, with what is to be said about who reaches its rows."""
    return joined(
        (
            sql(f"{_kind(item)} {quote_qualified(item.schema, item.name)}"),
            plain(item.comment or ""),
            _columns(catalog, item),
            _keys(catalog, item),
            _indexes(catalog, item),
            _triggers(item),
            security,
        )
    )


def _kind(item: Table) -> str:
    words = {"table": "table", "partitioned": "partitioned table", "foreign": "foreign table"}[item.kind]
    if item.temporary:
        return f"temporary {words}"
    return f"unlogged {words}" if item.unlogged else words


def _columns(catalog: Catalog, item: Table) -> str:
    rows = [
        (
            code(column.name),
            code(format_type(catalog, column.type)),
            "not null" if column.not_null else "",
            default_of(catalog, column),
            ", ".join(dict.fromkeys(_roles(catalog, item, column))),
        )
        for column in item.columns[:MOST_COLUMNS]
    ]
    shown = table(("column", "type", "", "default", ""), rows)
    more = len(item.columns) - MOST_COLUMNS
    return f"{shown}\n\n… and {more} more columns" if more > 0 else shown


def default_of(catalog: Catalog, column: Column) -> str:
    """What a column gets when nothing is given."""
    if column.identity:
        return f"identity {column.identity}"
    if column.generated is not None:
        return "generated " + code(printed(catalog, column.generated))
    return "" if column.default is None else code(printed(catalog, column.default))


def _roles(catalog: Catalog, item: Table, column: Column) -> Iterator[str]:
    """What a column is besides: key, reference."""
    for constraint in item.constraints:
        if column.number not in constraint.columns:
            continue
        if constraint.kind == "primary key":
            yield "primary key"
        elif constraint.kind == "unique" and len(constraint.columns) == 1:
            yield "unique"
        elif constraint.kind == "foreign key":
            yield from _referenced(catalog, constraint, constraint.columns.index(column.number))


def _referenced(catalog: Catalog, constraint: Constraint, place: int) -> Iterator[str]:
    """The column that a column of a foreign key refers to."""
    other = catalog.relations.get(constraint.references)
    if isinstance(other, Table) and place < len(constraint.references_columns):
        for name in other.column_names((constraint.references_columns[place],)):
            yield f"→ {code(f'{other.name}.{name}')}"


def _keys(catalog: Catalog, item: Table) -> str:
    """Constraints of several columns, and checks."""
    rows: list[str] = []
    for constraint in item.constraints:
        if constraint.kind == "check" and constraint.expression is not None:
            rows.append(f"{code(constraint.name)} check {code(printed(catalog, constraint.expression))}")
        elif constraint.kind in ("primary key", "unique", "foreign key") and len(constraint.columns) > 1:
            rows.append(f"{code(constraint.name)} {constraint_words(catalog, item, constraint)}")
        elif constraint.kind == "exclude":
            rows.append(f"{code(constraint.name)} exclude")
    return "**Constraints**\n" + bullets(rows, _MOST_PARTS) if rows else ""


def constraint_words(catalog: Catalog, item: Table, constraint: Constraint) -> str:
    """A key in words: its columns, and where a foreign key leads."""
    own = ", ".join(item.column_names(constraint.columns))
    words = f"{constraint.kind} ({own})"
    other = catalog.relations.get(constraint.references)
    if isinstance(other, Table):
        there = ", ".join(other.column_names(constraint.references_columns))
        words += f" → {other.name} ({there})"
    return words


def _indexes(catalog: Catalog, item: Table | View) -> str:
    rows = [f"{code(index.name)} {index_words(catalog, item, index)}" for index in item.indexes]
    return "**Indexes**\n" + bullets(rows, _MOST_PARTS) if rows else ""


def index_words(catalog: Catalog, owner: Table | View, index: Index) -> str:
    """An index in words: its keys, and what is special about it."""
    keys = ", ".join(_key_names(catalog, owner, index))
    words = [f"({keys})"]
    if index.unique:
        words.insert(0, "unique")
    if index.method != "btree":
        words.append(index.method)
    if index.where is not None:
        words.append(f"where {code(printed(catalog, index.where))}")
    return " ".join(words)


def _key_names(catalog: Catalog, owner: Table | View, index: Index) -> Iterator[str]:
    for key in index.keys:
        if key.expression is not None:
            yield printed(catalog, key.expression)
        elif isinstance(owner, Table):
            yield from owner.column_names((key.column,))
        elif 0 < key.column <= len(owner.columns):
            yield owner.columns[key.column - 1].name


def _triggers(item: Table) -> str:
    names = [code(trigger.name) for trigger in item.triggers]
    return f"**Triggers** {listed(names, _MOST_PARTS)}" if names else ""


def of_view(catalog: Catalog, item: View) -> str:
    """A view: its columns and whose rights its query runs with."""
    kind = "materialized view" if item.materialized else "view"
    rows = [
        (code(column.name), code(format_type(catalog, column.type)) if column.type is not None else "")
        for column in item.columns[:MOST_COLUMNS]
    ]
    more = len(item.columns) - MOST_COLUMNS
    rights = ""
    if not item.materialized:
        rights = (
            "Reads with the rights of whoever asks (`security_invoker`)."
            if item.security_invoker
            else f"Reads with the rights of its owner, {code(item.owner)}: row level security is that of the owner."
        )
    return joined(
        (
            sql(f"{kind} {quote_qualified(item.schema, item.name)}"),
            plain(item.comment or ""),
            rights,
            table(("column", "type"), rows),
            f"… and {more} more columns" if more > 0 else "",
            _indexes(catalog, item),
        )
    )


def of_sequence(catalog: Catalog, item: Sequence) -> str:
    """A sequence, and the column that owns it."""
    owned = ""
    if item.owned_by is not None:
        table_, number = catalog.table_by_oid(item.owned_by[0]), item.owned_by[1]
        if table_ is not None:
            owned = f"Belongs to {code('.'.join((table_.name, *table_.column_names((number,)))))}."
    shown = f"sequence {quote_qualified(item.schema, item.name)} as {format_type(catalog, item.type)}"
    return joined((sql(shown), plain(item.comment or ""), owned))


def of_column(catalog: Catalog, owner: Table | View | None, item: Column | ViewColumn) -> str:
    """A column: type, default, keys, indexes, policies that ask for it."""
    name = quote_identifier(item.name)
    qualified = f"{owner.name}.{name}" if owner is not None else name
    if isinstance(item, ViewColumn):
        kind = "" if item.type is None else f" {format_type(catalog, item.type)}"
        return sql(f"column {qualified}{kind}")
    words = f"column {qualified} {format_type(catalog, item.type)}"
    if item.not_null:
        words += " not null"
    if item.default is not None:
        words += f" default {printed(catalog, item.default)}"
    if item.identity:
        words += f" generated {item.identity} as identity"
    if item.generated is not None:
        words += f" generated always as ({printed(catalog, item.generated)})"
    details = bullets(list(_details(catalog, owner, item)), _MOST_PARTS) if isinstance(owner, Table) else ""
    return joined((sql(words), plain(item.comment or ""), details))


def _details(catalog: Catalog, owner: Table, item: Column) -> Iterator[str]:
    for constraint in owner.constraints:
        if item.number in constraint.columns and constraint.kind in ("primary key", "unique", "foreign key"):
            yield constraint_words(catalog, owner, constraint)
        elif (
            constraint.kind == "check"
            and constraint.expression is not None
            and any(use.oid == owner.oid and use.number == item.number for use in constraint.expression.uses)
        ):
            yield f"check {code(printed(catalog, constraint.expression))}"
    names = [code(i.name) for i in owner.indexes if any(key.column == item.number for key in i.keys)]
    if names:
        yield f"in indexes {listed(names, _MOST_PARTS)}"
    asked = [code(policy.name) for policy in owner.policies if _asks(policy.using, policy.check, owner, item)]
    if asked:
        yield f"in policies {listed(asked, _MOST_PARTS)}"


def _asks(using: object, check: object, owner: Table, item: Column) -> bool:
    return any(
        use.oid == owner.oid and use.number == item.number
        for bound in (using, check)
        if bound is not None
        for use in getattr(bound, "uses", ())
    )
