"""Rewrite rules and event triggers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.altered import refuse_foreign
from schemabot.catalog.apply.binding import bind_rule
from schemabot.catalog.apply.functions import find_functions, function_may_exist
from schemabot.catalog.apply.lookup import kind_word, require_relation
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Definition, EventTrigger, Rule, Table, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import (
    ChangeOwner,
    CreateEventTrigger,
    CreateRule,
    DropObject,
    RenameObject,
    SetComment,
)
from schemabot.facts.names import Name
from schemabot.text import Span


def create_rule(step: Step, fact: CreateRule) -> None:
    relation = require_relation(step, fact.table)
    if not isinstance(relation, (Table, View)):
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, str(fact.table), f"it is {kind_word(relation)}")
    refuse_foreign(step, relation, fact.table.span, "rules")
    if fact.event == "select" and isinstance(relation, Table):
        detail = f'relation "{relation.name}" cannot have ON SELECT rules'
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, str(fact.table), detail)
    old = next((rule for rule in relation.rules if rule.name == fact.name.name), None)
    if old is not None and not fact.or_replace:
        if step.is_tainted(fact.table):
            step.skip()
        label = f"{relation.schema}.{relation.name}.{fact.name.name}"
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, label)
    rule = Rule(
        oid=step.new_oid() if old is None else old.oid, name=fact.name.name,
        origin=step.origin(fact.name.span), event=fact.event, instead=fact.instead,
        definition=_definition(step, fact, relation), enabled="origin" if old is None else old.enabled,
        comment=None if old is None else old.comment,
    )  # fmt: skip
    others = tuple(item for item in relation.rules if item is not old)
    step.put_relation(msgspec.structs.replace(relation, rules=(*others, rule)))


def _definition(step: Step, fact: CreateRule, relation: Table | View) -> Definition | None:
    """What stands behind the table's name."""
    if not fact.written:
        return None
    start = fact.table.span.end
    text = fact.written[start:]
    span = Span(start, len(fact.written))
    uses = bind_rule(step, relation, fact.where, fact.actions, text, span)
    return step.definition(text, uses, start)


def create_event_trigger(step: Step, fact: CreateEventTrigger) -> None:
    name = fact.name.name
    if name in step.catalog.event_triggers:
        if (name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    function = next((f for f in find_functions(step, fact.function) if not f.signature), None)
    if function is None and not function_may_exist(step, fact.function):
        step.reject(ProblemKind.UNKNOWN_FUNCTION, fact.function.span, str(fact.function))
    trigger = EventTrigger(
        oid=step.new_oid(), name=name, origin=step.origin(fact.name.span), event=fact.event,
        function=0 if function is None else function.oid, function_name=fact.function.parts,
        tags=fact.tags, owner=step.session.role,
    )  # fmt: skip
    step.catalog = msgspec.structs.replace(
        step.catalog, event_triggers=step.catalog.event_triggers.set(name, trigger)
    )
    step.depend(trigger.oid, trigger.function)


def drop_rule(step: Step, fact: DropObject, owner: Table | View) -> None:
    """DROP RULE."""
    rules = tuple(rule for rule in owner.rules if rule.name != fact.name.name)
    if len(rules) == len(owner.rules):
        if fact.if_exists or (fact.table is not None and step.is_tainted(fact.table)):
            step.skip()
        label = f"{owner.schema}.{owner.name}.{fact.name.name}"
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, label, "no such rule")
    step.put_relation(msgspec.structs.replace(owner, rules=rules))


def drop_event_trigger(step: Step, fact: DropObject) -> None:
    """DROP EVENT TRIGGER."""
    name = fact.name.name
    if name not in step.catalog.event_triggers:
        if fact.if_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, name, "no such event trigger")
    step.catalog = msgspec.structs.replace(
        step.catalog, event_triggers=step.catalog.event_triggers.drop(name)
    )


def _require_event_trigger(step: Step, name: Name) -> EventTrigger:
    found = step.catalog.event_triggers.get(name.name)
    if found is None:
        if step.is_tainted(name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, name.name, "no such event trigger")
    return found


def _put_event_trigger(step: Step, trigger: EventTrigger) -> None:
    step.catalog = msgspec.structs.replace(
        step.catalog, event_triggers=step.catalog.event_triggers.set(trigger.name, trigger)
    )


def rename_event_trigger(step: Step, fact: RenameObject) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    found = _require_event_trigger(step, fact.name)
    if fact.new_name in step.catalog.event_triggers:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, fact.new_name)
    step.catalog = msgspec.structs.replace(
        step.catalog, event_triggers=step.catalog.event_triggers.drop(found.name)
    )
    _put_event_trigger(step, msgspec.structs.replace(found, name=fact.new_name))


def own_event_trigger(step: Step, fact: ChangeOwner, owner: str) -> None:
    """ALTER EVENT TRIGGER ... OWNER TO."""
    _put_event_trigger(step, msgspec.structs.replace(_require_event_trigger(step, fact.name), owner=owner))


def comment_on_event_trigger(step: Step, fact: SetComment) -> None:
    """COMMENT ON EVENT TRIGGER."""
    found = _require_event_trigger(step, fact.name)
    _put_event_trigger(step, msgspec.structs.replace(found, comment=fact.text))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateRule: create_rule,
    CreateEventTrigger: create_event_trigger,
}
