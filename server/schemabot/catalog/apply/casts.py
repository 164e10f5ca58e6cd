"""What PostgreSQL surely cannot compare or convert by itself, by kinds of types (pg_cast, pg_amop).

Only what is certain is refused: types of extensions, casts of the project's own and the rest of the built-in
types are taken to fit.
"""

from __future__ import annotations

from typing import Final

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Domain, EnumType, TypeRef

_KINDS: Final = {
    name: kind
    for kind, names in {
        "integer": "int2 int4 int8", "number": "numeric float4 float8", "text": "text varchar bpchar name",
        "time": "date timestamp timestamptz", "uuid": "uuid", "boolean": "bool", "bytes": "bytea",
        "jsonb": "jsonb", "network": "inet cidr",
    }.items()
    for name in names.split()
}  # fmt: skip


def kind_of(step: Step, type_: TypeRef) -> str:
    """The kind of a type; of a domain that of its base; empty when it is not sure."""
    found = step.catalog.types.get(type_.oid)
    while isinstance(found, Domain) and not type_.array:
        type_ = found.base
        found = step.catalog.types.get(type_.oid)
    if isinstance(found, EnumType) and not type_.array:
        return f"enum {found.oid}"
    if type_.oid or not type_.known or type_.name not in _KINDS:
        return ""
    return f"array of {type_.name}" if type_.array else _KINDS[type_.name]


def is_comparable(step: Step, own: TypeRef, key: TypeRef) -> bool:
    """Whether a foreign key's column may refer to one of type `key`: an integer key takes no other number."""
    one, other = kind_of(step, own), kind_of(step, key)
    return not one or not other or one == other or (one, other) == ("integer", "number")


def is_assignable(step: Step, old: TypeRef, new: TypeRef) -> bool:
    """Whether values are converted by assignment: what ALTER COLUMN TYPE does without USING, and to defaults.

    Arrays are converted element by element.
    """
    if old.array and new.array:
        old, new = msgspec.structs.replace(old, array=False), msgspec.structs.replace(new, array=False)
    one, other = kind_of(step, old), kind_of(step, new)
    if not one or not other or one == other or other == "text":
        return True
    return {one, other} == {"integer", "number"}
