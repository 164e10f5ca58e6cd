"""CREATE EXTENSION with everything that it brings, SET SCHEMA, and what protects its members.

What an extension brings stands in a file (`catalog.extension_files`). Of one without a file only the name is known:
names that are not found later may then be its own (`catalog.provided`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.dependencies import Target, describe
from schemabot.catalog.apply.extension_objects import make_functions, make_types, member_origin
from schemabot.catalog.apply.moving import move_function, move_relation, move_type
from schemabot.catalog.apply.schemas import put_schema
from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.extension_files import ExtensionFile, extension_file, statements
from schemabot.catalog.objects import (
    Extension,
    IndexEntry,
    OtherType,
    SchemaObject,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.state import At, ProblemKind, State
from schemabot.facts.model import CreateExtension, MoveToSchema
from schemabot.facts.names import Ident
from schemabot.text import Span

_ANY_SCHEMA: Final = frozenset({"pg_cron", "pg_net"})
"""Extensions whose control files have not always insisted on a schema: theirs is taken as written."""


# -- making -------------------------------------------------------------------------------------------------


def create_extension(step: Step, fact: CreateExtension) -> None:
    name = fact.name.name
    if name in step.catalog.extensions:
        if fact.if_not_exists or (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    _create(step, fact.name, fact.schema, cascade=fact.cascade, is_required=False)


def _create(step: Step, ident: Ident, schema: str | None, *, cascade: bool, is_required: bool) -> None:
    """CreateExtensionInternal in extension.c. `is_required` when CASCADE makes it for another one."""
    name, span = ident.name, ident.span
    file = extension_file(name)
    place = _place(step, ident, file, schema, is_required=is_required)
    requires = () if file is None else tuple(one for one in file.requires if one != "plpgsql")
    for required in requires:
        if required in step.catalog.extensions:
            continue
        if not cascade:
            if (required,) in step.catalog.tainted:
                continue
            step.reject(
                ProblemKind.UNKNOWN_OBJECT, span, required, f'the extension "{name}" requires it: add CASCADE'
            )
        _create(step, Ident(required, span), schema, cascade=True, is_required=True)
    first = step.catalog.next_oid
    if file is not None:
        if _stands_already(step, file):
            _adopt(step, name, file)
        else:
            _bring(step, ident, file, place)
            _mark(step, name, first)
    extension = Extension(name=name, schema=place, origin=step.origin(span), requires=requires)
    step.catalog = msgspec.structs.replace(
        step.catalog, extensions=step.catalog.extensions.set(name, extension)
    )


def _place(
    step: Step, ident: Ident, file: ExtensionFile | None, schema: str | None, *, is_required: bool
) -> str:
    """The schema that an extension is made in; the one that its control file names is made when it is not there."""
    insisted = None if file is None else file.schema
    if schema is not None and schema not in step.catalog.schemas and schema != "pg_catalog":
        if (schema,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_SCHEMA, ident.span, schema)
    if insisted is None or (ident.name in _ANY_SCHEMA and schema is not None):
        if schema is not None:
            return schema
    else:
        if schema not in (None, insisted) and not is_required:
            detail = f'extension "{ident.name}" must be installed in schema "{insisted}"'
            step.reject(ProblemKind.INVALID, ident.span, ident.name, detail)
        if insisted not in step.catalog.schemas and insisted != "pg_catalog":
            owner = step.session.role
            acl = default_acl(step, "schema", None, owner)
            put_schema(
                step, SchemaObject(name=insisted, origin=step.origin(ident.span), owner=owner, acl=acl)
            )
        return insisted
    path = step.search_path()
    if not path:
        detail = "no schema has been selected to create in"
        step.reject(ProblemKind.UNKNOWN_SCHEMA, ident.span, ident.name, detail)
    return path[0]


def _stands_already(step: Step, file: ExtensionFile) -> bool:
    """Whether the platform has what the extension brings before it is made."""
    found = [step.catalog.schemas.get(schema) for schema in file.schemas]
    return any(one is not None and one.origin.platform and one.extension is None for one in found)


def _bring(step: Step, ident: Ident, file: ExtensionFile, place: str) -> None:
    name, owner = ident.name, step.session.role
    for schema in file.schemas:
        if schema in step.catalog.schemas:
            if (schema,) in step.catalog.tainted:
                continue
            step.reject(ProblemKind.ALREADY_EXISTS, ident.span, schema, f'the extension "{name}" makes it')
        put_schema(step, SchemaObject(name=schema, origin=member_origin(name), owner=owner, extension=name))
    for row in file.types:
        if (row.schema or place, row.name) in step.catalog.type_names:
            label = f"{row.schema or place}.{row.name}"
            step.reject(ProblemKind.ALREADY_EXISTS, ident.span, label, f'the extension "{name}" brings it')
    make_types(step, name, file, place)
    _run(step, ident, place, late=False)
    schemas = (place, *file.schemas, *([file.schema] if file.schema else ()), *_required_schemas(step, file))
    clash = make_functions(step, name, place, schemas, default_acl(step, "function", place, owner))
    if clash is not None:
        step.reject(ProblemKind.ALREADY_EXISTS, ident.span, clash, f'the extension "{name}" brings it')
    _run(step, ident, place, late=True)


def _required_schemas(step: Step, file: ExtensionFile) -> list[str]:
    found: list[str] = []
    for required in file.requires:
        extension = step.catalog.extensions.get(required)
        if extension is not None:
            found.append(extension.schema)
    return found


def _run(step: Step, ident: Ident, place: str, *, late: bool) -> None:
    """Replay the statements that make an extension's tables, views and composite types."""
    from schemabot.catalog.apply import HANDLERS

    facts = statements(ident.name, late)
    if not facts:
        return
    file = extension_file(ident.name)
    path = (place, *(_required_schemas(step, file) if file is not None else ()))
    session = msgspec.structs.replace(step.session, search_path=path)
    inner = Step(State(step.catalog, session), At(member_origin(ident.name).file, 0))
    for fact in facts:
        handler = HANDLERS.get(type(fact))
        if handler is None:
            continue
        try:
            handler(inner, fact)
        except Rejected:
            problem = inner.problems[-1] if inner.problems else None
            if problem is not None and problem.kind is ProblemKind.ALREADY_EXISTS:
                detail = f'the extension "{ident.name}" brings it'
                step.reject(ProblemKind.ALREADY_EXISTS, ident.span, problem.object, detail)
    step.catalog = inner.catalog


