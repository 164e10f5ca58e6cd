"""FOR VALUES of a partition."""

from __future__ import annotations

import json
from typing import Any

from schemabot.facts.read.tree import Json


def partition_bound(node: Json) -> tuple[str, ...]:
    """What the partition takes, as texts that are equal where the values are written alike."""
    if "is_default" in node:
        return ("default",)
    if node.get("strategy") == "h":
        return (f"hash {node.get('modulus', 0)} {node.get('remainder', 0)}",)
    if "listdatums" in node:
        return tuple([_text(datum) for datum in node["listdatums"]])
    return (_text([node.get("lowerdatums", []), node.get("upperdatums", [])]),)


def _text(node: Any) -> str:
    return json.dumps(_without_places(node), sort_keys=True)


def _without_places(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_places(item) for item in node]
    if isinstance(node, dict):
        return {key: _without_places(value) for key, value in node.items() if key != "location"}
    return node
