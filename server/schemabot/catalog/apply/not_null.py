"""NOT NULL constraints: since PostgreSQL 18 every column that is not null has one, with a name.

After AddRelationNotNullConstraints (heap.c), ATExecSetNotNull, dropconstraint_internal (tablecmds.c) and
AdjustNotNullInheritance (pg_constraint.c), with measurements on PostgreSQL 18.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from schemabot.catalog.apply.inheritance import children, column_map, parents
from schemabot.catalog.apply.naming import choose_constraint_name
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Constraint, Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import ConstraintDef
from schemabot.text import Span


class NotNull(NamedTuple):
    """A NOT NULL that CREATE TABLE asks for: of a column's number, with its name or None."""

    number: int
    span: Span
    name: str | None = None
    no_inherit: bool = False


def not_null_of(table: Table, number: int) -> Constraint | None:
    """The NOT NULL constraint of the column with that number."""
    return next((c for c in table.constraints if c.kind == "not null" and c.columns == (number,)), None)


# -- CREATE TABLE --------------------------------------------------------------------------------------------


def define_not_nulls(step: Step, table: Table, wanted: Iterable[NotNull], above: Sequence[Table]) -> Table:
    """`table` with the NOT NULLs that its definition asks for, and those of the tables `above` it."""
    inherited = _inherited(table, above)
    items = _merged(step, table, wanted)
    if not items and not inherited:
        return table
    taken = {c.name for c in table.constraints}
    chosen = set(taken)
    given: set[str] = set()
    columns = {column.number: column.name for column in table.columns}
    made: list[_New] = []
    for item in items:
        if item.no_inherit and item.number in inherited:
            _reject(step, table, item.number, item.span, "the column has an inherited not-null constraint")
        if item.name is not None and (item.name in given or item.name in taken):
            label = f"{table.schema}.{table.name}.{item.name}"
            step.reject(ProblemKind.ALREADY_EXISTS, item.span, label, "the table has such a constraint")
        name = item.name or _free_name(step, table, columns.get(item.number, ""), chosen)
        given.add(name)
        chosen.add(name)
        is_inherited = bool(inherited) and inherited.pop(item.number, None) is not None
        made.append(_New(item.number, name, item.span, item.no_inherit, is_inherited))
    span = table.origin.span
    for number, name in inherited.items():
        name = _free_name(step, table, columns.get(number, ""), chosen) if name in chosen else name
        chosen.add(name)
        made.append(_New(number, name, span, inherited=True, local=False))
    return _with(step, table, made)


def _inherited(table: Table, above: Sequence[Table]) -> dict[int, str]:
    """The numbers of the columns that are not null in a table above, with the names of the constraints there."""
    inherited: dict[int, str] = {}
    for parent in above:
        numbers = column_map(parent.columns, table.columns)
        for constraint in parent.constraints:
            if (
                constraint.kind == "not null"
                and not constraint.no_inherit
                and constraint.columns[0] in numbers
            ):
                inherited.setdefault(numbers[constraint.columns[0]], constraint.name)
    return inherited


def _merged(step: Step, table: Table, wanted: Iterable[NotNull]) -> Collection[NotNull]:
    """One NOT NULL for each column, under the name that one of them has."""
    found: dict[int, NotNull] = {}
    for item in wanted:
        known = found.get(item.number)
        if known is None:
            found[item.number] = item
            continue
        if known.no_inherit != item.no_inherit:
            detail = "conflicting NO INHERIT declaration for not-null constraint"
            _reject(step, table, item.number, item.span, detail)
        if known.name is not None and item.name is not None and known.name != item.name:
            detail = f'conflicting not-null constraint names "{known.name}" and "{item.name}"'
            _reject(step, table, item.number, item.span, detail)
        found[item.number] = known._replace(name=known.name or item.name)
    return found.values()


def _free_name(step: Step, table: Table, column: str, taken: Collection[str]) -> str:
    return choose_constraint_name(step, table.schema, table.name, column, "not_null", taken)


class _New(NamedTuple):
    """A NOT NULL constraint to be made."""

    number: int
    name: str
    span: Span
    no_inherit: bool = False
    inherited: bool = False
    local: bool = True
    validated: bool = True


