"""The type of an expression as PostgreSQL works it out; None where the catalog does not tell.

Modifiers (`varchar(10)`) stay where PostgreSQL keeps them (exprTypmod in nodeFuncs.c).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from schemabot.catalog.apply.conversions import UNKNOWN, Conversions, key_of
from schemabot.catalog.apply.overloads import Resolved, resolve_call, resolve_operator
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type, type_ref
from schemabot.catalog.builtins import routines
from schemabot.catalog.objects import Column as TableColumn
from schemabot.catalog.objects import Function, OtherType, Table, TypeRef, View, ViewColumn
from schemabot.facts import expression as ex
from schemabot.facts.names import TypeName

_BOOL: Final = TypeRef("bool")
_TEXT: Final = TypeRef("text")
_UNKNOWN: Final = TypeRef(UNKNOWN)
_DEEPEST: Final = 50

SPECIAL_TYPES: Final = {
    "current_timestamp": "timestamptz", "localtimestamp": "timestamp", "current_date": "date",
    "current_time": "timetz", "localtime": "time", "current_user": "name", "session_user": "name",
    "user": "name", "current_role": "name", "current_catalog": "name", "current_schema": "name",
    "system_user": "text",
}  # fmt: skip
"""The SQL-standard functions without parentheses."""

_CONSTRUCTS: Final = {
    "GroupingFunc": "int4", "MergeSupportFunc": "text", "json": "json", "json_scalar": "json",
    "json_serialize": "text", "json_object": "json", "json_array": "json", "json_objectagg": "json",
    "json_arrayagg": "json", "JsonIsPredicate": "bool", "json_exists": "bool",
    "json_query": "jsonb", "json_value": "text", "is document": "bool", "xmlconcat": "xml", "xmlelement": "xml",
    "xmlforest": "xml", "xmlparse": "xml", "xmlpi": "xml", "xmlroot": "xml",
}  # fmt: skip

# What the grammar makes of EXTRACT, AT TIME ZONE, OVERLAY and the like are calls of pg_catalog's functions.


class Typer:
    """Works types out. `column` and `query` answer for column references and for sub-selects already bound;
    `functions` gives the catalog's functions that a call may mean, and whether pg_catalog's count too."""

    def __init__(
        self,
        step: Step,
        column: Callable[[ex.Column], TypeRef | None],
        query: Callable[[ex.Query], TypeRef | None],
        functions: Callable[[tuple[str, ...]], tuple[Sequence[Function], bool]],
    ) -> None:
        self._step, self._column, self._query, self._functions = step, column, query, functions
        self.rules = Conversions(step)

    def type_of(self, node: ex.Node | None) -> TypeRef | None:
        """The type of `node` as a column of its own: a constant in quotes is text."""
        found = self.raw(node)
        return _TEXT if found == _UNKNOWN else found

    def raw(self, node: ex.Node | None, depth: int = 0) -> TypeRef | None:
        """The type of `node`, `unknown` for a constant in quotes; None when it is not known, or nested deeper
        than anybody writes by hand."""
        if node is None or depth > _DEEPEST:
            return None
        if isinstance(node, ex.Column):
            return None if node.star else self._column(node)
        if isinstance(node, ex.Cast):
            found = type_ref(self._step, node.type)
            return found if found.known else None
        if isinstance(node, ex.Constant):
            return literal_type(node)
        if isinstance(node, (ex.Logical, ex.Test, ex.InList, ex.Between)):
            return _BOOL
        if isinstance(node, ex.Call):
            return self._call(node, depth)
        if isinstance(node, ex.Operator):
            return self._operator(node, depth)
        if isinstance(node, ex.Case):
            # PostgreSQL looks at ELSE first.
            results = [node.default] if node.default is not None else [ex.Constant("null", "")]
            results += [result for _, result in node.whens]
            return self._common(results, depth)
        if isinstance(node, ex.SubQuery):
            if node.kind not in ("scalar", "array"):
                return _BOOL
            inner = self._query(node.query)
            return array_of(inner) if node.kind == "array" else inner
        if isinstance(node, ex.Items):
            if node.kind == "row":
                return TypeRef("record")
            return array_of(self._common(list(node.items), depth)) if node.items else None
        if isinstance(node, ex.Opaque):
            return self._opaque(node, depth)
        return None

    def _common(self, nodes: list[ex.Node], depth: int) -> TypeRef | None:
        return self.rules.common_ref([self.raw(node, depth + 1) for node in nodes])

    # -- calls and operators --

    def _call(self, node: ex.Call, depth: int) -> TypeRef | None:
        name = node.name[-1]
        if node.special:
            if name in SPECIAL_TYPES:
                modifiers = tuple(int(a.value) for a in node.args if isinstance(a, ex.Constant))
                return TypeRef(SPECIAL_TYPES[name], 0, modifiers)
            if name == "nullif":
                return self._nullif(node, depth)
            return self._common(list(node.args), depth)
        found = self.call(node, depth)
        if found is not None:
            return None if found.result is None else self.rules.ref(found.result)
        if len(node.args) == 1 and self._is_cast(node, depth):
            made = type_ref(self._step, TypeName(node.name, (), 0, node.span))
            return made if made.known else None
        own = find_type(self._step, node.name)
        if isinstance(own, OtherType) and own.kind in ("range", "multirange"):
            return TypeRef(own.name, own.oid)  # the functions that come with a range have its name
        return self._agreed(node)

    def _agreed(self, node: ex.Call) -> TypeRef | None:
        """Where the arguments are not known: the result that all functions of the name agree on."""
        functions, builtin = self._functions(node.name)
        results = {key_of(function.returns) for function in functions}
        if builtin:
            results |= {routine.result for routine in routines(node.name[-1])}
        only = results.pop() if len(results) == 1 else None
        return None if only is None or only.startswith("any") else self.rules.ref(only)

    def _nullif(self, node: ex.Call, depth: int) -> TypeRef | None:
        """The type that `=` wants of the first operand (transformAExprNullIf)."""
        first, second = (self.raw(arg, depth + 1) for arg in node.args)
        one, other = key_of(first), key_of(second)
        if one is None or other is None:
            return None
        found = resolve_operator(self.rules, "=", one, other)
        if found is None or found.arguments[0] is None:
            return None
        return first if found.arguments[0] == one else self.rules.ref(found.arguments[0])

    def _is_cast(self, node: ex.Call, depth: int) -> bool:
        """Whether a call is a cast in the clothes of one: `date('2020-01-01')`, `mood('ok')`."""
        source = key_of(self.raw(node.args[0], depth + 1))
        target = key_of(type_ref(self._step, TypeName(node.name, (), 0, node.span)))
        if source is None or target is None:
            return False
        return source == UNKNOWN or bool(self.rules.pathway(source, target, "e"))

    def arguments(self, node: ex.Call) -> tuple[list[ex.Node], list[str]]:
        """A call's arguments, and the names of the last of them."""
        names = [
            arg.kind[:-3] for arg in node.args if isinstance(arg, ex.Opaque) and arg.kind.endswith(" =>")
        ]
        values = [
            arg.children[0] if isinstance(arg, ex.Opaque) and arg.kind.endswith(" =>") else arg
            for arg in node.args
        ]
        return values, names

    def call(self, node: ex.Call, depth: int = 0) -> Resolved | None:
        """The function that a call means, with what its arguments are converted to."""
        functions, builtin = self._functions(node.name)
        values, names = self.arguments(node)
        given = [key_of(self.raw(value, depth + 1)) for value in values]
        known = [key for key in given if key is not None]
        if builtin and node.extra and not node.window:
            wanted = next((len(r.arguments) for r in routines(node.name[-1]) if r.kind in "oh"), 0)
            for value in node.extra[: max(0, wanted - len(values))]:  # WITHIN GROUP (ORDER BY ...)
                key = key_of(self.raw(value, depth + 1))
                given.append(key)
                known += [] if key is None else [key]
        if len(known) != len(given):
            return None
        return resolve_call(self.rules, node.name[-1], functions, builtin, known, names)

    def operator(self, node: ex.Operator, depth: int = 0) -> Resolved | None:
        """The operator that an expression means, with what its operands are converted to."""
        left = None if node.left is None else key_of(self.raw(node.left, depth + 1))
        right = key_of(self.raw(node.right, depth + 1))
        if right is None or (left is None and node.left is not None):
            return None
        if node.quantifier:
            element = self.rules.element(right) if right != UNKNOWN else UNKNOWN
            return None if element is None else resolve_operator(self.rules, node.name, left, element)
        return resolve_operator(self.rules, node.name, left, right)

    def _operator(self, node: ex.Operator, depth: int) -> TypeRef | None:
        if node.quantifier or node.name.startswith("is "):
            return _BOOL
        if isinstance(node.left, ex.Items) and node.left.kind == "row":
            return _BOOL
        found = self.operator(node, depth)
        if found is not None:
            return None if found.result is None else self.rules.ref(found.result)
        return _BOOL if node.name in _COMPARISONS else None

    # -- fields, subscripts and constructs --

    def _opaque(self, node: ex.Opaque, depth: int) -> TypeRef | None:
        kind = node.kind
        if kind.startswith("collate "):
            found = self.raw(node.children[0], depth + 1)
            return _TEXT if found == _UNKNOWN else found
        if not kind or kind.startswith((".", "[")):
            return self._path(node, depth)
        made = _CONSTRUCTS.get(kind)
        return None if made is None else TypeRef(made)

    def _path(self, node: ex.Opaque, depth: int) -> TypeRef | None:
        """`(x).field[1]`: one step after the other."""
        steps = steps_of(node.kind)
        first = node.children[0]
        found = self.raw(first, depth + 1)
        if steps and found == TypeRef("record"):
            found = next((f.type for f in self.fields_of(first, depth + 1) if "." + f.name == steps[0]), None)
            steps = steps[1:]
        for step in steps:
            if found is None:
                return None
            if step == "[:]":
                found = found if found.array else None
            elif step == "[]":
                found = self._subscript(found)
            else:
                found = next((c.type for c in self.fields(found) if c.name == step[1:]), None)
        return found

    def _subscript(self, container: TypeRef) -> TypeRef | None:
        key = self.rules.base(key_of(container) or "")
        if key == "jsonb":
            return TypeRef("jsonb")
        element = self.rules.element(key)
        if element is None:
            return _TEXT if container.oid and container.name == "hstore" else None
        return self.rules.ref(element, container.modifiers if container.array else ())

    def outputs(self, resolved: Resolved) -> list[ViewColumn]:
        """The OUT parameters of a function, its polymorphic ones as this call has them."""
        function, routine = resolved.candidate.function, resolved.candidate.routine
        outputs: list[tuple[str, str | None]] = list(routine.outputs) if routine is not None else []
        if function is not None:
            outs = [p for p in function.parameters if p.mode in ("out", "inout", "table")]
            numbered = len(outs) > 1
            outputs = [
                (p.name or (f"column{n}" if numbered else ""), key_of(p.type)) for n, p in enumerate(outs, 1)
            ]
        keys = [None if key is None else self.rules.resolved(key, resolved.bound) for _, key in outputs]
        return [
            ViewColumn(name, None if key is None else self.rules.ref(key))
            for (name, _), key in zip(outputs, keys, strict=True)
        ]

    def fields_of(self, node: ex.Node, depth: int = 0) -> Sequence[TableColumn | ViewColumn]:
        """The fields of a value of a row type, or of what a function with OUT parameters gives."""
        found = self.raw(node, depth)
        if found == TypeRef("record") and isinstance(node, ex.Call) and not node.special:
            resolved = self.call(node, depth)
            return () if resolved is None else self.outputs(resolved)
        return () if found is None else self.fields(found)

    def fields(self, ref: TypeRef) -> Sequence[TableColumn | ViewColumn]:
        """The columns of a row type."""
        key = key_of(ref)
        base = self.rules.ref(self.rules.base(key)) if key else ref
        row = None if base.array else self._step.catalog.types.get(base.oid)
        if not isinstance(row, OtherType):
            return ()
        relation = self._step.catalog.relations.get(row.relation) if row.kind == "row" else None
        return relation.columns if isinstance(relation, (Table, View)) else row.columns


