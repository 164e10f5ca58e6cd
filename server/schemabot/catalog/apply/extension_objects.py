"""The objects that an extension brings, made from its file.

Making them is the same work every time a history is replayed, so functions and operators are kept per extension,
place and first number; the catalog then takes them over in one piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, cast

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.extension_files import (
    OWN,
    ExtensionFile,
    FunctionRow,
    ObjectRow,
    extension_file,
    spelled_types,
)
from schemabot.catalog.objects import (
    PLATFORM_FILE,
    Acl,
    Bound,
    Function,
    FunctionParameter,
    Origin,
    OtherObject,
    OtherType,
    TypeRef,
    Use,
)
from schemabot.facts.expression import Constant, Expression
from schemabot.facts.model import ObjectKind, ParameterMode
from schemabot.text import Span

_MODES: Final[dict[str, ParameterMode]] = {"i": "in", "o": "out", "b": "inout", "v": "variadic", "t": "table"}
_NOTHING: Final = Span(0, 0)
_DEFAULT: Final = Bound(Expression("NULL", _NOTHING, Constant("null", "")))
"""What stands for a default: the files say only that there is one."""


class _Made(msgspec.Struct, frozen=True):
    functions: dict[int, Function]
    names: dict[tuple[str, str], tuple[int, ...]]
    objects: dict[int, OtherObject]
    next_oid: int


def member_origin(name: str) -> Origin:
    """Where the members of an extension are said to come from; the extension itself stands in a migration."""
    return Origin(f"{PLATFORM_FILE}extensions/{name}.json", 0, _NOTHING)


def make_types(step: Step, name: str, file: ExtensionFile, schema: str) -> None:
    """Put the base types and ranges of an extension into the catalog."""
    for row in file.types:
        kind = cast("Literal['base', 'range', 'multirange']", row.kind)
        step.put_type(OtherType(
            oid=step.new_oid(), schema=row.schema or schema, name=row.name, origin=member_origin(name), kind=kind,
            owner=step.session.role, acl=(("public", frozenset({"usage"})),), extension=name,
        ))  # fmt: skip


def make_functions(step: Step, name: str, schema: str, schemas: tuple[str, ...], acl: Acl) -> str | None:
    """Put the functions, operators, casts ... of an extension into the catalog; its types are there already.

    `schemas` is where its own types are looked for, `schema` what it is made in. Gives the name of a function that
    is in the way, and leaves the catalog alone then.
    """
    catalog = step.catalog
    refs = tuple(_type_ref(step, spelled, schemas) for spelled in spelled_types(name))
    made = _made(name, schema, catalog.next_oid, step.session.role, acl, refs)
    names = made.names
    taken = [key for key in names if key in catalog.function_names]
    if taken:
        clash = _clash(catalog, (made.functions[oid] for key in taken for oid in names[key]))
        if clash is not None:
            return clash
        names = {**names, **{key: (*(catalog.function_names.get(key) or ()), *names[key]) for key in taken}}
    step.catalog = msgspec.structs.replace(
        catalog,
        functions=catalog.functions.update(made.functions) if made.functions else catalog.functions,
        function_names=catalog.function_names.update(names) if names else catalog.function_names,
        objects=catalog.objects.update(made.objects) if made.objects else catalog.objects,
        next_oid=made.next_oid,
    )
    return None


def _clash(catalog: Catalog, functions: Iterable[Function]) -> str | None:
    """The first of `functions` that is there already with the same arguments, as `schema.name`."""
    for function in functions:
        keys = [_key(ref) for ref in function.signature]
        for there in catalog.functions_named(function.schema, function.name):
            if [_key(ref) for ref in there.signature] == keys:
                return f"{there.schema}.{there.name}"
    return None


def _type_ref(step: Step, spelled: str, schemas: tuple[str, ...]) -> TypeRef:
    array = spelled.endswith("[]")
    name = spelled[:-2] if array else spelled
    if not name.startswith(OWN):
        return TypeRef(name, 0, (), array)
    name = name.removeprefix(OWN)
    for schema in schemas:
        oid = step.catalog.type_names.get((schema, name))
        if oid is not None:
            return TypeRef(name, oid, (), array)
    return TypeRef(name, 0, (), array, False)


@lru_cache(64)
def _made(name: str, schema: str, first: int, owner: str, acl: Acl, refs: tuple[TypeRef, ...]) -> _Made:
    file = extension_file(name)
    assert file is not None
    types = dict(zip(spelled_types(name), refs, strict=True))
    origin = member_origin(name)
    oid = first
    functions: dict[int, Function] = {}
    names: dict[tuple[str, str], tuple[int, ...]] = {}
    for row in file.functions:
        functions[oid] = made = _function(row, oid, schema, types, name, owner, acl, origin)
        key = (made.schema, made.name)
        names[key] = (*names.get(key, ()), oid)
        oid += 1
    objects: dict[int, OtherObject] = {}
    for item in file.objects:
        objects[oid] = _object(item, oid, schema, types, name, owner, origin)
        oid += 1
    return _Made(functions, names, objects, oid)


def _function(
    row: FunctionRow, oid: int, schema: str, types: dict[str, TypeRef], extension: str, owner: str, acl: Acl,
    origin: Origin,
) -> Function:  # fmt: skip
    flags = row.flags
    kind: Literal["function", "procedure", "aggregate", "window"] = (
        "aggregate"
        if "a" in flags
        else "window"
        if "w" in flags
        else "procedure"
        if "p" in flags
        else "function"
    )
    return Function(
        oid=oid, schema=row.schema or schema, name=row.name, origin=origin, kind=kind,
        parameters=_parameters(row, types), returns=types[row.returns] if row.returns else TypeRef("void"),
        returns_set="r" in flags,
        language="sql" if "q" in flags else "plpgsql" if "l" in flags else "internal" if "n" in flags else "c",
        volatility="immutable" if "i" in flags else "stable" if "s" in flags else "volatile",
        strict="!" in flags, security_definer="d" in flags, parallel="safe" if "+" in flags else "unsafe",
        owner=owner, acl=acl, extension=extension,
    )  # fmt: skip


def _parameters(row: FunctionRow, types: dict[str, TypeRef]) -> tuple[FunctionParameter, ...]:
    spelled = row.arguments.split(",") if row.arguments else []
    if not spelled:
        return ()
    said = row.parameters.split(",") if row.parameters else []
    modes: list[ParameterMode] = ["in"] * len(spelled)
    if ":" in row.parameters:
        modes = [_MODES[part[0]] for part in said]
        said = [part[2:] for part in said]
    inputs = [place for place, mode in enumerate(modes) if mode in ("in", "inout", "variadic")]
    with_default = set(inputs[len(inputs) - row.defaults :]) if row.defaults else ()
    return tuple(
        FunctionParameter(
            type=types[one], name=(said[place] or None) if said else None, mode=modes[place],
            default=_DEFAULT if place in with_default else None,
        )
        for place, one in enumerate(spelled)
    )  # fmt: skip


def _object(
    row: ObjectRow, oid: int, schema: str, types: dict[str, TypeRef], extension: str, owner: str, origin: Origin
) -> OtherObject:  # fmt: skip
    operands = [types[one] for one in row.arguments.split(",") if one in types]
    # An operator class is told apart by its name alone: its type is among what it uses.
    keys: tuple[tuple[int | str, bool], ...] = ()
    if row.kind in ("operator", "cast", "transform"):
        keys = tuple(
            ("none", False) if one == "none" else _key(types[one]) for one in row.arguments.split(",")
        )
    return OtherObject(
        oid=oid, kind=cast("ObjectKind", row.kind), schema=None if row.schema is None else row.schema or schema,
        name="" if row.kind in ("cast", "transform") else row.name, origin=origin, arguments=keys,
        qualifier=row.qualifier, uses=tuple(Use(_NOTHING, ref.oid) for ref in operands if ref.oid), owner=owner,
        extension=extension, result=types.get(row.result),
    )  # fmt: skip


def _key(ref: TypeRef) -> tuple[int | str, bool]:
    return (ref.oid or ref.name, ref.array)
