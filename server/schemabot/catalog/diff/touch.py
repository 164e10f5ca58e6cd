"""What objects of the same shape still differ in: owners, privileges, comments, switches, storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.diff.concerned import changed
from schemabot.catalog.diff.touch_columns import ColumnTouches
from schemabot.catalog.diff.touch_indexes import IndexTouches
from schemabot.catalog.objects import Firing, OtherType, Sequence, Table, View
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import descriptions, globals_, types
from schemabot.catalog.render.output import Output, is_made, kind_of
from schemabot.catalog.render.parts_of_tables import FIRING
from schemabot.catalog.render.privileges import write_default_privileges
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import options, parts

_PARTS = ("constraints", "indexes", "policies", "triggers", "rules")


def touches(now: Catalog, wanted: Catalog) -> Iterator[Change]:
    """The changes between catalogs whose objects have the same names and shapes."""
    out = Output(wanted, now, "")
    columns, indexes = ColumnTouches(now, wanted), IndexTouches(now, wanted)
    for item, before in _pairs(now, wanted):
        if before is item:
            continue
        like = _likened(before, item)
        statements: list[str] = []
        if isinstance(item, Table):
            statements += _table(like, item)
            statements += columns.touches(before, item)
            statements += indexes.touches(before, item)
        if isinstance(item, Sequence):
            statements += _owned_by(out, like, item)
        statements += descriptions.of_object(out, item, like)
        if statements:
            yield Change(
                action="alter",
                kind=kind_of(item),
                schema=getattr(item, "schema", None),
                name=item.name,
                statements=tuple(statements),
            )
    for role in wanted.roles.values():
        known = now.roles.get(role.name)
        memberships = tuple(
            globals_.write_memberships(role, frozenset() if known is None else known.member_of)
        )
        if memberships:
            yield Change(action="alter", kind="role", schema=None, name=role.name, statements=memberships)
    defaults = tuple(write_default_privileges(now.default_privileges, wanted.default_privileges))
    if defaults:
        yield Change(
            action="alter", kind="default privileges", schema=None, name="of new objects", statements=defaults
        )


def _pairs(now: Catalog, wanted: Catalog) -> Iterator[tuple[Any, Any]]:
    for schema in wanted.schemas.values():
        if (known := now.schemas.get(schema.name)) is not None:
            yield schema, known
    only = changed(now, wanted)
    for item in wanted.types.values():
        if (
            item.oid in only
            and is_made(item)
            and (there := now.type_named(item.schema, item.name)) is not None
        ):
            yield item, there
    for relation in wanted.relations.values():
        if not isinstance(relation, (Table, View, Sequence)) or relation.oid not in only:
            continue
        if not relation.temporary:
            found = now.relation(relation.schema, relation.name)
            if type(found) is type(relation):
                yield relation, found
    for function in wanted.functions.values():
        if function.oid not in only:
            continue
        shown = [_key(wanted, ref) for ref in function.signature]
        for other in now.functions_named(function.schema, function.name):
            if [_key(now, ref) for ref in other.signature] == shown:
                yield function, other
    for publication in wanted.publications.values():
        if (old := now.publications.get(publication.name)) is not None:
            yield publication, old
    for trigger in wanted.event_triggers.values():
        if (was := now.event_triggers.get(trigger.name)) is not None:
            yield trigger, was


def _key(catalog: Catalog, ref: Any) -> tuple[Any, ...]:
    item = catalog.types.get(ref.oid)
    return (ref.array, ref.name) if item is None else (ref.array, item.schema, item.name)


def _likened(before: Any, item: Any) -> Any:
    """`before` with the numbers that `item` has for parts of the same names."""
    if isinstance(before, OtherType) or not isinstance(before, (Table, View)):
        return before
    changes: dict[str, Any] = {}
    for field in _PARTS:
        known = {part.name: part.oid for part in getattr(item, field, ())}
        if hasattr(before, field):
            changes[field] = tuple(
                msgspec.structs.replace(part, oid=known.get(part.name, -part.oid))
                for part in getattr(before, field)
            )
    if isinstance(before, Table) and isinstance(item, Table):
        numbers = {column.name: column.number for column in item.columns}
        changes["columns"] = tuple(
            msgspec.structs.replace(column, number=numbers.get(column.name, -column.number))
            for column in before.columns
        )
    return msgspec.structs.replace(before, **changes)


def _table(before: Table, item: Table) -> Iterator[str]:
    name = table_name(item)
    if before.rls != item.rls:
        yield f"alter table {name} {'enable' if item.rls else 'disable'} row level security"
    if before.force_rls != item.force_rls:
        yield f"alter table {name} {'force' if item.force_rls else 'no force'} row level security"
    if before.unlogged != item.unlogged:
        yield f"alter table {name} set {'unlogged' if item.unlogged else 'logged'}"
    if before.access_method != item.access_method:
        method = quote_identifier(item.access_method) if item.access_method else "default"
        yield f"alter table {name} set access method {method}"
    gone = [key for key, _ in before.options if key not in dict(item.options)]
    if gone:
        yield f"alter table {name} reset ({', '.join(parts(key) for key in gone)})"
    changed = [pair for pair in item.options if pair not in before.options]
    if changed:
        yield f"alter table {name} set ({options(changed)})"
    yield from _replica_identity(before, item)
    yield from _firing(before, item)


def _replica_identity(before: Table, item: Table) -> Iterator[str]:
    def named(table: Table, oid: int) -> str:
        return next((index.name for index in table.indexes if index.oid == oid), "")

    was, now = named(before, before.replica_index), named(item, item.replica_index)
    if (before.replica_identity, was) != (item.replica_identity, now):
        how = f"using index {quote_identifier(now)}" if now else item.replica_identity
        yield f"alter table {table_name(item)} replica identity {how}"
    clustered, wanted = named(before, before.clustered_on), named(item, item.clustered_on)
    if clustered != wanted:
        how = f"cluster on {quote_identifier(wanted)}" if wanted else "set without cluster"
        yield f"alter table {table_name(item)} {how}"


def _firing(before: Table, item: Table) -> Iterator[str]:
    for field, word in (("triggers", "trigger"), ("rules", "rule")):
        known: dict[int, Firing] = {part.oid: part.enabled for part in getattr(before, field)}
        for part in getattr(item, field):
            if known.get(part.oid, part.enabled) != part.enabled:
                yield f"alter table {table_name(item)} {FIRING[part.enabled]} {word} {quote_identifier(part.name)}"


def _owned_by(out: Output, before: Sequence, item: Sequence) -> Iterator[str]:
    if item.identity or (before.owned_by is None) == (item.owned_by is None):
        return
    if item.owned_by is None:
        yield f"alter sequence {quote_qualified(item.schema, item.name)} owned by none"
    else:
        yield from types.write_owned_by(out.w, item)


__all__ = ["touches"]
