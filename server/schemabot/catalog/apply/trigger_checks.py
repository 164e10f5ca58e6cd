"""What CREATE TRIGGER refuses (CreateTriggerFiringOn in trigger.c, section on CREATE TRIGGER)."""

from __future__ import annotations

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Table, Trigger, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.expression import Column, walk
from schemabot.facts.model import CreateTrigger


def check_trigger(step: Step, fact: CreateTrigger, relation: Table | View) -> None:
    """Reject a trigger that its table, or what it says, does not allow."""
    span, name = fact.name.span, str(fact.table)
    if isinstance(relation, View):
        if relation.materialized:
            step.reject(ProblemKind.WRONG_KIND, fact.table.span, name, "it is a materialized view")
        if fact.timing != "instead of" and fact.for_each_row:
            detail = "views cannot have row-level BEFORE or AFTER triggers"
            step.reject(ProblemKind.WRONG_KIND, fact.table.span, name, detail)
        if "truncate" in fact.events:
            step.reject(ProblemKind.WRONG_KIND, fact.table.span, name, "views cannot have TRUNCATE triggers")
    elif fact.timing == "instead of":
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, name, "tables cannot have INSTEAD OF triggers")
    detail = _event_detail(fact) or _transition_detail(fact, relation) or _condition_detail(fact)
    if detail:
        step.reject(ProblemKind.INVALID, span, name, detail)


def _event_detail(fact: CreateTrigger) -> str:
    if "truncate" in fact.events and fact.for_each_row:
        return "TRUNCATE FOR EACH ROW triggers are not supported"
    if fact.timing == "instead of":
        if not fact.for_each_row:
            return "INSTEAD OF triggers must be FOR EACH ROW"
        if fact.when is not None:
            return "INSTEAD OF triggers cannot have WHEN conditions"
        if fact.update_columns:
            return "INSTEAD OF triggers cannot have column lists"
    return ""


def _transition_detail(fact: CreateTrigger, relation: Table | View) -> str:
    if fact.old_table is None and fact.new_table is None:
        return ""
    if isinstance(relation, View):
        return "triggers on views cannot have transition tables"
    if relation.kind == "foreign":
        return "triggers on foreign tables cannot have transition tables"
    if fact.timing != "after":
        return "transition table name can only be specified for an AFTER trigger"
    if "truncate" in fact.events:
        return "TRUNCATE triggers with transition tables are not supported"
    if fact.for_each_row and (relation.kind == "partitioned" or relation.partition_of or relation.parents):
        return (
            "ROW triggers with transition tables are not supported on partitions, nor on parents and children"
        )
    if len(fact.events) > 1:
        return "transition tables cannot be specified for triggers with more than one event"
    if fact.update_columns:
        return "transition tables cannot be specified for triggers with column lists"
    if fact.old_table is not None and "insert" in fact.events:
        return "OLD TABLE can only be specified for a DELETE or UPDATE trigger"
    if fact.new_table is not None and "delete" in fact.events:
        return "NEW TABLE can only be specified for an INSERT or UPDATE trigger"
    if fact.old_table == fact.new_table:
        return "OLD TABLE name and NEW TABLE name cannot be the same"
    return ""


def _condition_detail(fact: CreateTrigger) -> str:
    if fact.when is None:
        return ""
    rows = {node.parts[0].lower() for node in walk(fact.when.root) if isinstance(node, Column) and node.parts}
    if not fact.for_each_row and rows & {"old", "new"}:
        return "statement trigger's WHEN condition cannot reference column values"
    if "old" in rows and "insert" in fact.events:
        return "INSERT trigger's WHEN condition cannot reference OLD values"
    if "new" in rows and "delete" in fact.events:
        return "DELETE trigger's WHEN condition cannot reference NEW values"
    return ""


def follows_rows(trigger: Trigger) -> bool:
    """Whether it is a row-level trigger with a transition table, which neither partitions nor children may have."""
    return trigger.for_each_row and (trigger.old_table is not None or trigger.new_table is not None)
