"""CREATE TABLE in all its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.altered import full_name
from schemabot.catalog.apply.binding import analyse_query
from schemabot.catalog.apply.columns import bind_default, generate, make_column, refuse_conflict
from schemabot.catalog.apply.constraints import define
from schemabot.catalog.apply.indexes import index_keys
from schemabot.catalog.apply.inheritance import refuse_overlap
from schemabot.catalog.apply.keys import distinct_keys
from schemabot.catalog.apply.lookup import depend_on
from schemabot.catalog.apply.not_null import NotNull, define_not_nulls
from schemabot.catalog.apply.other_objects import used_object
from schemabot.catalog.apply.step import TEMPORARY_SCHEMA, Step
from schemabot.catalog.apply.table_forms import (
    columns_of_query,
    columns_of_type,
    inherit,
    like,
    like_columns,
    like_not_nulls,
    parents_named,
    partition_keys,
    require_composite,
    take_from_partitioned,
)
from schemabot.catalog.objects import Bound, Column, OtherType, Table, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.canonical import canonical
from schemabot.facts.model import ColumnDef, ConstraintDef, CreateTable
from schemabot.text import Span


def create_table(step: Step, fact: CreateTable) -> None:
    """CREATE TABLE: columns first, then checks, what LIKE brings, keys, foreign keys, as PostgreSQL does."""
    name = fact.name.name
    temporary = fact.temporary or fact.name.schema == "pg_temp"
    schema = "pg_temp" if temporary else step.creation_schema(fact.name)
    _require_free_name(step, fact, schema)
    oid = step.new_oid()
    role = step.session.role
    parents = parents_named(step, fact)
    _check_persistence(step, fact, temporary, parents)
    if fact.partition_of is not None:
        refuse_overlap(step, parents[0], fact.partition_bound, name, fact.partition_of.span)
    columns, known = _columns(step, fact, schema, oid, parents)
    table = Table(
        oid=oid, schema=schema, name=name, origin=step.origin(fact.name.span),
        kind="foreign" if fact.foreign else "partitioned" if fact.partition_by is not None else "table",
        columns=columns, next_number=len(columns) + 1, temporary=temporary, on_commit=fact.on_commit,
        unlogged=fact.unlogged,
        parents=() if fact.partition_of is not None else tuple(parent.oid for parent in parents),
        partition_of=parents[0].oid if fact.partition_of is not None else 0,
        partition_strategy=fact.partition_by.strategy if fact.partition_by is not None else "",
        partition_bound=fact.partition_bound, partition_keys=partition_keys(step, fact, columns) if known else (),
        of_type=0 if fact.of_type is None else require_composite(step, fact.of_type).oid, bound_text=fact.bound_text,
        options=fact.options, access_method="" if fact.access_method is None else fact.access_method.name,
        server="" if fact.server is None else fact.server.name, foreign_options=fact.foreign_options,
        owner=role, acl=default_acl(step, "table", schema, role), columns_known=known,
    )  # fmt: skip
    if fact.partition_by is not None and known:
        elements = index_keys(step, table, fact.partition_by.elements, fact.name.span)
        table = msgspec.structs.replace(table, partition_elements=elements)
        for element in elements:
            if element.expression is not None:
                depend_on(step, oid, element.expression.uses)
    step.put_relation(table)
    step.name_relation(schema, name, oid)
    put_row_type(step, table)
    for parent in parents:
        step.depend(oid, parent.oid)
    _depend_on_objects(step, fact, oid)
    table = _own_columns(step, table, fact)
    if parents:
        table = inherit(step, table, parents)
    constraints = _constraints(fact)
    step.put_relation(table)
    for constraint in constraints:
        if constraint.kind == "check":
            table = define(step, table, constraint)
    table = define_not_nulls(step, table, _not_nulls(step, table, fact, constraints), parents)
    if fact.partition_of is not None:  # its own keys come later, as statements of their own
        step.put_relation(table)
        take_from_partitioned(step, parents[0], table)
        table = step.catalog.table_by_oid(oid) or table
    for clause in fact.likes:
        table = like(step, table, clause)
    for constraint in distinct_keys(constraints):
        table = define(step, table, constraint)
    for constraint in constraints:
        if constraint.kind == "foreign key":
            table = define(step, table, constraint)
    step.put_relation(table)


def _check_persistence(step: Step, fact: CreateTable, temporary: bool, parents: list[Table]) -> None:
    """What DefineRelation, RangeVarAdjustRelationPersistence and MergeAttributes refuse."""
    detail = ""
    if fact.unlogged and fact.partition_by is not None:
        detail = "partitioned tables cannot be unlogged"
    elif fact.unlogged and temporary:
        detail = "only temporary relations may be created in temporary schemas"
    elif temporary and fact.name.schema not in (None, TEMPORARY_SCHEMA):
        detail = "cannot create temporary relation in non-temporary schema"
    elif fact.on_commit and not temporary:
        detail = "ON COMMIT can only be used on temporary tables"
    for parent in parents:
        if fact.partition_of is not None and parent.temporary != temporary:
            kinds = ("temporary", "permanent") if temporary else ("permanent", "temporary")
            detail = (
                f'cannot create a {kinds[0]} relation as partition of {kinds[1]} relation "{parent.name}"'
            )
        elif parent.temporary and not temporary:
            detail = f'cannot inherit from temporary relation "{parent.name}"'
    if detail:
        step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)


def _depend_on_objects(step: Step, fact: CreateTable, oid: int) -> None:
    """A foreign table needs its server, another its access method."""
    if fact.server is not None:
        step.depend(oid, used_object(step, "server", fact.server))
    if fact.access_method is not None:
        step.depend(oid, used_object(step, "access method", fact.access_method))


def _require_free_name(step: Step, fact: CreateTable, schema: str) -> None:
    name = fact.name.name
    key = (schema, name)
    if key not in step.catalog.relation_names and key not in step.catalog.type_names:
        return
    if step.is_tainted(fact.name) or (fact.if_not_exists and key in step.catalog.relation_names):
        if fact.query is not None:  # it is looked at all the same
            analyse_query(step, fact.query, report=True)
        step.skip()
    detail = "" if key in step.catalog.relation_names else "a type of that name exists"
    step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}", detail)


def put_row_type(step: Step, table: Table | View) -> None:
    """Store the row type that comes with a table or view and has its name."""
    step.put_type(
        OtherType(
            oid=step.new_oid(), schema=table.schema, name=table.name, origin=table.origin, kind="row",
            relation=table.oid, owner=table.owner,
        )
    )  # fmt: skip


# -- columns -------------------------------------------------------------------------------------------------


def _columns(
    step: Step, fact: CreateTable, schema: str, oid: int, parents: list[Table]
) -> tuple[tuple[Column, ...], bool]:
    """The columns in their order, and whether they are all: inherited ones first, LIKE's in their places."""
    if fact.query is not None:
        made, known = columns_of_query(step, fact)
        for output in made:
            step.depend(oid, output.type.oid)
        return made, known
    known = all(parent.columns_known for parent in parents)
    columns: list[Column] = []
    for parent in parents:
        for column in parent.columns:
            _merge_inherited(step, fact, columns, column, oid)
    if fact.of_type is not None:
        columns = columns_of_type(step, fact.of_type, oid)
    # Columns that stand before a LIKE clause precede its columns.
    for place, written in enumerate((*fact.columns, None)):
        for clause in fact.likes:
            if clause.position == place or (written is None and clause.position > place):
                source, sure = like_columns(step, clause, schema, fact.name.name, oid, len(columns))
                for column in source:
                    _add_copied(step, fact, columns, column)
                known = known and sure
        if written is not None:
            _add_own(step, fact, schema, oid, columns, written)
    return tuple(columns), known


