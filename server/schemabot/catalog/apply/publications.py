"""Publications for logical replication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.inheritance import children
from schemabot.catalog.apply.lookup import require_columns, require_table
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Publication, PublishedTable, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import (
    AlterPublication,
    ChangeOwner,
    CreatePublication,
    DropObject,
    RenameObject,
    SetComment,
)
from schemabot.facts.names import Name


def create_publication(step: Step, fact: CreatePublication) -> None:
    name = fact.name.name
    if name in step.catalog.publications:
        if (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    publication = Publication(
        oid=step.new_oid(), name=name, origin=step.origin(fact.name.span), all_tables=fact.all_tables,
        owner=step.session.role, options=fact.options,
    )  # fmt: skip
    _put(step, _with(step, fact, publication, _Members.of(step, fact)))


def alter_publication(step: Step, fact: AlterPublication) -> None:
    publication = _require(step, Name((fact.name.name,), fact.name.span))
    name, span = fact.name.name, fact.name.span
    given = _Members.of(step, fact)
    if publication.all_tables:
        detail = "it is for all tables, none can be added or taken out"
        step.reject(ProblemKind.INVALID, span, name, detail)
    tables, schemas = publication.tables, publication.schemas
    change = step.change(f"{fact.action} tables", fact.span)
    publication = msgspec.structs.replace(publication, changes=(*publication.changes, change))
    if fact.action == "drop":
        if given.tables - tables or given.schemas - schemas:
            step.reject(ProblemKind.UNKNOWN_OBJECT, span, name, "a table is not part of the publication")
        if given.lists:
            step.reject(ProblemKind.INVALID, span, name, "DROP takes no column list")
        for oid in given.tables:
            publication = without_table(publication, oid)
        _put(step, msgspec.structs.replace(publication, schemas=schemas - given.schemas))
        return
    if fact.action == "set":
        publication = msgspec.structs.replace(
            publication,
            tables=frozenset(),
            columns=frozenset(),
            lists=frozenset(),
            schemas=frozenset(),
            members=(),
        )
    elif given.tables & tables or given.schemas & schemas:
        detail = "a table is already a member of the publication"
        step.reject(ProblemKind.ALREADY_EXISTS, span, name, detail)
    _put(step, _with(step, fact, publication, given))


class _Members(NamedTuple):
    tables: frozenset[int]
    columns: frozenset[tuple[int, int]]
    lists: frozenset[int]
    schemas: frozenset[str]
    members: tuple[PublishedTable, ...]

    @classmethod
    def of(cls, step: Step, fact: CreatePublication | AlterPublication) -> _Members:
        """What the statement names."""
        columns: set[tuple[int, int]] = set()
        tables: set[int] = set()
        lists: set[int] = set()
        members: list[PublishedTable] = []
        for index, name in enumerate(fact.tables):
            listed, condition = fact.columns[index], fact.filters[index]
            table = require_table(step, name)
            _check(step, name, table)
            if table.oid in tables and (listed or table.oid in lists):
                detail = "a table with a column list is named twice"
                step.reject(ProblemKind.ALREADY_EXISTS, name.span, str(name), detail)
            require_columns(step, table, ((column, name.span) for column in listed))
            own = [table.oid]
            if not fact.only[index]:
                own += _below(step, table)
            tables.update(own)
            bound = None if condition is None else bind(step, condition, table, report=True)
            numbers = {column.name: column.number for column in table.columns}
            listed_numbers = tuple(numbers[column] for column in listed if column in numbers)
            members += [PublishedTable(oid, listed_numbers, bound) for oid in own]
            if listed:
                lists.add(table.oid)
            columns.update((table.oid, c.number) for c in table.columns if c.name in listed)
            if bound is not None:
                columns.update((table.oid, use.number) for use in bound.uses if use.number)
        return cls(
            frozenset(tables), frozenset(columns), frozenset(lists), _schemas(step, fact), tuple(members)
        )


def _below(step: Step, table: Table) -> Iterator[int]:
    """The tables that inherit from `table`; partitions are published with their parent."""
    if table.kind == "partitioned":
        return
    for child in children(step, table):
        yield child.oid
        yield from _below(step, child)


def _check(step: Step, name: Name, table: Table) -> None:
    """What check_publication_add_relation refuses (pg_publication.c)."""
    word = (
        "a foreign table" if table.kind == "foreign" else "a temporary table" if table.temporary
        else "an unlogged table" if table.unlogged else ""
    )  # fmt: skip
    if word:
        step.reject(ProblemKind.INVALID, name.span, str(name), f"it is {word}, which cannot be published")


def _with(
    step: Step, fact: CreatePublication | AlterPublication, publication: Publication, given: _Members
) -> Publication:
    made = msgspec.structs.replace(
        publication,
        tables=publication.tables | given.tables,
        columns=publication.columns | given.columns,
        lists=publication.lists | given.lists,
        schemas=publication.schemas | given.schemas,
        members=(*publication.members, *given.members),
    )
    if made.lists and made.schemas:
        detail = "column lists cannot be used together with TABLES IN SCHEMA"
        step.reject(ProblemKind.INVALID, fact.name.span, fact.name.name, detail)
    return made


def without_table(publication: Publication, oid: int) -> Publication:
    """The publication without a table."""
    return msgspec.structs.replace(
        publication,
        tables=publication.tables - {oid},
        columns=frozenset(item for item in publication.columns if item[0] != oid),
        lists=publication.lists - {oid},
        members=tuple(member for member in publication.members if member.table != oid),
    )


def drop_publication(step: Step, fact: DropObject) -> None:
    """DROP PUBLICATION."""
    name = fact.name.name
    if name not in step.catalog.publications:
        if fact.if_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, name, "no such publication")
    step.catalog = msgspec.structs.replace(step.catalog, publications=step.catalog.publications.drop(name))


def _schemas(step: Step, fact: CreatePublication | AlterPublication) -> frozenset[str]:
    found: set[str] = set()
    for written in fact.schemas:
        schema = next(iter(step.search_path()), "") if written == "current_schema" else written
        if schema not in step.catalog.schemas:
            if (schema,) in step.catalog.tainted:
                step.skip()
            step.reject(ProblemKind.UNKNOWN_SCHEMA, fact.name.span, schema)
        found.add(schema)
    return frozenset(found)


def _put(step: Step, publication: Publication) -> None:
    step.catalog = msgspec.structs.replace(
        step.catalog, publications=step.catalog.publications.set(publication.name, publication)
    )
    for oid in publication.tables:
        step.depend(publication.oid, oid)


def _require(step: Step, name: Name) -> Publication:
    found = step.catalog.publications.get(name.name)
    if found is None:
        if step.is_tainted(name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, name.name, "no such publication")
    return found


def rename_publication(step: Step, fact: RenameObject) -> None:
    """ALTER PUBLICATION ... RENAME TO."""
    found = _require(step, fact.name)
    if fact.new_name in step.catalog.publications:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, fact.new_name)
    step.catalog = msgspec.structs.replace(
        step.catalog, publications=step.catalog.publications.drop(found.name)
    )
    changes = (*found.changes, step.change("name", fact.span))
    _put(step, msgspec.structs.replace(found, name=fact.new_name, changes=changes))


def own_publication(step: Step, fact: ChangeOwner, owner: str) -> None:
    """ALTER PUBLICATION ... OWNER TO."""
    _put(step, msgspec.structs.replace(_require(step, fact.name), owner=owner))


def comment_on_publication(step: Step, fact: SetComment) -> None:
    """COMMENT ON PUBLICATION."""
    _put(step, msgspec.structs.replace(_require(step, fact.name), comment=fact.text))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreatePublication: create_publication,
    AlterPublication: alter_publication,
}
