"""Columns: making them from their definitions, and ALTER TABLE's sub-commands about one column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from schemabot.catalog.apply.altered import (
    altered_column,
    altered_relation,
    altered_table,
    change_column,
    refuse_typed,
)
from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.constraints import define, inherit_check, put_inherited_foreign_key
from schemabot.catalog.apply.dependencies import Target
from schemabot.catalog.apply.indexes import clone_to_partitions
from schemabot.catalog.apply.inheritance import children, descendants, moved, parents, replace_column
from schemabot.catalog.apply.keys import KEYS, distinct_keys
from schemabot.catalog.apply.lookup import depend_on
from schemabot.catalog.apply.not_null import add_not_null, drop_not_null, not_null_of
from schemabot.catalog.apply.removal import remove
from schemabot.catalog.apply.sequence_options import with_options
from schemabot.catalog.apply.sequences import owned_sequence, serial_default
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import SERIAL_TYPES, known_type
from schemabot.catalog.objects import Bound, Column, Domain, OtherType, Sequence, Table, TypeRef, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.expression import Constant, Expression
from schemabot.facts.model import (
    AddColumn,
    ColumnDef,
    SetDefault,
    SetGenerated,
    SetIdentity,
    SetNotNull,
)
from schemabot.text import Span


def make_column(
    step: Step, schema: str, table: str, table_oid: int, number: int, written: ColumnDef
) -> Column:
    """The column of a definition, with the sequence that a serial or identity column owns.

    A generated column's expression is bound later, when all columns are there: `generate`.
    """
    assert written.type is not None
    type_ = known_type(step, written.type)
    if type_.oid:
        step.depend(table_oid, type_.oid)
    sequence = 0
    options = written.identity_options
    refuse_conflict(step, written, type_, f"{schema}.{table}")
    default = None if written.default is None else bind_default(step, table_oid, written.default, type_)
    serial = type_.name in _INTEGERS and written.type.name in SERIAL_TYPES and not type_.array
    if written.identity:
        require_identity_type(step, type_, written.name.span, f"{schema}.{table}.{written.name.name}")
    if serial or written.identity:
        owned = owned_sequence(
            step, schema, table, (table_oid, number), written.name.name, type_, written.name.span,
            identity=bool(written.identity), name=None if options is None else options.name, options=options,
        )  # fmt: skip
        sequence = owned.oid
        if serial:
            default = serial_default(owned)
            step.depend(table_oid, sequence)
    return Column(
        number=number, name=written.name.name, type=type_, origin=step.origin(written.name.span),
        not_null=written.not_null or serial or bool(written.identity), default=default,
        identity=written.identity, generated_virtual=written.generated_virtual, collation=written.collation,
        sequence=sequence, storage=written.storage, compression=written.compression,
        foreign_options=written.options,
    )  # fmt: skip


_SYSTEM_COLUMNS: Final = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
_PSEUDO_TYPES: Final = frozenset(
    {"unknown", "record", "void", "trigger", "event_trigger", "anyelement", "anyarray", "any", "internal", "cstring"}
)  # fmt: skip


def refuse_conflict(step: Step, written: ColumnDef, type_: TypeRef | None, table: str) -> None:
    """Reject a definition whose clauses exclude each other, and what cannot be a column's name or type."""
    name = written.name.name
    detail = f'{written.conflict} for column "{name}"' if written.conflict else ""
    if name in _SYSTEM_COLUMNS:
        detail = f'column name "{name}" conflicts with a system column name'
    elif type_ is not None and not type_.oid and type_.known and type_.name in _PSEUDO_TYPES:
        detail = f'column "{name}" has pseudo-type {type_.name}'
    elif written.type is not None and written.type.name in SERIAL_TYPES and not written.type.dimensions:
        if written.nullable:
            detail = f'conflicting NULL/NOT NULL declarations for column "{name}"'
        elif written.default is not None or written.identity or written.generated is not None:
            detail = f'column "{name}" is serial and has another default value'
    if detail:
        step.reject(ProblemKind.INVALID, written.name.span, f"{table}.{name}", detail)


def require_identity_type(step: Step, type_: TypeRef, span: Span, label: str) -> None:
    """Reject an identity column of a type that has no sequence."""
    base = step.catalog.types.get(type_.oid)
    if type_.known and not isinstance(base, Domain) and (type_.array or type_.name not in _INTEGERS):
        detail = "identity column type must be smallint, integer, or bigint"
        step.reject(ProblemKind.INVALID, span, label, detail)


_INTEGERS: Final = frozenset(SERIAL_TYPES.values())


