"""CREATE TRIGGER, CREATE EVENT TRIGGER, CREATE RULE. The fact's span is the object's name."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.model import AnyFact, CreateEventTrigger, CreateRule, CreateTrigger
from schemabot.facts.read.build import Builder
from schemabot.facts.read.queries import QUERIES
from schemabot.facts.read.tree import Json, items, options, strings

_Event = Literal["insert", "update", "delete", "truncate"]
# trigger.h: TRIGGER_TYPE_*.
_EVENTS: dict[int, _Event] = {1 << 2: "insert", 1 << 4: "update", 1 << 3: "delete", 1 << 5: "truncate"}
_TIMINGS: dict[int, Literal["before", "instead of"]] = {1 << 1: "before", 1 << 6: "instead of"}
_RULE_EVENTS: dict[str, Literal["select", "insert", "update", "delete"]] = {
    "CMD_SELECT": "select",
    "CMD_INSERT": "insert",
    "CMD_UPDATE": "update",
    "CMD_DELETE": "delete",
}


def create_trigger(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    name = sql.ident_at(sql.begins("create", "or replace", "constraint", "trigger"), node["trigname"])
    table = sql.relation(node["relation"])
    at = table.span.end
    when = None
    if "whenClause" in node:
        span = sql.inside(sql.find(at, "when"))
        when = b.expression(node["whenClause"], span)
        at = span.end
    at = sql.after(at, "execute")
    bits = node.get("events", 0)
    transitions = {
        "isNew" in item["TriggerTransition"]: item["TriggerTransition"]["name"]
        for item in node.get("transitionRels", ())
    }
    return [
        CreateTrigger(
            span=name.span,
            name=name,
            table=table,
            function=sql.name_at(sql.token(at).end, strings(node["funcname"])),
            arguments=strings(node.get("args")),
            timing=_TIMINGS.get(node.get("timing", 0), "after"),
            events=tuple([event for bit, event in _EVENTS.items() if bits & bit]),
            update_columns=strings(node.get("columns")),
            for_each_row="row" in node,
            when=when,
            or_replace="replace" in node,
            constraint="isconstraint" in node,
            deferrable="deferrable" in node,
            initially_deferred="initdeferred" in node,
            references=sql.relation(node["constrrel"]) if "constrrel" in node else None,
            old_table=transitions.get(False),
            new_table=transitions.get(True),
        )
    ]


def create_event_trigger(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    name = sql.ident_at(sql.begins("create", "event", "trigger"), node["trigname"])
    tags: tuple[str, ...] = ()
    for option, fields in options(node.get("whenclause")):
        if option == "tag":
            tags = strings(items(fields["arg"]))
    at = sql.after(name.span.end, "execute")
    return [
        CreateEventTrigger(
            span=name.span,
            name=name,
            event=node["eventname"],
            function=sql.name_at(sql.token(at).end, strings(node["funcname"])),
            tags=tags,
        )
    ]


def create_rule(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    name = sql.ident_at(sql.begins("create", "or replace", "rule"), node["rulename"])
    table = sql.relation(node["relation"])
    where = None
    if "whereClause" in node:
        start = sql.after(table.span.end, "where")
        where = b.expression(node["whereClause"], sql.trimmed(start, sql.find(start, "do")))
    actions = [next(iter(action.items())) for action in node.get("actions", ())]
    return [
        CreateRule(
            span=name.span,
            name=name,
            table=table,
            event=_RULE_EVENTS.get(node.get("event", ""), "select"),
            instead="instead" in node,
            where=where,
            actions=tuple([b.query(kind, fields) for kind, fields in actions if kind in QUERIES]),
            or_replace="replace" in node,
        )
    ]
