"""Sequences: those that serial and identity columns own, and CREATE / ALTER SEQUENCE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.lookup import kind_word, require_relation
from schemabot.catalog.apply.naming import choose_relation_name
from schemabot.catalog.apply.sequence_options import new_options, with_options
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import known_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Column, Sequence, Table, TypeRef, Use
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import ProblemKind
from schemabot.facts.expression import Call, Cast, Constant, Expression
from schemabot.facts.model import CreateSequence, SequenceOptions
from schemabot.facts.names import Name, TypeName
from schemabot.text import Span


def owned_sequence(
    step: Step, schema: str, table: str, owner: tuple[int, int], column: str, type_: TypeRef, span: Span,
    *, identity: bool = False, name: Name | None = None, options: SequenceOptions | None = None,
) -> Sequence:  # fmt: skip
    """The sequence that PostgreSQL makes for a serial or identity column; `owner` is (table oid, number).

    `name` is given by SEQUENCE NAME of an identity column.
    """
    if name is not None:
        schema, chosen = name.schema or schema, name.name
        if (schema, chosen) in step.catalog.relation_names:
            step.reject(ProblemKind.ALREADY_EXISTS, name.span, f"{schema}.{chosen}")
    else:
        chosen = choose_relation_name(step, schema, table, column, "seq")
    holder = step.catalog.table_by_oid(owner[0])
    role = step.session.role if holder is None else holder.owner
    sequence = Sequence(
        oid=step.new_oid(), schema=schema, name=chosen, origin=step.origin(span), type=type_, owned_by=owner,
        identity=identity, temporary=schema == "pg_temp", owner=role,
        acl=default_acl(step, "sequence", schema, role),
    )  # fmt: skip
    sequence = new_options(sequence, () if options is None else options.settings)
    step.put_relation(sequence)
    step.name_relation(schema, chosen, sequence.oid)
    return sequence


def serial_default(sequence: Sequence) -> Bound:
    """The default of a serial column: `nextval('name'::regclass)`, with the schema when it is not usual."""
    is_visible = sequence.schema in ("public", "extensions")
    name = quote_identifier(sequence.name) if is_visible else quote_qualified(sequence.schema, sequence.name)
    shown = name.replace("'", "''")
    text = f"nextval('{shown}'::regclass)"
    literal = Cast(
        Constant("string", name), TypeName(("regclass",), (), 0, Span(len(text) - 9, len(text) - 1))
    )
    root = Call(("nextval",), (literal,), Span(0, 7))
    use = Use(Span(9, 9 + len(shown)), sequence.oid)
    return Bound(Expression(text, Span(0, len(text)), root), (use,))


def create_sequence(step: Step, fact: CreateSequence) -> None:
    """CREATE SEQUENCE, or ALTER SEQUENCE's options."""
    if fact.alter:
        _alter_sequence(step, fact)
        return
    name = fact.name.name
    schema = "pg_temp" if fact.temporary else step.creation_schema(fact.name)
    if (schema, name) in step.catalog.relation_names:
        if fact.if_not_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}")
    role = step.session.role
    written = fact.options.type
    sequence = Sequence(
        oid=step.new_oid(), schema=schema, name=name, origin=step.origin(fact.name.span),
        type=TypeRef("int8") if written is None else known_type(step, written),
        temporary=schema == "pg_temp", owner=role, acl=default_acl(step, "sequence", schema, role),
    )  # fmt: skip
    sequence = new_options(sequence, fact.options.settings)
    step.name_relation(schema, name, sequence.oid)
    step.put_relation(sequence)
    if fact.options.owned_by is not None:
        _own(step, sequence, fact.options.owned_by)


def _alter_sequence(step: Step, fact: CreateSequence) -> None:
    if fact.if_exists and step.find_relation(fact.name) is None:
        step.skip()
    sequence = require_relation(step, fact.name)
    if not isinstance(sequence, Sequence):
        step.reject(ProblemKind.WRONG_KIND, fact.name.span, str(fact.name), f"it is {kind_word(sequence)}")
    changes = (*sequence.changes, step.change("options", fact.span))
    sequence = msgspec.structs.replace(sequence, changes=changes)
    type_ = None if fact.options.type is None else known_type(step, fact.options.type)
    sequence = with_options(sequence, fact.options.settings, type_)
    step.put_relation(sequence)
    if fact.options.owned_by is not None:
        _own(step, sequence, fact.options.owned_by)


def _own(step: Step, sequence: Sequence, owner: Name) -> None:
    """OWNED BY table.column, or NONE."""
    if sequence.identity:
        detail = "cannot change ownership of identity sequence"
        step.reject(ProblemKind.INVALID, owner.span, f"{sequence.schema}.{sequence.name}", detail)
    if sequence.owned_by is not None:
        _set_owner(step, sequence.owned_by, 0, sequence.oid)
    if owner.parts == ("none",):
        step.put_relation(msgspec.structs.replace(sequence, owned_by=None))
        return
    if len(owner.parts) == 1:
        detail = "invalid OWNED BY option: specify OWNED BY table.column or OWNED BY NONE"
        step.reject(ProblemKind.INVALID, owner.span, f"{sequence.schema}.{sequence.name}", detail)
    table = require_relation(step, Name(owner.parts[:-1], owner.span))
    if not isinstance(table, Table):
        return
    column = table.column(owner.name)
    if column is None:
        if not table.columns_known:
            return
        step.reject(ProblemKind.UNKNOWN_COLUMN, owner.span, f"{table.schema}.{table.name}.{owner.name}")
    if table.schema != sequence.schema:
        detail = "sequence must be in same schema as table it is linked to"
        step.reject(ProblemKind.INVALID, owner.span, f"{sequence.schema}.{sequence.name}", detail)
    if table.owner != sequence.owner:
        detail = "sequence must have same owner as table it is linked to"
        step.reject(ProblemKind.INVALID, owner.span, f"{sequence.schema}.{sequence.name}", detail)
    step.put_relation(msgspec.structs.replace(sequence, owned_by=(table.oid, column.number)))
    _set_owner(step, (table.oid, column.number), sequence.oid)


def sequences_of(catalog: Catalog, table: Table, number: int = 0) -> list[Sequence]:
    """The sequences that the table's columns own, or one column: any number may be OWNED BY it."""
    found = {
        oid: sequence
        for oid in (*(c.sequence for c in table.columns), *(catalog.dependents.get(table.oid) or ()))
        if isinstance(sequence := catalog.relations.get(oid), Sequence)
        and sequence.owned_by is not None and sequence.owned_by[0] == table.oid
        and number in (0, sequence.owned_by[1])
    }  # fmt: skip
    return list(found.values())


def _set_owner(step: Step, place: tuple[int, int], sequence: int, old: int = 0) -> None:
    """Let the column have the sequence, unless it has another one than `old`."""
    table = step.catalog.table_by_oid(place[0])
    if sequence:
        step.depend(sequence, place[0])
    if table is not None:
        columns = tuple(
            msgspec.structs.replace(column, sequence=sequence)
            if column.number == place[1] and column.sequence == old
            else column
            for column in table.columns
        )
        step.put_relation(msgspec.structs.replace(table, columns=columns))


def column_sequence(step: Step, column: Column) -> Sequence | None:
    """The sequence that a serial or identity column owns."""
    found = step.catalog.relations.get(column.sequence) if column.sequence else None
    return found if isinstance(found, Sequence) else None


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateSequence: create_sequence}