def bind_default(step: Step, table_oid: int, expression: Expression, type_: TypeRef) -> Bound | None:
    """A DEFAULT with its dependencies noted. DEFAULT NULL is none, unless the type may have its own, or has a
    length: then the NULL is stored in a call of the function that keeps to it (StoreAttrDefault, coerce_type)."""
    root = expression.root
    if isinstance(root, Constant) and root.kind == "null":
        has_length = bool(type_.modifiers) and type_.name != "interval"
        is_domain = isinstance(step.catalog.types.get(type_.oid), Domain)
        return Bound(expression) if has_length or is_domain else None
    bound = bind(step, expression, report=True)
    if bound.uses:
        depend_on(step, table_oid, bound.uses)
    return bound


def generate(step: Step, table: Table, number: int, expression: Expression) -> Table:
    """`table` with the generated column's expression bound to its columns."""
    bound = bind(step, expression, table, report=True)
    depend_on(step, table.oid, bound.uses)
    column = table.column_by_number(number)
    if column is None:
        return table
    column = msgspec.structs.replace(column, generated=bound)
    return msgspec.structs.replace(table, columns=replace_column(table, column))


def add_column(step: Step, fact: AddColumn) -> None:
    """ADD COLUMN with its constraints, to the table and its children."""
    relation = altered_relation(step, fact)
    if isinstance(relation, OtherType) and fact.kind == "type":
        _add_attribute(step, relation, fact)
        return
    table = altered_table(step, fact)
    written = fact.column
    name = written.name.name
    refuse_typed(step, table, written.name.span, "cannot add column to typed table")
    if table.partition_of:
        detail = "cannot add column to a partition"
        step.reject(ProblemKind.INVALID, written.name.span, f"{table.schema}.{table.name}", detail)
    if table.column(name) is not None:
        if fact.if_not_exists or step.catalog.is_tainted(table.schema, table.name):
            step.skip()
        step.reject(ProblemKind.DUPLICATE_COLUMN, written.name.span, f"{table.schema}.{table.name}.{name}")
    number = table.next_number
    column = make_column(step, table.schema, table.name, table.oid, number, written)
    table = msgspec.structs.replace(
        table, columns=(*table.columns, column), next_number=number + 1,
        changes=(*table.changes, step.change(f"column {name}", fact.span)),
    )  # fmt: skip
    if written.generated is not None:
        table = generate(step, table, number, written.generated)
    below = [] if fact.only else children(step, table)
    if below and written.identity and table.kind != "partitioned":
        detail = "cannot recursively add identity column to table that has child tables"
        step.reject(ProblemKind.INVALID, written.name.span, f"{table.schema}.{table.name}", detail)
    if fact.only and children(step, table):
        detail = "column must be added to child tables too"
        step.reject(ProblemKind.INVALID, written.name.span, f"{table.schema}.{table.name}", detail)
    step.put_relation(table)
    for child in below:
        _inherit_column(step, table, table.columns[-1], child)
    table = _refuse_null(step, table, table.columns[-1], written)
    before = len(table.constraints)
    # PostgreSQL adds checks first, then keys with their indexes, then foreign keys.
    others = [c for c in written.constraints if c.kind not in ("not null", *KEYS)]
    for constraint in sorted(
        (*distinct_keys(written.constraints), *others), key=lambda c: _ORDER.get(c.kind, 1)
    ):
        table = define(step, table, constraint)
    step.put_relation(table)
    for added in table.constraints[before:] if below else ():
        if added.kind == "check" and not added.no_inherit:
            inherit_check(step, table, added)
        elif table.kind == "partitioned" and added.kind == "foreign key":
            for child in children(step, table):
                put_inherited_foreign_key(step, table, added, child)
        elif table.kind == "partitioned" and added.index:
            index = next(i for i in table.indexes if i.oid == added.index)
            clone_to_partitions(step, table, index, added)


def _refuse_null(step: Step, table: Table, column: Column, written: ColumnDef) -> Table:
    """Store `table` with the NOT NULL of its new column, said or meant; gives the table back."""
    said = next((c for c in written.constraints if c.kind == "not null"), None)
    is_key = any(c.kind == "primary key" for c in written.constraints)
    is_implied = bool(column.identity or is_key or (column.sequence and written.default is None))
    if said is not None and said.no_inherit and is_implied:
        label = f"{table.schema}.{table.name}.{column.name}"
        detail = "conflicting NO INHERIT declarations for not-null constraints"
        step.reject(ProblemKind.INVALID, said.span, label, detail)
    if said is not None or column.not_null or is_key:
        return add_not_null(step, table, column.number, written.span, said)
    return table


