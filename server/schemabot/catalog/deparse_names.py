"""What the names and constants in a stored expression are called today, for `deparse`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from schemabot.catalog.apply.conversions import UNKNOWN, Conversions, key_of
from schemabot.catalog.apply.overloads import Resolved, resolve_call
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import BUILTIN_TYPES, format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.constants import quoted, spelled
from schemabot.catalog.deparse_queries import Level, Shown, UnsureError
from schemabot.catalog.objects import (
    Bound,
    EnumType,
    Function,
    IndexEntry,
    Table,
    TypeRef,
    Use,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import At, State
from schemabot.facts import expression as ex
from schemabot.facts.names import TypeName
from schemabot.text import Span

_BOOL: Final = TypeRef("bool")
_DEEPEST: Final = 50


class Names:
    """The names of one expression. `levels` are the tables in view, those of the innermost query last."""

    def __init__(self, catalog: Catalog, bound: Bound, table: Table | None, path: Sequence[str]) -> None:
        self.catalog, self.table, self.path = catalog, table, tuple(path)
        self.text, self.base = bound.text, bound.expression.span.start
        self.uses: dict[Span, Use] = {use.span: use for use in bound.uses}
        self.used = bound.uses
        self.levels = [Level(() if table is None else (("", table.name, table),))]
        self.rules = Conversions(Step(State(catalog), At("", 0)))

    def resolved(self, node: ex.Call, given: Sequence[str]) -> Resolved | None:
        """The function of a call, which binding has found already."""
        use = self.uses.get(node.span)
        if use is None:
            return resolve_call(self.rules, node.name[-1], (), True, given)
        function = self.catalog.functions.get(use.oid)
        return (
            None if function is None else resolve_call(self.rules, function.name, (function,), False, given)
        )

    def use_at(self, start: int, end: int) -> Use | None:
        """What the name that ends at `end` and starts at or behind `start` means."""
        for use in self.used:
            if use.span.end == end and start <= use.span.start < end:
                return use
        return None

    def column(self, node: ex.Column) -> Shown:
        """A column; inside a sub-select with the name of its table."""
        use = self.use_at(node.span.start, node.span.end)
        relation = None if use is None or not use.number else self.catalog.relations.get(use.oid)
        if use is None or not isinstance(relation, (Table, View)):
            raise UnsureError
        found = (
            relation.column_by_number(use.number)
            if isinstance(relation, Table)
            else relation.columns[use.number - 1]
        )
        if found is None or found.type is None:
            raise UnsureError
        name = quote_identifier(found.name)
        if len(self.levels) == 1:
            if self.table is None or relation.oid != self.table.oid:
                raise UnsureError
            return Shown(name, found.type)
        qualifier = node.parts[-2] if len(node.parts) > 1 else None
        for level in reversed(self.levels):
            fitting = [
                shown
                for written, shown, own in level.items
                if own.oid == relation.oid and (not written or qualifier in (None, written))
            ]
            if len(fitting) == 1:
                return Shown(f"{quote_identifier(fitting[0])}.{name}", found.type)
            if fitting:
                break
        raise UnsureError

    def type_named(self, written: TypeName) -> TypeRef:
        use = self.uses.get(written.span)
        item = None if use is None else self.catalog.types.get(use.oid)
        if item is not None:
            array = written.dimensions > 0 or (written.name[:1] == "_" and item.name[:1] != "_")
            return TypeRef(item.name, item.oid, written.modifiers, array)
        name = written.name
        if name in BUILTIN_TYPES and len(written.parts) == 1 and not written.percent_type:
            return TypeRef(name, 0, written.modifiers, written.dimensions > 0)
        raise UnsureError

    def base_ref(self, ref: TypeRef) -> TypeRef:
        key = key_of(ref)
        if key is None:
            raise UnsureError
        return self.rules.ref(self.rules.base(key))

    def type(self, ref: TypeRef) -> str:
        if not ref.oid and ref.name == "bpchar" and not ref.array and not ref.modifiers:
            return "bpchar"
        return format_type(self.catalog, ref, self.path)

    def constant(self, node: ex.Constant, ref: TypeRef, label: bool = True) -> str:
        """A constant of the type `ref`, which is no domain."""
        ref = msgspec.structs.replace(ref, modifiers=())
        if node.kind == "null":
            return f"NULL::{self.type(ref)}" if label else "NULL"
        if not ref.oid and ref.name == "regclass" and not ref.array:
            return quoted(self.relation(node.value)) + "::regclass"
        item = self.catalog.types.get(ref.oid) if ref.oid else None
        if ref.oid and not isinstance(item, EnumType) and (item is None or item.name != "citext"):
            raise UnsureError
        value = node.value
        if node.kind == "bit":
            value = _bits(value)
            return f"'{value}'" + ("::" + self.type(ref) if label else "")
        found = spelled(
            value,
            ref.name if item is None else "citext" if item.name == "citext" else "",
            ref.array,
            isinstance(item, EnumType),
        )
        if found is None:
            raise UnsureError
        plain = None if ref.array or ref.oid else ref.name
        if plain == "bool":
            return found
        if plain == "int4" and found[0] != "-":
            return found
        if plain == "numeric" and found[0].isdigit() and "." in found:
            return found
        return quoted(found) + ("::" + self.type(ref) if label else "")

    def relation(self, value: str) -> str:
        for use in self.used:
            item = self.catalog.relations.get(use.oid)
            if use.number or item is None or isinstance(item, IndexEntry):
                continue
            start, end = use.span.start - self.base, use.span.end - self.base
            if start > 0 and self.text[start:end] == value and self.text[start - 1] == "'":
                return (
                    quote_identifier(item.name)
                    if self.visible_relation(item.schema, item.name)
                    else quote_qualified(item.schema, item.name)
                )
        raise UnsureError

    def visible_relation(self, schema: str, name: str) -> bool:
        first = next((s for s in self.path if (s, name) in self.catalog.relation_names), None)
        return first == schema

    def coerced(self, shown: Shown, wanted: str | None, implicit: bool = True) -> str:
        """An operand or argument converted to the type with the key `wanted`; implicit casts are shown too."""
        if wanted is None:
            raise UnsureError
        ref = self.rules.ref(wanted)
        if shown.open is not None:
            if wanted in ("any", UNKNOWN):
                return self.bare(shown.open)
            return self.constant(shown.open, self.base_ref(ref))
        if wanted == "any" or key_of(shown.ref) == wanted:
            return shown.text
        source = key_of(shown.ref)
        if source is None:
            raise UnsureError
        if wanted == "record" or not self.rules.converts(source, wanted, "i" if implicit else "e"):
            raise UnsureError
        if self.rules.base(source) == wanted:
            # Operators look through domains: the value is relabelled.
            return f"({shown.text})::{self.type(ref)}"
        return f"({shown.text})::{self.type(ref)}"

    def bare(self, node: ex.Constant) -> str:
        return "NULL" if node.kind == "null" else quoted(node.value)

    def function_name(self, name: str, function: Function | None) -> str:
        if function is None:
            return quote_identifier(name)
        if function.schema in self.path:
            first = next(s for s in self.path if self.catalog.functions_named(s, function.name))
            if first == function.schema:
                return quote_identifier(function.name)
            raise UnsureError
        return quote_qualified(function.schema, function.name)

    def as_text(self, shown: Shown) -> Shown:
        """A constant of a select list, which is text where nothing says otherwise."""
        if shown.open is None:
            return shown
        ref = TypeRef("text")
        return Shown(self.constant(shown.open, ref), ref)

    def relation_name(self, relation: Table | View) -> str:
        """A table as FROM names it."""
        if self.visible_relation(relation.schema, relation.name):
            return quote_identifier(relation.name)
        return quote_qualified(relation.schema, relation.name)


def _bits(value: str) -> str:
    base, digits = value[0], value[1:]
    return digits if base in "bB" else "".join(f"{int(digit, 16):04b}" for digit in digits)
