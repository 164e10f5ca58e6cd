"""PARTITION BY, and FOR VALUES of a partition."""

from __future__ import annotations

import json
from typing import Any

from schemabot.facts.model import IndexElement
from schemabot.facts.read.build import Builder
from schemabot.facts.read.indexes import key_expression
from schemabot.facts.read.tree import Json, strings
from schemabot.text import Span


def partition_bound(node: Json) -> tuple[str, ...]:
    """What the partition takes, as texts that are equal where the values are written alike."""
    if "is_default" in node:
        return ("default",)
    if node.get("strategy") == "h":
        return (f"hash {node.get('modulus', 0)} {node.get('remainder', 0)}",)
    if "listdatums" in node:
        return tuple([_text(datum) for datum in node["listdatums"]])
    return (_text([node.get("lowerdatums", []), node.get("upperdatums", [])]),)


def bound_text(node: Json, b: Builder) -> str:
    """The clause as written: `default`, or what stands behind FOR VALUES."""
    if "is_default" in node:
        return "default"
    sql = b.sql
    start = node.get("location", 0)
    end = sql.closing(sql.find(start, "("))
    if node.get("strategy") == "r":
        end = sql.closing(sql.find(end, "("))
    return sql.text[start:end]


def partition_element(node: Json, b: Builder) -> IndexElement:
    """One key of PARTITION BY."""
    start = node.get("location", 0)
    expression = None
    if "expr" in node:
        expression = b.expression(node["expr"], key_expression(Span(start, b.sql.item_end(start)), b))
    return IndexElement(
        column=node.get("name"),
        expression=expression,
        operator_class=".".join(strings(node["opclass"])) if "opclass" in node else None,
        collation=".".join(strings(node["collation"])) if "collation" in node else None,
    )


def _text(node: Any) -> str:
    return json.dumps(_without_places(node), sort_keys=True)


def _without_places(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_places(item) for item in node]
    if isinstance(node, dict):
        return {key: _without_places(value) for key, value in node.items() if key != "location"}
    return node
