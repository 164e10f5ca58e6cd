"""The type of an expression where it is plain to see; None where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from schemabot.catalog.apply.function_results import LIKE_ARGUMENT, RESULT_TYPES, SPECIAL_TYPES
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import type_ref
from schemabot.catalog.objects import Function, TypeRef
from schemabot.catalog.words import words
from schemabot.facts import expression as ex

_BOOL = TypeRef("bool")
_TEXT = TypeRef("text")
_COMPARISONS: Final = words(
    """
    = <> != < > <= >= ~ ~* !~ !~* ~~ ~~* !~~ !~~* @> <@ && ? ?| ?& @@ @? like ilike
    """
)
_NUMBERS: Final = ("int2", "int4", "int8", "numeric", "float4", "float8")
_SUMS: Final = {
    "sum": {"int2": "int8", "int4": "int8", "int8": "numeric"},
    "avg": {"int2": "numeric", "int4": "numeric", "int8": "numeric", "float4": "float8"},
}


class Typer:
    """Works types out. `column` and `query` answer for column references and for sub-selects already bound;
    `function` finds the catalog's function behind a call."""

    def __init__(
        self,
        step: Step,
        column: Callable[[ex.Column], TypeRef | None],
        query: Callable[[ex.Query], TypeRef | None],
        function: Callable[[ex.Call], Function | None],
    ) -> None:
        self._step, self._column, self._query, self._function = step, column, query, function

    def type_of(self, node: ex.Node | None, depth: int = 0) -> TypeRef | None:
        """The type of `node`; None when it is not plain, or nested deeper than anybody writes by hand."""
        if node is None or depth > 50:
            return None
        if isinstance(node, ex.Column):
            return None if node.star else self._column(node)
        if isinstance(node, ex.Cast):
            return type_ref(self._step, node.type)
        if isinstance(node, ex.Constant):
            return _literal(node)
        if isinstance(node, (ex.Logical, ex.Test, ex.InList, ex.Between)):
            return _BOOL
        if isinstance(node, ex.Call):
            return self._call(node, depth)
        if isinstance(node, ex.Operator):
            return self._operator(node, depth)
        if isinstance(node, ex.Case):
            results = [result for _, result in node.whens] + ([node.default] if node.default else [])
            return self._common(results, depth)
        if isinstance(node, ex.SubQuery):
            if node.kind not in ("scalar", "array"):
                return _BOOL
            inner = self._query(node.query)
            return _array(inner) if node.kind == "array" else inner
        if isinstance(node, ex.Items):
            if node.kind == "row":
                return TypeRef("record")
            return _array(self._common(list(node.items), depth))
        if isinstance(node, ex.Opaque) and node.kind.startswith("collate "):
            return self.type_of(node.children[0], depth + 1)
        return None

    def _common(self, nodes: list[ex.Node], depth: int) -> TypeRef | None:
        """The type that CASE, COALESCE and ARRAY settle on; constants in quotes give way."""
        found: TypeRef | None = None
        for node in nodes:
            if isinstance(node, ex.Constant) and node.kind in ("string", "null"):
                continue
            this = self.type_of(node, depth + 1)
            if this is None:
                return None
            if found is None:
                found = this
            elif found != this:
                if found.name == this.name and found.oid == this.oid:
                    found = msgspec.structs.replace(found, modifiers=())
                else:
                    found = _wider(found, this)
                    if found is None:
                        return None
        if found is None:
            return _TEXT if nodes else None
        mixed = any(isinstance(node, ex.Constant) for node in nodes)
        return msgspec.structs.replace(found, modifiers=()) if mixed and found.modifiers else found

    def _call(self, node: ex.Call, depth: int) -> TypeRef | None:
        name = node.name[-1]
        if node.special and name in SPECIAL_TYPES:
            return TypeRef(SPECIAL_TYPES[name])
        function = self._function(node)
        if function is not None:
            returned = function.returns
            return None if returned is not None and returned.name.startswith("any") else returned
        if name in ("coalesce", "greatest", "least"):
            return self._common(list(node.args), depth)
        if name in _SUMS and node.args:
            argument = self.type_of(node.args[0], depth + 1)
            if argument is None or argument.oid:
                return None
            return TypeRef(_SUMS[name].get(argument.name, argument.name))
        if name == "array_agg" and node.args:
            return _array(self.type_of(node.args[0], depth + 1))
        if name == "unnest" and len(node.args) == 1:
            array = self.type_of(node.args[0], depth + 1)
            return msgspec.structs.replace(array, array=False) if array is not None and array.array else None
        if name == "date_trunc" and len(node.args) > 1:
            argument = self.type_of(node.args[1], depth + 1)
            return TypeRef("timestamptz") if argument == TypeRef("date") else argument
        if name in LIKE_ARGUMENT and node.args:
            argument = self.type_of(node.args[0], depth + 1)
            if argument is not None and argument.name == "varchar":
                return TypeRef("text", 0, (), argument.array)  # there are no functions on varchar
            return argument and msgspec.structs.replace(argument, modifiers=())
        result = RESULT_TYPES.get(name)
        if result is None:
            return None
        return TypeRef(result[1:], 0, (), True) if result[0] == "_" else TypeRef(result)

    def _operator(self, node: ex.Operator, depth: int) -> TypeRef | None:
        name = node.name
        if node.quantifier or name in _COMPARISONS:
            return _BOOL
        if name in ("->>", "#>>"):
            return _TEXT
        left = self.type_of(node.left, depth + 1) if node.left is not None else None
        if name in ("->", "#>", "#-"):
            return left
        right = self.type_of(node.right, depth + 1)
        if node.left is None:
            return right
        if name == "||":
            for side in (left, right):
                if side is not None and (side.array or side.name in ("jsonb", "tsvector")):
                    return msgspec.structs.replace(side, modifiers=())
            return _TEXT if left is not None or right is not None else None
        if left is None or right is None:
            return None
        if name in ("+", "-", "*", "/", "%"):
            return _arithmetic(name, left, right)
        return None


