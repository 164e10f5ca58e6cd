"""The options of a sequence, worked out as init_params in sequence.c does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from schemabot.catalog.objects import Sequence, TypeRef

_BITS: Final = {"int2": 15, "int4": 31, "int8": 63}


def with_options(
    sequence: Sequence, settings: Iterable[tuple[str, str | None]], type_: TypeRef | None = None
) -> Sequence:
    """`sequence` with what CREATE or ALTER SEQUENCE says; a bound that is not said any more is the type's."""
    said = dict(settings)
    is_new_bound = {"minvalue": False, "maxvalue": False}
    if type_ is not None and type_ != sequence.type:
        low, high = _range(sequence.type)
        is_new_bound = {"maxvalue": sequence.maximum == high, "minvalue": sequence.minimum == low}
        sequence = msgspec.structs.replace(sequence, type=type_)
    low, high = _range(sequence.type)
    increment = _number(said.get("increment")) or sequence.increment
    maximum, minimum = sequence.maximum, sequence.minimum
    if "maxvalue" in said or is_new_bound["maxvalue"]:
        given = _number(said.get("maxvalue"))
        maximum = given if given is not None else high if increment > 0 else -1
    if "minvalue" in said or is_new_bound["minvalue"]:
        given = _number(said.get("minvalue"))
        minimum = given if given is not None else 1 if increment > 0 else low
    start = _number(said.get("start"))
    return msgspec.structs.replace(
        sequence,
        increment=increment,
        minimum=minimum,
        maximum=maximum,
        start=sequence.start if start is None else start,
        cache=_number(said.get("cache")) or sequence.cache,
        cycle=said["cycle"] == "true" if "cycle" in said else sequence.cycle,
    )


def new_options(sequence: Sequence, settings: Iterable[tuple[str, str | None]]) -> Sequence:
    """A new sequence with its options: all that is not said is the default of its type."""
    said = {"minvalue": None, "maxvalue": None, **dict(settings)}
    made = with_options(sequence, said.items())
    if said.get("start") is None:
        made = msgspec.structs.replace(made, start=made.minimum if made.increment > 0 else made.maximum)
    return made


def _range(type_: TypeRef) -> tuple[int, int]:
    bits = _BITS.get(type_.name, 63)
    return -(2**bits), 2**bits - 1


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
