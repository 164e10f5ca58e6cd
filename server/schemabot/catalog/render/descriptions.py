"""Owners, privileges and comments, once everything is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Acl,
    Domain,
    Function,
    OtherObject,
    OtherType,
    Sequence,
    Table,
    TypeRef,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.output import Output, is_made, kind_of
from schemabot.catalog.render.privileges import (
    new_acl,
    without_revoked,
    write_acl,
    write_column_acl,
    write_default_privileges,
)
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import Writer, literal, role_name


def write_descriptions(out: Output) -> None:
    """Owners, privileges, comments and default privileges."""
    for item, before in _objects(out):
        _describe(out, item, before)
    known = () if out.before is None else out.before.default_privileges
    out.statements += write_default_privileges(known, out.catalog.default_privileges)


def of_object(out: Output, item: Any, before: Any) -> list[str]:
    """What makes owner, privileges and comments of `before` those of `item`; nothing that cannot be written."""
    alone = Output(out.catalog, out.before, out.creator)
    _describe(alone, item, before)
    return alone.statements


def describe_event_triggers(out: Output) -> None:
    """Owners and comments of event triggers, which come last."""
    known = {} if out.before is None else dict(out.before.event_triggers.items())
    for name, item in out.catalog.event_triggers.items():
        if item is not known.get(name):
            _describe(out, item, known.get(name))


def _describe(out: Output, item: Any, before: Any) -> None:
    out.add(out.label(item), _owner, out, item, before)
    out.add(out.label(item), _privileges, out, item, before)
    out.add(out.label(item), _comments, out, item, before)


def _objects(out: Output) -> Iterator[tuple[Any, Any]]:
    """Every object that may have an owner, privileges or a comment, with what the platform has of it."""
    catalog, before = out.catalog, out.before or Catalog()
    for mapping, known in (
        (catalog.schemas, before.schemas),
        (catalog.types, before.types),
        (catalog.relations, before.relations),
        (catalog.functions, before.functions),
        (catalog.objects, before.objects),
        (catalog.publications, before.publications),
        (catalog.extensions, before.extensions),
    ):
        found: Any = mapping
        there: Any = known
        for key, item in found.items():
            is_member = getattr(item, "extension", None) is not None or getattr(item, "temporary", False)
            is_both = isinstance(item, OtherType) and (not is_made(item) or found is catalog.relations)
            was = there.get(key)
            if not is_member and not is_both and hasattr(item, "name") and item is not was:
                yield item, was


def _owner(out: Output, item: Any, before: Any) -> Iterator[str]:
    owner = getattr(item, "owner", None)
    if owner is None or (isinstance(item, Sequence) and item.owned_by is not None):
        return
    if isinstance(item, OtherObject) and item.kind in ("cast", "transform", "user mapping", "access method"):
        return
    known = out.creator if before is None else before.owner
    if (
        before is None
        and out.before is None
        and getattr(item, "name", "") == "public"
        and kind_of(item) == "schema"
    ):
        known = "pg_database_owner"
    if owner != known:
        yield f"alter {_named(out, item)} owner to {quote_identifier(owner)}"


def _privileges(out: Output, item: Any, before: Any) -> Iterator[str]:
    wanted: Acl | None = getattr(item, "acl", None)
    if wanted is None or isinstance(item, OtherObject):
        return
    kind = _privilege_kind(item)
    if before is not None:
        now = tuple(entry for entry in before.acl if entry[0] != item.owner)
    else:
        schema = getattr(item, "schema", None)
        now = tuple(e for e in new_acl(out.before, kind, schema, out.creator) if e[0] != item.owner)
        if kind == "schema" and out.before is None and item.name == "public":
            now = (("public", frozenset({"usage"})),)
    target = {
        "table": lambda: f"table {table_name(item)}",
        "sequence": lambda: f"sequence {quote_qualified(item.schema, item.name)}",
        "function": lambda: f"routine {out.w.signature(item)}",
        "schema": lambda: f"schema {quote_identifier(item.name)}",
        "type": lambda: f"type {quote_qualified(item.schema, item.name)}",
    }[kind]()
    yield from write_acl(target, now, wanted, kind)
    if isinstance(item, Table):
        known = {} if before is None else {column.number: column.acl for column in before.columns}
        for column in item.columns:
            there = without_revoked(known.get(column.number, ()), now, wanted)
            yield from write_column_acl(table_name(item), column.name, there, column.acl)


def _privilege_kind(item: Any) -> str:
    if isinstance(item, (Table, View)):
        return "table"
    if isinstance(item, Sequence):
        return "sequence"
    if isinstance(item, Function):
        return "function"
    return "schema" if kind_of(item) == "schema" else "type"


def _comments(out: Output, item: Any, before: Any) -> Iterator[str]:
    comment = getattr(item, "comment", None)
    known = None if before is None else before.comment
    if comment != known:
        yield _comment(_named(out, item), comment)
    if isinstance(item, (Table, View)):
        yield from _comments_on_parts(item, before)
    if isinstance(item, Domain):
        for constraint in item.constraints:
            if constraint.comment is not None:
                name = quote_identifier(constraint.name)
                yield _comment(
                    f"constraint {name} on domain {quote_qualified(item.schema, item.name)}",
                    constraint.comment,
                )
    if isinstance(item, OtherType):
        for column in item.columns:
            if column.comment is not None:
                yield _comment(
                    f"column {quote_qualified(item.schema, item.name)}.{quote_identifier(column.name)}",
                    column.comment,
                )


def _comments_on_parts(item: Table | View, before: Table | View | None) -> Iterator[str]:
    name = table_name(item)
    if isinstance(item, View):
        for place, text in item.column_comments:
            yield _comment(f"column {name}.{quote_identifier(item.columns[place - 1].name)}", text)
    else:
        known = {c.number: c.comment for c in before.columns} if isinstance(before, Table) else {}
        for column in item.columns:
            if column.comment != known.get(column.number):
                yield _comment(f"column {name}.{quote_identifier(column.name)}", column.comment)
    for field, word in (
        ("constraints", "constraint"), ("policies", "policy"), ("triggers", "trigger"), ("rules", "rule"),
    ):  # fmt: skip
        old = {part.oid: part.comment for part in getattr(before, field, ())}
        for part in getattr(item, field, ()):
            if part.comment != old.get(part.oid):
                yield _comment(f"{word} {quote_identifier(part.name)} on {name}", part.comment)
    old = {index.oid: index.comment for index in before.indexes} if before is not None else {}
    for index in item.indexes:
        if index.comment != old.get(index.oid):
            yield _comment(f"index {quote_qualified(item.schema, index.name)}", index.comment)


def _comment(target: str, text: str | None) -> str:
    return f"comment on {target} is {'null' if text is None else literal(text).strip()}"


def _named(out: Output, item: Any) -> str:
    """The object as ALTER and COMMENT name it."""
    return other_target(out.w, item) if isinstance(item, OtherObject) else out.target(item)


def other_target(w: Writer, item: OtherObject) -> str:
    """An operator, cast, server ... with what tells it apart."""
    types = [_type_of_key(w, key) for key in item.arguments]
    if item.kind == "cast":
        return f"cast ({types[0]} as {types[1]})"
    if item.kind == "transform":
        return f"transform for {types[0]} language {quote_identifier(item.qualifier)}"
    if item.kind == "user mapping":
        return f"user mapping for {role_name(item.qualifier)} server {quote_identifier(_server(w, item))}"
    name = quote_identifier(item.name)
    if item.kind == "operator":
        name = f"{quote_identifier(item.schema or '')}.{item.name} ({', '.join(types)})"
    elif item.schema is not None:
        name = quote_qualified(item.schema, item.name)
    if item.kind in ("operator class", "operator family"):
        name += f" using {quote_identifier(item.qualifier)}"
    return f"{item.kind} {name}"


def _server(w: Writer, item: OtherObject) -> str:
    """Today's name of the server of a user mapping, which keeps that of then."""
    found = (w.catalog.objects.get(use.oid) for use in item.uses)
    return next((other.name for other in found if other is not None and other.kind == "server"), item.name)


def _type_of_key(w: Writer, key: tuple[int | str, bool]) -> str:
    of, array = key
    if of == "none":
        return "none"
    if isinstance(of, int):
        item = w.catalog.types.get(of)
        return w.type(TypeRef("" if item is None else item.name, of, (), array))
    return w.type(TypeRef(of, 0, (), array))
