"""Schemas and extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Extension, SchemaObject
from schemabot.catalog.provided import EXTENSIONS
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateExtension, CreateSchema
from schemabot.text import Span


def create_schema(step: Step, fact: CreateSchema) -> None:
    name = fact.name.name
    if name in step.catalog.schemas:
        if fact.if_not_exists or (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    if name.startswith("pg_"):
        step.reject(
            ProblemKind.INVALID, fact.name.span, name, 'the prefix "pg_" is reserved for system schemas'
        )
    owner = step.session.role
    if fact.owner is not None:
        require_role(step, fact.owner, fact.span)
        owner = current_role(step, fact.owner)
    put_schema(step, SchemaObject(
        name=name, origin=step.origin(fact.name.span), owner=owner,
        acl=default_acl(step, "schema", None, owner),
    ))  # fmt: skip


def put_schema(step: Step, schema: SchemaObject) -> None:
    """Store a schema under its name."""
    step.catalog = msgspec.structs.replace(
        step.catalog, schemas=step.catalog.schemas.set(schema.name, schema)
    )


def create_extension(step: Step, fact: CreateExtension) -> None:
    name = fact.name.name
    if name in step.catalog.extensions:
        if fact.if_not_exists or (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    provided = EXTENSIONS.get(name)
    span = fact.name.span
    schema = provided.schema if provided is not None else None
    if schema is not None:
        if schema not in step.catalog.schemas:
            put_schema(step, SchemaObject(name=schema, origin=step.origin(span), extension=name))
    elif fact.schema is not None:
        schema = fact.schema
        if schema not in step.catalog.schemas and schema != "pg_catalog":
            if (schema,) in step.catalog.tainted:
                step.skip()
            step.reject(ProblemKind.UNKNOWN_SCHEMA, fact.span, schema)
    else:
        path = step.search_path()
        if not path:
            step.reject(ProblemKind.UNKNOWN_SCHEMA, span, name, "no schema has been selected to create in")
        schema = path[0]
    _put_extension(step, name, schema, span)


def _put_extension(step: Step, name: str, schema: str, span: Span) -> None:
    extension = Extension(name=name, schema=schema, origin=step.origin(span))
    step.catalog = msgspec.structs.replace(
        step.catalog, extensions=step.catalog.extensions.set(name, extension)
    )


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateSchema: create_schema,
    CreateExtension: create_extension,
}