def _merge_inherited(step: Step, fact: CreateTable, columns: list[Column], column: Column, oid: int) -> None:
    """Add a parent's column; parents with a column of the same name and type share it."""
    for place, there in enumerate(columns):
        if there.name == column.name:
            if there.type != column.type:
                detail = f'inherited column "{column.name}" has a type conflict'
                step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)
            _require_same_generation(step, fact, there, column)
            columns[place] = _with_default_of(step, fact, there, column)
            return
    step.depend(oid, column.type.oid)
    # Only partitions take identity over (since PostgreSQL 17).
    identity = column.identity if fact.partition_of is not None else ""
    columns.append(msgspec.structs.replace(
        column, number=len(columns) + 1, origin=step.origin(fact.name.span), inherited=True, local=False,
        not_null=False,
        sequence=0, identity=identity, acl=(), comment=None, changes=(),
    ))  # fmt: skip
    if column.default is not None:
        for use in column.default.uses:
            step.depend(oid, use.oid)


def _require_same_generation(step: Step, fact: CreateTable, there: Column, column: Column) -> None:
    """A column that two parents have is generated by both in the same way, or by none."""
    detail = ""
    if (there.generated is None, there.generated_virtual) != (
        column.generated is None,
        column.generated_virtual,
    ):
        detail = f'inherited column "{column.name}" has a generation conflict'
    elif there.generated is not None and column.generated is not None:
        is_own = any(own.name.name == column.name and own.generated is not None for own in fact.columns)
        if not is_own and _generation(step, there.generated) != _generation(step, column.generated):
            detail = f'column "{column.name}" inherits conflicting generation expressions'
    if detail:
        step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)


