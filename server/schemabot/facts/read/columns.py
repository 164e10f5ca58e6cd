"""Column definitions, and what CREATE TABLE, ALTER TABLE and CREATE DOMAIN share of them."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.expression import Expression
from schemabot.facts.model import ColumnDef, ConstraintDef, SequenceOptions
from schemabot.facts.read.build import Builder
from schemabot.facts.read.constraints import KINDS, constraint
from schemabot.facts.read.tree import Json, constant, flag, foreign_options, items, options, strings
from schemabot.facts.read.type_names import type_name

IDENTITY: dict[str, Literal["", "always", "by default"]] = {"a": "always", "d": "by default"}


class Clauses:
    """What the constraints of a column or domain say."""

    __slots__ = (
        "conflict", "constraints", "default", "generated", "identity", "identity_options", "not_null", "nullable",
        "virtual",
    )  # fmt: skip

    def __init__(self) -> None:
        self.constraints: list[ConstraintDef] = []
        self.default: Expression | None = None
        self.generated: Expression | None = None
        self.identity: Literal["", "always", "by default"] = ""
        self.identity_options: SequenceOptions | None = None
        self.not_null = False
        self.nullable = False
        self.virtual = False
        self.conflict = ""


def column_def(node: Json, b: Builder, end: int | None = None) -> ColumnDef:
    """A ColumnDef node's fields; the definition ends at `end`, or where its list item ends."""
    sql = b.sql
    start = node.get("location", 0)
    name = sql.ident_located(start, node["colname"])
    if end is None:
        end = sql.item_end(start)
    span = sql.trimmed(start, end)
    collation = node.get("collClause")
    type_ = type_name(node["typeName"], sql) if "typeName" in node else None
    if "constraints" not in node:
        return ColumnDef(
            name=name, type=type_, span=span, collation=_collation(collation), storage=node.get("storage_name"),
            compression=node.get("compression"), options=foreign_options(node.get("fdwoptions")),
        )  # fmt: skip
    says = clauses(node["constraints"], collation, span.end, b, (node["colname"],))
    return ColumnDef(
        name=name,
        type=type_,
        span=span,
        not_null=says.not_null,
        nullable=says.nullable,
        conflict=says.conflict,
        default=says.default,
        identity=says.identity,
        generated=says.generated,
        generated_virtual=says.virtual,
        identity_options=says.identity_options,
        collation=_collation(collation),
        constraints=tuple(says.constraints),
        storage=node.get("storage_name"),
        compression=node.get("compression"),
        options=foreign_options(node.get("fdwoptions")),
    )


def _collation(node: Json | None) -> str | None:
    return None if node is None else ".".join(strings(node["collname"]))


def clauses(
    nodes: list[Json], collation: Json | None, end: int, b: Builder, columns: tuple[str, ...]
) -> Clauses:
    """What `nodes`, the constraints of a column, say; the last ends at `end`.

    The grammar tells a constraint's start only. It ends where the next one or COLLATE starts; attributes
    (`deferrable`, `not enforced`) are nodes of their own and belong to the constraint before them.
    """
    says = Clauses()
    fields = [node["Constraint"] for node in nodes]
    says.conflict = _conflict([item["contype"] for item in fields]) if len(fields) > 1 else ""
    says.nullable = any(item["contype"] == "CONSTR_NULL" for item in fields)
    starts: list[int] = []
    if len(fields) > 1 or collation is not None:
        starts = [item.get("location", 0) for item in fields if not item["contype"].startswith("CONSTR_ATTR")]
        if collation is not None:
            starts.append(collation.get("location", 0))
            starts.sort()
    for index, item in enumerate(fields):
        kind = item["contype"]
        if kind == "CONSTR_NOTNULL" and "conname" not in item and "is_no_inherit" not in item:
            says.not_null = True
            continue
        if kind.startswith("CONSTR_ATTR"):
            continue
        start = item.get("location", 0)
        stop = next((place for place in starts if place > start), end)
        span = b.sql.trimmed(start, stop)
        if kind == "CONSTR_DEFAULT":
            at = b.sql.after(start, "default") if "conname" in item else start + len("default")
            says.default = b.expression(item["raw_expr"], b.sql.trimmed(at, span.end))
        elif kind == "CONSTR_NOTNULL":
            says.not_null = True
            says.constraints.append(constraint(item, span, b, columns, frozenset()))
        elif kind == "CONSTR_IDENTITY":
            says.identity = IDENTITY.get(item.get("generated_when", ""), "")
            if "options" in item:
                says.identity_options = sequence_options(item["options"], b)
        elif kind == "CONSTR_GENERATED":
            says.generated = b.expression(item["raw_expr"], b.sql.inside(start))
            says.virtual = item.get("generated_kind") == "v"
        elif kind in KINDS:
            attributes: set[str] = set()
            for follower in fields[index + 1 :]:
                if not follower["contype"].startswith("CONSTR_ATTR"):
                    break
                attributes.add(follower["contype"])
            says.constraints.append(constraint(item, span, b, columns, frozenset(attributes)))
    return says


def _conflict(kinds: list[str]) -> str:
    """Which of a column's clauses exclude each other, in PostgreSQL's words."""
    if "CONSTR_NULL" in kinds and {"CONSTR_NOTNULL", "CONSTR_IDENTITY", "CONSTR_PRIMARY"}.intersection(kinds):
        return "conflicting NULL/NOT NULL declarations"
    for kind, words in _SINGLE.items():
        if kinds.count(kind) > 1:
            return f"multiple {words[1]} specified"
    values = [words[0] for kind, words in _SINGLE.items() if kind in kinds]
    return f"both {values[0]} and {values[1]} specified" if len(values) > 1 else ""


_SINGLE = {
    "CONSTR_DEFAULT": ("default", "default values"),
    "CONSTR_IDENTITY": ("identity", "identity specifications"),
    "CONSTR_GENERATED": ("generation expression", "generation clauses"),
}


def sequence_options(nodes: list[Json] | None, b: Builder) -> SequenceOptions:
    """The options of a sequence or identity column; OWNED BY NONE is the name `none`."""
    type_ = owned_by = name = None
    restart = False
    settings: list[tuple[str, str | None]] = []
    for option, fields in options(nodes):
        if option == "as":
            type_ = type_name(fields["arg"]["TypeName"], b.sql)
        elif option in ("owned_by", "sequence_name"):
            at = b.sql.token(b.sql.token(fields.get("location", 0)).end).end  # OWNED BY, SEQUENCE NAME
            written = b.sql.name_at(at, strings(items(fields["arg"])))
            if option == "owned_by":
                owned_by = written
            else:
                name = written
        elif option == "restart":
            restart = True
        elif option == "cycle":
            settings.append((option, "true" if flag(fields) else "false"))
        elif option in ("increment", "minvalue", "maxvalue", "start", "cache"):
            settings.append((option, constant(fields["arg"]) if "arg" in fields else None))
    return SequenceOptions(
        type=type_, owned_by=owned_by, name=name, restart=restart, settings=tuple(settings)
    )
