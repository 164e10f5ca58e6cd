"""Types and sequences."""

from __future__ import annotations

from schemabot.catalog.objects import Domain, EnumType, OtherType, Sequence
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.kept import kept_statement
from schemabot.catalog.render.writer import NotExactError, Writer, literal, parts


def write_type(w: Writer, item: EnumType | Domain | OtherType) -> list[str]:
    """CREATE TYPE or DOMAIN; nothing for what comes with another object."""
    name = quote_qualified(item.schema, item.name)
    if isinstance(item, EnumType):
        labels = ", ".join(literal(label).strip() for label in item.labels)
        return [f"create type {name} as enum ({labels})"]
    if isinstance(item, Domain):
        return _domain(w, item, name)
    if item.kind == "composite":
        columns = ", ".join(
            f"{quote_identifier(c.name)} {w.type(c.type)}"
            + (f" collate {parts(c.collation)}" if c.collation else "")
            for c in item.columns
        )
        return [f"create type {name} as ({columns})"]
    if item.kind in ("row", "multirange"):
        return []
    if item.definition is None:
        raise NotExactError("its definition is not known")
    return kept_statement(w, item.definition, (item.name,))


def _domain(w: Writer, item: Domain, name: str) -> list[str]:
    clauses = [f"create domain {name} as {w.type(item.base)}"]
    if item.collation is not None:
        clauses.append(f"collate {parts(item.collation)}")
    if item.default is not None:
        clauses.append(f"default {w.expression(item.default)}")
    later: list[str] = []
    for constraint in item.constraints:
        own = f"constraint {quote_identifier(constraint.name)}"
        if constraint.kind == "not null":
            clauses.append(f"{own} not null")
        elif constraint.expression is not None:
            clause = f"{own} check ({w.expression(constraint.expression)})"
            if constraint.validated:
                clauses.append(clause)
            else:
                later.append(f"alter domain {name} add {clause} not valid")
    if item.not_null and not any(c.kind == "not null" for c in item.constraints):
        clauses.append("not null")
    return [" ".join(clauses), *later]


def write_sequence(w: Writer, item: Sequence) -> list[str]:
    """CREATE SEQUENCE; that of an identity column comes with the column."""
    if item.identity:
        return []
    return [
        f"create sequence {quote_qualified(item.schema, item.name)} as {w.type(item.type)} {sequence_options(item)}"
    ]


def sequence_options(item: Sequence) -> str:
    """All options but the type."""
    return (
        f"increment by {item.increment} minvalue {item.minimum} maxvalue {item.maximum} start with {item.start}"
        f" cache {item.cache} {'cycle' if item.cycle else 'no cycle'}"
    )


def write_owned_by(w: Writer, item: Sequence) -> list[str]:
    """OWNED BY, when the table is there."""
    table = None if item.owned_by is None else w.catalog.table_by_oid(item.owned_by[0])
    if table is None or item.owned_by is None or item.identity:
        return []
    column = table.column_by_number(item.owned_by[1])
    if column is None:
        return []
    place = f"{quote_qualified(table.schema, table.name)}.{quote_identifier(column.name)}"
    return [f"alter sequence {quote_qualified(item.schema, item.name)} owned by {place}"]
