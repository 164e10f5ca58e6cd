"""Expressions as pg_get_expr prints them (ruleutils.c): casts added, constants in their type's spelling.

What PostgreSQL stores is an analysed tree, so types are worked out first. Where that, or the printing, is not
sure, there is no answer: the caller then prints the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from schemabot.catalog.apply.conversions import UNKNOWN, key_of
from schemabot.catalog.apply.expression_types import SPECIAL_TYPES, literal_type
from schemabot.catalog.apply.overloads import resolve_operator
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.deparse_names import Names
from schemabot.catalog.deparse_queries import NEWLINE, Shown, UnsureError, printed_query
from schemabot.catalog.objects import (
    Bound,
    Domain,
    Table,
    TypeRef,
)
from schemabot.catalog.quoting import quote_identifier
from schemabot.facts import expression as ex

_BOOL: Final = TypeRef("bool")
_DEEPEST: Final = 50


def deparse(
    catalog: Catalog, bound: Bound, target: TypeRef | None, table: Table | None, path: Sequence[str]
) -> str | None:
    """The text of an expression that is assigned to `target`, in the columns of `table`; None where it is not sure.

    `path` is the search_path of the session that asks.
    """
    if bound.unresolved:
        return None
    printer = _Deparser(catalog, bound, table, path)
    try:
        found = printer.assigned(bound.expression.root, target)
    except UnsureError:
        return None
    return re.sub(f" *{NEWLINE}", "\n", found)


class _Deparser(Names):
    def assigned(self, node: ex.Node, target: TypeRef | None) -> str:
        shown = self.expression(node, 0)
        if shown.open is not None and target is not None:
            return self.constant(shown.open, self.base_ref(target))
        if target is not None and key_of(shown.ref) != key_of(target):
            one, other = key_of(shown.ref), key_of(target)
            if one is None or other is None or not self.rules.converts(one, other, "a"):
                raise UnsureError
        return shown.text

    def expression(self, node: ex.Node, depth: int) -> Shown:
        if depth > _DEEPEST:
            raise UnsureError
        depth += 1
        if isinstance(node, ex.Constant):
            if node.kind in ("string", "null"):
                return Shown("", TypeRef(UNKNOWN), node)
            ref = literal_type(node)
            return Shown(self.constant(_number(node), ref), ref)
        if isinstance(node, ex.Column):
            return self.column(node)
        if isinstance(node, ex.Cast):
            return self.cast(node, depth)
        if isinstance(node, ex.Operator):
            return self.operator(node, depth)
        if isinstance(node, ex.Call):
            return self.call(node, depth)
        if isinstance(node, ex.Logical):
            return self.logical(node, depth)
        if isinstance(node, ex.Test):
            return self.test(node, depth)
        if isinstance(node, ex.InList):
            return self.in_list(node, depth)
        if isinstance(node, ex.Between):
            return self.between(node, depth)
        if isinstance(node, ex.Case):
            return self.case(node, depth)
        if isinstance(node, ex.Items) and node.kind == "array" and node.items:
            parts = [self.expression(item, depth) for item in node.items]
            key = self.common(parts)
            return Shown(self.array(parts, key), self.rules.ref("_" + key.removeprefix("_")))
        if isinstance(node, ex.SubQuery):
            return self.sub_query(node, depth)
        if isinstance(node, ex.Opaque):
            return self.opaque(node, depth)
        raise UnsureError

    def opaque(self, node: ex.Opaque, depth: int) -> Shown:
        """COLLATE and the subscript of a column; nothing else."""
        if node.kind.startswith("collate ") and node.kind.count(".") == 0:
            shown = self.expression(node.children[0], depth)
            if shown.open is None:
                return Shown(f"({shown.text} COLLATE {quote_identifier(node.kind[8:])})", shown.ref)
        if node.kind == "[]" and isinstance(node.children[0], ex.Column):
            shown, index = (self.expression(child, depth) for child in node.children)
            element = self.rules.element(key_of(shown.ref) or "")
            if element is not None and shown.ref.array and key_of(index.ref) == "int4":
                return Shown(f"{shown.text}[{index.text}]", self.rules.ref(element, shown.ref.modifiers))
        raise UnsureError

    def common(self, parts: Sequence[Shown]) -> str:
        key = self.rules.common([key_of(part.ref) for part in parts])
        if key is None:
            raise UnsureError
        return key

    def array(self, parts: Sequence[Shown], key: str, implicit: bool = True) -> str:
        if key[0] == "_":
            raise UnsureError
        return "ARRAY[" + ", ".join(self.coerced(part, key, implicit) for part in parts) + "]"

    def cast(self, node: ex.Cast, depth: int) -> Shown:
        ref = self.type_named(node.type)
        arg = node.arg
        if ref.array and isinstance(arg, ex.Items) and arg.kind == "array" and not ref.modifiers:
            parts = [self.expression(item, depth) for item in arg.items]
            element = (key_of(ref) or "")[1:]
            if isinstance(self.catalog.types.get(ref.oid), Domain):
                raise UnsureError
            if not parts:
                return Shown(f"ARRAY[]::{self.type(ref)}", ref)
            return Shown(self.array(parts, element, implicit=False), ref)
        shown = self.expression(arg, depth)
        item = self.catalog.types.get(ref.oid) if ref.oid and not ref.array else None
        if isinstance(item, Domain):
            inner = self.constant(shown.open, self.base_ref(ref)) if shown.open is not None else shown.text
            return Shown(f"({inner})::{self.type(ref)}", ref)
        if shown.open is not None:
            if (
                not ref.modifiers
                or ref.name == "interval"
                or ref.array
                or ref.oid
                or shown.open.kind == "null"
            ):
                if ref.modifiers:
                    raise UnsureError
                return Shown(self.constant(shown.open, ref), ref)
            return Shown(f"{self._unlabelled(shown.open, ref)}::{self.type(ref)}", ref)
        source, wanted = key_of(shown.ref), key_of(ref)
        if source is None or wanted is None or not self.rules.converts(source, wanted, "e"):
            raise UnsureError
        if source == wanted and ref.modifiers == shown.ref.modifiers:
            return Shown(shown.text, ref)
        if isinstance(arg, ex.Constant) and source == wanted and ref.modifiers:
            raise UnsureError
        return Shown(f"({shown.text})::{self.type(ref)}", ref)

    def _unlabelled(self, node: ex.Constant, ref: TypeRef) -> str:
        return self.constant(node, ref, label=False)

    def operator(self, node: ex.Operator, depth: int) -> Shown:
        name = node.name
        right = self.expression(node.right, depth)
        left = None if node.left is None else self.expression(node.left, depth)
        if node.quantifier:
            return self.quantified(node, left, right)
        words = {"is distinct from": "IS DISTINCT FROM", "is not distinct from": "IS DISTINCT FROM"}.get(
            name, name
        )
        plain = "=" if name.startswith("is ") else name
        if "." in plain:
            raise UnsureError
        plain = "<>" if plain == "!=" else plain
        one, other = (None if left is None else key_of(left.ref)), key_of(right.ref)
        if other is None or (left is not None and one is None):
            raise UnsureError
        found = resolve_operator(self.rules, plain, one, other)
        if found is None or found.result is None:
            raise UnsureError
        ref = self.rules.ref(found.result)
        second = self.coerced(right, found.arguments[-1])
        if left is None:
            return Shown(f"({plain} {second})", ref)
        if words == name:
            words = plain
        text = f"({self.coerced(left, found.arguments[0])} {words} {second})"
        return Shown(f"(NOT {text})" if name == "is not distinct from" else text, ref)

    def quantified(self, node: ex.Operator, left: Shown | None, right: Shown) -> Shown:
        if left is None or right.open is not None:
            raise UnsureError
        element = self.rules.element(key_of(right.ref) or "")
        one = key_of(left.ref)
        found = (
            None if element is None or one is None else resolve_operator(self.rules, node.name, one, element)
        )
        if found is None or found.arguments[1] is None:
            raise UnsureError
        array = self.coerced(right, "_" + found.arguments[1])
        return Shown(
            f"({self.coerced(left, found.arguments[0])} {node.name} {node.quantifier.upper()} ({array}))",
            _BOOL,
        )

    def logical(self, node: ex.Logical, depth: int) -> Shown:
        parts = [self.boolean(arg, depth) for arg in node.args]
        if node.operator == "not":
            return Shown(f"(NOT {parts[0]})", _BOOL)
        return Shown("(" + f" {node.operator.upper()} ".join(parts) + ")", _BOOL)

    def boolean(self, node: ex.Node, depth: int) -> str:
        shown = self.expression(node, depth)
        if shown.open is not None:
            return self.constant(shown.open, _BOOL)
        if self.base_ref(shown.ref) != _BOOL:
            raise UnsureError
        return shown.text

    def test(self, node: ex.Test, depth: int) -> Shown:
        if node.operator in ("null", "not null"):
            shown = self.expression(node.arg, depth)
            text = "NULL::unknown" if shown.open is not None and shown.open.kind == "null" else shown.text
            if shown.open is not None or self.rules.is_composite(key_of(shown.ref) or ""):
                raise UnsureError
            return Shown(f"({text} IS {node.operator.upper()})", _BOOL)
        return Shown(f"({self.boolean(node.arg, depth)} IS {node.operator.upper()})", _BOOL)

    def in_list(self, node: ex.InList, depth: int) -> Shown:
        """`x in (1, 2)` becomes `x = ANY (ARRAY[1, 2])` (transformAExprIn)."""
        name = "<>" if node.negated else "="
        left = self.expression(node.arg, depth)
        items = [self.expression(item, depth) for item in node.items]
        has_column = [any(isinstance(part, ex.Column) for part in ex.walk(item)) for item in node.items]
        if any(has_column) or len(items) < 2:
            if len(items) > 1:
                raise UnsureError
            return self.operator(ex.Operator(name, node.arg, node.items[0]), depth)
        key = self.rules.common([key_of(part.ref) for part in (left, *items)])
        one = key_of(left.ref)
        if key is None or one is None or key == "record":
            raise UnsureError
        found = resolve_operator(self.rules, name, one, key)
        if found is None or found.arguments[1] is None:
            raise UnsureError
        array = Shown(self.array(items, key), self.rules.ref("_" + key))
        text = self.coerced(array, "_" + found.arguments[1])
        words = "ALL" if node.negated else "ANY"
        return Shown(f"({self.coerced(left, found.arguments[0])} {name} {words} ({text}))", _BOOL)

    def between(self, node: ex.Between, depth: int) -> Shown:
        if node.symmetric:
            raise UnsureError
        low, high = ("<", ">") if node.negated else (">=", "<=")
        word: ex.Logical = ex.Logical(
            "or" if node.negated else "and",
            (ex.Operator(low, node.arg, node.low), ex.Operator(high, node.arg, node.high)),
        )
        return self.logical(word, depth)

    def case(self, node: ex.Case, depth: int) -> Shown:
        if node.arg is not None or len(self.levels) > 1:
            raise UnsureError
        whens = [(self.boolean(when, depth), self.expression(result, depth)) for when, result in node.whens]
        default = self.expression(node.default or ex.Constant("null", ""), depth)
        key = self.common([default, *(result for _, result in whens)])
        text = f"{NEWLINE}CASE"
        for when, result in whens:
            text += f"{NEWLINE}    WHEN {when} THEN {self.coerced(result, key)}"
        if NEWLINE in text[1:].replace(f"{NEWLINE}    WHEN ", ""):
            raise UnsureError  # nested: the lines go further in
        text += f"{NEWLINE}    ELSE {self.coerced(default, key)}{NEWLINE}END"
        return Shown(text, self.rules.ref(key))

    def call(self, node: ex.Call, depth: int) -> Shown:
        name = node.name[-1]
        if node.star and not node.extra and not node.window and node.name == ("count",):
            return Shown("count(*)", TypeRef("int8"))
        if node.star or node.distinct or node.window or node.extra:
            raise UnsureError
        if any(isinstance(arg, ex.Opaque) for arg in node.args):
            raise UnsureError
        args = (
            []
            if node.special and name in SPECIAL_TYPES
            else [self.expression(arg, depth) for arg in node.args]
        )
        if node.special:
            return self.special(node, args)
        known = [key for arg in args if (key := key_of(arg.ref)) is not None]
        found = self.resolved(node, known) if len(known) == len(args) else None
        if found is None or found.result is None:
            raise UnsureError
        texts = [self.coerced(arg, key) for arg, key in zip(args, found.arguments, strict=True)]
        ref = self.rules.ref(found.result)
        if len(node.name) > 1 and node.name[0] == "pg_catalog":
            written = self.text[node.span.start - self.base : node.span.end - self.base]
            if not written.lower().startswith(("pg_catalog", '"pg_catalog')):
                return Shown(_in_words(name, texts, node), ref)
        function = found.candidate.function
        return Shown(f"{self.function_name(name, function)}({', '.join(texts)})", ref)

    def special(self, node: ex.Call, args: list[Shown]) -> Shown:
        name = node.name[-1]
        if name in SPECIAL_TYPES:
            precision = [arg.value for arg in node.args if isinstance(arg, ex.Constant)]
            modifiers = tuple(int(value) for value in precision)
            text = name.upper() + (f"({precision[0]})" if precision else "")
            return Shown(text, TypeRef(SPECIAL_TYPES[name], 0, modifiers))
        if name == "nullif":
            keys = [key_of(arg.ref) for arg in args]
            found = None if None in keys else resolve_operator(self.rules, "=", keys[0] or "", keys[1] or "")
            if found is None or found.arguments[0] is None:
                raise UnsureError
            texts = [self.coerced(arg, key) for arg, key in zip(args, found.arguments, strict=True)]
            return Shown(f"NULLIF({', '.join(texts)})", self.rules.ref(found.arguments[0]))
        key = self.common(args)
        return Shown(
            f"{name.upper()}({', '.join(self.coerced(arg, key) for arg in args)})", self.rules.ref(key)
        )

    def sub_query(self, node: ex.SubQuery, depth: int) -> Shown:
        if node.kind == "exists":
            return Shown(f"(EXISTS ({printed_query(self, node.query, depth)[0]}))", _BOOL)
        left = None if node.arg is None else self.expression(node.arg, depth)
        text, ref = printed_query(self, node.query, depth)
        if ref is None:
            raise UnsureError
        if node.kind == "scalar":
            return Shown(f"({text})", ref)
        if node.kind == "array":
            return Shown(f"ARRAY({text})", self.rules.ref("_" + (key_of(ref) or "").removeprefix("_")))
        one, other = None if left is None else key_of(left.ref), key_of(ref)
        operator = node.operator or "="
        if left is None or one is None or other is None or isinstance(node.arg, ex.Items):
            raise UnsureError
        found = resolve_operator(self.rules, operator, one, other)
        if found is None:
            raise UnsureError
        is_in = node.kind == "in" or (node.kind == "any" and operator == "=")
        word = "IN" if is_in else f"{operator} {node.kind.upper()}"
        return Shown(f"({self.coerced(left, found.arguments[0])} {word} ({text}))", _BOOL)


def _number(node: ex.Constant) -> ex.Constant:
    if node.kind != "number":
        return node
    text = node.value.replace("_", "")
    digits = text.lstrip("+-")
    if digits[:2].lower() in ("0x", "0o", "0b"):
        return ex.Constant("number", ("-" if text[0] == "-" else "") + str(int(digits, 0)))
    return ex.Constant("number", text)


def _in_words(name: str, args: list[str], node: ex.Call) -> str:
    """The functions that SQL's own syntax stands for (get_func_sql_syntax)."""
    count = len(args)
    if name == "timezone" and count == 2:
        return f"({args[1]} AT TIME ZONE {args[0]})"
    if name == "timezone" and count == 1:
        return f"({args[0]} AT LOCAL)"
    if name == "extract" and isinstance(node.args[0], ex.Constant):
        return f"EXTRACT({node.args[0].value} FROM {args[1]})"
    if name == "position":
        return f"POSITION(({args[1]}) IN ({args[0]}))"
    if name == "substring" and count in (2, 3):
        return f"SUBSTRING({args[0]} FROM {args[1]}" + (f" FOR {args[2]})" if count == 3 else ")")
    if name == "overlay":
        return f"OVERLAY({args[0]} PLACING {args[1]} FROM {args[2]}" + (
            f" FOR {args[3]})" if count == 4 else ")"
        )
    word = {"btrim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}.get(name)
    if word is not None:
        return f"TRIM({word} FROM {args[0]})" if count == 1 else f"TRIM({word} {args[1]} FROM {args[0]})"
    raise UnsureError
