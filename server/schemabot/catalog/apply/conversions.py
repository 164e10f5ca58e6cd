"""Which types convert to which: categories, casts and common types (manual, chapter 10; parse_coerce.c).

Types are handled by keys: the internal name of a built-in (`int4`), the oid of a type of the catalog as digits,
with `_` in front for their arrays. `unknown` is the type of a constant in quotes and of NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from schemabot.catalog.apply.step import Step
from schemabot.catalog.builtins import BuiltinType, cast, types
from schemabot.catalog.objects import Domain, EnumType, OtherType, TypeRef
from schemabot.catalog.words import words

UNKNOWN: Final = "unknown"
_CONTEXTS: Final = {"i": 0, "a": 1, "e": 2}
_VECTORS: Final = {"int2vector": "int2", "oidvector": "oid"}

_SIMPLE: Final = words("anyelement anyarray anynonarray anyenum anyrange anymultirange")
_COMPATIBLE: Final = words(
    """
    anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange
    """
)
POLYMORPHIC: Final = _SIMPLE | _COMPATIBLE


class Bindings(NamedTuple):
    """What the polymorphic types of one call stand for; None where nothing tells."""

    element: str | None = None
    range: str | None = None
    compatible: str | None = None
    compatible_range: str | None = None


def key_of(ref: TypeRef | None) -> str | None:
    """The key of a type; None when it is not known."""
    if ref is None or not ref.known:
        return None
    return ("_" if ref.array else "") + (str(ref.oid) if ref.oid else ref.name)


class Conversions:
    """The rules for the types of one catalog."""

    __slots__ = ("_casts", "step")

    def __init__(self, step: Step) -> None:
        self.step = step
        self._casts: Mapping[tuple[str, str], str] | None = None

    def ref(self, key: str, modifiers: tuple[int | str, ...] = ()) -> TypeRef:
        """The type with that key."""
        array = key[0] == "_"
        name = key[1:] if array else key
        if not name.isdigit():
            return TypeRef(name, 0, modifiers, array)
        item = self.step.catalog.types.get(int(name))
        return TypeRef(name if item is None else item.name, int(name), modifiers, array)

    def _own(self, key: str) -> object:
        return self.step.catalog.types.get(int(key)) if key.isdigit() else None

    def base(self, key: str) -> str:
        """The type under a domain, or the type itself."""
        while isinstance(found := self._own(key), Domain):
            below = key_of(found.base)
            if below is None or below == key:
                return key
            key = below
        return key

    def category(self, key: str) -> str:
        """pg_type.typcategory; that of a base type of an extension is U, but for the strings."""
        if key[0] == "_":
            return "A"
        if (known := types().get(key)) is not None:
            return known.category
        found = self._own(key)
        if isinstance(found, EnumType):
            return "E"
        if isinstance(found, Domain):
            return self.category(self.base(key))
        if isinstance(found, OtherType):
            if found.kind in ("composite", "row"):
                return "C"
            if found.kind in ("range", "multirange"):
                return "R"
            return "S" if found.name == "citext" else "U"
        return "U"

    def is_preferred(self, key: str) -> bool:
        """pg_type.typispreferred."""
        known = types().get(key)
        return known is not None and known.preferred

    def is_composite(self, key: str) -> bool:
        """Whether it is a row type."""
        found = self._own(key)
        return isinstance(found, OtherType) and found.kind in ("composite", "row")

    def element(self, key: str) -> str | None:
        """What a subscript of the type gives."""
        key = self.base(key)
        if key[0] == "_":
            return key[1:]
        known = types().get(key)
        return (known.element or None) if known is not None else None

    def _range(self, key: str) -> BuiltinType | None:
        known = types().get(key)
        if known is not None:
            return known if known.subtype else None
        found = self._own(key)
        if not isinstance(found, OtherType) or found.subtype is None or not found.partner:
            return None
        kind = "r" if found.kind == "range" else "m"
        return BuiltinType(kind, "R", False, "", key_of(found.subtype) or "", str(found.partner))

    # -- casts --

    def converts(self, source: str, target: str, context: str = "i") -> bool:
        """Whether `source` converts to `target` in an implicit (`i`), assignment (`a`) or explicit cast (`e`).

        can_coerce_type, polymorphic types left out.
        """
        if source in (target, UNKNOWN) or target in ("any", UNKNOWN):
            return True
        if self.pathway(source, target, context):
            return True
        if target == "record" and self.is_composite(self.base(source)):
            return True
        if source == "record" and self.is_composite(self.base(target)):
            return True
        return target == "_record" and source[0] == "_" and self.is_composite(source[1:])

    def pathway(self, source: str, target: str, context: str = "i") -> str:
        """How one type becomes the other (find_coercion_pathway): `b` as it is, `f` by a function, `i` through
        text, `array` element by element; "" when it does not."""
        source, target = self.base(source), self.base(target)
        if source == target:
            return "b"
        found = cast(source, target) or self._own_cast(source, target)
        if found:
            return found[1] if _CONTEXTS[found[0]] <= _CONTEXTS[context] else ""
        if source[0] == "_" and target[0] == "_":
            return "array" if self.pathway(source[1:], target[1:], context) else ""
        if context != "i" and self.category(target) == "S":
            return "i"
        if context == "e" and self.category(source) == "S":
            return "i"
        return ""

    def _own_cast(self, source: str, target: str) -> str:
        if not (source.isdigit() or target.isdigit()):
            return ""
        if self._casts is None:
            found: dict[tuple[str, str], str] = {}
            for item in self.step.catalog.objects.values():
                if item.kind == "cast" and len(item.arguments) == 2:
                    one, other = (("_" if array else "") + str(name) for name, array in item.arguments)
                    # The context is not kept: a string type of an extension is taken for text by itself.
                    implicit = self.category(one) == "S" and other in ("text", "varchar")
                    found[one, other] = "ib" if implicit else "ab"
            self._casts = found
        return self._casts.get((source, target), "")

    # -- common types --

    def common(self, given: Sequence[str | None]) -> str | None:
        """The type of UNION, CASE, COALESCE, VALUES and ARRAY (select_common_type); None when there is none."""
        known = [key for key in given if key is not None]
        if len(known) != len(given) or not known:
            return None
        if known[0] != UNKNOWN and all(key == known[0] for key in known):
            return known[0]
        found = self.base(known[0])
        for key in known[1:]:
            key = self.base(key)
            if key in (UNKNOWN, found):
                continue
            if found == UNKNOWN:
                found = key
            elif self.category(key) != self.category(found):
                return None
            elif not self.is_preferred(found) and self.converts(found, key) and not self.converts(key, found):
                found = key
        return "text" if found == UNKNOWN else found

    def common_ref(self, given: Sequence[TypeRef | None]) -> TypeRef | None:
        """`common` with the modifiers, which stay when all have the same type and the same modifiers."""
        key = self.common([key_of(ref) for ref in given])
        if key is None:
            return None
        first = given[0]
        same = first is not None and all(
            ref is not None and key_of(ref) == key and ref.modifiers == first.modifiers for ref in given
        )
        return self.ref(key, first.modifiers if same and first is not None else ())

    # -- polymorphic types --

    def bind(self, given: Sequence[str], declared: Sequence[str]) -> Bindings | None:
        """What the polymorphic types in `declared` stand for; None when the arguments do not go together
        (check_generic_type_consistency)."""
        pairs = list(zip(given, declared, strict=True))
        if not any(wanted in POLYMORPHIC for wanted in declared):
            return Bindings()
        simple = [(key, wanted, wanted) for key, wanted in pairs if wanted in _SIMPLE]
        found = self._bind_family(simple)
        if found is None:
            return None
        element, range_ = found
        others = [
            (key, "any" + wanted.removeprefix("anycompatible") if wanted != "anycompatible" else "anyelement", wanted)
            for key, wanted in pairs
            if wanted in _COMPATIBLE
        ]  # fmt: skip
        if not others:
            return Bindings(element, range_)
        return self._bind_compatible(others, element, range_)

    def _bind_compatible(
        self, others: list[tuple[str, str, str]], element: str | None, range_: str | None
    ) -> Bindings | None:
        ranges = self._bind_family([other for other in others if "range" in other[1]])
        if ranges is None:
            return None
        inputs: list[str] = [] if ranges[0] is None else [ranges[0]]
        for key, wanted, _ in others:
            if key == UNKNOWN or "range" in wanted:
                continue
            if wanted == "anyarray":
                array = self.base(key)
                if array[0] != "_" and array not in _VECTORS:
                    return None
                inputs.append(_VECTORS.get(array, array[1:]))
            else:
                inputs.append(key)
        common = self.common(inputs) if inputs else "text"
        if common is None or not all(self.converts(key, common) for key in inputs):
            return None
        if any(wanted == "anynonarray" for _, wanted, _ in others) and common[0] == "_":
            return None
        return Bindings(element, range_, common, ranges[1])

    def _bind_family(self, pairs: Iterable[tuple[str, str, str]]) -> tuple[str | None, str | None] | None:
        element: str | None = None
        range_: str | None = None
        seen: dict[str, str] = {}
        wants: set[str] = set()
        for key, wanted, _ in pairs:
            wants.add(wanted)
            if key == UNKNOWN:
                continue
            family = "anyelement" if wanted in ("anyenum", "anynonarray") else wanted
            key = key if family == "anyelement" else self.base(key)
            if seen.setdefault(family, key) != key:
                return None
        element = seen.get("anyelement")
        inner: list[str] = []
        if (array := seen.get("anyarray")) is not None and array != "anyarray":
            if array[0] != "_" and array not in _VECTORS:
                return None
            inner.append(_VECTORS.get(array, array[1:]))
        for family in ("anyrange", "anymultirange"):
            if (own_range := seen.get(family)) is not None:
                known = self._range(own_range)
                if known is None or (known.kind == "r") != (family == "anyrange"):
                    return None
                inner.append(known.subtype)
                own = own_range if family == "anyrange" else known.partner
                if range_ not in (None, own):
                    return None
                range_ = own
        for key in inner:
            if element is None:
                element = key
            elif element != key:
                return None
        if element is not None:
            if "anynonarray" in wants and element[0] == "_":
                return None
            if "anyenum" in wants and self.category(element) != "E":
                return None
        return element, range_

    def resolved(self, declared: str, bound: Bindings) -> str | None:
        """The actual type of a result or parameter that is declared as `declared`."""
        if declared not in POLYMORPHIC:
            return declared
        compatible = declared in _COMPATIBLE
        element = bound.compatible if compatible else bound.element
        range_ = bound.compatible_range if compatible else bound.range
        if "multirange" in declared:
            known = None if range_ is None else self._range(range_)
            return None if known is None else known.partner
        if "range" in declared:
            return range_
        if declared.endswith("array") and "nonarray" not in declared:
            return None if element is None or (element[0] == "_" and element[1:2] == "_") else _array(element)
        return element


def _array(element: str) -> str:
    return element if element[0] == "_" else "_" + element
