"""Whether a predicate is the same for every row and every caller: constants folded by three-valued logic."""

from __future__ import annotations

from schemabot.facts import expression as ex

_TRUE = frozenset(("true", "t", "yes", "on", "1"))
_FALSE = frozenset(("false", "f", "no", "off", "0"))


def constant_truth(node: ex.Node) -> bool | None:
    """True or false where the predicate surely is that; None where it depends on something, or may be null."""
    if isinstance(node, ex.Constant):
        word = node.value.strip().lower()
        if node.kind in ("boolean", "string"):
            return True if word in _TRUE else False if word in _FALSE else None
        return None
    if isinstance(node, ex.Cast):
        return constant_truth(node.arg) if node.type.name == "bool" else None
    if isinstance(node, ex.Logical):
        found = [constant_truth(arg) for arg in node.args]
        if node.operator == "not":
            return None if found[0] is None else not found[0]
        deciding = node.operator == "or"
        if deciding in found:
            return deciding
        return None if None in found else not deciding
    if isinstance(node, ex.SubQuery):
        query = node.query
        if node.kind == "scalar" and not query.sources and query.where is None and len(query.targets) == 1:
            return constant_truth(query.targets[0].value)
        return None
    if isinstance(node, ex.Operator) and node.name in ("=", "<>"):
        return _compared(node)
    return None


def _compared(node: ex.Operator) -> bool | None:
    left, right = node.left, node.right
    if not isinstance(left, ex.Constant) or not isinstance(right, ex.Constant):
        return None
    if left.kind != right.kind or left.kind == "null":
        return None
    return (left.value == right.value) == (node.name == "=")


def or_branches(root: ex.Node) -> list[ex.Node]:
    """The outermost alternatives of a predicate, in the order written."""
    found: list[ex.Node] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, ex.Logical) and node.operator == "or":
            todo.extend(reversed(node.args))
        else:
            found.append(node)
    return found


def conjuncts(root: ex.Node) -> list[ex.Node]:
    """The outermost demands of a predicate, all of which must hold."""
    found: list[ex.Node] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, ex.Logical) and node.operator == "and":
            todo.extend(reversed(node.args))
        else:
            found.append(node)
    return found
