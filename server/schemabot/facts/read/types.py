"""CREATE TYPE and CREATE DOMAIN, ALTER TYPE ... VALUE, ALTER DOMAIN. The fact's span is the type's name."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.model import (
    AddEnumValue,
    AlterDomain,
    AnyFact,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    RenameEnumValue,
)
from schemabot.facts.names import Ident, Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.columns import clauses, column_def
from schemabot.facts.read.constraints import table_constraint
from schemabot.facts.read.tree import Json, cascades, options, strings
from schemabot.facts.read.type_names import type_name

_DOMAIN_ACTIONS: dict[
    str, Literal["set default", "set not null", "drop not null", "drop constraint", "validate"]
] = {
    "T": "set default",
    "N": "drop not null",
    "O": "set not null",
    "X": "drop constraint",
    "V": "validate",
}


def create_enum(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "type"), strings(node["typeName"]))
    return [CreateEnum(span=name.span, name=name, labels=strings(node.get("vals")))]


def alter_enum(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("alter", "type"), strings(node["typeName"]))
    if "oldVal" in node:
        return [RenameEnumValue(span=name.span, name=name, old=node["oldVal"], new=node.get("newVal", ""))]
    neighbour = node.get("newValNeighbor")
    return [
        AddEnumValue(
            span=name.span,
            name=name,
            label=node.get("newVal", ""),
            neighbour=neighbour,
            before=neighbour is not None and "newValIsAfter" not in node,
            if_not_exists="skipIfNewValExists" in node,
        )
    ]


def create_composite(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.relation(node["typevar"])
    columns = tuple([column_def(item["ColumnDef"], b) for item in node.get("coldeflist", ())])
    return [CreateComposite(span=name.span, name=name, columns=columns)]


def create_range(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "type"), strings(node["typeName"]))
    subtype = multirange = None
    for option, fields in options(node.get("params")):
        written = fields.get("arg", {}).get("TypeName")
        if written is not None and option == "subtype":
            subtype = type_name(written, b.sql)
        elif written is not None and option == "multirange_type_name":
            multirange = Name(strings(written["names"]), b.sql.name_span(written.get("location", 0)))
    return [CreateType(span=name.span, name=name, form="range", subtype=subtype, multirange=multirange)]


def create_base_type(node: Json, b: Builder) -> list[AnyFact]:
    """CREATE TYPE name, a shell, or with input and output functions, a base type."""
    name = b.sql.name_at(b.sql.begins("create", "type"), strings(node["defnames"]))
    return [CreateType(span=name.span, name=name, form="base" if "definition" in node else "shell")]


def create_domain(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "domain"), strings(node["domainname"]))
    end = b.sql.rest(name.span.end).end
    collation = node.get("collClause")
    says = clauses(node.get("constraints", []), collation, end, b, ())
    return [
        CreateDomain(
            span=name.span,
            name=name,
            type=type_name(node["typeName"], b.sql),
            not_null=says.not_null,
            default=says.default,
            constraints=tuple(says.constraints),
            collation=".".join(strings(collation["collname"])) if collation is not None else None,
        )
    ]


def alter_domain(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    name = sql.name_at(sql.begins("alter", "domain"), strings(node["typeName"]))
    rest = sql.rest(name.span.end)
    if node["subtype"] == "C":
        constraint = table_constraint(node["def"]["Constraint"], rest.end, b)
        return [AlterDomain(span=rest, name=name, action="add constraint", constraint=constraint)]
    action = _DOMAIN_ACTIONS[node["subtype"]]
    default = None
    part: Ident | None = None
    if "def" in node:
        at = sql.skip(rest.start, "set", "default")
        default = b.expression(node["def"], sql.trimmed(at, rest.end))
    if "name" in node:
        exists = ("if exists",) if "missing_ok" in node else ()
        part = sql.ident_at(sql.skip(rest.start, "drop", "validate", "constraint", *exists), node["name"])
    return [
        AlterDomain(
            span=rest,
            name=name,
            action=action,
            default=default,
            part=part,
            if_exists="missing_ok" in node,
            cascade=cascades(node),
        )
    ]
