"""Expressions of PL/pgSQL worked out as far as they can be: constants, variables, functions, and what the catalog tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type, format_type, type_ref
from schemabot.catalog.objects import IndexEntry, TypeRef
from schemabot.catalog.plpgsql import functions
from schemabot.catalog.plpgsql.relations import (
    function_arguments,
    namespace,
    procedure,
    relation_reg,
    type_reg,
)
from schemabot.catalog.plpgsql.values import (
    UNKNOWN,
    Reg,
    Row,
    SqlError,
    Value,
    all_of,
    any_of,
    as_boolean,
    as_number,
    as_text,
    equal,
    negated,
    parse_array,
)
from schemabot.catalog.provided import may_be_provided
from schemabot.facts import expression as ex
from schemabot.facts import extract
from schemabot.facts.model import RunQuery
from schemabot.facts.names import Name, TypeName
from schemabot.text import Span

_NOWHERE: Final = Span(0, 0)
_TEXTS: Final = ("text", "varchar", "name", "bpchar", "citext")
_NUMBERS: Final = ("int2", "int4", "int8")
_DEEPEST: Final = 60
_LIKE: Final = {"~~": (False, False), "~~*": (True, False), "!~~": (False, True), "!~~*": (True, True)}
_MATCH: Final = {"~": (False, False), "~*": (True, False), "!~": (False, True), "!~*": (True, True)}

Scopes = tuple[tuple[str, Row], ...]
"""Rows in reach: (alias, row) pairs, inner ones first."""


def query_of(text: str) -> ex.Query | None:
    """The query that `text` is; None when it is none."""
    facts = extract(text).facts
    return facts[0].query if len(facts) == 1 and isinstance(facts[0], RunQuery) else None


class Evaluator:
    """Works expressions out in a session and with variables. `select` answers sub-queries."""

    def __init__(
        self,
        step: Step,
        variables: Mapping[str, Value],
        select: Callable[[ex.Query, Scopes, str], Value],
    ) -> None:
        self.step = step
        self.variables = variables
        self._select = select

    def text(self, expression: str) -> Value:
        """The value of an expression's text."""
        query = query_of("select " + expression)
        if query is None or len(query.targets) != 1:
            return UNKNOWN
        if query.sources or query.operator:
            return self._select(query, (), "scalar")
        return self.value(query.targets[0].value, ())

    def value(self, node: ex.Node | None, scopes: Scopes, depth: int = 0) -> Value:
        """The value of an expression. Raises SqlError where the server would."""
        if node is None:
            return None
        if depth > _DEEPEST:
            return UNKNOWN
        method = _METHODS.get(type(node))
        found = UNKNOWN if method is None else method(self, node, scopes, depth + 1)
        if isinstance(found, Reg) and found.full and "public" not in self.step.search_path():
            return Reg(found.kind, found.key, found.full)
        return found

    def _constant(self, node: ex.Constant, scopes: Scopes, depth: int) -> Value:
        if node.kind == "null":
            return None
        if node.kind == "boolean":
            return node.value == "true"
        if node.kind == "number":
            return int(node.value) if node.value.isdigit() else UNKNOWN
        return node.value if node.kind == "string" else UNKNOWN

    def _column(self, node: ex.Column, scopes: Scopes, depth: int) -> Value:
        if node.star:
            return UNKNOWN
        parts = node.parts
        if len(parts) == 1:
            for _, row in scopes:
                if parts[0] in row:
                    return row[parts[0]]
            if parts[0] in self.variables:
                return self.variables[parts[0]]
            return next((row for alias, row in scopes if alias == parts[0]), UNKNOWN)
        for alias, row in scopes:
            if alias == parts[-2]:
                return row.get(parts[-1], UNKNOWN)
        record = self.variables.get(parts[-2])
        if isinstance(record, dict):
            return record.get(parts[-1], UNKNOWN)
        return None if parts[-2] in self.variables and record is None else UNKNOWN

    def _logical(self, node: ex.Logical, scopes: Scopes, depth: int) -> Value:
        values = (as_boolean(self.value(arg, scopes, depth)) for arg in node.args)
        if node.operator == "not":
            return negated(next(values))
        return all_of(values) if node.operator == "and" else any_of(values)

    def _test(self, node: ex.Test, scopes: Scopes, depth: int) -> Value:
        value = self.value(node.arg, scopes, depth)
        if value is UNKNOWN:
            return UNKNOWN
        negative, word = node.operator.startswith("not "), node.operator.removeprefix("not ")
        if word in ("null", "unknown"):
            found: Value = value is None
        elif word in ("true", "false"):
            found = as_boolean(value)
            found = UNKNOWN if found is UNKNOWN else found is (word == "true")
        else:
            return UNKNOWN
        return negated(found) if negative else found

    def _in_list(self, node: ex.InList, scopes: Scopes, depth: int) -> Value:
        value = self.value(node.arg, scopes, depth)
        found = any_of(equal(value, self.value(item, scopes, depth)) for item in node.items)
        return negated(found) if node.negated else found

    def _between(self, node: ex.Between, scopes: Scopes, depth: int) -> Value:
        value, low, high = (self.value(n, scopes, depth) for n in (node.arg, node.low, node.high))
        found = all_of((_compare(">=", value, low), _compare("<=", value, high)))
        return negated(found) if node.negated else found

    def _case(self, node: ex.Case, scopes: Scopes, depth: int) -> Value:
        subject = self.value(node.arg, scopes, depth) if node.arg is not None else None
        for condition, result in node.whens:
            holds = self.value(condition, scopes, depth)
            holds = equal(subject, holds) if node.arg is not None else as_boolean(holds)
            if holds is UNKNOWN:
                return UNKNOWN
            if holds is True:
                return self.value(result, scopes, depth)
        return self.value(node.default, scopes, depth)

    def _items(self, node: ex.Items, scopes: Scopes, depth: int) -> Value:
        return [self.value(item, scopes, depth) for item in node.items]

    def _sub_query(self, node: ex.SubQuery, scopes: Scopes, depth: int) -> Value:
        if node.kind in ("exists", "scalar", "array"):
            return self._select(node.query, scopes, node.kind)
        rows = self._select(node.query, scopes, "array")
        if rows is UNKNOWN or (node.kind not in ("in", "any")) or node.operator not in ("", "="):
            return UNKNOWN
        value = self.value(node.arg, scopes, depth)
        return any_of(equal(value, item) for item in rows)

    def _opaque(self, node: ex.Opaque, scopes: Scopes, depth: int) -> Value:
        if node.kind.startswith("collate "):
            return self.value(node.children[0], scopes, depth)
        if node.kind == "[]" and len(node.children) == 2:
            array, index = (self.value(child, scopes, depth) for child in node.children)
            number = as_number(index)
            if isinstance(array, list) and isinstance(number, int):
                return array[number - 1] if 0 < number <= len(array) else None
        if node.kind.startswith(".") and len(node.children) == 1:
            row = self.value(node.children[0], scopes, depth)
            return row.get(node.kind[1:], UNKNOWN) if isinstance(row, dict) else UNKNOWN
        return UNKNOWN

    # -- operators --

    def _operator(self, node: ex.Operator, scopes: Scopes, depth: int) -> Value:
        right = self.value(node.right, scopes, depth)
        if node.left is None:
            number = as_number(right)
            return -number if node.name == "-" and isinstance(number, int) else UNKNOWN
        left = self.value(node.left, scopes, depth)
        if node.quantifier:
            items = parse_array(right) if isinstance(right, str) else right
            if not isinstance(items, list):
                return UNKNOWN
            found = [_compare(node.name, left, item) for item in items]
            return any_of(found) if node.quantifier == "any" else all_of(found)
        return _compare(node.name, left, right)

    # -- casts --

    def _cast(self, node: ex.Cast, scopes: Scopes, depth: int) -> Value:
        value = self.value(node.arg, scopes, depth)
        return self.cast(value, node.type)

    def cast(self, value: Value, written: TypeName) -> Value:
        """`value::type`."""
        if value is UNKNOWN or value is None:
            return value
        name = written.name
        if written.dimensions or name.startswith("_"):
            return (
                parse_array(value)
                if isinstance(value, str)
                else value
                if isinstance(value, list)
                else UNKNOWN
            )
        if name in _TEXTS:
            return as_text(value)
        if name in _NUMBERS:
            return as_number(value)
        if name == "bool":
            return as_boolean(value)
        if name in ("oid", *_REGS):
            if isinstance(value, Reg):
                return value
            return self.reg(name, value) if name != "oid" and isinstance(value, str) else UNKNOWN
        return UNKNOWN

    def reg(self, kind: str, text: str, strict: bool = True) -> Value:
        """`'name'::regclass` and the like; for to_regclass (not strict) NULL when there is no such object."""
        parts = _name_parts(text)
        if not parts:
            return UNKNOWN
        found = _REGS[kind](self, parts, text)
        if found is None and strict:
            raise SqlError(_MISSING[kind], f'"{text}" does not exist')
        return found

    def _regclass(self, parts: tuple[str, ...], text: str) -> Value:
        name = Name(parts, _NOWHERE)
        item = self.step.find_relation(name)
        if item is not None:
            return relation_reg(
                item, "" if not isinstance(item, IndexEntry) else name.schema or "", name.name
            )
        return self._absent("relation", name)

    def _regtype(self, parts: tuple[str, ...], text: str) -> Value:
        query = query_of(f"select null::{text}")
        node = query.targets[0].value if query and query.targets else None
        if not isinstance(node, ex.Cast):
            return UNKNOWN
        item = find_type(self.step, node.type.parts)
        ref = type_ref(self.step, node.type) if item is None else TypeRef(item.name, item.oid)
        if not ref.known:
            return self._absent("type", Name(parts, _NOWHERE))
        return type_reg(self.step.catalog, ref)

    def _regproc(self, parts: tuple[str, ...], text: str) -> Value:
        at = text.find("(")
        name = Name(_name_parts(text[:at] if at >= 0 else text), _NOWHERE)
        schemas = self.step.search_path() if name.schema is None else (name.schema,)
        found = [f for schema in schemas for f in self.step.catalog.functions_named(schema, name.name)]
        if at >= 0:
            wanted = _argument_types(text[at + 1 :].rpartition(")")[0])
            keys = [type_ref(self.step, written) for written in wanted] if wanted is not None else None
            if keys is None:
                return UNKNOWN
            catalog = self.step.catalog
            spelled = [format_type(catalog, key) for key in keys]
            found = [f for f in found if [format_type(catalog, r) for r in f.signature] == spelled]
        if found:
            return procedure(self.step.catalog, found[0]) if len(found) == 1 or at >= 0 else UNKNOWN
        return self._absent("function", name)

    def _regnamespace(self, parts: tuple[str, ...], text: str) -> Value:
        return namespace(parts[0]) if parts[0] in self.step.catalog.schemas else None

    def _regrole(self, parts: tuple[str, ...], text: str) -> Value:
        return Reg("role", parts[0], parts[0]) if parts[0] in self.step.catalog.roles else None

    def _absent(self, kind: str, name: Name) -> Value:
        """NULL for what is surely not there."""
        catalog = self.step.catalog
        provided = (
            may_be_provided(catalog, "relation", name.schema, name.name)
            or may_be_provided(catalog, "function", name.schema, name.name)
            if kind != "type"
            else may_be_provided(catalog, "type", name.schema, name.name)
        )
        in_server = name.schema in ("pg_catalog", "information_schema") or name.name.startswith("pg_")
        return UNKNOWN if provided or in_server or self.step.is_tainted(name) else None

    # -- calls --

    def _call(self, node: ex.Call, scopes: Scopes, depth: int) -> Value:
        name = node.name[-1]
        if len(node.name) > 1 and node.name[0] != "pg_catalog":
            return UNKNOWN
        arguments = [self.value(arg, scopes, depth) for arg in node.args]
        if name == "coalesce":
            for value in arguments:
                if value is not None:
                    return value
            return None
        if name == "nullif" and len(arguments) == 2:
            same = equal(arguments[0], arguments[1])
            return UNKNOWN if same is UNKNOWN else None if same is True else arguments[0]
        special = _SESSION.get(name)
        if special is not None:
            return special(self)
        if any(argument is UNKNOWN for argument in arguments):
            return UNKNOWN
        if name.startswith("to_reg") and name[3:].removeprefix("_") in _REGS and len(arguments) == 1:
            text = as_text(arguments[0])
            return self.reg(name[3:], text, strict=False) if isinstance(text, str) else text
        if name == "current_setting" and arguments:
            return {"server_version_num": "180000", "server_version": "18"}.get(str(arguments[0]), UNKNOWN)
        if name in ("pg_get_function_identity_arguments", "pg_get_function_arguments"):
            reg = arguments[0] if arguments else None
            if isinstance(reg, Reg) and reg.kind == "procedure" and isinstance(reg.key, int):
                return function_arguments(self.step.catalog, reg.key)
            return UNKNOWN
        if name == "format_type" and arguments and isinstance(arguments[0], Reg):
            return arguments[0].text if len(arguments) < 2 or arguments[1] is None else UNKNOWN
        return functions.call(name, arguments)

    def _current_schema(self) -> Value:
        path = self.step.search_path()
        return path[0] if path else None

    def _current_user(self) -> Value:
        return self.step.session.role