def _literal(node: ex.Constant) -> TypeRef:
    if node.kind == "boolean":
        return _BOOL
    if node.kind == "number":
        if node.value.lstrip("-").isdigit():
            size = abs(int(node.value)) if len(node.value) < 20 else 1 << 64
            return TypeRef("int4" if size < 1 << 31 else "int8" if size < 1 << 63 else "numeric")
        return TypeRef("numeric")
    return TypeRef("bit") if node.kind == "bit" else _TEXT


def _array(element: TypeRef | None) -> TypeRef | None:
    return None if element is None else msgspec.structs.replace(element, array=True)


def common_type(types: list[TypeRef | None]) -> TypeRef | None:
    """The type of a column of a set operation or VALUES, whose rows have those types."""
    found = types[0]
    for this in types[1:]:
        if found is None or this is None:
            return None
        if found != this:
            same = found.name == this.name and found.oid == this.oid and found.array == this.array
            found = msgspec.structs.replace(found, modifiers=()) if same else _wider(found, this)
    return found


def _wider(left: TypeRef, right: TypeRef) -> TypeRef | None:
    """The type of two that the other converts to by itself, for numbers, strings and times."""
    for order in (_NUMBERS, ("bpchar", "varchar", "text"), ("date", "timestamp", "timestamptz")):
        if left.name in order and right.name in order and left.array == right.array:
            wide = max(left.name, right.name, key=order.index)
            return TypeRef(wide, 0, (), left.array)
    return None


def _arithmetic(name: str, left: TypeRef, right: TypeRef) -> TypeRef | None:
    if left.array or right.array or left.oid or right.oid:
        return None
    if left.name in _NUMBERS and right.name in _NUMBERS:
        if {left.name, right.name} & {"float4", "float8"}:
            return TypeRef("float4" if left.name == right.name == "float4" else "float8")
        return TypeRef(max(left.name, right.name, key=_NUMBERS.index))
    times = ("timestamp", "timestamptz", "date", "time", "timetz")
    if left.name in times and right.name == "interval":
        return TypeRef("timestamp" if left.name == "date" else left.name)
    if left.name == "interval" and right.name in times and name == "+":
        return TypeRef("timestamp" if right.name == "date" else right.name)
    if name == "-" and left.name == right.name == "date":
        return TypeRef("int4")
    if name == "-" and left.name == right.name and left.name in times:
        return TypeRef("interval")
    if left.name == "date" and right.name in ("int2", "int4"):
        return TypeRef("date")
    if "interval" in (left.name, right.name):
        return TypeRef("interval")
    return None