def _with(step: Step, table: Table, wanted: Sequence[_New]) -> Table:
    """`table` with NOT NULL constraints, not stored yet."""
    made = [
        Constraint(
            oid=oid, name=new.name, kind="not null", origin=step.origin(new.span), columns=(new.number,),
            no_inherit=new.no_inherit, inherited=new.inherited, local=new.local, validated=new.validated,
        )
        for oid, new in zip(step.new_oids(len(wanted)), wanted, strict=True)
    ]  # fmt: skip
    step.name_constraints(table.schema, [new.name for new in wanted])
    numbers = {new.number for new in wanted}
    columns = table.columns
    if any(not c.not_null and c.number in numbers for c in columns):
        columns = tuple(
            [
                msgspec.structs.replace(c, not_null=True) if c.number in numbers and not c.not_null else c
                for c in columns
            ]
        )
    return msgspec.structs.replace(table, constraints=(*table.constraints, *made), columns=columns)


def _reject(step: Step, table: Table, number: int, span: Span, detail: str) -> None:
    column = table.column_by_number(number)
    label = f"{table.schema}.{table.name}.{'' if column is None else column.name}"
    step.reject(ProblemKind.INVALID, span, label, detail)


# -- ALTER TABLE ---------------------------------------------------------------------------------------------


def add_not_null(
    step: Step,
    table: Table,
    number: int,
    span: Span,
    written: ConstraintDef | None = None,
    *,
    only: bool = False,
) -> Table:
    """Store `table`, and what inherits from it, with a NOT NULL for the column; gives the table back.

    `written` is None for what SET NOT NULL, a serial or identity column and a primary key ask for.
    """
    name = None if written is None or written.name is None else written.name.name
    no_inherit = written is not None and written.no_inherit
    not_valid = written is not None and written.not_valid
    if no_inherit and table.kind == "partitioned":
        _reject(step, table, number, span, "not-null constraints on partitioned tables cannot be NO INHERIT")
    known = not_null_of(table, number)
    below = children(step, table)
    if only and below and known is None and not no_inherit:
        if written is not None or table.kind == "partitioned":
            _reject(step, table, number, span, "constraint must be added to child tables too")
        no_inherit = True  # SET NOT NULL of the table ONLY
    if known is not None:
        if known.no_inherit != no_inherit and not (only and written is None):
            _reject(step, table, number, span, "cannot change NO INHERIT status of NOT NULL constraint")
        if name is not None and name != known.name:
            detail = f'a not-null constraint named "{known.name}" already exists for this column'
            _reject(step, table, number, span, detail)
        if written is not None and not known.validated and not not_valid:
            _reject(step, table, number, span, f'incompatible NOT VALID constraint "{known.name}"')
        kept = msgspec.structs.replace(known, local=True, validated=known.validated or written is None)
        table = _put(step, table, kept)
    else:
        if name is not None and any(c.name == name for c in table.constraints):
            label = f"{table.schema}.{table.name}.{name}"
            step.reject(ProblemKind.ALREADY_EXISTS, span, label, "the table has such a constraint")
        if name is None:
            column = table.column_by_number(number)
            taken = [c.name for c in table.constraints]
            name = _free_name(step, table, "" if column is None else column.name, taken)
        new = _New(number, name, span, no_inherit=no_inherit, validated=not not_valid)
        table = _with(step, table, [new])
        step.put_relation(table)
    added = not_null_of(table, number)
    if added is not None and not no_inherit:
        for child in below if known is None or written is None else ():
            _inherit(step, table, added, child, span, new=known is None)
    return table


