"""What is called otherwise, and in which order names can be given: none while another thing still has it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, TypeAlias

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.align import of_oids
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.diff.inherited import Key
from schemabot.catalog.objects import (
    Function,
    IndexEntry,
    OtherType,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.output import is_made, kind_of
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import Writer

_WORDS = {"constraints": "constraint", "policies": "policy", "triggers": "trigger", "rules": "rule"}
_ASIDE = "__aside"

_Named: TypeAlias = tuple[str, str]
"""(what must have different names, a name in it)."""


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """A new name. `statement` has a place for it, so that the thing can be put aside first; `of` is the object whose
    own names come before this one."""

    key: Key
    of: int
    was: _Named
    now: _Named
    kind: str
    schema: str
    name: str
    statement: str
    part: str | None = None

    def change(self, statement: str = "") -> Change:
        """The change; by another `statement` when it is put aside."""
        return Change(
            action="rename",
            kind=self.kind,
            schema=self.schema,
            name=self.name,
            part=self.part,
            statements=(statement or self.statement,),
        )


def renames(old: Catalog, new: Catalog, only: frozenset[int], without: Container[Key]) -> list[Change]:
    """The changes that give everything its name in `new`, in order; what is dropped, or made again, is `without`."""
    pending = [rename for rename in _all(old, new, only) if rename.key not in without]
    found: list[Change] = []
    while pending:
        taken = {rename.was for rename in pending}
        ready = [r for r in _first_of_each(pending) if r.now not in taken - {r.was}]
        if ready:
            found.append(ready[0].change())
            pending.remove(ready[0])
            continue
        found += _put_aside(pending)
    return found


def _first_of_each(pending: list[Rename]) -> list[Rename]:
    """The renames that no other of the same object must come before."""
    seen: set[int] = set()
    found: list[Rename] = []
    for rename in pending:
        if rename.part is not None or rename.of not in seen:
            own_first = rename.part is not None and any(r.of == rename.of and r.part is None for r in pending)
            if not own_first:
                found.append(rename)
        seen.add(rename.of)
    return found


def _put_aside(pending: list[Rename]) -> list[Change]:
    """Names that go round in a circle: the first thing gets one of its own until its new one is free."""
    for place, rename in enumerate(pending):
        if rename in _first_of_each(pending) and rename.was[0] == rename.now[0]:
            aside = rename.was[1] + _ASIDE
            to = f" to {quote_identifier(rename.now[1])}"
            first = rename.statement.removesuffix(to) + f" to {quote_identifier(aside)}"
            again = _from(rename, aside)
            pending[place] = again
            return [rename.change(first)]
    first_one = pending.pop(0)  # between schemas: what stays different is said
    return [first_one.change()]


def _from(rename: Rename, name: str) -> Rename:
    """The same rename of the thing that is called `name` now."""
    was = quote_identifier(rename.was[1])
    head, _, tail = rename.statement.rpartition(f"{was} ")
    if rename.part is None or rename.kind == "index":
        head, _, tail = rename.statement.rpartition(f"{was} rename")
        tail = "rename" + tail
    return msgspec.structs.replace(
        rename, was=(rename.was[0], name), statement=f"{head}{quote_identifier(name)} {tail}"
    )


def _all(old: Catalog, new: Catalog, only: frozenset[int]) -> Iterator[Rename]:
    w = Writer(new)
    for oid, item in of_oids(old.relations, only):
        other = new.relations.get(oid)
        if other is None or other is item or isinstance(item, (IndexEntry, OtherType)):
            continue
        if isinstance(other, (IndexEntry, OtherType)):
            continue
        if isinstance(item, Sequence) and item.owned_by is not None and item.name == other.name:
            continue  # it moves with its table
        yield from _of_object(kind_of(item), item, other, "")
        if isinstance(item, (Table, View)) and isinstance(other, (Table, View)):
            yield from _of_parts(item, other)
    for oid, kind in of_oids(old.types, only):
        other_type = new.types.get(oid)
        if other_type is not None and other_type is not kind and is_made(kind):
            yield from _of_object("type", kind, other_type, "")
    for oid, function in of_oids(old.functions, only):
        other_function = new.functions.get(oid)
        if other_function is not None and other_function is not function:
            yield from _of_object(kind_of(function), function, other_function, _arguments(w, function))


def _arguments(w: Writer, function: Function) -> str:
    return "(" + w.signature(function).partition("(")[2]


def _of_object(kind: str, item: Any, other: Any, arguments: str) -> Iterator[Rename]:
    among = f"function{arguments}" if isinstance(item, Function) else "type" if kind == "type" else "relation"
    name = item.name
    if isinstance(item, Sequence) and item.owned_by is not None:
        item = msgspec.structs.replace(item, schema=other.schema)  # it moves with its table
    if item.schema != other.schema:
        place = quote_qualified(item.schema, name) + arguments
        yield Rename(
            key=(item.oid,),
            of=item.oid,
            was=(f"{among} in {item.schema}", name),
            now=(f"{among} in {other.schema}", name),
            kind=kind,
            schema=other.schema,
            name=name,
            statement=f"alter {kind} {place} set schema {quote_identifier(other.schema)}",
        )
    if name != other.name:
        place = quote_qualified(other.schema, name) + arguments
        yield Rename(
            key=(item.oid,),
            of=item.oid,
            was=(f"{among} in {other.schema}", name),
            now=(f"{among} in {other.schema}", other.name),
            kind=kind,
            schema=other.schema,
            name=other.name,
            statement=f"alter {kind} {place} rename to {quote_identifier(other.name)}",
        )


def _of_parts(item: Table | View, other: Table | View) -> Iterator[Rename]:
    table = table_name(other)

    def rename(key: Key, among: str, kind: str, was: str, now: str, statement: str) -> Rename:
        return Rename(
            key=key,
            of=item.oid,
            was=(among, was),
            now=(among, now),
            kind=kind,
            schema=other.schema,
            name=other.name,
            part=now,
            statement=statement,
        )

    if isinstance(item, Table) and isinstance(other, Table):
        names = {column.number: column.name for column in other.columns}
        for column in item.columns:
            now = names.get(column.number, column.name)
            if now != column.name and not column.inherited:
                place = f"rename column {quote_identifier(column.name)} to {quote_identifier(now)}"
                key: Key = (item.oid, column.number, "column")
                yield rename(
                    key, f"column of {table}", "column", column.name, now, f"alter table {table} {place}"
                )
    for field, word in _WORDS.items():
        known = {part.oid: part.name for part in getattr(other, field, ())}
        for part in getattr(item, field, ()):
            now = known.get(part.oid, part.name)
            if now == part.name or (word in ("constraint", "trigger") and part.inherited):
                continue  # it gets its name with that of the parent
            was, is_now = quote_identifier(part.name), quote_identifier(now)
            statement = (
                f"alter table {table} rename constraint {was} to {is_now}"
                if word == "constraint"
                else f"alter {word} {was} on {table} rename to {is_now}"
            )
            yield rename((part.oid,), f"{word} of {table}", word, part.name, now, statement)
    known = {index.oid: index.name for index in other.indexes}
    for index in item.indexes:
        now = known.get(index.oid, index.name)
        if now != index.name and not index.constraint:
            place = quote_qualified(other.schema, index.name)
            statement = f"alter index {place} rename to {quote_identifier(now)}"
            yield rename((index.oid,), f"relation in {other.schema}", "index", index.name, now, statement)


__all__ = ["renames"]