def _add_attribute(step: Step, composite: OtherType, fact: AddColumn) -> None:
    """ALTER TYPE ... ADD ATTRIBUTE."""
    written = fact.column
    label = f"{composite.schema}.{composite.name}.{written.name.name}"
    if any(column.name == written.name.name for column in composite.columns):
        step.reject(ProblemKind.DUPLICATE_COLUMN, written.name.span, label)
    number = max((column.number for column in composite.columns), default=0) + 1
    column = make_column(step, composite.schema, composite.name, composite.oid, number, written)
    put_composite(step, composite, (*composite.columns, column), fact.span)


def put_composite(step: Step, composite: OtherType, columns: tuple[Column, ...], span: Span) -> None:
    """Store a composite type with other attributes."""
    changes = (*composite.changes, step.change("attributes", span))
    composite = msgspec.structs.replace(composite, columns=columns, changes=changes)
    step.put_type(composite)
    step.put_relation(composite)


_ORDER = {"check": 0, "primary key": 1, "unique": 1, "exclude": 1, "foreign key": 2}


def _inherit_column(step: Step, parent: Table, column: Column, child: Table) -> None:
    """Give a child the parent's new column; one of that name that it has is merged with it."""
    own = child.column(column.name)
    if own is not None:
        if own.type != column.type:
            label = f"{child.schema}.{child.name}.{column.name}"
            step.reject(ProblemKind.INVALID, column.origin.span, label, "the child has it with another type")
        merged = msgspec.structs.replace(own, inherited=True)
        child = msgspec.structs.replace(child, columns=replace_column(child, merged))
    else:
        number = child.next_number
        copy = msgspec.structs.replace(
            column,
            number=number,
            inherited=True,
            local=False,
            sequence=0,
            changes=(),
            comment=None,
            not_null=False,
        )
        child = msgspec.structs.replace(child, columns=(*child.columns, copy), next_number=number + 1)
        step.depend(child.oid, column.type.oid)
        if column.default is not None:
            depend_on(step, child.oid, column.default.uses)
        if column.generated is not None:
            generated = msgspec.structs.replace(copy, generated=moved(column.generated, parent, child))
            child = msgspec.structs.replace(child, columns=replace_column(child, generated))
    step.put_relation(child)
    for grandchild in children(step, child):
        _inherit_column(step, parent, column, grandchild)


def set_default(step: Step, fact: SetDefault) -> None:
    """SET DEFAULT and DROP DEFAULT, on children too."""
    relation = altered_relation(step, fact)
    if isinstance(relation, View):
        _set_view_default(step, relation, fact)
        return
    if not isinstance(relation, Table):
        step.skip()
    column = altered_column(step, relation, fact.column)
    label = f"{relation.schema}.{relation.name}.{column.name}"
    if column.identity:
        step.reject(ProblemKind.INVALID, fact.column.span, label, "column is an identity column")
    if column.generated is not None:
        step.reject(ProblemKind.INVALID, fact.column.span, label, "column is a generated column")
    default = None if fact.default is None else bind_default(step, relation.oid, fact.default, column.type)
    change_column(step, relation, msgspec.structs.replace(column, default=default), "default", fact.span)
    for child in () if fact.only else descendants(step, relation):
        own = child.column(column.name)
        if own is not None:
            change_column(step, child, msgspec.structs.replace(own, default=default), "default", fact.span)
            if default is not None:
                depend_on(step, child.oid, default.uses)


def _set_view_default(step: Step, view: View, fact: SetDefault) -> None:
    """What an INSERT into the view takes for the column."""
    place = next((n for n, column in enumerate(view.columns, 1) if column.name == fact.column.name), 0)
    if not place:
        step.skip()
    defaults = {number: bound for number, bound in view.column_defaults if number != place}
    if fact.default is not None:
        defaults[place] = bind(step, fact.default, report=True)
    step.put_relation(msgspec.structs.replace(view, column_defaults=tuple(defaults.items())))


def set_not_null(step: Step, fact: SetNotNull) -> None:
    """SET NOT NULL and DROP NOT NULL."""
    table = altered_table(step, fact)
    column = altered_column(step, table, fact.column)
    known = not_null_of(table, column.number)
    if fact.not_null:
        if known is not None and known.no_inherit and not fact.only:
            label = f"{table.schema}.{table.name}.{column.name}"
            detail = "cannot change NO INHERIT status of NOT NULL constraint"
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
        if known is None or known.validated is False or not known.local:
            table = add_not_null(step, table, column.number, fact.span, only=fact.only)
    elif known is not None:
        above = parents(step, table) if table.partition_of else []
        if any((own := parent.column(column.name)) is not None and own.not_null for parent in above):
            label = f"{table.schema}.{table.name}.{column.name}"
            detail = "column is marked NOT NULL in parent table"
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
        table = drop_not_null(step, table, known, fact.column.span, only=fact.only)
    column = table.column_by_number(column.number) or column
    change_column(step, table, column, "not null", fact.span)