def _inherit(step: Step, parent: Table, above: Constraint, child: Table, span: Span, *, new: bool) -> None:
    """Give a child the NOT NULL of its parent; one that it has is merged with it."""
    number = column_map(parent.columns, child.columns).get(above.columns[0])
    if number is None:
        return
    known = not_null_of(child, number)
    if known is not None:
        if known.no_inherit:
            _reject(step, child, number, span, "cannot change NO INHERIT status of NOT NULL constraint")
        made = msgspec.structs.replace(
            known,
            inherited=True,
            validated=known.validated or above.validated,
            local=known.local and not child.partition_of,
        )
        child = _put(step, child, made)
        if not new:
            for grandchild in children(step, child):
                _inherit(step, child, made, grandchild, span, new=False)
        return
    if any(c.name == above.name for c in child.constraints):
        label = f"{child.schema}.{child.name}.{above.name}"
        step.reject(ProblemKind.ALREADY_EXISTS, span, label, "the table has such a constraint")
    wanted = _New(number, above.name, span, inherited=True, local=False, validated=above.validated)
    child = _with(step, child, [wanted])
    step.put_relation(child)
    for grandchild in children(step, child):
        _inherit(step, child, child.constraints[-1], grandchild, span, new=new)


def spread_inheritance(step: Step, table: Table, constraint: Constraint, span: Span) -> None:
    """What ALTER CONSTRAINT [NO] INHERIT of a NOT NULL does to the children."""
    if not constraint.no_inherit:
        for child in children(step, table):
            _inherit(step, table, constraint, child, span, new=True)
        return
    for child in children(step, table):
        number = column_map(table.columns, child.columns).get(constraint.columns[0])
        below = None if number is None else not_null_of(child, number)
        if number is not None and below is not None and not _from_elsewhere(step, table, child, number):
            _put(step, child, msgspec.structs.replace(below, inherited=False, local=True))


def _put(step: Step, table: Table, constraint: Constraint) -> Table:
    """Store `table` with `constraint` in the place of the one of its oid."""
    constraints = tuple(constraint if c.oid == constraint.oid else c for c in table.constraints)
    table = msgspec.structs.replace(table, constraints=constraints)
    step.put_relation(table)
    return table


def drop_not_null(step: Step, table: Table, constraint: Constraint, span: Span, *, only: bool) -> Table:
    """Store `table` without its NOT NULL, and the children that had it from there; gives the table back."""
    number = constraint.columns[0]
    column = table.column_by_number(number)
    label = f"{table.schema}.{table.name}.{'' if column is None else column.name}"
    primary = table.primary_key
    if column is not None and column.identity:
        step.reject(ProblemKind.INVALID, span, label, "column is an identity column")
    if constraint.inherited:
        detail = f'cannot drop inherited constraint "{constraint.name}"'
        step.reject(ProblemKind.INVALID, span, label, detail)
    if primary is not None and number in primary.columns and column is not None:
        detail = f'column "{column.name}" is in a primary key'
        step.reject(ProblemKind.INVALID, span, label, detail, (primary.name,))
    identity = next((i for i in table.indexes if table.replica_index and i.oid == table.replica_index), None)
    if identity is not None and column is not None and any(key.column == number for key in identity.keys):
        detail = f'column "{column.name}" is in index used as replica identity'
        step.reject(ProblemKind.INVALID, span, label, detail, (identity.name,))
    return _drop(step, table, constraint, only=only)


def _drop(step: Step, table: Table, constraint: Constraint, *, only: bool) -> Table:
    number = constraint.columns[0]
    step.unname_constraint(table.schema, constraint.name)
    table = msgspec.structs.replace(
        table, constraints=tuple(c for c in table.constraints if c.oid != constraint.oid),
        columns=tuple(
            msgspec.structs.replace(c, not_null=False) if c.number == number else c for c in table.columns
        ),
    )  # fmt: skip
    step.put_relation(table)
    if constraint.no_inherit:
        return table
    for child in children(step, table):
        own = column_map(table.columns, child.columns).get(number)
        below = None if own is None else not_null_of(child, own)
        if own is None or below is None or _from_elsewhere(step, table, child, own):
            continue
        if only or below.local:
            _put(step, child, msgspec.structs.replace(below, inherited=False, local=True))
        else:
            _drop(step, child, below, only=False)
    return table


def _from_elsewhere(step: Step, table: Table, child: Table, number: int) -> bool:
    """Whether another parent than `table` has a NOT NULL for the child's column as well."""
    for parent in parents(step, child):
        if parent.oid != table.oid:
            above = column_map(child.columns, parent.columns).get(number)
            found = None if above is None else not_null_of(parent, above)
            if found is not None and not found.no_inherit:
                return True
    return False