def _compare(operator: str, left: Value, right: Value) -> Value:
    """A binary operator on values."""
    if operator in ("=", "<>", "!="):
        found = equal(left, right)
        return found if operator == "=" else negated(found)
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if left is None or right is None:
        return None
    if operator == "||":
        if isinstance(left, list) or isinstance(right, list):
            return [
                *(left if isinstance(left, list) else [left]),
                *(right if isinstance(right, list) else [right]),
            ]
        return functions.concatenate((left, right))
    if operator in _LIKE or operator in _MATCH:
        texts = (as_text(left), as_text(right))
        if UNKNOWN in texts:
            return UNKNOWN
        ignore, negative = (_LIKE | _MATCH)[operator]
        matcher = functions.matches_like if operator in _LIKE else functions.matches_pattern
        found = matcher(*texts, ignore)
        return negated(found) if negative else found
    a, b = as_number(left), as_number(right)
    if isinstance(a, int) and isinstance(b, int):
        return _ARITHMETIC[operator](a, b) if operator in _ARITHMETIC else UNKNOWN
    if isinstance(left, str) and isinstance(right, str) and operator in ("<", ">", "<=", ">="):
        return UNKNOWN  # the collation decides
    return UNKNOWN


_ARITHMETIC: Final[dict[str, Callable[[int, int], Value]]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: int(a / b) if b else UNKNOWN, "%": lambda a, b: a - b * int(a / b) if b else UNKNOWN,
}  # fmt: skip

