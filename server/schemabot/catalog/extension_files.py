"""What each known extension brings, as the packaged files `platform/extensions/NAME.json` say.

The files are read from real servers (`tests/support/write_extension_files.py`); `source` says from which. A file is
read when its extension is first made, and only then.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from schemabot.facts import extract
from schemabot.facts.model import AnyFact

OWN: Final = "="
"""What stands before the name of a type that an extension brings; names without it are pg_catalog's."""


class TypeRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A base, range or multirange type. `schema` is empty for the one that the extension is made in."""

    schema: str
    name: str
    kind: str
    category: str  # pg_type.typcategory


class FunctionRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function. `arguments` are the types of all parameters, joined by commas.

    `flags`: `a`ggregate, `w`indow, `p`rocedure; `r`eturns a set; `i`mmutable, `s`table; `!` strict; security
    `d`efiner; `+` parallel safe; language s`q`l, p`l`pgsql, i`n`ternal, else C. The last `defaults` input parameters
    have a default. `parameters` are their names, or `mode:name` (pg_proc.proargmodes) when not all are IN.
    """

    name: str
    schema: str = ""
    arguments: str = ""
    returns: str = ""
    flags: str = ""
    defaults: int = 0
    parameters: str = ""


class ObjectRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An operator, cast, access method, operator class ... `schema` is None for kinds that lie in none.

    `arguments` are the operands, the types of a cast or the type of an operator class; `qualifier` the access
    method; `result` the type that an operator gives, `default` for a default operator class. A cast's `name` is
    its context (pg_cast.castcontext).
    """

    kind: str
    schema: str | None
    name: str = ""
    qualifier: str = ""
    arguments: str = ""
    result: str = ""


class ExtensionFile(msgspec.Struct, frozen=True, kw_only=True):
    """One extension. `schema` is the one that its control file insists on; `schemas` are those it makes.

    `early` are statements that make its relations and composite types, `late` those that need its functions. Both
    leave the schema that the extension is made in unnamed. `may_have` lists beginnings of names that other
    versions of it have.
    """

    source: str
    version: str
    relocatable: bool = False
    schema: str | None = None
    requires: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    types: tuple[TypeRow, ...] = ()
    early: tuple[str, ...] = ()
    functions: tuple[FunctionRow, ...] = ()
    objects: tuple[ObjectRow, ...] = ()
    late: tuple[str, ...] = ()


@cache
def extension_file(name: str) -> ExtensionFile | None:
    """What the extension brings; None when it is not known."""
    if not name or not all(sign.isalnum() or sign in "_-" for sign in name):
        return None
    file = files("schemabot.catalog") / "platform" / "extensions" / f"{name}.json"
    return msgspec.json.decode(file.read_bytes(), type=ExtensionFile) if file.is_file() else None


@cache
def statements(name: str, late: bool) -> tuple[AnyFact, ...]:
    """The facts of an extension's early or late statements."""
    file = extension_file(name)
    texts = () if file is None else file.late if late else file.early
    return tuple(fact for text in texts for fact in extract(text).facts)


@cache
def spelled_types(name: str) -> tuple[str, ...]:
    """Every type that the functions and objects of an extension name, once each."""
    file = extension_file(name)
    if file is None:
        return ()
    found: dict[str, None] = {}
    for row in file.functions:
        found.update(dict.fromkeys(row.arguments.split(",")))
        found[row.returns] = None
    for item in file.objects:
        found.update(dict.fromkeys(item.arguments.split(",")))
        if item.kind == "operator":
            found[item.result] = None
    found.pop("", None)
    return tuple(found)
