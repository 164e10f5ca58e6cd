"""Enums, domains and composite types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.lookup import depend_on, label, require_new_type, require_type
from schemabot.catalog.apply.naming import choose_constraint_name
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import known_type
from schemabot.catalog.objects import Bound, Column, Constraint, Domain, EnumType, OtherType
from schemabot.catalog.state import ProblemKind
from schemabot.facts import expression as ex
from schemabot.facts.expression import Expression
from schemabot.facts.model import (
    AddEnumValue,
    AlterDomain,
    ColumnDef,
    ConstraintDef,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    RenameEnumValue,
)
from schemabot.facts.names import Name


def create_enum(step: Step, fact: CreateEnum) -> None:
    schema = step.creation_schema(fact.name)
    require_new_type(step, schema, fact.name)
    seen: set[str] = set()
    for text in fact.labels:
        if text in seen:
            detail = f'the label "{text}" is used more than once'
            step.reject(ProblemKind.INVALID, fact.name.span, f"{schema}.{fact.name.name}", detail)
        seen.add(text)
    owner = step.session.role
    step.put_type(EnumType(
        oid=step.new_oid(), schema=schema, name=fact.name.name, origin=step.origin(fact.name.span),
        labels=fact.labels, owner=owner, acl=default_acl(step, "type", schema, owner),
    ))  # fmt: skip


def _require_enum(step: Step, name: Name) -> EnumType:
    found = require_type(step, name)
    if isinstance(found, EnumType):
        return found
    if step.is_tainted(name):
        step.skip()
    step.reject(ProblemKind.WRONG_KIND, name.span, label(found), "it is not an enum")


def add_enum_value(step: Step, fact: AddEnumValue) -> None:
    enum = _require_enum(step, fact.name)
    part = f"{label(enum)}.{fact.label}"
    if fact.label in enum.labels:
        if fact.if_not_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, part, "the enum has this label")
    index = len(enum.labels)
    if fact.neighbour is not None:
        if fact.neighbour not in enum.labels:
            if step.is_tainted(fact.name):
                step.skip()
            step.reject(
                ProblemKind.UNKNOWN_OBJECT, fact.span, f"{label(enum)}.{fact.neighbour}", "no such label"
            )
        index = enum.labels.index(fact.neighbour) + (not fact.before)
    labels = (*enum.labels[:index], fact.label, *enum.labels[index:])
    change = step.change(f"label {fact.label}", fact.span)
    step.put_type(msgspec.structs.replace(enum, labels=labels, changes=(*enum.changes, change)))


def rename_enum_value(step: Step, fact: RenameEnumValue) -> None:
    enum = _require_enum(step, fact.name)
    if fact.old not in enum.labels:
        if step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.span, f"{label(enum)}.{fact.old}", "no such label")
    if fact.new in enum.labels:
        step.reject(
            ProblemKind.ALREADY_EXISTS, fact.span, f"{label(enum)}.{fact.new}", "the enum has this label"
        )
    labels = tuple(fact.new if text == fact.old else text for text in enum.labels)
    change = step.change(f"label {fact.new}", fact.span)
    step.put_type(msgspec.structs.replace(enum, labels=labels, changes=(*enum.changes, change)))
    for oid in step.catalog.dependents.get(enum.oid) or ():
        table = step.catalog.table_by_oid(oid)
        if table is not None:
            columns = tuple(_with_label(column, enum.oid, fact) for column in table.columns)
            if columns != table.columns:
                step.put_relation(msgspec.structs.replace(table, columns=columns))


def _with_label(column: Column, enum: int, fact: RenameEnumValue) -> Column:
    """The column with the new label as its default: the server keeps the value, not its name. Its place stays."""
    bound = column.default
    if column.type.oid != enum or column.type.array or bound is None:
        return column
    root = bound.expression.root
    while isinstance(root, ex.Cast):
        root = root.arg
    if not isinstance(root, ex.Constant) or root.kind != "string" or root.value != fact.old:
        return column
    text = "'" + fact.new.replace("'", "''") + "'"
    constant = msgspec.structs.replace(root, value=fact.new)
    expression = msgspec.structs.replace(bound.expression, text=text, root=constant)
    default = msgspec.structs.replace(bound, expression=expression, uses=())
    return msgspec.structs.replace(column, default=default)


def create_domain(step: Step, fact: CreateDomain) -> None:
    schema = step.creation_schema(fact.name)
    require_new_type(step, schema, fact.name)
    name = fact.name.name
    base = known_type(step, fact.type)
    oid = step.new_oid()
    constraints: tuple[Constraint, ...] = ()
    for written in fact.constraints:
        constraints = (*constraints, _domain_constraint(step, schema, name, written, constraints))
    owner = step.session.role
    step.put_type(Domain(
        oid=oid, schema=schema, name=name, origin=step.origin(fact.name.span), base=base,
        not_null=fact.not_null or any(c.kind == "not null" for c in constraints),
        default=None if fact.default is None else _bound(step, fact.default), constraints=constraints,
        owner=owner, acl=default_acl(step, "type", schema, owner), collation=fact.collation,
    ))  # fmt: skip
    step.depend(oid, base.oid)
    for constraint in constraints:
        if constraint.expression is not None:
            depend_on(step, oid, constraint.expression.uses)


def _domain_constraint(
    step: Step, schema: str, domain: str, written: ConstraintDef, others: tuple[Constraint, ...]
) -> Constraint:
    taken = [constraint.name for constraint in others]
    if written.name is None:
        suffix = "not_null" if written.kind == "not null" else "check"
        name = choose_constraint_name(step, schema, domain, "", suffix, taken)
    else:
        name = written.name.name
    if name in taken:
        step.reject(ProblemKind.ALREADY_EXISTS, written.span, f"{schema}.{domain}.{name}")
    step.name_constraint(schema, name)
    return Constraint(
        oid=step.new_oid(), name=name, kind=written.kind, origin=step.origin(written.span),
        expression=None if written.expression is None else _bound(step, written.expression),
        validated=not written.not_valid,
    )  # fmt: skip


def _bound(step: Step, expression: Expression) -> Bound:
    return bind(step, expression, names=("value",), report=True)


def create_composite(step: Step, fact: CreateComposite) -> None:
    schema = step.creation_schema(fact.name)
    require_new_type(step, schema, fact.name)
    name = fact.name.name
    if (schema, name) in step.catalog.relation_names:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}")
    oid = step.new_oid()
    columns: list[Column] = []
    for number, written in enumerate(fact.columns, 1):
        if any(column.name == written.name.name for column in columns):
            step.reject(
                ProblemKind.DUPLICATE_COLUMN, written.name.span, f"{schema}.{name}.{written.name.name}"
            )
        columns.append(_attribute(step, number, written))
    owner = step.session.role
    composite = OtherType(
        oid=oid, schema=schema, name=name, origin=step.origin(fact.name.span), kind="composite",
        columns=tuple(columns), relation=oid, owner=owner, acl=default_acl(step, "type", schema, owner),
    )  # fmt: skip
    # One object under both roofs, as a composite type has a row in pg_class and one in pg_type.
    step.put_type(composite)
    step.put_relation(composite)
    step.name_relation(schema, name, oid)
    for column in columns:
        step.depend(oid, column.type.oid)


def _attribute(step: Step, number: int, written: ColumnDef) -> Column:
    if written.type is None:
        step.skip()
    return Column(
        number=number, name=written.name.name, type=known_type(step, written.type),
        origin=step.origin(written.span), collation=written.collation,
    )  # fmt: skip


def create_type(step: Step, fact: CreateType) -> None:
    """A range with its multirange, a base type or a shell, which a full definition of that name completes."""
    schema = step.creation_schema(fact.name)
    there = step.catalog.type_named(schema, fact.name.name)
    if not (fact.form == "base" and isinstance(there, OtherType) and there.kind == "base"):
        require_new_type(step, schema, fact.name)
    owner = step.session.role
    subtype = None if fact.subtype is None else known_type(step, fact.subtype)
    oid = step.new_oid() if there is None else there.oid
    multirange_oid = step.new_oid() if fact.form == "range" else 0
    made = OtherType(
        oid=oid, schema=schema, name=fact.name.name,
        origin=step.origin(fact.name.span), kind="range" if fact.form == "range" else "base",
        subtype=subtype,
        partner=multirange_oid, owner=owner, acl=default_acl(step, "type", schema, owner),
        definition=step.definition(fact.written),
    )  # fmt: skip
    step.put_type(made)
    if fact.form == "range":
        multirange = fact.multirange.name if fact.multirange is not None else _multirange_name(made.name)
        place = schema if fact.multirange is None else step.creation_schema(fact.multirange)
        several = msgspec.structs.replace(
            made, oid=multirange_oid, schema=place, name=multirange, kind="multirange", partner=oid
        )
        step.put_type(several)
        step.depend(several.oid, made.oid)
        if subtype is not None:
            step.depend(made.oid, subtype.oid)


def _multirange_name(name: str) -> str:
    """makeMultirangeTypeName in pg_type.c."""
    return name.replace("range", "multirange", 1) if "range" in name else f"{name}_multirange"


def alter_domain(step: Step, fact: AlterDomain) -> None:
    domain = require_type(step, fact.name)
    if not isinstance(domain, Domain):
        if step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.WRONG_KIND, fact.name.span, label(domain), "it is not a domain")
    changed: dict[str, Any] = {}
    if fact.action == "set default":
        changed["default"] = None if fact.default is None else _bound(step, fact.default)
    elif fact.action in ("set not null", "drop not null"):
        changed["not_null"] = fact.action == "set not null"
    elif fact.action == "add constraint" and fact.constraint is not None:
        made = _domain_constraint(step, domain.schema, domain.name, fact.constraint, domain.constraints)
        changed["constraints"] = (*domain.constraints, made)
        changed["not_null"] = domain.not_null or made.kind == "not null"
        if made.expression is not None:
            depend_on(step, domain.oid, made.expression.uses)
    elif fact.part is not None:
        found = next((c for c in domain.constraints if c.name == fact.part.name), None)
        if found is None:
            if fact.if_exists or step.is_tainted(fact.name):
                step.skip()
            step.reject(
                ProblemKind.UNKNOWN_OBJECT, fact.part.span, f"{label(domain)}.{fact.part.name}",
                "no such constraint",
            )  # fmt: skip
        rest = tuple(c for c in domain.constraints if c is not found)
        if fact.action == "drop constraint":
            step.unname_constraint(domain.schema, found.name)
            changed["constraints"] = rest
            changed["not_null"] = domain.not_null and found.kind != "not null"
        else:
            changed["constraints"] = (*rest, msgspec.structs.replace(found, validated=True))
    change = step.change(fact.action, fact.span)
    step.put_type(msgspec.structs.replace(domain, changes=(*domain.changes, change), **changed))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateEnum: create_enum,
    AddEnumValue: add_enum_value,
    RenameEnumValue: rename_enum_value,
    CreateDomain: create_domain,
    CreateComposite: create_composite,
    CreateType: create_type,
    AlterDomain: alter_domain,
}
