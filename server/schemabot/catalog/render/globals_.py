"""Roles, schemas and extensions."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.objects import Extension, Role, SchemaObject
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render.writer import NotExactError, Writer

_VALUES = frozenset({"connection limit", "password", "valid until"})


def write_role(role: Role) -> list[str]:
    """CREATE ROLE; memberships come when all roles are there."""
    words = sorted(role.attributes - _VALUES - {"inherit"})
    if not role.inherits:
        words.append("noinherit")
    return [" ".join((f"create role {quote_identifier(role.name)}", *words))]


def lost_of_role(role: Role) -> str:
    """What of a role the catalog does not keep, in words; empty when nothing."""
    lost = sorted(role.attributes & _VALUES)
    return f"its {' and '.join(lost)} is not kept" if lost else ""


def write_memberships(role: Role, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """GRANT role TO role."""
    for above in sorted(role.member_of - known):
        yield f"grant {quote_identifier(above)} to {quote_identifier(role.name)}"
    for above in sorted(known - role.member_of):
        yield f"revoke {quote_identifier(above)} from {quote_identifier(role.name)}"


def write_schema(schema: SchemaObject) -> list[str]:
    """CREATE SCHEMA."""
    return [f"create schema {quote_identifier(schema.name)}"]


def write_extension(w: Writer, extension: Extension) -> list[str]:
    """CREATE EXTENSION in its schema, unless it makes the schema itself."""
    holder = w.catalog.schemas.get(extension.schema)
    name = quote_identifier(extension.name)
    if holder is None and extension.schema != "pg_catalog":
        raise NotExactError(f"its schema {extension.schema} is not there")
    if extension.schema == "pg_catalog" or (holder is not None and holder.extension == extension.name):
        return [f"create extension {name}"]
    return [f"create extension {name} with schema {quote_identifier(extension.schema)}"]
