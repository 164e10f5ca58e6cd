"""Schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import SchemaObject
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateSchema


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


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateSchema: create_schema,
}
