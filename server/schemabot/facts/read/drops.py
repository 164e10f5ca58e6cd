"""DROP of every kind: one fact per object, its span the dropped name (with its table for policies ...)."""

from __future__ import annotations

import msgspec

from schemabot.facts.model import AnyFact, DropObject, DropOwned, ReassignOwned
from schemabot.facts.names import Name
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import ON_A_TABLE, object_name, part_on_table, qualifier
from schemabot.facts.read.tree import OBJECTS, Json, cascades, role, roles
from schemabot.text import Span


def drop(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    kind, words = OBJECTS.get(node["removeType"], ("other", ""))
    exists = ("if exists",) if "missing_ok" in node else ()
    concurrently = ("concurrently",) if "concurrent" in node else ()
    start = sql.begins("drop", *words.split(), *concurrently, *exists)
    places = sql.items(start)
    facts: list[DropObject] = []
    for index, item in enumerate(node["objects"]):
        at = places[index].start if index < len(places) else start
        table = None
        arguments = None
        if kind in ON_A_TABLE:
            part, table = part_on_table(item, at, b)
            name = Name((part.name,), part.span)
        else:
            name, arguments = object_name(item, at, b, node["removeType"])
        facts.append(
            DropObject(
                span=name.span if table is None else Span(name.span.start, table.span.end),
                kind=kind,
                name=name,
                table=table,
                arguments=arguments,
                if_exists="missing_ok" in node,
                cascade=cascades(node),
                concurrently="concurrent" in node,
                qualifier=qualifier(item, node["removeType"]),
            )
        )
    if len(facts) > 1:
        together = tuple([fact.name for fact in facts])
        facts = [msgspec.structs.replace(fact, together=together) for fact in facts]
    return [*facts]


def drop_roles(node: Json, b: Builder) -> list[AnyFact]:
    facts: list[AnyFact] = []
    for item in node["roles"]:
        name = Name((role(item),), b.sql.token(item["RoleSpec"].get("location", 0)))
        facts.append(DropObject(span=name.span, kind="role", name=name, if_exists="missing_ok" in node))
    return facts


def drop_owned(node: Json, b: Builder) -> list[AnyFact]:
    span = b.sql.rest(b.sql.start)
    return [DropOwned(span=span, roles=roles(node["roles"]), cascade=cascades(node))]


def reassign_owned(node: Json, b: Builder) -> list[AnyFact]:
    span = b.sql.rest(b.sql.start)
    return [ReassignOwned(span=span, roles=roles(node["roles"]), owner=role(node["newrole"]))]


def drop_database(node: Json, b: Builder) -> list[AnyFact]:
    exists = ("if exists",) if "missing_ok" in node else ()
    name = b.sql.name_at(b.sql.begins("drop", "database", *exists), (node["dbname"],))
    return [DropObject(span=name.span, kind="database", name=name, if_exists="missing_ok" in node)]