def _generation(step: Step, bound: Bound) -> tuple[str, list[str]]:
    """What generates a column: the expression, and today's names of its columns."""
    tables = [(step.catalog.table_by_oid(use.oid), use.number) for use in bound.uses]
    names = [name for table, number in tables if table is not None for name in table.column_names((number,))]
    return canonical(bound.expression.root), names


def _with_default_of(step: Step, fact: CreateTable, there: Column, column: Column) -> Column:
    """A column that two parents have: one default is enough, two must be the same unless the child has its own."""
    if column.default is None:
        return there
    if there.default is None:
        return msgspec.structs.replace(there, default=column.default)
    is_own = any(own.name.name == column.name and own.default is not None for own in fact.columns)
    is_same = canonical(there.default.expression.root) == canonical(column.default.expression.root)
    if not is_own and not is_same:
        detail = f'column "{column.name}" inherits conflicting default values'
        step.reject(ProblemKind.INVALID, fact.name.span, full_name(step, fact.name), detail)
    return there


def _add_copied(step: Step, fact: CreateTable, columns: list[Column], column: Column) -> None:
    """Add a column that LIKE copies; an inherited one of its name is merged with it."""
    place = next((n for n, there in enumerate(columns) if there.name == column.name), None)
    if place is None:
        columns.append(msgspec.structs.replace(column, number=len(columns) + 1))
        return
    above = columns[place]
    label = f"{full_name(step, fact.name)}.{column.name}"
    if not above.inherited or above.local:
        step.reject(ProblemKind.DUPLICATE_COLUMN, fact.name.span, label)
    if above.type != column.type:
        detail = f'column "{column.name}" has a type conflict with the inherited one'
        step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
    columns[place] = msgspec.structs.replace(
        column, number=above.number, inherited=True,
        default=above.default if column.default is None else column.default,
    )  # fmt: skip


def _add_own(
    step: Step, fact: CreateTable, schema: str, oid: int, columns: list[Column], written: ColumnDef
) -> None:
    name = written.name.name
    place = next((n for n, column in enumerate(columns) if column.name == name), None)
    if written.type is None:  # PARTITION OF, OF type: options of a column that is there
        if place is None:
            label = f"{full_name(step, fact.name)}.{name}"
            step.reject(ProblemKind.UNKNOWN_COLUMN, written.name.span, label)
        own = columns[place]
        refuse_conflict(step, written, None, full_name(step, fact.name))
        _check_generated(step, fact, written, own)
        default = own.default
        if written.default is not None:
            default = bind_default(step, oid, written.default, own.type)
        columns[place] = msgspec.structs.replace(own, default=default)
        return
    if place is not None and not columns[place].inherited:
        label = f"{full_name(step, fact.name)}.{name}"
        step.reject(ProblemKind.DUPLICATE_COLUMN, written.name.span, label)
    number = len(columns) + 1 if place is None else columns[place].number
    made = make_column(step, schema, fact.name.name, oid, number, written)
    if place is None:
        columns.append(made)
        return
    above = columns[place]
    if made.type != above.type:
        label = f"{full_name(step, fact.name)}.{name}"
        detail = f'column "{name}" has a type conflict with the inherited one'
        step.reject(ProblemKind.INVALID, written.name.span, label, detail)
    _check_generated(step, fact, written, above)
    columns[place] = msgspec.structs.replace(
        made, inherited=True,
        default=made.default if made.default is not None else above.default,
        generated=None if written.generated is not None else above.generated,
        generated_virtual=above.generated_virtual,
    )  # fmt: skip


