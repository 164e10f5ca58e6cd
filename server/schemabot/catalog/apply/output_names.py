"""The names that PostgreSQL gives to the columns of a query (FigureColname in parse_target.c)."""

from __future__ import annotations

from typing import Final

from schemabot.facts import expression as ex

UNNAMED: Final = "?column?"


def figure_name(node: ex.Node, fallback: str = UNNAMED) -> str:
    """The name of a select item without an alias; `fallback` when nothing in it gives one."""
    weak = ""  # of a cast or CASE: the outermost counts, unless something further in has a name of its own
    while True:
        if isinstance(node, ex.Column):
            if not node.star and node.parts:
                return node.parts[-1]
        elif isinstance(node, ex.Call):
            return node.name[-1]
        elif isinstance(node, ex.Cast):
            weak = weak or node.type.name
            node = node.arg
            continue
        elif isinstance(node, ex.Case):
            weak = weak or "case"
            if node.default is not None:
                node = node.default
                continue
        elif isinstance(node, ex.SubQuery):
            if node.kind in ("exists", "array"):
                return node.kind
            if node.kind == "scalar":
                query = node.query
                while query.arms:
                    query = query.arms[0]
                if query.verb == "values":
                    return "column1"
                if query.targets:
                    target = query.targets[0]
                    if target.alias is not None:
                        return target.alias
                    # The server has named this column by now, so a cast around it gives no name.
                    node, weak, fallback = target.value, "", UNNAMED
                    continue
        elif isinstance(node, ex.Items):
            return node.kind
        elif isinstance(node, ex.Opaque):
            if (name := _OPAQUE.get(node.kind)) is not None:
                return name
            kind = node.kind
            if kind[:1] == "." and (field := kind.rpartition(".")[2].partition("[")[0]) not in ("", "*"):
                return field
            if node.children and kind.startswith((".", "[", "collate ")):
                node = node.children[0]
                continue
        return weak or fallback


_OPAQUE: Final = {
    "json_exists": "json_exists", "json_query": "json_query", "json_value": "json_value",
    "json": "json", "json_scalar": "json_scalar", "json_serialize": "json_serialize",
    "json_object": "json_object", "json_array": "json_array", "json_objectagg": "json_objectagg",
    "json_arrayagg": "json_arrayagg", "xmlconcat": "xmlconcat", "xmlelement": "xmlelement",
    "xmlforest": "xmlforest", "xmlparse": "xmlparse", "xmlpi": "xmlpi", "xmlroot": "xmlroot",
    "xmlserialize": "xmlserialize",
    "GroupingFunc": "grouping", "MergeSupportFunc": "merge_action",
}  # fmt: skip