def set_identity(step: Step, fact: SetIdentity) -> None:
    """ADD GENERATED AS IDENTITY, SET GENERATED, DROP IDENTITY."""
    table = altered_table(step, fact)
    column = altered_column(step, table, fact.column)
    label = f"{table.schema}.{table.name}.{column.name}"
    if table.partition_of or (fact.only and table.kind == "partitioned"):
        where = "a partition" if table.partition_of else "only the partitioned table"
        detail = f"cannot {fact.action} identity of a column of {where}"
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
    if fact.action == "add":
        require_identity_type(step, column.type, fact.column.span, label)
        if column.identity or column.default is not None or not column.not_null:
            detail = (
                "column is already an identity column" if column.identity
                else "column already has a default value" if column.default is not None
                else "column must be declared NOT NULL before identity can be added"
            )  # fmt: skip
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
        sequence = owned_sequence(
            step, table.schema, table.name, (table.oid, column.number), column.name, column.type,
            fact.column.span, identity=True, name=None if fact.options is None else fact.options.name,
            options=fact.options,
        )  # fmt: skip
        column = msgspec.structs.replace(column, identity=fact.identity, sequence=sequence.oid)
    elif not column.identity:
        if fact.column_if_exists:
            step.skip()
        step.reject(ProblemKind.INVALID, fact.column.span, label, "column is not an identity column")
    elif fact.action == "set":
        column = msgspec.structs.replace(column, identity=fact.identity or column.identity)
        owned = step.catalog.relations.get(column.sequence)
        if isinstance(owned, Sequence) and fact.options is not None and fact.options.settings:
            step.put_relation(with_options(owned, fact.options.settings))
    else:
        sequence_oid = column.sequence
        column = msgspec.structs.replace(column, identity="", sequence=0)
        _store_identity(step, table, column, fact)
        if sequence_oid:
            remove(step, {Target("relation", sequence_oid): True})
        return
    _store_identity(step, table, column, fact)


def _store_identity(step: Step, table: Table, column: Column, fact: SetIdentity) -> None:
    """Partitions have the identity of their parent (since PostgreSQL 17), other children do not."""
    change_column(step, table, column, "identity", fact.span)
    for child in descendants(step, table) if table.kind == "partitioned" else ():
        own = child.column(column.name)
        if own is not None:
            own = msgspec.structs.replace(own, identity=column.identity)
            change_column(step, child, own, "identity", fact.span)


def set_generated(step: Step, fact: SetGenerated) -> None:
    """SET EXPRESSION AS, and DROP EXPRESSION."""
    table = altered_table(step, fact)
    column = altered_column(step, table, fact.column)
    if fact.expression is None:
        _refuse_drop_expression(step, table, column, fact)
    if column.generated is None:
        if fact.column_if_exists:
            step.skip()
        label = f"{table.schema}.{table.name}.{column.name}"
        step.reject(ProblemKind.INVALID, fact.column.span, label, "column is not a generated column")
    generated = None
    if fact.expression is not None:
        altered = (table,) if fact.only else (table, *descendants(step, table))
        if column.generated_virtual and any(c.kind == "check" for t in altered for c in t.constraints):
            label = f"{table.schema}.{table.name}.{column.name}"
            detail = "SET EXPRESSION is not supported for virtual generated columns in tables with check constraints"
            step.reject(ProblemKind.INVALID, fact.column.span, label, detail)
        generated = bind(step, fact.expression, table, report=True)
        depend_on(step, table.oid, generated.uses)
    column = msgspec.structs.replace(
        column, generated=generated, generated_virtual=column.generated_virtual and generated is not None
    )
    table = change_column(step, table, column, "generated", fact.span)
    for child in () if fact.only else descendants(step, table):
        own = child.column(column.name)
        if own is not None:
            own = msgspec.structs.replace(
                own, generated=moved(generated, table, child), generated_virtual=column.generated_virtual
            )
            change_column(step, child, own, "generated", fact.span)


def _refuse_drop_expression(step: Step, table: Table, column: Column, fact: SetGenerated) -> None:
    """What ATPrepDropExpression and ATExecDropExpression refuse."""
    detail = ""
    if column.inherited:
        detail = "cannot drop generation expression from inherited column"
    elif fact.only and children(step, table):
        detail = "ALTER TABLE / DROP EXPRESSION must be applied to child tables too"
    elif column.generated is not None and column.generated_virtual:
        detail = "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns"
    if detail:
        label = f"{table.schema}.{table.name}.{column.name}"
        step.reject(ProblemKind.INVALID, fact.column.span, label, detail)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    AddColumn: add_column,
    SetDefault: set_default,
    SetNotNull: set_not_null,
    SetIdentity: set_identity,
    SetGenerated: set_generated,
}