_COMPARISONS: Final = frozenset(
    ("=", "<>", "!=", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*")
)


def steps_of(path: str) -> list[str]:
    """The steps of an indirection: `.a`, `[]`, `[:]`."""
    found: list[str] = []
    for char in path:
        if char in ".[" or not found:
            found.append(char)
        else:
            found[-1] += char
    return found


def literal_type(node: ex.Constant) -> TypeRef:
    """The type of a constant (make_const in parse_node.c)."""
    if node.kind == "boolean":
        return _BOOL
    if node.kind == "number":
        return TypeRef(_number_type(node.value))
    return TypeRef("bit") if node.kind == "bit" else _UNKNOWN


def _number_type(text: str) -> str:
    digits = text.replace("_", "").lstrip("+-")
    try:
        value = int(digits, 0) if digits[:2].lower() in ("0x", "0o", "0b") else int(digits)
    except ValueError:
        return "numeric"
    value = -value if text.startswith("-") else value
    return "int4" if -(1 << 31) <= value < 1 << 31 else "int8" if -(1 << 63) <= value < 1 << 63 else "numeric"


def array_of(element: TypeRef | None) -> TypeRef | None:
    """The array type of `element`; an array of arrays is an array."""
    if element is None or element == _UNKNOWN:
        return None if element is None else TypeRef("text", 0, (), True)
    return msgspec.structs.replace(element, array=True)
