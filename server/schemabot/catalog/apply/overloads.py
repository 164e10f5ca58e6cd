"""Choosing among operators and functions of one name, as PostgreSQL does (manual 10.2 and 10.3; parse_func.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from schemabot.catalog.apply.conversions import POLYMORPHIC, UNKNOWN, Bindings, Conversions, key_of
from schemabot.catalog.builtins import Routine, operators, routines
from schemabot.catalog.objects import Function

_INPUTS: Final = ("in", "inout", "variadic")
_Score: TypeAlias = "Callable[[Candidate], int]"


class Candidate(NamedTuple):
    """One function or operator as this call would use it: `arguments` are as many as the call has."""

    arguments: tuple[str, ...]
    result: str | None
    function: Function | None = None
    routine: Routine | None = None
    defaults: int = 0  # how many parameters are left to their defaults


class Resolved(NamedTuple):
    """What was chosen: the types that the arguments are converted to, and the result's. Either may be None where
    a type is not known."""

    candidate: Candidate
    arguments: tuple[str | None, ...]
    result: str | None
    bound: Bindings


def resolve_operator(rules: Conversions, name: str, left: str | None, right: str) -> Resolved | None:
    """The operator `name` for operands of those types; `left` is None for a prefix operator."""
    own = "-" if left is None else left
    found = [
        Candidate((other,) if one == "-" else (one, other), result)
        for one, other, result in operators(name.rpartition(".")[2])
        if (one == "-") == (left is None)
    ]
    found += _own_operators(rules, name.rpartition(".")[2], left is None)
    given = (right,) if left is None else (own, right)
    exact = given
    if left is not None:
        if left == UNKNOWN != right:
            exact = (right, right)
        elif right == UNKNOWN != left:
            exact = (left, left)
    tries: list[tuple[str, ...]] = [exact]
    if exact != given:
        tries.append((rules.base(exact[0]), rules.base(exact[-1])))
    for wanted in tries:
        for candidate in found:
            if candidate.arguments == wanted:
                return _resolved(rules, candidate, given)
    return _chosen(rules, found, given)


def _own_operators(rules: Conversions, name: str, prefix: bool) -> Iterator[Candidate]:
    for item in rules.step.catalog.objects.values():
        if item.kind == "operator" and item.name == name and item.arguments:
            keys = tuple(("_" if array else "") + str(key) for key, array in item.arguments)
            if (keys[0] == "none") == prefix:
                yield Candidate(keys[1:] if prefix else keys, key_of(item.result))


def resolve_call(
    rules: Conversions, name: str, functions: Sequence[Function], builtin: bool,
    given: Sequence[str], names: Sequence[str] = (),
) -> Resolved | None:  # fmt: skip
    """The function `name` for arguments of those types; the last of them are called `names`.

    `functions` are the catalog's of that name, those of earlier schemas first; `builtin` tells whether
    pg_catalog's count too. None when there is none, or when a cast is meant.
    """
    for expand in (True, False):
        found: list[Candidate] = []
        seen: set[tuple[str, ...]] = set()
        for candidate in _candidates(name, functions, builtin, len(given), names, expand):
            if candidate.arguments not in seen:
                seen.add(candidate.arguments)
                found.append(candidate)
        exact = next((c for c in found if c.arguments == tuple(given)), None)
        chosen = _resolved(rules, exact, given) if exact is not None else _chosen(rules, found, given)
        if chosen is not None:
            return chosen
    return None


def _candidates(
    name: str, functions: Sequence[Function], builtin: bool, count: int, names: Sequence[str], expand: bool
) -> Iterator[Candidate]:
    if builtin:
        for routine in routines(name):
            arguments = _fitted(
                routine.arguments, routine.variadic if expand else "", routine.defaults, routine.names, count, names
            )  # fmt: skip
            if arguments is not None:
                left = max(0, len(routine.arguments) - count)
                yield Candidate(arguments, routine.result, None, routine, left)
    for function in functions:
        inputs = [p for p in function.parameters if p.mode in _INPUTS]
        keys = [key_of(p.type) for p in inputs]
        types = tuple(key for key in keys if key is not None)
        if len(types) != len(keys):
            continue
        variadic = inputs[-1].mode == "variadic" if inputs else False
        element = ("any" if types[-1] == "any" else _element(types[-1])) if variadic and expand else ""
        defaults = sum(p.default is not None for p in inputs)
        arguments = _fitted(types, element, defaults, [p.name or "" for p in inputs], count, names)
        if arguments is not None:
            yield Candidate(arguments, key_of(function.returns), function, None, max(0, len(types) - count))


def _element(key: str) -> str:
    if key in ("anyarray", "anycompatiblearray"):
        return "anyelement" if key == "anyarray" else "anycompatible"
    return key[1:]


def _fitted(
    types: Sequence[str], element: str, defaults: int, own_names: Sequence[str], count: int, names: Sequence[str]
) -> tuple[str, ...] | None:  # fmt: skip
    """The types of the parameters that `count` arguments go to; None when they do not fit."""
    wanted = len(types)
    if names:
        if not wanted - defaults <= count <= wanted or len(own_names) != wanted:
            return None
        places = list(range(count - len(names)))
        for name in names:
            if name not in own_names or (place := own_names.index(name)) in places:
                return None
            places.append(place)
        if any(place not in places for place in range(wanted - defaults)):
            return None
        return tuple(types[place] for place in places)
    if element and count >= wanted:
        return (*types[:-1], *[element] * (count - wanted + 1))
    if wanted == count or wanted - defaults <= count < wanted:
        return tuple(types[:count])
    return None


def _chosen(rules: Conversions, found: Sequence[Candidate], given: Sequence[str]) -> Resolved | None:
    fitting = [candidate for candidate in found if _takes(rules, given, candidate.arguments)]
    if len(fitting) > 1:
        best = _select(rules, fitting, given)
    else:
        best = fitting[0] if fitting else None
    return None if best is None else _resolved(rules, best, given)


def _takes(rules: Conversions, given: Sequence[str], wanted: Sequence[str]) -> bool:
    """can_coerce_type for a list of arguments, implicit casts only."""
    return all(
        other in POLYMORPHIC or rules.converts(key, other) for key, other in zip(given, wanted, strict=True)
    ) and (rules.bind(given, wanted) is not None)


def _resolved(rules: Conversions, candidate: Candidate, given: Sequence[str]) -> Resolved | None:
    bound = rules.bind(given, candidate.arguments)
    if bound is None:
        return None
    arguments = tuple(rules.resolved(key, bound) for key in candidate.arguments)
    result = None if candidate.result is None else rules.resolved(candidate.result, bound)
    return Resolved(candidate, arguments, result, bound)


def _select(rules: Conversions, found: list[Candidate], given: Sequence[str]) -> Candidate | None:
    """func_select_candidate: exact matches, then preferred types, then what unknown constants may be."""
    bases = [key if key == UNKNOWN else rules.base(key) for key in given]
    found = _most(
        found,
        lambda c: sum(key != UNKNOWN and key == own for key, own in zip(bases, c.arguments, strict=True)),
    )
    if len(found) == 1:
        return found[0]
    categories = [rules.category(key) if key != UNKNOWN else "X" for key in bases]

    def preferred(candidate: Candidate) -> int:
        return sum(
            key != UNKNOWN and (key == own or (rules.is_preferred(own) and rules.category(own) == category))
            for key, own, category in zip(bases, candidate.arguments, categories, strict=True)
        )

    found = _most(found, preferred)
    if len(found) == 1:
        return found[0]
    if UNKNOWN not in bases:
        return None
    found = _by_category(rules, found, bases)
    if len(found) == 1:
        return found[0]
    known = {key for key in bases if key != UNKNOWN}
    if len(known) == 1:
        same = [known.copy().pop()] * len(bases)
        fitting = [candidate for candidate in found if _takes(rules, same, candidate.arguments)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _most(found: list[Candidate], score: _Score) -> list[Candidate]:
    scores = [score(candidate) for candidate in found]
    best = max(scores)
    return [candidate for candidate, own in zip(found, scores, strict=True) if own == best]


def _by_category(rules: Conversions, found: list[Candidate], bases: Sequence[str]) -> list[Candidate]:
    """For every unknown argument a category, strings before others; candidates of other categories go."""
    wanted: dict[int, tuple[str, bool]] = {}
    for place, key in enumerate(bases):
        if key != UNKNOWN:
            continue
        kinds = [(rules.category(c.arguments[place]), rules.is_preferred(c.arguments[place])) for c in found]
        categories = {category for category, _ in kinds}
        if "S" in categories:
            category = "S"
        elif len(categories) == 1:
            category = categories.pop()
        else:
            return found
        wanted[place] = (category, any(is_best for own, is_best in kinds if own == category))
    kept = [
        candidate
        for candidate in found
        if all(
            rules.category(candidate.arguments[place]) == category
            and (rules.is_preferred(candidate.arguments[place]) or not is_best)
            for place, (category, is_best) in wanted.items()
        )
    ]
    return kept or found
