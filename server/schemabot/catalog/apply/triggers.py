"""Triggers on tables, on the partitions of a table, and on views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.functions import find_functions, function_may_exist
from schemabot.catalog.apply.lookup import depend_on, kind_word, require_columns, require_relation
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.trigger_checks import check_trigger
from schemabot.catalog.objects import Function, Table, Trigger, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateTrigger
from schemabot.facts.names import Name


def create_trigger(step: Step, fact: CreateTrigger) -> None:
    relation = require_relation(step, fact.table)
    if not isinstance(relation, (Table, View)):
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, str(fact.table), f"it is {kind_word(relation)}")
    check_trigger(step, fact, relation)
    if isinstance(relation, Table):
        require_columns(step, relation, ((column, fact.span) for column in fact.update_columns))
    old = next((t for t in relation.triggers if t.name == fact.name.name), None)
    if old is not None and not fact.or_replace:
        if step.is_tainted(fact.table):
            step.skip()
        label = f"{relation.schema}.{relation.name}.{fact.name.name}"
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, label)
    function = _function(step, fact)
    when = None
    if fact.when is not None:
        table = relation if isinstance(relation, Table) else None
        when = bind(step, fact.when, table, rows=("new", "old"), report=True)
    numbers = {c.name: c.number for c in relation.columns} if isinstance(relation, Table) else {}
    trigger = Trigger(
        oid=step.new_oid() if old is None else old.oid,
        name=fact.name.name,
        origin=step.origin(fact.name.span),
        function=0 if function is None else function.oid,
        function_name=fact.function.parts,
        timing=fact.timing,
        events=fact.events,
        update_columns=tuple(numbers[c] for c in fact.update_columns if c in numbers),
        for_each_row=fact.for_each_row,
        when=when,
        constraint=fact.constraint,
        arguments=fact.arguments,
        old_table=fact.old_table,
        new_table=fact.new_table,
        deferrable=fact.deferrable or fact.initially_deferred,
        initially_deferred=fact.initially_deferred,
        references=0 if fact.references is None else _other(step, fact.references),
        enabled="origin" if old is None else old.enabled,
        comment=None if old is None else old.comment,
    )
    _put(step, relation, trigger)
    if isinstance(relation, Table) and relation.kind == "partitioned" and trigger.for_each_row:
        _put_on_partitions(step, relation, trigger, fact.or_replace)


def _other(step: Step, name: Name) -> int:
    """The oid of the table of FROM."""
    found = step.find_relation(name)
    return found.oid if isinstance(found, Table) else 0


def _function(step: Step, fact: CreateTrigger) -> Function | None:
    """The function without parameters of that name; None when it may exist without being known."""
    found = next((f for f in find_functions(step, fact.function) if not f.signature), None)
    if found is None:
        if function_may_exist(step, fact.function):
            return None
        step.reject(ProblemKind.UNKNOWN_FUNCTION, fact.function.span, str(fact.function))
    if found.returns is not None and found.returns.known and found.returns.name != "trigger":
        detail = f"function {fact.function} must return type trigger"
        step.reject(ProblemKind.INVALID, fact.function.span, str(fact.function), detail)
    return found


def _put(step: Step, relation: Table | View, trigger: Trigger) -> None:
    others = tuple(t for t in relation.triggers if t.name != trigger.name)
    step.put_relation(msgspec.structs.replace(relation, triggers=(*others, trigger)))
    step.depend(relation.oid, trigger.function)
    if trigger.when is not None:
        depend_on(step, relation.oid, trigger.when.uses)


def _put_on_partitions(step: Step, parent: Table, trigger: Trigger, or_replace: bool) -> None:
    """Row-level triggers of a partitioned table are copied to its partitions (section on CREATE TRIGGER)."""
    for oid in sorted(step.catalog.dependents.get(parent.oid) or ()):
        partition = step.catalog.table_by_oid(oid)
        if partition is None or partition.partition_of != parent.oid:
            continue
        copy = inherited_trigger(step, trigger, parent, partition)
        old = next((t for t in partition.triggers if t.name == trigger.name), None)
        if old is not None:
            if not old.inherited and not or_replace:
                label = f"{partition.schema}.{partition.name}.{trigger.name}"
                step.reject(ProblemKind.ALREADY_EXISTS, trigger.origin.span, label)
            copy = msgspec.structs.replace(copy, oid=old.oid, comment=old.comment)
        _put(step, partition, copy)
        if partition.kind == "partitioned":
            _put_on_partitions(step, partition, copy, or_replace)


def inherited_trigger(step: Step, trigger: Trigger, parent: Table, partition: Table) -> Trigger:
    """The copy of a partitioned table's row-level trigger for one of its partitions."""
    names = parent.column_names(trigger.update_columns)
    numbers = {column.name: column.number for column in partition.columns}
    return msgspec.structs.replace(
        trigger,
        oid=step.new_oid(),
        inherited=True,
        update_columns=tuple(numbers[name] for name in names if name in numbers),
    )


HANDLERS: dict[type, Callable[[Step, Any], None]] = {CreateTrigger: create_trigger}
