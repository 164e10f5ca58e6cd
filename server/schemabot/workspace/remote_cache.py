"""Snapshots on disk, one for each project: what was read stays known without a connection.

A file in the user's cache folder (or SCHEMABOT_CACHE_DIR): a magic line with the version of the format, then msgpack, which
is data and nothing else; no password or token is ever in it. It is written under another name and renamed, so that
readers and several servers see the old one or the new one. What is missing, broken or of another version is as good as
none.
"""

from __future__ import annotations

import gc
import hashlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from schemabot.catalog import objects
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    DefaultPrivilege,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    Function,
    IndexEntry,
    OtherObject,
    OtherType,
    Publication,
    Relation,
    Role,
    SchemaObject,
    Sequence,
    Table,
    TypeObject,
    View,
)
from schemabot.catalog.platform import platform_state
from schemabot.catalog.snapshot import Snapshot
from schemabot.facts import expression, names
from schemabot.workspace.facts_cache import cache_folder, forget_oldest
from schemabot.workspace.files import write_bytes

FORMAT = 2
"""Goes up when what is stored changes; the objects' own fields are part of the magic line."""

_FOLDER = "remote"


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot as it is written: each kind of object apart, so that what is read has its type."""

    origin: str
    taken_at: float
    server_version: int
    platform: str
    applied: frozenset[str] | None
    notes: tuple[str, ...]
    ran: dict[str, str]
    local: bool
    schemas: dict[str, SchemaObject]
    tables: list[Table]
    views: list[View]
    sequences: list[Sequence]
    indexes: list[IndexEntry]
    enums: list[EnumType]
    domains: list[Domain]
    other_types: list[OtherType]
    composites: list[OtherType]
    functions: list[Function]
    names: dict[str, list[tuple[str, str, int]]]
    function_names: list[tuple[str, str, tuple[int, ...]]]
    constraint_names: list[tuple[str, str, int]]
    extensions: dict[str, Extension]
    roles: dict[str, Role]
    event_triggers: dict[str, EventTrigger]
    publications: dict[str, Publication]
    objects: list[OtherObject]
    default_privileges: tuple[DefaultPrivilege, ...]
    next_oid: int


_encoder = msgspec.msgpack.Encoder()


@cache
def _decoder() -> msgspec.msgpack.Decoder[_Stored]:
    return msgspec.msgpack.Decoder(_Stored)


@cache
def _magic() -> bytes:
    """The format and the shape of everything that is stored: after an update that changes it old files are not read."""
    kinds: list[type[msgspec.Struct]] = [_Stored, *_structs(objects), *_structs(expression), *_structs(names)]
    shape = repr(
        [(kind.__name__, [_shape(field) for field in msgspec.structs.fields(kind)]) for kind in kinds]
    )
    return f"schemabot remote {FORMAT} {hashlib.sha256(shape.encode()).hexdigest()[:16]}\n".encode()


def _structs(module: ModuleType) -> list[type[msgspec.Struct]]:
    found = [value for value in vars(module).values() if isinstance(value, type)]
    return [
        value for value in found if issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
    ]


def _shape(field: msgspec.structs.FieldInfo) -> tuple[str, str, str]:
    """Defaults belong to it: what has one is not stored."""
    return field.name, str(field.type), repr(field.default)


def path_of(project: str) -> Path | None:
    """The file of a project's snapshot, by the project's folder; None where no cache is wanted."""
    folder = cache_folder()
    if folder is None:
        return None
    return folder.with_name(_FOLDER) / f"{hashlib.sha256(project.encode()).hexdigest()[:24]}.snapshot"


def save(project: str, snapshot: Snapshot) -> Path | None:
    """Keep a snapshot; the file, None where no cache is wanted or it cannot be written."""
    path = path_of(project)
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Bodies of functions may hold what other users of this machine should not read.
        write_bytes(str(path), _magic() + _encoder.encode(_stored(snapshot)), private=True)
        forget_oldest(path.parent)
    except OSError:
        return None
    return path


def load(project: str) -> Snapshot | None:
    """The kept snapshot of a project; None where there is none that can be read."""
    path = path_of(project)
    try:
        data = b"" if path is None else path.read_bytes()
    except OSError:
        return None
    magic = _magic()
    if not data.startswith(magic):
        return None
    collects = gc.isenabled()
    gc.disable()  # nothing of what is made here is garbage: looking for some doubles the time
    try:
        return _snapshot(_decoder().decode(memoryview(data)[len(magic) :]))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    finally:
        if collects:
            gc.enable()


def delete(project: str) -> bool:
    """Delete the kept snapshot of a project; false where there was none."""
    path = path_of(project)
    try:
        if path is not None:
            path.unlink()
            return True
    except OSError:
        pass
    return False


def _of(kind: type[Any], objects: Any) -> list[Any]:
    return [item for item in objects if type(item) is kind]


def _names(names: Layered[tuple[str, str], Any]) -> list[tuple[str, str, Any]]:
    return [(schema, name, value) for (schema, name), value in names.items()]


def _stored(snapshot: Snapshot) -> _Stored:
    catalog = snapshot.catalog
    relations, types = catalog.relations.values(), catalog.types.values()
    return _Stored(
        origin=snapshot.origin,
        taken_at=snapshot.taken_at,
        server_version=snapshot.server_version,
        platform=snapshot.platform,
        applied=snapshot.applied,
        notes=snapshot.notes,
        ran=dict(snapshot.ran),
        local=snapshot.local,
        schemas=dict(catalog.schemas),
        tables=_of(Table, relations),
        views=_of(View, relations),
        sequences=_of(Sequence, relations),
        indexes=_of(IndexEntry, relations),
        composites=_of(OtherType, relations),
        enums=_of(EnumType, types),
        domains=_of(Domain, types),
        other_types=_of(OtherType, types),
        functions=list(catalog.functions.values()),
        names={"relations": _names(catalog.relation_names), "types": _names(catalog.type_names)},
        function_names=_names(catalog.function_names),
        constraint_names=_names(catalog.constraint_names),
        extensions=dict(catalog.extensions),
        roles=dict(catalog.roles),
        event_triggers=dict(catalog.event_triggers),
        publications=dict(catalog.publications),
        objects=list(catalog.objects.values()),
        default_privileges=catalog.default_privileges,
        next_oid=catalog.next_oid,
    )


def _by_oid(*groups: list[Any]) -> dict[int, Any]:
    """Objects by oid, in order of their making."""
    return {
        item.oid: item for item in sorted((item for group in groups for item in group), key=lambda o: o.oid)
    }


def _snapshot(stored: _Stored) -> Snapshot:
    relations: dict[int, Relation] = _by_oid(
        stored.tables, stored.views, stored.sequences, stored.indexes, stored.composites
    )
    types: dict[int, TypeObject] = _by_oid(stored.enums, stored.domains, stored.other_types)
    catalog = Catalog(
        schemas=Layered(stored.schemas),
        relations=Layered(relations),
        relation_names=Layered({(s, n): oid for s, n, oid in stored.names["relations"]}),
        constraint_names=Layered({(s, n): count for s, n, count in stored.constraint_names}),
        types=Layered(types),
        type_names=Layered({(s, n): oid for s, n, oid in stored.names["types"]}),
        functions=Layered({function.oid: function for function in stored.functions}),
        function_names=Layered({(s, n): oids for s, n, oids in stored.function_names}),
        extensions=Layered(stored.extensions),
        roles=Layered(stored.roles),
        event_triggers=Layered(stored.event_triggers),
        publications=Layered(stored.publications),
        objects=Layered({item.oid: item for item in stored.objects}),
        default_privileges=stored.default_privileges,
        next_oid=stored.next_oid,
        platform=platform_state("supabase" if stored.platform == "supabase" else "postgres").catalog,
    )
    return Snapshot(
        catalog,
        stored.origin,
        stored.taken_at,
        stored.server_version,
        stored.platform,
        stored.applied,
        stored.notes,
        stored.ran,
        stored.local,
    )