_SESSION: Final[dict[str, Callable[[Evaluator], Value]]] = {
    "current_schema": Evaluator._current_schema,
    "current_user": Evaluator._current_user,
    "session_user": Evaluator._current_user,
    "current_role": Evaluator._current_user,
}
_REGS: Final[dict[str, Callable[[Evaluator, tuple[str, ...], str], Value]]] = {
    "regclass": Evaluator._regclass, "regtype": Evaluator._regtype, "regproc": Evaluator._regproc,
    "regprocedure": Evaluator._regproc, "regnamespace": Evaluator._regnamespace, "regrole": Evaluator._regrole,
}  # fmt: skip
_MISSING: Final = {
    "regclass": "undefined_table", "regtype": "undefined_object", "regproc": "undefined_function",
    "regprocedure": "undefined_function", "regnamespace": "invalid_schema_name", "regrole": "undefined_object",
}  # fmt: skip
_METHODS: Final[dict[type, Callable[..., Value]]] = {
    ex.Constant: Evaluator._constant, ex.Column: Evaluator._column, ex.Logical: Evaluator._logical,
    ex.Test: Evaluator._test, ex.InList: Evaluator._in_list, ex.Between: Evaluator._between, ex.Case: Evaluator._case,
    ex.Items: Evaluator._items, ex.SubQuery: Evaluator._sub_query, ex.Opaque: Evaluator._opaque,
    ex.Operator: Evaluator._operator, ex.Cast: Evaluator._cast, ex.Call: Evaluator._call,
}  # fmt: skip


def _name_parts(text: str) -> tuple[str, ...]:
    """The folded parts of a name in a string, arguments left out; empty when it is no name."""
    query = query_of(f"select {text.partition('(')[0]}")
    node = query.targets[0].value if query is not None and query.targets else None
    return node.parts if isinstance(node, ex.Column) and not node.star else ()


def _argument_types(text: str) -> list[TypeName] | None:
    """The types in the parentheses of a regprocedure."""
    if not text.strip():
        return []
    query = query_of("select " + ", ".join(f"null::{part}" for part in text.split(",")))
    nodes = [target.value for target in query.targets] if query is not None else []
    casts = [node for node in nodes if isinstance(node, ex.Cast)]
    return [node.type for node in casts] if casts and len(casts) == len(nodes) else None
