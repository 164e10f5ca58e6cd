"""Replaying the statements of a DO block whose course is certain (`catalog.do_plan`)."""

from __future__ import annotations

from collections.abc import Iterable

from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.do_plan import BlockStep, plan
from schemabot.catalog.objects import Table
from schemabot.catalog.state import ProblemKind
from schemabot.facts import extract
from schemabot.facts.model import (
    AddColumn,
    AddConstraint,
    AnyFact,
    CreateDomain,
    CreateEnum,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateView,
    DropColumn,
    DropConstraint,
    DropObject,
    RunBlock,
    Unanalysed,
)

_NOT_HERE = (DropObject, DropColumn, DropConstraint, Unanalysed, RunBlock)
"""What a change rule would want to see, and what cannot be replayed: blocks with these stay not analysed."""

_CONDITIONS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((CreateTable, CreateIndex, CreateView, CreateSequence), "duplicate_table"),
    ((AddColumn,), "duplicate_column"),
    ((CreateSchema,), "duplicate_schema"),
    ((CreateFunction,), "duplicate_function"),
)
"""The error condition of "exists already" (manual, appendix A); duplicate_object for everything else."""


def replay_block(step: Step, fact: RunBlock) -> bool:
    """Replay a block; false, with the catalog as it was, when its course is not certain."""
    if fact.language != "plpgsql" or fact.body_span.end - fact.body_span.start != len(fact.body):
        return False  # a body in '...' with quotes doubled in it: places in it would be wrong
    planned = plan(fact.body)
    if planned is None:
        return False
    before = step.catalog
    statements: list[tuple[BlockStep, AnyFact]] = []
    for item in planned.steps:
        text = " " * (fact.body_span.start + item.start) + fact.body[item.start : item.end]
        found = extract(text)
        if found.error is not None or any(isinstance(f, _NOT_HERE) for f in found.facts):
            return False
        statements += ((item, inner) for inner in found.facts)
    for item, inner in statements:
        runs = _runs(item.guards, inner, step.catalog)
        if runs is None:
            step.catalog = before
            return False
        if not runs:
            continue
        if _refused(step, inner, bool(item.guards)) is not None:
            if not {_condition(inner), "others"} & planned.forgiven:
                raise Rejected
            step.problems.pop()
            step.catalog = before  # an exception undoes the whole block
            return True
    return True


def _refused(step: Step, fact: AnyFact, guarded: bool) -> ProblemKind | None:
    """Apply a fact; the kind of the server's refusal, unless a guard makes it "nothing to do"."""
    from schemabot.catalog.apply import HANDLERS

    handler = HANDLERS.get(type(fact))
    if handler is None:
        return None
    known = len(step.problems)
    catalog = step.catalog
    try:
        handler(step, fact)
    except Rejected:
        step.catalog = catalog
        if len(step.problems) == known:  # IF NOT EXISTS, or a name that is not fully known
            return None
        kind = step.problems[-1].kind
        if guarded and kind in (ProblemKind.ALREADY_EXISTS, ProblemKind.DUPLICATE_COLUMN):
            del step.problems[known:]
            return None
        return kind
    return None


def _condition(fact: AnyFact) -> str:
    return next((name for kinds, name in _CONDITIONS if isinstance(fact, kinds)), "duplicate_object")


def _runs(guards: Iterable[frozenset[str]], fact: AnyFact, catalog: Catalog) -> bool | None:
    """Whether `not exists` holds; None when the guard does not ask for the very thing that `fact` makes.

    A guard that names the place too holds as long as the server would not answer "exists already"; one that asks
    by name alone does not hold as soon as anything of that name and kind is anywhere.
    """
    name, place = _made(fact)
    for strings in guards:
        if name is None or name not in strings:
            return None
        if place is not None and place in {string.rpartition(".")[2] for string in strings}:
            continue
        if isinstance(fact, AddColumn):
            return None
        if _anywhere(fact, name, catalog):
            return False
    return True


def _made(fact: AnyFact) -> tuple[str | None, str | None]:
    """The name of what a fact makes, and that of the table it is made on."""
    match fact:
        case AddConstraint(table=table, constraint=constraint):
            return (constraint.name.name if constraint.name else None), table.name
        case AddColumn(table=table, column=column):
            return column.name.name, table.name
        case CreatePolicy(table=table, name=name) | CreateTrigger(table=table, name=name):
            return name.name, table.name
        case CreateIndex(name=index):
            return (index.name if index else None), None
        case CreateSchema(name=schema):
            return schema.name, None
        case CreateEnum(name=named) | CreateDomain(name=named) | CreateTable(name=named):
            return named.name, named.schema
        case _:
            return None, None


def _anywhere(fact: AnyFact, name: str, catalog: Catalog) -> bool:
    """Whether a thing of that name and kind is somewhere."""
    tables = [relation for relation in catalog.relations.values() if isinstance(relation, Table)]
    match fact:
        case AddConstraint():
            return any(c.name == name for table in tables for c in table.constraints)
        case CreatePolicy():
            return any(p.name == name for table in tables for p in table.policies)
        case CreateTrigger():
            return any(t.name == name for table in tables for t in table.triggers)
        case CreateEnum() | CreateDomain():
            return any(own == name for _, own in catalog.type_names)
        case CreateSchema():
            return name in catalog.schemas
        case _:
            return any(own == name for _, own in catalog.relation_names)
