"""Publications for logical replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.lookup import require_table
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Publication
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import AlterPublication, CreatePublication, DropObject


def create_publication(step: Step, fact: CreatePublication) -> None:
    name = fact.name.name
    if name in step.catalog.publications:
        if (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    _put(step, Publication(
        oid=step.new_oid(), name=name, origin=step.origin(fact.name.span), all_tables=fact.all_tables,
        tables=_tables(step, fact), schemas=_schemas(step, fact), owner=step.session.role,
    ))  # fmt: skip


def alter_publication(step: Step, fact: AlterPublication) -> None:
    publication = step.catalog.publications.get(fact.name.name)
    if publication is None:
        if (fact.name.name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, fact.name.name, "no such publication")
    tables, schemas = _tables(step, fact), _schemas(step, fact)
    if fact.action == "add":
        if tables & publication.tables:
            detail = "a table is already a member of the publication"
            step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, fact.name.name, detail)
        tables, schemas = publication.tables | tables, publication.schemas | schemas
    elif fact.action == "drop":
        if tables - publication.tables:
            detail = "a table is not part of the publication"
            step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, fact.name.name, detail)
        tables, schemas = publication.tables - tables, publication.schemas - schemas
    _put(step, msgspec.structs.replace(
        publication, tables=tables, schemas=schemas,
        changes=(*publication.changes, step.change(f"{fact.action} tables", fact.span)),
    ))  # fmt: skip


def drop_publication(step: Step, fact: DropObject) -> None:
    """DROP PUBLICATION."""
    name = fact.name.name
    if name not in step.catalog.publications:
        if fact.if_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, name, "no such publication")
    step.catalog = msgspec.structs.replace(step.catalog, publications=step.catalog.publications.drop(name))


def _tables(step: Step, fact: CreatePublication | AlterPublication) -> frozenset[int]:
    return frozenset(require_table(step, name).oid for name in fact.tables)


def _schemas(step: Step, fact: CreatePublication | AlterPublication) -> frozenset[str]:
    current = next(iter(step.search_path()), "")
    return frozenset(current if schema == "current_schema" else schema for schema in fact.schemas)


def _put(step: Step, publication: Publication) -> None:
    step.catalog = msgspec.structs.replace(
        step.catalog, publications=step.catalog.publications.set(publication.name, publication)
    )
    for oid in publication.tables:
        step.depend(publication.oid, oid)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreatePublication: create_publication,
    AlterPublication: alter_publication,
}