def _check_generated(step: Step, fact: CreateTable, written: ColumnDef, above: Column) -> None:
    """What MergeChildAttribute refuses of a column that a parent has as well."""
    detail = ""
    if above.generated is None and written.generated is not None:
        detail = f'child column "{above.name}" specifies generation expression'
    elif above.generated is not None and written.default is not None:
        detail = f'column "{above.name}" inherits from generated column but specifies default'
    elif above.generated is not None and written.identity:
        detail = f'column "{above.name}" inherits from generated column but specifies identity'
    elif written.generated is not None and written.generated_virtual != above.generated_virtual:
        detail = f'column "{above.name}" inherits from generated column of different kind'
    if detail:
        label = f"{full_name(step, fact.name)}.{above.name}"
        step.reject(ProblemKind.INVALID, written.name.span, label, detail)


def _own_columns(step: Step, table: Table, fact: CreateTable) -> Table:
    """Bind the expressions of generated columns, now that all columns are known."""
    for written in fact.columns:
        if written.generated is not None:
            column = table.column(written.name.name)
            if column is not None:
                table = generate(step, table, column.number, written.generated)
    return table


# -- constraints ---------------------------------------------------------------------------------------------


def _constraints(fact: CreateTable) -> list[ConstraintDef]:
    """All constraints, those of columns too, in the order in which they are written."""
    written = [constraint for column in fact.columns for constraint in column.constraints]
    found = [*written, *fact.constraints]
    if not fact.foreign:  # there is no row yet that NOT VALID could be about (transformCheckConstraints)
        found = [msgspec.structs.replace(c, not_valid=False) if c.not_valid else c for c in found]
    return sorted(found, key=lambda constraint: constraint.span.start) if written else found


def _not_nulls(
    step: Step, table: Table, fact: CreateTable, constraints: list[ConstraintDef]
) -> list[NotNull]:
    """The NOT NULLs that a definition asks for, in PostgreSQL's order: as written, then those of the primary key."""
    by_name = {column.name: column for column in table.columns}
    found: list[tuple[int, NotNull]] = []

    def want(place: int, column: str, span: Span, name: str | None = None, no_inherit: bool = False) -> None:
        own = by_name.get(column)
        if own is not None:
            found.append((place, NotNull(own.number, span, name, no_inherit)))
        elif table.columns_known:
            label = f"{table.schema}.{table.name}.{column}"
            step.reject(ProblemKind.UNKNOWN_COLUMN, span, label)

    for column in fact.columns:
        made = by_name.get(column.name.name)
        if made is None:
            continue
        is_implied = column.identity or _is_serial(column, made)
        if is_implied or (column.not_null and all(c.kind != "not null" for c in column.constraints)):
            span = column.name.span
            found.append((span.start, NotNull(made.number, span)))
    for constraint in constraints:
        if constraint.kind == "not null":
            name = None if constraint.name is None else constraint.name.name
            if constraint.no_inherit and fact.partition_by is not None:
                detail = "not-null constraints on partitioned tables cannot be NO INHERIT"
                step.reject(ProblemKind.INVALID, constraint.span, f"{table.schema}.{table.name}", detail)
            for column_name in constraint.columns:
                want(constraint.span.start, column_name, constraint.span, name, constraint.no_inherit)
    for clause in fact.likes:
        for column_name, copied in like_not_nulls(step, clause):
            want(clause.source.span.start, column_name, clause.source.span, copied.name, copied.no_inherit)
    found.sort(key=lambda item: item[0])
    wanted = [item for _, item in found]
    for constraint in constraints:
        if constraint.kind == "primary key":
            wanted += [
                NotNull(by_name[name].number, constraint.span)
                for name in constraint.columns
                if name in by_name
            ]
    return wanted


def _is_serial(written: ColumnDef, made: Column) -> bool:
    return written.type is not None and made.sequence != 0 and not written.identity


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateTable: create_table}