def _mark(step: Step, name: str, first: int) -> None:
    """Make members of what was made from the number `first` on."""
    catalog = step.catalog
    relations, types = catalog.relations, catalog.types
    for oid in range(first, catalog.next_oid):
        relation = relations.get(oid)
        if relation is not None and not isinstance(relation, IndexEntry) and relation.extension is None:
            relations = relations.set(oid, msgspec.structs.replace(relation, extension=name))
        item = types.get(oid)
        if item is not None and item.extension is None:
            types = types.set(oid, msgspec.structs.replace(item, extension=name))
    step.catalog = msgspec.structs.replace(catalog, relations=relations, types=types)


def _adopt(step: Step, name: str, file: ExtensionFile) -> None:
    """Make members of what stands in the extension's schemas already."""
    catalog = step.catalog
    relations, types, functions = catalog.relations, catalog.types, catalog.functions
    for oid, relation in catalog.relations.items():
        if not isinstance(relation, IndexEntry) and relation.schema in file.schemas:
            relations = relations.set(oid, msgspec.structs.replace(relation, extension=name))
    for oid, item in catalog.types.items():
        if item.schema in file.schemas:
            types = types.set(oid, msgspec.structs.replace(item, extension=name))
    for oid, function in catalog.functions.items():
        if function.schema in file.schemas:
            functions = functions.set(oid, msgspec.structs.replace(function, extension=name))
    step.catalog = msgspec.structs.replace(catalog, relations=relations, types=types, functions=functions)


# -- moving -------------------------------------------------------------------------------------------------


def move_extension(step: Step, fact: MoveToSchema) -> None:
    """ALTER EXTENSION ... SET SCHEMA; what lies in the old schema goes along (AlterExtensionNamespace)."""
    name = fact.name.name
    extension = step.catalog.extensions.get(name)
    if extension is None:
        if (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, name)
    old, new = extension.schema, fact.schema
    if new not in step.catalog.schemas:
        if (new,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_SCHEMA, fact.span, new)
    file = extension_file(name)
    if file is not None and not file.relocatable:
        detail = f'extension "{name}" does not support SET SCHEMA'
        step.reject(ProblemKind.INVALID, fact.name.span, name, detail)
    if old == new:
        return
    change = step.change("schema", fact.span)
    catalog = step.catalog
    objects = catalog.objects
    for oid, other in catalog.objects.items():
        if other.extension == name and other.schema == old:
            objects = objects.set(oid, msgspec.structs.replace(other, schema=new))
    moved = msgspec.structs.replace(extension, schema=new, changes=(*extension.changes, change))
    step.catalog = msgspec.structs.replace(
        catalog, extensions=catalog.extensions.set(name, moved), objects=objects
    )
    for relation in catalog.relations.values():
        if isinstance(relation, (Table, View)) and relation.extension == name and relation.schema == old:
            move_relation(step, relation, new, relation.name, change, fact.span)
    for relation in step.catalog.relations.values():
        if isinstance(relation, Sequence) and relation.extension == name and relation.schema == old:
            move_relation(step, relation, new, relation.name, change, fact.span)
    for item in step.catalog.types.values():
        if item.extension == name and item.schema == old and not _is_row(item):
            move_type(step, item, new, item.name, change)
    for function in catalog.functions.values():
        if function.extension == name and function.schema == old:
            move_function(step, function, new, function.name, change)


def _is_row(item: Any) -> bool:
    return isinstance(item, OtherType) and item.kind == "row"


# -- dropping a member --------------------------------------------------------------------------------------


def refuse_member(step: Step, target: Target, span: Span) -> None:
    """Reject the DROP of something that an extension brought, which goes with the extension only."""
    catalog = step.catalog
    member: Any = None
    if target.kind == "relation":
        member = catalog.relations.get(target.oid)
    elif target.kind == "type":
        member = catalog.types.get(target.oid)
    elif target.kind == "function":
        member = catalog.functions.get(target.oid)
    elif target.kind == "object":
        member = catalog.objects.get(target.oid)
    elif target.kind == "schema":
        member = catalog.schemas.get(target.name)
    owner = getattr(member, "extension", None)
    if owner is not None and owner in catalog.extensions:
        detail = f'the extension "{owner}" requires it: drop the extension instead'
        step.reject(
            ProblemKind.DEPENDENT_OBJECTS, span, describe(catalog, target), detail, (f"extension {owner}",)
        )


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateExtension: create_extension}
